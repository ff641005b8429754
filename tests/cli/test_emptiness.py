"""An answer without rows says where the media is that was meant."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import tams_analytics as ta
from tests.cli.conftest import Run

LATER = ("--timerange", "[10:0_20:0)")


def short(opened: ta.Store, label: str) -> str:
    return f"{label} ({opened.flow(label).id[:8]})"


@pytest.mark.parametrize("command", ["segments", "coverage", "gaps", "depth", "overlaps"])
def test_a_flow_that_only_collects_names_its_parts(
    run: Run, path: str, opened: ta.Store, command: str
) -> None:
    parts = ", ".join(
        short(opened, f"S1 {part}")
        for part in ("video", "audio", "video proxy", "subtitles", "thumbnails")
    )

    done = run(command, path, "--flow", "S1")

    said = f"tams: no segments of these flows; S1 collects {parts}, which have segments\n"
    assert (0, said) == (done.exit_code, done.stderr)


def test_a_part_names_the_flow_that_has_its_media(run: Run, muxed: str, opened: ta.Store) -> None:
    whole = short(opened, "Clip 1")

    one = run("coverage", muxed, "--flow", "Clip 1 video")
    two = run("coverage", muxed, "--flow", "Clip 1 video", "--flow", "Clip 1 audio")

    assert f"tams: no segments of these flows; its media lies in {whole}\n" == one.stderr
    assert f"tams: no segments of these flows; their media lies in {whole}\n" == two.stderr


def test_only_flows_with_segments_in_the_timerange_are_named(run: Run, path: str) -> None:
    done = run("gaps", path, "--flow", "S1", *LATER)

    assert done.stderr.startswith("tams: no segments of these flows in [10:0_20:0)")
    assert "collects" not in done.stderr
    assert "--all-flows" not in done.stderr


def test_all_flows_is_named_where_it_would_show_some(run: Run, path: str) -> None:
    shown = "; --all-flows tells of flows without a segment, too\n"

    assert run("gaps", path, *LATER).stderr.endswith(shown)
    assert "--all-flows" not in run("depth", path, *LATER).stderr
    assert "--all-flows" not in run("gaps", path, *LATER, "--by", "all").stderr
    assert "--all-flows" not in run("gaps", path, *LATER, "--min-duration", "900d").stderr
    assert "" == run("gaps", path, *LATER, "--all-flows").stderr


@pytest.mark.parametrize("empty", ["()", "[10:0_5:0)"])
def test_nothing_is_covered_or_missed_in_no_time(run: Run, path: str, empty: str) -> None:
    done = run("coverage", path, "--all-flows", "--timerange", empty)

    assert "0 rows" in done.stdout
    assert done.stderr.startswith("tams: the timerange is empty")


def test_media_that_is_not_on_the_wall_clock_is_told_in_its_own_time(
    run: Run, tmp_path: Path
) -> None:
    rows = {"flow_id": ["f"], "object_id": ["o"], "timerange": ["[0:0_20:0)"]}
    with ta.connect(str(tmp_path / "tape.duckdb")) as store:
        bounds = {"start_ns": [0], "end_ns": [20_000_000_000]}
        store._engine.transact(lambda tx: tx.insert("segments", pa.table(rows | bounds)))

    done = run("gaps", str(tmp_path / "tape.duckdb"), "--timerange", "[30:0_40:0)")

    assert "tams: no segments in [30:0_40:0); the store has some in [0:0_20:0)\n" == done.stderr


def test_a_source_without_flows_has_no_segments(run: Run, path: str) -> None:
    done = run("gaps", path, "--source", "Forgotten 1")

    assert "tams: no flow is registered of what is asked for\n" == done.stderr


def test_a_label_stays_on_its_line(run: Run, muxed: str, opened: ta.Store) -> None:
    named = {"id": opened.flow("Clip 1").id}
    with ta.connect(muxed) as store:
        store._engine.transact(lambda tx: tx.update("flows", named, {"label": "a\nb"}))

    done = run("gaps", muxed, "--flow", "Clip 1 video")

    assert r"its media lies in 'a\nb' (" in done.stderr
    assert 1 == len(done.stderr.splitlines())
