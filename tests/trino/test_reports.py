"""Each report gives the same rows on DuckDB and on a real Trino."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest

import tams_analytics as ta
from tams_analytics import tr
from tams_analytics.engines.beside import Beside
from tams_analytics.engines.opening import entity_table
from tams_analytics.examples.clock import END_UTC
from tams_analytics.reports import REPORTS
from tams_analytics.tables import Tables
from tests.reports.later import as_rows, later
from tests.reports.worlds import NOW, fill, world
from tests.support.trino_server import Trino
from tests.trino.conftest import Both, copied
from tests.trino.test_same_rows import rows

pytestmark = pytest.mark.trino
UTC_NOW = NOW.replace(tzinfo=dt.timezone.utc)
MIDNIGHT = END_UTC.replace(tzinfo=dt.timezone.utc)
"""When the newsroom's day ends."""
HOURS = tr.utc("2026-08-31T22:00", "2026-09-01")
SCHEDULE = [
    {"channel": "S1", "days": "daily", "start": "06:00", "end": "02:00"},
    {"channel": "S1", "days": "Mon", "start": "23:00", "end": "23:10", "kind": "outage"},
    {"channel": "Nowhere", "days": "Sat-Mon", "start": "10:00", "end": "23:30"},
]

# url_health takes its sample on Trino, and its tables are local. What is asked here is of storages
# that no settings name, so that nothing goes over a network: tests/reports/test_url_health.py asks.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "delete_preview": {"flow": "f1"},
    "availability": {"now": UTC_NOW},
    "url_health": {"instances": "controlled"},
    "retention": {"now": UTC_NOW, "tag": "genre=news", "older_than": "864000:0"},
    "storage": {"by": "tag:genre"},
    "reuse": {"top": 5},
    "growth": {
        "now": UTC_NOW,
        "during": tr.utc("2026-09-15T10:00", "2026-11-21"),
        "tz": "Europe/London",
        "day_starts": "06:00",
        "capacity": 2**53 + 1,
        "storage_id": "two",
    },
}
OF_NEWSROOM: dict[str, dict[str, Any]] = {
    "daily_gaps": {"by": "tag:channel", "tz": "Europe/London", "now": MIDNIGHT},
    "expected": {"schedule": SCHEDULE, "tz": "Europe/London", "during": HOURS},
    "collections": {},
    "ingest_lag": {"now": MIDNIGHT + dt.timedelta(minutes=5), "late": "5:0", "during": HOURS},
    "codecs": {"now": MIDNIGHT, "off": 0.001},
    "sources": {},
    "hygiene": {},
}
OF_TWO = ("changes", "comparison")
"""They look at two stores."""


@pytest.fixture(scope="module")
def small(trino_server: Trino) -> Iterator[Both]:
    with ta.connect(":memory:") as store:
        fill(store, world(3))
        with copied(store, trino_server, f"tams/small_{uuid.uuid4().hex[:8]}") as there:
            yield Both(store, there)


@dataclass(frozen=True)
class Other:
    """What a store is compared with: tables, of whichever connection."""

    tables: Tables


@pytest.fixture(scope="module")
def later_ones(small: Both, trino_server: Trino) -> Iterator[tuple[Any, Any]]:
    """A later state of the small store on DuckDB, and on the connection of the one on Trino."""
    schema = f"tams/later_{uuid.uuid4().hex[:8]}"
    with ta.connect(":memory:") as store:
        fill(store, later(as_rows(small.duckdb), 1))
        copied(store, trino_server, schema).close()
        place = ops.Namespace(catalog="vast", database=schema)
        there = Tables.opened(lambda table: entity_table(small.trino.con, table, place))
        yield store, Other(there)


@pytest.mark.parametrize("name", OF_TWO)
def test_two_stores_on_one_connection_are_compared_there(
    name: str, small: Both, later_ones: tuple[Any, Any]
) -> None:
    here, there = later_ones
    assert Beside(small.trino.tables, there.tables).is_one_connection

    wanted = small.duckdb.report(name, other=here).tables
    refuse_differing_tables(wanted, small.trino.report(name, other=there).tables)


def test_stores_on_two_connections_are_compared_here(
    small: Both, later_ones: tuple[Any, Any]
) -> None:
    wanted = small.duckdb.report("changes", other=later_ones[0]).tables
    found = small.trino.report("changes", other=later_ones[0]).tables

    refuse_differing_tables(wanted, found)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_same_tables(name: str, small: Both) -> None:
    refuse_differing(small, name, ARGUMENTS[name])


@pytest.mark.parametrize("name", OF_NEWSROOM)
def test_the_same_tables_of_a_newsroom(name: str, newsroom: Both) -> None:
    refuse_differing(newsroom, name, OF_NEWSROOM[name])


def test_every_report_is_asked_here() -> None:
    assert {report.name for report in REPORTS} == {*ARGUMENTS, *OF_NEWSROOM, *OF_TWO}


def refuse_differing(both: Both, name: str, arguments: dict[str, Any]) -> None:
    here, there = (store.report(name, **arguments).tables for store in (both.duckdb, both.trino))
    refuse_differing_tables(here, there)


def refuse_differing_tables(here: Mapping[str, ir.Table], there: Mapping[str, ir.Table]) -> None:
    assert [*here] == [*there]
    found = {part: there[part].to_pyarrow() for part in there}
    wanted = {part: here[part].to_pyarrow() for part in here}
    for part, table in wanted.items():
        assert table.column_names == found[part].column_names, part
        assert rows(table, ordered=True) == rows(found[part], ordered=True), part
    assert any(table.num_rows for table in wanted.values())
