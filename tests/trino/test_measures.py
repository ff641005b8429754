"""Measures on Trino are those on DuckDB, which loops over the rows agree with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.measures import MEASURES, things, times
from tams_analytics.timerange import tr
from tests.measures.world import fill
from tests.support.trino_server import Trino
from tests.trino.conftest import Both, copied

pytestmark = pytest.mark.trino

PLACED = [each.name for each in MEASURES if "storage_backend" in each.dimensions]
OF_PLACES = [name for name in PLACED if name.startswith("instance")]
OF_TIME = [
    each.name for each in MEASURES if {times.covered, times.gaps, things.segments} & {*each.facts}
]
OF_THINGS = [each.name for each in MEASURES if each.name not in (*OF_TIME, *OF_PLACES)]
DAYS = {
    "during": tr.utc("2026-08-31T12:00", "2026-09-01T12:00"),
    "tz": "Europe/London",
    "day_starts": "06:00",
}


@pytest.fixture(scope="module")
def traps(trino_server: Trino) -> Iterator[Both]:
    """The small store with every trap, and the same behind Trino."""
    with (
        fill(ta.connect(":memory:")) as store,
        copied(store, trino_server, f"tams/traps_{uuid.uuid4().hex[:8]}") as there,
    ):
        yield Both(store, there)


def same(both: Both, names: list[str], **said: Any) -> None:
    there, here = (
        store.measure(names, **said).to_pyarrow().to_pylist() for store in (both.trino, both.duckdb)
    )
    assert len(here) > 1
    assert sorted(here, key=repr) == sorted(there, key=repr)


def test_measures_of_time_by_format_and_broadcast_day(newsroom: Both) -> None:
    same(newsroom, OF_TIME, by=["format", "day"], **DAYS)


def test_measures_of_things_in_the_store_with_traps(traps: Both) -> None:
    same(traps, OF_THINGS, by=["source", "tag:genre"])


def test_measures_of_bytes_by_storage_backend(traps: Both) -> None:
    same(traps, OF_PLACES, by=["storage_backend", "tag:Ton & Bild"])


def test_those_are_all_measures() -> None:
    assert {each.name for each in MEASURES} == {*OF_TIME, *OF_THINGS, *OF_PLACES}
