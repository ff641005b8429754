"""An explanation names what a scan takes, what it refuses, and what runs above it."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics import span
from tams_analytics.errors import BadParameter


@pytest.fixture
def filled() -> Iterator[ta.Store]:
    """Ten segments of each of two flows, ten seconds each.

    On DuckDB: what VAST explains is its own (``tests/engines/vast``).
    """
    with ta.connect(":memory:") as store:
        yield with_rows(store)


@pytest.fixture
def anywhere(store: ta.Store) -> ta.Store:
    """The same on each engine."""
    return with_rows(store)


def with_rows(store: ta.Store) -> ta.Store:
    rows = pa.table(
        {
            "flow_id": [flow for flow in "ab" for _each in range(10)],
            "object_id": [f"o{n}" for n in range(20)],
            "start_ns": [n * 10**10 for _flow in "ab" for n in range(10)],
            "end_ns": [(n + 1) * 10**10 for _flow in "ab" for n in range(10)],
            "timerange": ["x"] * 20,
        }
    )
    store._engine.transact(lambda tx: tx.insert("segments", rows))
    return store


def test_a_window_pushes_its_columns_and_conditions_into_the_scan(filled: ta.Store) -> None:
    """§248."""
    hits = filled.segments.filter(_.flow_id == "a", span.overlaps("[15:0_35:0)"))
    found = ta.explain(hits.select("object_id"))
    assert repr(found) == str(found)  # as a REPL shows it
    (scan,) = found.scans

    assert "segments" == scan.table
    assert {"flow_id", "start_ns", "end_ns", "object_id"} == set(scan.columns)
    assert {"flow_id='a'", "start_ns<35000000000", "end_ns>15000000000"} == set(scan.pushed)
    assert () == scan.refused


def test_rows_are_known_after_running(filled: ta.Store) -> None:
    hits = filled.segments.filter(_.flow_id == "a", span.overlaps("[15:0_35:0)"))

    assert [None] == [scan.rows for scan in ta.explain(hits).scans]
    assert [3] == [scan.rows for scan in ta.explain(hits, run=True).scans]


def test_a_condition_that_no_scan_takes_is_refused_with_a_reason(filled: ta.Store) -> None:
    lengths = filled.segments.filter(_.end_ns - _.start_ns == _.ts_offset_ns + 5)
    (scan,) = ta.explain(lengths).scans

    assert () == scan.pushed
    assert "above the scan" in str(scan.refused[0])


def test_what_runs_above_the_scans_is_local(filled: ta.Store) -> None:
    counted = filled.segments.group_by("flow_id").agg(n=_.count()).order_by("n")
    explained = ta.explain(counted)

    assert any("GROUP_BY" in each for each in explained.local)
    assert any("ORDER_BY" in each for each in explained.local)
    assert "SELECT" in str(explained.sql)


def test_never_has_no_scan(filled: ta.Store) -> None:
    assert () == ta.explain(filled.segments.filter(span.overlaps("()"))).scans


def test_an_explanation_shows_itself(filled: ta.Store) -> None:
    text = str(ta.explain(filled.segments.filter(_.flow_id == "a"), run=True))

    assert "pushed" in text
    assert "flow_id='a'" in text


def test_only_a_stores_expression_can_be_explained(filled: ta.Store) -> None:
    with pytest.raises(BadParameter, match="no ibis expression"):
        ta.explain("SELECT 1")  # type: ignore[arg-type]
    with pytest.raises(BadParameter, match="no store"):
        ta.explain(ibis.table({"a": "int64"}, name="t"))


def test_localize_copies_rows_that_can_then_be_joined(anywhere: ta.Store) -> None:
    with ta.connect(":memory:") as other:
        one = ta.localize(anywhere.segments.filter(_.flow_id == "a"))
        two = ta.localize(other.segments, into=one)

        assert (10, 0) == (one.count().execute(), two.count().execute())
        assert 10 == one.anti_join(two, "object_id").count().execute()
        assert one.schema() == anywhere.segments.schema()


def test_localize_refuses_more_than_it_was_allowed(anywhere: ta.Store) -> None:
    with pytest.raises(BadParameter, match="limit"):
        ta.localize(anywhere.segments, limit=19)

    assert 20 == ta.localize(anywhere.segments, limit=20).count().execute()


def test_localize_never_writes_into_a_store(anywhere: ta.Store) -> None:
    with pytest.raises(BadParameter, match="into"):
        ta.localize(anywhere.segments.limit(3), into=anywhere.flows)

    assert not [name for name in anywhere._engine.backend.list_tables() if "localized" in name]


@pytest.mark.parametrize("limit", [-1])
def test_localize_takes_no_negative_limit(anywhere: ta.Store, limit: int) -> None:
    with pytest.raises(BadParameter, match="limit"):
        ta.localize(anywhere.segments, limit=limit)


def test_localize_takes_tables(anywhere: ta.Store) -> None:
    with pytest.raises(BadParameter, match="table"):
        ta.localize(anywhere.segments.count())


def test_a_count_is_explained_after_running(anywhere: ta.Store) -> None:
    assert ta.explain(anywhere.segments.count(), run=True).scans is not None
    assert [20] == [scan.rows for scan in ta.explain(anywhere.segments.flow_id, run=True).scans]


HOSTILE = ["o1 AND b", "o1) AND (y", "o1's AND (not) so", "o1 OR y AND z"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_not_taken_for_conditions(anywhere: ta.Store, text: str) -> None:
    (scan,) = ta.explain(anywhere.segments.filter(_.object_id == text)).scans

    assert set(scan.columns) <= set(anywhere.segments.columns)
    assert 1 >= len(scan.pushed) + len(scan.refused)


def test_conditions_of_a_list_stay_whole(anywhere: ta.Store) -> None:
    hits = anywhere.segments.filter(_.object_id.isin(["o1", "o2", "o3 AND d"]), _.start_ns < 50)
    (scan,) = ta.explain(hits).scans

    assert set(scan.columns) <= set(anywhere.segments.columns)
    assert all(
        each.count("(") == each.count(")") for each in (*scan.pushed, *map(str, scan.refused))
    )
