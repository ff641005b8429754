"""Questions that pages to look at ask, on each engine; what they give is asked of small stores."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.queries import flows, overview, runs, segments
from tams_analytics.timerange import SECOND

MORNING = dt.datetime(2026, 9, 1, 6)


@pytest.fixture
def looked_at(store: ta.Store) -> ta.Store:
    """Two cameras and a sound of one source, one flow of another; the first has ten segments."""
    rows = {
        "flows": {
            "id": ["a", "b", "c", "d"],
            "source_id": ["studio", "studio", "studio", "van"],
            "format": ["video", "video", "audio", "video"],
            "label": ["Camera", "Angle", None, "Van"],
            "segments_updated": pa.array(
                [MORNING, None, MORNING + dt.timedelta(hours=1), MORNING], pa.timestamp("us")
            ),
        },
        "sources": {"id": ["studio", "van"], "format": ["video", "video"]},
        "segments": {
            "flow_id": ["a"] * 10 + ["d"],
            "object_id": [f"o{n}" for n in range(11)],
            "start_ns": [n * SECOND for n in range(11)],
            "end_ns": [(n + 1) * SECOND for n in range(11)],
            "timerange": [f"[{n}:0_{n + 1}:0)" for n in range(11)],
        },
    }
    for table, columns in rows.items():
        store._engine.transact(lambda tx, t=table, c=columns: tx.insert(t, pa.table(c)))
    return store


def objects(found: pa.Table) -> list[str]:
    return found["object_id"].to_pylist()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, ["o8", "o9"]),
        (0, ["o0", "o1"]),
        (3 * SECOND, ["o1", "o2", "o3", "o4"]),
        (3 * SECOND + 1, ["o1", "o2", "o3", "o4"]),
        (99 * SECOND, ["o8", "o9"]),
    ],
)
def test_around_a_time_are_those_that_ended_before_and_those_that_did_not(
    looked_at: ta.Store, at: int | None, expected: list[str]
) -> None:
    given = {} if at is None else {"at": at}
    assert expected == objects(looked_at.ask(segments.around, flow_id="a", limit=2, **given))


def test_the_first_flows_of_each_source_come_by_label_with_how_many_there_are(
    looked_at: ta.Store,
) -> None:
    asked = looked_at.ask(flows.of_sources, source_ids=["studio", "van", "gone"], most=2)
    told = [(row["source_id"], row["flow_id"], row["flows"]) for row in asked.to_pylist()]
    assert [("studio", "b", 3), ("studio", "a", 3), ("van", "d", 1)] == told


def test_formats_are_counted_by_their_flows(looked_at: ta.Store) -> None:
    expected = [{"format": "video", "flows": 3}, {"format": "audio", "flows": 1}]
    assert expected == looked_at.ask(overview.formats).to_pylist()


def test_a_flow_that_never_had_a_segment_was_never_written(looked_at: ta.Store) -> None:
    assert ["c", "a"] == looked_at.ask(overview.written_last, limit=2)["flow_id"].to_pylist()
    assert ["c", "a", "d"] == looked_at.ask(overview.written_last)["flow_id"].to_pylist()


@pytest.mark.parametrize(
    ("asked", "lanes", "bars"),
    [
        ({"flow_id": "d"}, ["d"], 1),
        ({"source_id": "studio"}, ["a", "b", "c"], 10),
        ({"flow_id": "d", "source_id": "studio"}, [], 0),
        ({}, ["a", "b", "c", "d"], 11),
    ],
)
def test_a_timeline_of_one_flow_or_source_has_its_lanes_alone(
    looked_at: ta.Store, asked: dict[str, Any], lanes: list[str], bars: int
) -> None:
    shown = looked_at.timeline(**asked)
    assert lanes == sorted(lane.key or "" for lane in shown.lanes)
    assert shown.expr is not None
    assert bars == shown.expr.count().execute()


def test_the_last_findings_are_those_of_the_last_run(store: ta.Store) -> None:
    ta.examples.newsroom(store, segments=3_000)
    store.remember(store.check(only=["segments_overlap"]))
    first = store.ask(runs.last_findings, most=2).to_pylist()
    assert {"segments_overlap"} == {row["check_id"] for row in first}
    assert 2 == len(first)
    known = store.findings.count().execute()
    assert [known, known] == [row["known"] for row in first]
    store.remember(store.check(only=["flow_without_source"]))
    last = {row["check_id"] for row in store.ask(runs.last_findings).to_pylist()}
    assert last <= {"flow_without_source"}


def test_a_question_is_sql_that_the_engine_runs_with_the_same_answer(looked_at: ta.Store) -> None:
    asked = {"flow_id": "a", "at": 3 * SECOND, "limit": 2}
    sql = looked_at.sql(segments.around, **asked)
    if looked_at.engine == "vast":  # for Trino, whose answers tests of its own compare
        assert "FROM segments" in sql.replace('"', "").replace("\n", " ")
        return
    rows = looked_at.con.sql(sql).to_pyarrow()
    assert looked_at.ask(segments.around, **asked).to_pylist() == rows.to_pylist()
    assert looked_at.sql(segments.around(looked_at.tables, **asked)) == sql
