"""Which flows a command asks: several of them, by id, label or the beginning of an id."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import tams_analytics as ta
from tests.cli.conftest import Rows, Run

TWO = ("S1 video", "S1 audio")


def ids(opened: ta.Store, *labels: str) -> set[str]:
    return {opened.flow(label).id for label in labels}


@pytest.mark.parametrize("command", ["flows", "segments", "gaps", "coverage", "depth"])
def test_several_flows_are_all_asked(rows: Rows, path: str, opened: ta.Store, command: str) -> None:
    column = "id" if command == "flows" else "flow_id"

    found = rows(command, path, "--flow", TWO[0], "--flow", TWO[1])

    assert ids(opened, *TWO) == {row[column] for row in found}


def test_overlaps_are_those_of_the_first_flow_too(rows: Rows, path: str) -> None:
    doubled = rows("overlaps", path)
    (flow,) = {row["flow_id"] for row in doubled}

    assert doubled == rows("overlaps", path, "--flow", flow, "--flow", "Clip 1 video")


def test_info_counts_several_flows_each_once(rows: Rows, path: str) -> None:
    (found,) = rows("info", path, "--flow", TWO[0], "--flow", TWO[1], "--flow", TWO[0])

    assert (2, 2) == (found["flows"], found["sources"])


def test_an_explanation_is_that_of_several_flows(run: Run, path: str, opened: ta.Store) -> None:
    words = ("--flow", TWO[0], "--flow", TWO[1], "--format", "json")

    done = run("explain", path, "segments", *words)

    assert "segments" == json.loads(done.stdout)["scans"][0]["table"]
    assert all(one in done.stdout for one in ids(opened, *TWO))


@pytest.mark.parametrize("cut", [None, 8])
def test_a_source_is_found_as_the_table_of_flows_shows_it(
    rows: Rows, path: str, opened: ta.Store, cut: int | None
) -> None:
    source = opened.flow("Programme 1 video").source_id

    assert ids(opened, "Programme 1 video") == {
        row["id"] for row in rows("flows", path, "--source", source[:cut])
    }


def test_sources_are_found_by_their_labels(rows: Rows, path: str, opened: ta.Store) -> None:
    found = rows("flows", path, "--source", "S1 video", "--source", "Clip 1 video")

    assert ids(opened, "S1 video", "S1 video proxy", "Clip 1 video") == {row["id"] for row in found}


def test_a_flow_or_source_whose_id_is_there_twice_can_be_asked(rows: Rows, path: str) -> None:
    label = "Programme 1 audio"

    (by_flow,) = rows("coverage", path, "--flow", label)
    (by_source,) = rows("coverage", path, "--source", label)

    assert by_flow == by_source


def test_by_source_only_the_sources_that_are_asked_are_shown(
    rows: Rows, tmp_path: Path, file: str, opened: ta.Store, moved: Callable[[str], str]
) -> None:
    shutil.copy(file, twice := tmp_path / "twice.duckdb")
    other = opened.flow("S1 audio").source_id
    with duckdb.connect(str(twice)) as store:
        store.execute(
            "INSERT INTO flows SELECT * REPLACE (? AS source_id) FROM flows WHERE label = ?",
            [other, "S1 video"],
        )

    place = moved(str(twice))
    for command in ("coverage", "gaps"):
        words = ("--by", "source", "--timerange", "2026-08-31T20:00/21:00", "--all-flows")
        found = rows(command, place, "--source", "S1 video", *words)
        assert {opened.flow("S1 video").source_id} == {row["source_id"] for row in found}


def test_flows_have_to_be_of_one_of_the_sources(run: Run, path: str) -> None:
    sources = ("--source", "S1 video", "--source", "S1 audio")

    both = run("coverage", path, *sources, "--flow", "S1 video", "--flow", "S1 audio")
    other = run("coverage", path, *sources, "--flow", "Clip 1 video")

    assert (0, 1) == (both.exit_code, other.exit_code)
    assert "there is no flow Clip 1 video; of source" in other.stderr


def test_an_ambiguous_source_names_the_candidates(run: Run, path: str, opened: ta.Store) -> None:
    sources = opened.sources.select("id", "label").to_pyarrow().to_pylist()
    firsts = [one["id"][0] for one in sources]
    begin = max(firsts, key=firsts.count)

    done = run("flows", path, "--source", begin)

    assert 2 == done.exit_code
    told = [f"{one['id']} ({one['label']}" for one in sources if one["id"].startswith(begin)]
    assert all(one in done.stderr for one in told)
    assert len(told) > 1


def test_an_unknown_source_is_told_the_labels_like_it(run: Run, path: str) -> None:
    done = run("flows", path, "--source", "s1 vide")

    assert 1 == done.exit_code
    assert "there is no source s1 vide" in done.stderr
    assert "labels like it: S1 video" in done.stderr
