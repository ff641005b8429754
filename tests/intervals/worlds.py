"""Rows for the verbs, drawn from small integers, and the tables of each engine to put them in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

from tams_analytics.engines import open_engine
from tams_analytics.tables import Tables
from tests.support.asking import Asked
from tests.support.vast_stores import BUCKET, VastStores

SCHEMA = pa.schema(
    [
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),
        ("flow_id", pa.string()),
        ("track", pa.int64()),
        ("id", pa.string()),
    ]
)
Rows = list[dict[str, Any]]
Verb = Callable[..., ir.Table]


@st.composite
def row(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(-12, 12))
    length = draw(st.sampled_from([1, 1, 2, 3, 5, 9, 20, 0, -2]))
    return {
        "start_ns": None if draw(st.integers(0, 9)) == 0 else start,
        "end_ns": None if draw(st.integers(0, 9)) == 0 else start + length,
        "flow_id": draw(st.sampled_from(["a", "b", None])),
        "track": draw(st.sampled_from([0, 1, None])),
        "id": draw(st.sampled_from(["x", "y", None])),
    }


ROWS = st.lists(row(), max_size=9)


class DuckDBWorld:
    """Tables ``a`` and ``b``, whose rows change; a question about them is compiled once."""

    name = "duckdb"

    def __init__(self) -> None:
        self._engine = open_engine(":memory:")
        self._backend = self._engine.backend  # type: ignore[attr-defined]
        schema = ibis.Schema.from_pyarrow(SCHEMA)
        self.a, self.b = (self._backend.create_table(name, schema=schema) for name in "ab")

    def put(self, name: str, rows: Rows) -> None:
        cursor = self._backend.con
        cursor.register("given", pa.Table.from_pylist(rows, SCHEMA))
        cursor.execute(f"DELETE FROM {name}; INSERT INTO {name} FROM given")  # noqa: S608
        cursor.unregister("given")

    def ask(self, verb: Verb, a: Rows, b: Rows = (), **shape: Any) -> list[tuple[Any, ...]]:
        """What ``verb(a, b, **shape)`` finds."""
        self.put("a", a)
        self.put("b", list(b))
        return as_tuples(self._engine.ask(self._question(verb), **shape))

    @functools.cache  # noqa: B019 - a world lives as long as the tests
    def _question(self, verb: Verb) -> Verb:
        def question(_tables: Tables, **shape: Any) -> ir.Table:
            return verb(self.a, self.b, **shape)

        return question

    def close(self) -> None:
        self._engine.close()


class VastWorld(DuckDBWorld):
    """The same in a schema of a peer."""

    name = "vast"

    def __init__(self, stores: VastStores) -> None:
        self._peer = stores.peer
        self._schema = "verbs"
        stores.reset(self._schema)
        self._engine = open_engine(stores.url(self._schema))
        self._backend = self._engine.backend  # type: ignore[attr-defined]
        self.put("a", [])
        self.put("b", [])
        self.a, self.b = self._backend.table("a"), self._backend.table("b")

    def put(self, name: str, rows: Rows) -> None:
        self._peer.load(BUCKET, self._schema, name, pa.Table.from_pylist(rows, SCHEMA))


def tuples(expression: ir.Table, con: Asked) -> list[tuple[Any, ...]]:
    return as_tuples(con.to_pyarrow(expression))


def as_tuples(found: pa.Table) -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)
    ]


def counted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In one order, NULLs and all."""
    return sorted(rows, key=repr)
