"""The commands that look give what the library gives, for all of their options."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pytest

import tams_analytics as ta
from tams_analytics import _, span
from tests.cli.conftest import Rows, Run

FLOW = "S1 video"
HAS = "from 2026-08-31 22:10:41.24 UTC to 2026-09-01 00:00:00 UTC"
WINDOW = "[1788210000:0_1788215000:0)"


def plainly(table: ir.Table, *order: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.order_by(list(order)).to_pyarrow().to_pylist()
    return found


def test_gaps_are_those_of_the_verb(rows: Rows, path: str, opened: ta.Store) -> None:
    expected = opened.segments.pipe(ta.gaps, by="flow_id")

    assert plainly(expected, "flow_id", "start_ns") == rows("gaps", path)


def test_gaps_of_a_flow_in_a_timerange_count_its_edges(
    rows: Rows, path: str, opened: ta.Store
) -> None:
    flow = opened.flow(FLOW)
    of_flow = opened.segments.filter(_.flow_id == flow.id)
    expected = of_flow.pipe(ta.gaps, by="flow_id", within=WINDOW, min_duration="60:0")

    found = rows("gaps", path, "--flow", FLOW, "--timerange", WINDOW, "--min-duration", "60:0")

    assert plainly(expected, "start_ns") == found
    assert found != []


def test_coverage_is_that_of_the_verb(rows: Rows, path: str, opened: ta.Store) -> None:
    expected = opened.segments.pipe(ta.coverage, by="flow_id", within=WINDOW)

    assert plainly(expected, "flow_id") == rows("coverage", path, "--timerange", WINDOW)


def test_overlaps_are_those_of_the_verb(rows: Rows, path: str, opened: ta.Store) -> None:
    expected = opened.segments.pipe(ta.overlaps, by="flow_id").drop("created", "created_right")

    found = rows("overlaps", path)

    assert len(found) == 3
    assert plainly(expected, "flow_id", "start_ns") == [
        {key: value for key, value in row.items() if not key.startswith("created")} for row in found
    ]


def test_a_flow_that_is_there_twice_has_its_segments_once_by_source(
    rows: Rows, path: str, opened: ta.Store
) -> None:
    once = opened.flows.select(flow_id="id", source_id="source_id").distinct()
    of_sources = opened.segments.join(once, "flow_id", how="left").drop("flow_id_right")
    expected = of_sources.pipe(ta.depth, by="source_id")
    pairs = of_sources.pipe(ta.overlaps, by="source_id").count().to_pyarrow().as_py()

    assert once.count().to_pyarrow().as_py() < opened.flows.count().to_pyarrow().as_py()
    assert plainly(expected, "source_id", "start_ns") == rows("depth", path, "--by", "source")
    assert pairs == len(rows("overlaps", path, "--by", "source"))


def test_depth_is_cut_to_the_timerange(rows: Rows, path: str, opened: ta.Store) -> None:
    inside = opened.segments.filter(span.overlaps(WINDOW))
    inside = inside.mutate(**span.intersection(WINDOW).columns())

    found = rows("depth", path, "--timerange", WINDOW, "--by", "all")

    assert plainly(inside.pipe(ta.depth), "start_ns") == found
    assert {type(row["depth"]) for row in found} == {int}


def test_segments_overlap_the_timerange_and_keep_their_bounds(
    rows: Rows, path: str, opened: ta.Store
) -> None:
    expected = opened.segments.filter(_.flow_id == opened.flow(FLOW).id, span.overlaps(WINDOW))
    expected = expected.drop("created")

    found = rows("segments", path, "--flow", FLOW, "--timerange", WINDOW)

    assert list(opened.segments.columns) == list(found[0])
    assert plainly(expected, "start_ns") == [
        {key: value for key, value in row.items() if key != "created"} for row in found
    ]


def test_flows_of_a_source_in_a_timerange(rows: Rows, path: str, opened: ta.Store) -> None:
    flow = opened.flow("Programme 1 video")

    found = rows("flows", path, "--source", flow.source_id)
    elsewhere = rows("flows", path, "--source", flow.source_id, "--timerange", "[0:0_10:0)")

    assert [flow.id] == [row["id"] for row in found]
    assert list(opened.flows.columns) == list(found[0])
    assert [] == elsewhere


def test_a_verb_can_take_flows_of_a_source_or_all_together(
    rows: Rows, path: str, opened: ta.Store
) -> None:
    sources = opened.flows.select(flow_id="id", source_id="source_id")
    by_source = opened.segments.left_join(sources, "flow_id").pipe(ta.coverage, by="source_id")

    assert plainly(by_source, "source_id") == rows("coverage", path, "--by", "source")
    assert plainly(opened.segments.pipe(ta.coverage), "first_ns") == rows(
        "coverage", path, "--by", "all"
    )


def test_all_flows_gives_a_gap_for_a_flow_with_nothing_in_the_timerange(
    rows: Rows, path: str, opened: ta.Store
) -> None:
    clip = opened.flow("Clip 1 video").id
    bounds = {"start_ns": 10_000_000_000, "end_ns": 20_000_000_000}

    without = rows("gaps", path, "--flow", clip, "--timerange", "[10:0_20:0)")
    found = rows("gaps", path, "--flow", clip, "--timerange", "[10:0_20:0)", "--all-flows")

    assert [] == without
    assert [{"flow_id": clip, **bounds}] == found


@pytest.mark.parametrize("form", ["table", "json", "csv", "html"])
@pytest.mark.parametrize(
    ("words", "note"),
    [
        (
            ["--flow", FLOW, "--timerange", "[10:0_20:0)"],
            f"tams: no segments of these flows in [10:0_20:0); the store has some {HAS}; "
            "--all-flows tells of flows without a segment, too\n",
        ),
        (["--timerange", "_10:0)"], f"tams: no segments in _10:0); the store has some {HAS}\n"),
        (
            ["--timerange", "[10:0_5:0)"],
            "tams: the timerange is empty: its end is before its start\n",
        ),
        (["--timerange", "[5:0_5:0)"], "tams: the timerange is empty\n"),
        (["--min-duration", "1000w"], ""),
        (["--limit", "0"], ""),
    ],
)
def test_an_answer_without_rows_says_on_stderr_where_there_is_no_media(
    run: Run, path: str, form: str, words: list[str], note: str
) -> None:
    done = run("gaps", path, *words, "--format", form)

    assert (0, note) == (done.exit_code, done.stderr)
    assert "no segments" not in done.stdout


@pytest.mark.parametrize("words", [["--timerange", "[1999999999:0_"], ["--last", "1h"]])
def test_what_an_empty_store_lacks_is_one_sentence(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    ta.connect(str(tmp_path / "empty.duckdb")).close()

    (line,) = run("segments", tmp_path / "empty.duckdb", *words).stderr.splitlines()

    assert line.startswith("tams: no segments from 20")
    assert line.endswith("; the store has none at all")


@pytest.mark.parametrize("command", [["gaps"], ["explain", "gaps"]])
@pytest.mark.parametrize("words", [[], ["--timerange", "[10:0_"]])
def test_all_flows_without_bounds_says_which_option_gives_them(
    run: Run, path: str, command: list[str], words: list[str]
) -> None:
    done = run(*command, "-s", path, "--all-flows", *words)

    assert 2 == done.exit_code
    assert "--all-flows needs a --timerange with both ends, or --last" in done.stderr


@pytest.mark.parametrize("text", ["60s", "1m", "60:0", "60000000000"])
def test_a_shortest_gap_is_a_length_a_timestamp_or_nanoseconds(
    rows: Rows, path: str, opened: ta.Store, text: str
) -> None:
    expected = opened.segments.pipe(ta.gaps, by="flow_id", min_duration="60:0")

    assert plainly(expected, "flow_id", "start_ns") == rows("gaps", path, "--min-duration", text)


@pytest.mark.parametrize("by", ["flow", "source"])
def test_all_flows_are_those_without_any_segment_too(
    rows: Rows, file: str, moved: Any, opened: ta.Store, tmp_path: Path, by: str
) -> None:
    copy = shutil.copy(file, tmp_path / "copy.duckdb")
    clip = opened.flow("Clip 1 video")
    with duckdb.connect(str(copy)) as store:
        store.execute("DELETE FROM segments WHERE flow_id = ?", [clip.id])
    asked = ("gaps", moved(str(copy)), "--timerange", "[10:0_20:0)", "--all-flows", "--by", by)
    multi = opened.flows.filter(_.format.endswith(":multi")).id.to_pyarrow().to_pylist()

    found = [row[f"{by}_id"] for row in rows(*asked)]

    assert {"flow": clip.id, "source": clip.source_id}[by] in found
    assert len(set(found)) == len(found)
    assert not {*multi} & {*found}
    narrowed = {row[f"{by}_id"] for row in rows(*asked, "--flow", clip.id)}
    assert {"flow": {clip.id}, "source": {clip.source_id}}[by] == narrowed


def test_all_flows_are_not_those_whose_media_lies_in_a_flow_that_collects_them(
    rows: Rows, muxed: str, opened: ta.Store
) -> None:
    found = rows("gaps", muxed, "--timerange", "[10:0_20:0)", "--all-flows")

    ids = [row["flow_id"] for row in found]
    assert 1 == ids.count(opened.flow("Clip 1").id)
    assert not {opened.flow(f"Clip 1 {part}").id for part in ("video", "audio")} & {*ids}


NOTHING = {"covered_ns": 0, "pieces": 0, "first_ns": None, "last_ns": None, "ratio": 0.0}


@pytest.mark.parametrize("by", ["flow", "source"])
@pytest.mark.parametrize("words", [[], ["--timerange", WINDOW], ["--timerange", "[10:0_"]])
def test_coverage_of_all_flows_has_those_that_cover_nothing(
    rows: Rows, muxed: str, by: str, words: list[str]
) -> None:
    plain = rows("coverage", muxed, "--by", by, *words)

    found = rows("coverage", muxed, "--by", by, *words, "--all-flows")

    with ta.connect(muxed, read_only=True) as store:
        ids = store.ask(ta.queries.flows.expected)["flow_id"].to_pylist()
        wanted = store.flows.filter(_.id.isin(ids))
        column = wanted.id if by == "flow" else wanted.source_id
        named = set(column.to_pyarrow().to_pylist())
    has = {row[f"{by}_id"] for row in plain}
    nothing = [{f"{by}_id": one, **NOTHING} for one in named - has]
    assert nothing != []
    both = plain + nothing
    assert sorted(both, key=lambda row: (row[f"{by}_id"] is None, row[f"{by}_id"])) == found


def test_coverage_of_all_flows_keeps_its_columns_and_shows_them(run: Run, muxed: str) -> None:
    asked = ("coverage", muxed, "--all-flows", "--timerange", "[10:0_20:0)")

    table, csv = run(*asked), run(*asked, "--format", "csv")
    together = run(*asked, "--by", "all")

    heads = '"flow_id","covered_ns","pieces","first_ns","last_ns","ratio"'
    assert (0, "", 0, heads) == (
        table.exit_code,
        table.stderr,
        csv.exit_code,
        csv.stdout.splitlines()[0],
    )
    assert ",0,0,,,0" in csv.stdout
    assert "Lost 1 audio" in table.stdout
    assert 2 == together.exit_code


def test_a_limit_takes_the_first_rows(rows: Rows, path: str) -> None:
    assert rows("gaps", path)[:2] == rows("gaps", path, "--limit", 2)


def test_the_last_time_ends_now(rows: Rows, path: str) -> None:
    assert [] == rows("segments", path, "--last", "1h")


def test_info_counts_what_is_there(rows: Rows, path: str, opened: ta.Store) -> None:
    (row,) = rows("info", path)

    assert (path, opened.engine) == (row["store"], row["engine"])
    assert opened.segments.count().to_pyarrow().as_py() == row["segments"] == 5_000
    assert opened.segments.end_ns.max().to_pyarrow().as_py() == row["end_ns"]


def test_info_of_nothing_has_no_bounds(rows: Rows, path: str) -> None:
    (found,) = rows("info", path, "--timerange", "[10:0_20:0)")

    assert (0, None, None) == (found["segments"], found["start_ns"], found["end_ns"])


def test_info_of_a_flow_counts_what_belongs_to_it(rows: Rows, path: str, opened: ta.Store) -> None:
    (row,) = rows("info", path, "--flow", FLOW)
    mine = opened.segments.filter(_.flow_id == opened.flow(FLOW).id)

    assert (1, 1) == (row["sources"], row["flows"])
    assert mine.count().to_pyarrow().as_py() == row["segments"]
    assert mine.object_id.nunique().to_pyarrow().as_py() == row["objects"]


@pytest.mark.parametrize(
    "command", ["info", "flows", "segments", "gaps", "coverage", "overlaps", "depth"]
)
def test_each_command_shows_people_a_table(run: Run, path: str, command: str) -> None:
    done = run(command, path)

    assert (done.exit_code, done.stderr) == (0, "")
    assert "_ns" not in done.stdout


def test_a_table_says_what_it_leaves_out(run: Run, path: str) -> None:
    done = run("segments", path)

    assert 53 == len(done.stdout.splitlines())
    assert "the first 50 of 5\u202f000 rows" in done.stdout


def test_a_table_shows_texts_and_labels(run: Run, path: str, opened: ta.Store) -> None:
    flow = opened.flow(FLOW)

    done = run("coverage", path, "--flow", flow.id[:8])

    assert flow.id[:8] in done.stdout
    assert FLOW in done.stdout
    assert "_1788220837:0)" in done.stdout
