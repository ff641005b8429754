"""Questions about tables in memory, asked on each engine: on VAST about the same rows on a peer."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.trino.address import Address as TrinoAddress
from tams_analytics.engines.trino.backend import Backend as TrinoBackend
from tams_analytics.engines.vast.backend import Backend
from tams_analytics.settings import Settings
from tests.support.trino_server import Trino
from tests.support.vast_stores import BUCKET, VastStores

SCHEMA = "moved"


class OnDuckDB:
    """A plain DuckDB."""

    name = "duckdb"

    def __init__(self) -> None:
        self._backend = ibis.duckdb.connect()

    def to_pyarrow(self, expression: ir.Expr) -> Any:
        return self._backend.to_pyarrow(expression)

    def close(self) -> None:
        self._backend.disconnect()


class OnVast:
    """A schema of a peer, to which every memtable of a question goes before it is asked."""

    name = "vast"

    def __init__(self, stores: VastStores) -> None:
        self._peer = stores.peer
        self._peer.create_schema(BUCKET, SCHEMA)
        self._backend: Backend = ibis.connect(stores.url(SCHEMA))

    def to_pyarrow(self, expression: ir.Expr) -> Any:
        asked = expression.op()
        tables = dict.fromkeys(asked.find(ops.InMemoryTable))
        there = {table: self._moved(number, table) for number, table in enumerate(tables)}
        return self._backend.to_pyarrow(asked.replace(there).to_expr())

    def _moved(self, number: int, table: ops.InMemoryTable) -> ops.DatabaseTable:
        """A table of the peer; what has the same columns takes its place later."""
        rows: pa.Table = table.data.to_pyarrow(table.schema)
        name = f"t{number}_{abs(hash(table.schema))}"
        self._peer.load(BUCKET, SCHEMA, name, rows)
        place = ops.Namespace(catalog=BUCKET, database=SCHEMA)
        return ops.DatabaseTable(name, table.schema, self._backend, place)

    def close(self) -> None:
        self._backend.disconnect()


class OnTrino:
    """A real Trino, which is sent every memtable as VALUES."""

    name = "trino"

    def __init__(self, server: Trino) -> None:
        address = TrinoAddress.parse(server.url("scratch", "default"), Settings())
        self._backend: TrinoBackend = TrinoBackend().connect(address)

    def to_pyarrow(self, expression: ir.Expr) -> Any:
        return self._backend.to_pyarrow(expression)

    def close(self) -> None:
        self._backend.disconnect()


Asked = OnDuckDB | OnVast | OnTrino
