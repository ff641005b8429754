"""Each report gives the same rows on DuckDB and on a real Trino."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tests.reports.worlds import NOW, fill, world
from tests.support.trino_server import Trino
from tests.trino.conftest import Both, copied
from tests.trino.test_same_rows import rows

pytestmark = pytest.mark.trino
UTC_NOW = NOW.replace(tzinfo=dt.timezone.utc)

ARGUMENTS: dict[str, dict[str, Any]] = {
    "delete_preview": {"flow": "f1"},
    "retention": {"now": UTC_NOW, "tag": "genre=news", "older_than": "864000:0"},
}


@pytest.fixture(scope="module")
def small(trino_server: Trino) -> Iterator[Both]:
    with ta.connect(":memory:") as store:
        fill(store, world(3))
        with copied(store, trino_server, f"tams/small_{uuid.uuid4().hex[:8]}") as there:
            yield Both(store, there)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_same_tables(name: str, small: Both) -> None:
    here, there = (
        store.report(name, **ARGUMENTS[name]).tables for store in (small.duckdb, small.trino)
    )

    assert [*here] == [*there]
    for part in here:
        found = there[part].to_pyarrow()
        wanted = here[part].to_pyarrow()
        assert wanted.column_names == found.column_names, part
        assert rows(wanted, ordered=True) == rows(found, ordered=True), part
    assert any(here[part].count().execute() for part in here)
