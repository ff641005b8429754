"""Each report gives the same rows on DuckDB and on a real Trino."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics import tr
from tams_analytics.examples.clock import END_UTC
from tams_analytics.reports import REPORTS
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

ARGUMENTS: dict[str, dict[str, Any]] = {
    "delete_preview": {"flow": "f1"},
    "availability": {"now": UTC_NOW},
    "retention": {"now": UTC_NOW, "tag": "genre=news", "older_than": "864000:0"},
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


@pytest.fixture(scope="module")
def small(trino_server: Trino) -> Iterator[Both]:
    with ta.connect(":memory:") as store:
        fill(store, world(3))
        with copied(store, trino_server, f"tams/small_{uuid.uuid4().hex[:8]}") as there:
            yield Both(store, there)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_same_tables(name: str, small: Both) -> None:
    refuse_differing(small, name, ARGUMENTS[name])


@pytest.mark.parametrize("name", OF_NEWSROOM)
def test_the_same_tables_of_a_newsroom(name: str, newsroom: Both) -> None:
    refuse_differing(newsroom, name, OF_NEWSROOM[name])


def test_every_report_is_asked_here() -> None:
    assert {report.name for report in REPORTS} == {*ARGUMENTS, *OF_NEWSROOM}


def refuse_differing(both: Both, name: str, arguments: dict[str, Any]) -> None:
    here, there = (store.report(name, **arguments).tables for store in (both.duckdb, both.trino))

    assert [*here] == [*there]
    found = {part: there[part].to_pyarrow() for part in there}
    wanted = {part: here[part].to_pyarrow() for part in here}
    for part, table in wanted.items():
        assert table.column_names == found[part].column_names, part
        assert rows(table, ordered=True) == rows(found[part], ordered=True), part
    assert any(table.num_rows for table in wanted.values())
