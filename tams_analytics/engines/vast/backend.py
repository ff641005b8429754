"""VAST DB as an ibis backend: ``ibis.connect("vast://host[:port]/bucket/schema")``.

Tables are plain ibis tables. An expression is cut into scans, which carry the columns and exactly
the conditions that VAST can take, and a rest that DuckDB runs over their rows.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import ParseResult

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import vastdb
from ibis.backends import BaseBackend

from tams_analytics.engines.duckdb_backend import Backend as DuckDB
from tams_analytics.engines.urls import MEMORY
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection, Place
from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.engines.vast.refusals import ReadOnly
from tams_analytics.engines.vast.running import Drained, Runner
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.settings import load

if TYPE_CHECKING:
    from tams_analytics.engines.vast.sweeping import Sweep

Parameters = Mapping[ir.Scalar, Any]


class Backend(ReadOnly):
    """One schema of a VAST cluster; ``con`` is the connection to it. Read only."""

    name = ENGINE

    def do_connect(self, address: Address | str) -> None:
        """Connect to an `Address`, or to what a ``vast://`` URL means.

        Keys that it does not have are ``VAST_ACCESS_KEY`` and ``VAST_SECRET_KEY`` of the
        environment. Raises `BadParameter`, `Refused`, `EngineFailed`.
        """
        settings = load()
        if isinstance(address, str):
            address = Address.parse(address, settings)
        self.address = address.or_keys_of(settings)
        self.con = Connection(self.address, settings.vast_timeout)
        self._local = DuckDB()
        self._local.do_connect(MEMORY)
        self.runner = Runner(self._local)
        self._thread = threading.local()

    def _from_url(self, url: ParseResult, **options: Any) -> BaseBackend:
        if options:
            raise Unsupported(self.name, f"take the option {next(iter(options))} of a URL")
        return self.connect(Address.parse(url.geturl(), load()))

    @property
    def db_identity(self) -> str:
        """The place alone: what identifies a database is shown, and no key may be."""
        return self.address.url

    def __reduce__(self) -> tuple[Any, ...]:
        """Without keys: where it is unpickled it connects with those of the environment."""
        return _connected, (self.address.without_keys(),)

    def disconnect(self) -> None:
        """Close all connections."""
        self.con.close()
        self._local.disconnect()

    @property
    def version(self) -> str:
        """Of the server, and of the SDK."""
        return f"{self.con.version} (vastdb {vastdb.version()})"

    @property
    def dialect(self) -> Any:
        """DuckDB's: it runs what no scan takes."""
        return self._local.dialect

    @property
    def compiler(self) -> Any:
        """DuckDB's, for `ibis.to_sql`."""
        return self._local.compiler

    def has_operation(self, operation: type[ops.Value], /) -> bool:
        """Whether DuckDB has it: what VAST does not take runs there."""
        found: bool = self._local.has_operation(operation)
        return found

    @property
    def current_catalog(self) -> str:
        """The bucket."""
        return self.address.bucket

    @property
    def current_database(self) -> str:
        """The schema."""
        return self.address.schema

    def list_databases(self, *, like: str | None = None, catalog: str | None = None) -> list[str]:
        """The names of the schemas of this bucket, or of ``catalog``."""
        with self.con.reading() as transaction:
            found = transaction.schemas(catalog or self.address.bucket)
        names: list[str] = self._filter_with_like(found, like)
        return names

    def list_tables(
        self, *, like: str | None = None, database: tuple[str, str] | str | None = None
    ) -> list[str]:
        """The names of the schema's tables; ``database``: ``(bucket, schema)`` or a schema."""
        bucket, schema = self._namespace(database)
        with self.con.reading() as transaction:
            found = transaction.tables(bucket, schema)
        names: list[str] = self._filter_with_like(found, like)
        return names

    def table(self, name: str, /, *, database: tuple[str, str] | str | None = None) -> ir.Table:
        """A table of this schema, or of ``database``. Raises `NotFound`."""
        bucket, schema = self._namespace(database)
        place = Place(bucket, schema, name)
        self.con.forget(place)  # it may have been made anew
        with self.con.reading() as transaction:
            found = transaction.table(place).arrow_schema
        return ops.DatabaseTable(
            name,
            ibis.Schema.from_pyarrow(found),
            self,
            ops.Namespace(catalog=bucket, database=schema),
        ).to_expr()

    def _namespace(self, database: tuple[str, str] | str | None) -> tuple[str, str]:
        if database is None:
            return self.address.bucket, self.address.schema
        if isinstance(database, str):
            return self.address.bucket, database
        if len(database) != 2:
            raise BadParameter("database", database, "is no schema", "(bucket, schema)")
        return database

    def compile(
        self,
        expr: ir.Expr,
        /,
        *,
        limit: str | int | None = None,
        params: Parameters | None = None,
        **options: Any,
    ) -> str:
        """The whole question as SQL for DuckDB. What VAST takes of it `explain` tells."""
        return str(self._local.compile(expr, limit=limit, params=params, **options))

    def execute(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Parameters | None = None,
        limit: int | str | None = None,
        **_options: Any,
    ) -> Any:
        """As pandas: a DataFrame, a Series, or a scalar."""
        runner, drained = self._drained(expr, params, limit)
        found = runner.pandas(drained)
        return expr.__pandas_result__(found)

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Parameters | None = None,
        limit: int | str | None = None,
        **_options: Any,
    ) -> Any:
        """As Arrow: a table, a chunked array, or a scalar."""
        runner, drained = self._drained(expr, params, limit)
        found = runner.arrow(drained)
        return expr.__pyarrow_result__(found)

    def _drained(
        self, expr: ir.Expr, params: Parameters | None, limit: int | str | None
    ) -> tuple[Runner, Drained]:
        """The rows that a question needs, read in a transaction of its own, and what runs it."""
        table = asked(expr, params, limit)
        sweep: Sweep | None = getattr(self._thread, "sweep", None)
        if sweep is not None:
            return sweep.runner, sweep.drained(table)
        with self.con.reading() as transaction:
            return self.runner, self.runner.drained(table, transaction)

    @contextlib.contextmanager
    def answering_by(self, sweep: Sweep) -> Iterator[None]:
        """All that this thread asks meanwhile is answered by ``sweep``."""
        before = getattr(self._thread, "sweep", None)
        self._thread.sweep = sweep
        try:
            yield
        finally:
            self._thread.sweep = before

    def to_pyarrow_batches(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Parameters | None = None,
        limit: int | str | None = None,
        chunk_size: int = 1_000_000,
        **_options: Any,
    ) -> pa.ipc.RecordBatchReader:
        """The answer in batches; its scans are drained first."""
        table = expr.as_table()
        found = self.to_pyarrow(table, params=params, limit=limit)
        batches = found.to_batches(max_chunksize=chunk_size)
        return pa.RecordBatchReader.from_batches(found.schema, batches)


def _connected(address: Address) -> Backend:
    backend: Backend = Backend().connect(address)
    return backend


def asked(expr: ir.Expr, params: Parameters | None, limit: int | str | None) -> ir.Table:
    """What is asked, as a table: values in place of parameters, and ibis' limit above it.

    Raises `BadParameter` for a parameter without a value.
    """
    op = expr.as_table().op()
    if params:
        values = {key.op(): ops.Literal(value, key.type()) for key, value in params.items()}
        op = op.replace(values)
    for missing in op.find(ops.ScalarParameter):
        raise BadParameter("params", missing.name, "has no value", "params={parameter: value}")
    table: ir.Table = op.to_expr()
    most = ibis.options.sql.default_limit if limit == "default" else limit
    return table if most is None else table.limit(int(most))
