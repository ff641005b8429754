"""Stores for tests of changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings

from tams_analytics.engines import Engine, Transaction, open_engine
from tams_analytics.queries import objects
from tams_analytics.queries.segments import listing
from tams_analytics.tables import STORE_METADATA, TABLES
from tams_analytics.writes.bulk.load import load
from tests.conftest import ENGINES

SHARED = "shared"
"""The schema that all tests of writes use on VAST."""


@pytest.fixture(scope="session", params=ENGINES)
def only_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One store for all tests of an engine, so that each question is compiled once."""
    if request.param == "vast":
        opened = open_engine(request.getfixturevalue("vast_stores").url(SHARED))
    else:
        opened = open_engine(":memory:")
    yield opened
    opened.close()


@pytest.fixture
def engine(only_engine: Engine, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty store with the default settings, on each engine."""
    settings = only_engine.settings
    if only_engine.name == "vast":
        request.getfixturevalue("vast_stores").reset(SHARED)
    else:
        only_engine.transact(empty)
    yield only_engine
    only_engine.settings = settings


Prepare = Callable[[Engine, Callable[[Engine], object]], Engine]


@pytest.fixture(scope="session")
def prepared() -> dict[str, dict[str, pa.Table]]:
    """The rows of each table that has any, by what made them."""
    return {}


@pytest.fixture
def prepare(prepared: dict[str, dict[str, pa.Table]], request: pytest.FixtureRequest) -> Prepare:
    """Fills an empty store by a function, the first time; then by a copy of what that made."""

    def run(engine: Engine, fill: Callable[[Engine], object]) -> Engine:
        name = f"{fill.__module__}.{fill.__qualname__}"
        if engine.name == "vast":
            stores = request.getfixturevalue("vast_stores")
            stores.prepare(SHARED, name, lambda: fill(engine))
        elif name in prepared:
            engine.transact(lambda tx: [tx.insert(*each) for each in prepared[name].items()])
        else:
            fill(engine)
            prepared[name] = engine.transact(whole)
        return engine

    return run


def whole(tx: Transaction) -> dict[str, pa.Table]:
    """The rows of each table that a test may change and that has any."""
    changed = [table.name for table in TABLES if table is not STORE_METADATA]
    rows = {name: tx.rows(getattr(tx.tables, name)) for name in changed}
    return {name: each for name, each in rows.items() if each.num_rows}


def examples(engine: Engine, *, duckdb: int, vast: int) -> settings:
    """How many a test of Hypothesis tries on an engine."""
    return settings(deadline=None, max_examples={"duckdb": duckdb, "vast": vast}[engine.name])


def empty(tx: Transaction) -> None:
    for table in TABLES:
        if table is not STORE_METADATA:
            tx.delete(table.name, {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "store.duckdb"


VIDEO = "urn:x-nmos:format:video"
F1 = "11111111-1111-4111-8111-111111111111"
F2 = "22222222-2222-4222-8222-222222222222"
S = "99999999-9999-4999-8999-999999999999"


class World:
    """A store with two flows of one source, and what tests ask of it."""

    F1, F2, S = F1, F2, S

    def __init__(self, engine: Engine, sent: Callable[[], int]) -> None:
        self.engine = engine
        self._sent = sent

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of all rows of a table, in order."""

        def read(tx: Transaction) -> list[tuple[Any, ...]]:
            table = getattr(tx.tables, name).select(*columns)
            found = tx.rows(table.order_by(*columns)).to_pylist()
            return [tuple(row.values()) for row in found]

        return self.engine.transact(read)

    def object(self, id: str) -> dict[str, Any]:
        """The row of an object."""
        found = self.engine.ask(objects.by_ids, ids=[id]).to_pylist()
        return dict(found[0])

    def segments(self, flow_id: str) -> list[tuple[Any, ...]]:
        """``object_id, timerange`` of a flow's segments, in order of time."""
        found = self.engine.ask(listing, flow_id=flow_id)
        return list(
            zip(found["object_id"].to_pylist(), found["timerange"].to_pylist(), strict=True)
        )

    def sent(self, work: Callable[[], Any]) -> int:
        """How many statements ``work`` sends to DuckDB, or requests to VAST."""
        before = self._sent()
        work()
        return self._sent() - before

    def set_flow(self, flow_id: str, **values: Any) -> None:
        """Change columns of a flow behind the rules' back."""
        self.engine.transact(lambda tx: tx.update("flows", {"id": flow_id}, values))

    def set_strict(self) -> None:
        """Turn the strict mode on (R14)."""
        self.engine.settings = dataclasses.replace(self.engine.settings, strict=True)

    def set(self, **settings: Any) -> None:
        """Change settings of the store."""
        self.engine.settings = dataclasses.replace(self.engine.settings, **settings)

    def request_deletion(self, flow_id: str, **values: Any) -> None:
        """A deletion request that nobody works on."""
        request = {
            "id": "r",
            "flow_id": flow_id,
            "timerange_to_delete": "_",
            "timerange_remaining": "_",
            "delete_flow": False,
            "status": "created",
        }
        rows = pa.table({name: [value] for name, value in (request | values).items()})
        self.engine.transact(lambda tx: tx.insert("deletion_requests", rows))


WorldOf = Callable[[Callable[[Engine], object]], World]


@pytest.fixture
def world_of(engine: Engine, prepare: Prepare, request: pytest.FixtureRequest) -> WorldOf:
    """A store that a function has filled, the first time (`prepare`)."""

    def run(fill: Callable[[Engine], object]) -> World:
        prepared = prepare(engine, fill)
        if engine.name == "vast":
            log = request.getfixturevalue("vast_stores").peer.log
            return World(prepared, lambda: len(log))
        return World(prepared, lambda: prepared.parsed.sent)  # type: ignore[attr-defined]

    return run


@pytest.fixture
def world(world_of: WorldOf) -> World:
    """A store with the flows F1 and F2 of the source S."""
    return world_of(two_flows)


def two_flows(engine: Engine) -> None:
    flows = {"id": [F1, F2], "source_id": [S, S], "format": [VIDEO, VIDEO]}
    load(engine, "flows", pa.table(flows | {"container": ["video/mp4", "video/mp4"]}))
