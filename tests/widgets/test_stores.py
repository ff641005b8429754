"""Pictures of a store: on each engine the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.widgets import timeline
from tests.support.vast_stores import VastStores

HOUR = "[1788134437:0_1788138037:0)"
WAYS: tuple[dict[str, Any], ...] = (
    {"show": ("segments", "gaps", "overlaps", "coverage")},
    {"by": "source", "during": HOUR},
    {"by": "collection"},
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

    assert here.bars.num_rows
    assert here.lanes == there.lanes
    assert rows(here) == rows(there)
    assert (str(here.timerange), here.summary) == (str(there.timerange), there.summary)


def test_tables_of_segments_and_flows_are_enough(stores: tuple[ta.Store, ta.Store]) -> None:
    here, there = (timeline.build(store.segments, store.flows) for store in stores)

    assert here.bars.num_rows
    assert rows(here) == rows(there)


def rows(shown: Any) -> list[tuple[Any, ...]]:
    """The bars, whatever their order."""
    return sorted(map(repr, shown.bars.to_pylist()))
