"""`tams explain` explains the very question of another command."""

from __future__ import annotations

import json

import pytest

import tams_analytics as ta
from tests.cli.conftest import Run


def test_it_shows_what_a_flow_pushes_and_the_rows_that_were_read(
    run: Run, path: str, opened: ta.Store
) -> None:
    flow = opened.flow("S1 video")

    done = run("explain", path, "segments", "--flow", "S1 video", "--format", "json")
    (scan,) = json.loads(done.stdout)["scans"]

    assert "segments" == scan["table"]
    (pushed,) = scan["pushed"]
    assert f"flow_id='{flow.id}'" == pushed.replace(" == ", "=")
    assert (
        opened.segments.filter(ta._.flow_id == flow.id).count().to_pyarrow().as_py()
        == (scan["rows"])
    )


def test_no_run_counts_no_rows(run: Run, path: str) -> None:
    done = run("explain", "--no-run", path, "gaps", "--format", "json")

    assert {None} == {scan["rows"] for scan in json.loads(done.stdout)["scans"]}


def test_the_store_may_stand_anywhere(run: Run, path: str) -> None:
    plain = run("explain", path, "coverage", "--no-run")

    assert 0 == plain.exit_code
    assert plain.stdout == run("explain", "coverage", path, "--no-run").stdout
    assert plain.stdout == run("explain", "-s", path, "--no-run", "coverage").stdout


def test_the_sql_is_shown_when_asked_for(run: Run, path: str) -> None:
    assert "SELECT" not in run("explain", path, "gaps").stdout
    assert "SELECT" in run("explain", path, "gaps", "--sql").stdout


@pytest.mark.parametrize("words", [["query", "SELECT 1"], ["dance"], ["x", "y", "gaps"]])
def test_what_cannot_be_explained_names_what_can(run: Run, path: str, words: list[str]) -> None:
    done = run("explain", path, *words)

    assert 2 == done.exit_code
    assert "info, flows, segments, gaps" in done.stderr


def test_an_explanation_has_no_rows(run: Run, path: str) -> None:
    done = run("explain", path, "gaps", "--format", "csv")

    assert 2 == done.exit_code
    assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize("place", [0, 1, 2, 4])
def test_two_stores_are_one_too_many(run: Run, path: str, place: int) -> None:
    words = ["explain", path, "gaps"]
    words[min(place, 3) : min(place, 3)] = [] if place == 0 else ["-s", path]

    done = run(*words) if place else run("explain", path, "gaps", path)

    assert 2 == done.exit_code
    assert "two stores" in done.stderr


def test_how_sql_is_explained_is_said_and_works(run: Run, file: str) -> None:
    refused = run("explain", file, "query", "SELECT 1")
    done = run("query", file, "EXPLAIN SELECT * FROM flows")

    assert 'tams query STORE "EXPLAIN SELECT …"' in refused.stderr
    assert (0, "") == (done.exit_code, done.stderr)
