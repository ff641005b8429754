"""Pictures of a store: on each engine the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import asking, marks, timeline
from tams_analytics.widgets.bars import GAP
from tams_analytics.widgets.question import Question
from tests.support.vast_stores import VastStores

HOUR = "[1788217637:0_1788221237:0)"
"""Programmes end in it, and the newsroom ten minutes before it does."""
WAYS: tuple[dict[str, Any], ...] = (
    {"show": ("segments", "gaps", "overlaps", "coverage")},
    {"by": "flow", "during": HOUR},
    {"by": "source", "during": HOUR},
    {"by": "collection", "during": HOUR},
)


@pytest.fixture(scope="module")
def stores(vast_stores: VastStores) -> Iterator[tuple[ta.Store, ta.Store]]:
    """One newsroom in DuckDB and on VAST."""
    with (
        ta.examples.newsroom(segments=2_000) as here,
        ta.connect(vast_stores.filled(here), read_only=True) as there,
    ):
        yield here, there


@pytest.mark.parametrize("way", WAYS)
def test_a_timeline_is_drawn_alike(stores: tuple[ta.Store, ta.Store], way: dict[str, Any]) -> None:
    here, there = (store.timeline(**way) for store in stores)

    assert {GAP} < {*here.bars["kind"].to_pylist()}
    assert here.lanes == there.lanes
    assert rows(here) == rows(there)
    assert (str(here.timerange), here.summary) == (str(there.timerange), there.summary)


def test_tables_of_segments_and_flows_are_enough(stores: tuple[ta.Store, ta.Store]) -> None:
    here, there = (timeline.build(store.segments, store.flows) for store in stores)

    assert here.bars.num_rows
    assert rows(here) == rows(there)


@pytest.mark.parametrize("by", ["flow", "source"])
def test_a_closer_look_is_alike(
    stores: tuple[ta.Store, ta.Store], by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WHOLE", marks.Budget(bars=30, overlaps=1, segments=2))
    here, there = (
        timeline.build(store.segments, store.flows, store.sources, by=by) for store in stores
    )
    end_ns = here.timerange.end_ns or 0
    hour = TimeRange.from_ns(end_ns - 900 * 10**9, end_ns)
    seen = [shown.closer(hour, range(len(shown.lanes))) for shown in (here, there)]

    assert here.max_gap_ns
    assert len(rows(seen[0])) > 50
    assert rows(seen[0]) == rows(seen[1])


def test_a_closer_look_by_source_reads_the_segments_of_its_flows(
    stores: tuple[ta.Store, ta.Store],
) -> None:
    there = stores[1].tables
    every = TimeRange.eternity()
    tables = (there.segments, there.flows, there.sources, there.collections)
    asked = Question(*tables, by="source", window=every, show=(), only=("one source",))
    (segments,) = [scan for scan in ta.explain(asked.rows()).scans if scan.table == "segments"]

    assert ("flow_id in the id of flows, where few",) == segments.pushed


def rows(shown: Any) -> list[tuple[Any, ...]]:
    """The bars, whatever their order."""
    return sorted(map(repr, shown.bars.to_pylist()))
