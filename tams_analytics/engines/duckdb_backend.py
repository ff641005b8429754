"""ibis' DuckDB backend, made safe for threads.

One ibis connection shared by threads fails in most calls (see ``test_upstream``), so each thread
has a cursor of its own: cursors share the database, not the result that is being read.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend as IbisDuckDB
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from tams_analytics.engines import duckdb_threads
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.urls import MEMORY
from tams_analytics.errors import BadParameter

SESSION = (
    "SET TimeZone = 'UTC'; SET python_enable_replacements = false; SET enable_progress_bar = false;"
    "SET dynamic_or_filter_threshold = 2048"
)
"""What ibis sets on its one connection; a cursor does not inherit it.

A join with up to 2048 ids finds their rows by the index; by default that ends at 50, and a page of
a hundred segments reads all objects (measured among a million: 160 ms, now 15).

DuckDB writes its progress bar to stdout, into the answer: with ``python -m`` it thinks itself
interactive.
"""


PLAIN = (ops.DatabaseTable, ops.Filter, ops.Project, ops.Sort, ops.Limit)
"""Relations whose rows can be streamed."""


def _is_plain_scan(expr: ir.Expr) -> bool:
    op = expr.op()
    relations = op.find(ops.Relation)
    return (
        bool(relations)
        and all(isinstance(each, PLAIN) for each in relations)
        and not op.find((ops.WindowFunction, ops.Subquery))
    )


def _typed(
    reader: pa.RecordBatchReader, cursor: duckdb.DuckDBPyConnection
) -> Iterator[pa.RecordBatch]:
    """Batches that have the reader's schema: ibis names it and passes on what DuckDB gives."""
    with translated("reading", cursor):
        for batch in reader:
            arrays = [
                column if column.type == field.type else column.cast(field.type)
                for column, field in zip(batch.columns, reader.schema, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=reader.schema)


SEALED_SESSION = "SET GLOBAL TimeZone = 'UTC'; SET GLOBAL python_enable_replacements = false"
"""The same for every cursor to come, where none can set anything; each begins without the bar."""


def refuse_nul(name: str, text: str) -> None:
    """Raise `BadParameter`: no row holds such a text, and for DuckDB its SQL would end there."""
    if "\0" in text:
        raise BadParameter(name, text, "holds a NUL character", "text without it")


class Compiler(DuckDBCompiler):
    """ibis' for DuckDB, but that `drop` names the columns it keeps, and `sql` takes CTEs.

    For `drop` ibis writes ``* EXCLUDE``, and sqlglot 28 loses the second word (``test_upstream``).
    """

    def visit_DefaultLiteral(  # noqa: N802 - ibis' own name
        self, op: ops.Literal, *, value: Any, dtype: Any
    ) -> sge.Expression:
        if isinstance(value, str):
            refuse_nul("literal", value)
        found: sge.Expression = super().visit_DefaultLiteral(op, value=value, dtype=dtype)
        return found

    visit_DropColumns = SQLGlotCompiler.visit_DropColumns  # noqa: N815 - ibis' own name

    def add_query_to_expr(self, *, name: str, table: ir.Table, query: str) -> str:
        asked = _without_ctes(sg.parse_one(query, read=self.dialect))
        sql: str = super().add_query_to_expr(name=name, table=table, query=asked.sql(self.dialect))
        return sql

    def visit_SQLQueryResult(  # noqa: N802 - ibis' own name
        self, op: ops.SQLQueryResult, *, query: str, **_parts: Any
    ) -> sge.Expression:
        return sge.Subquery(this=_without_ctes(sg.parse_one(query, read=self.dialect)))

    def visit_SQLStringView(self, op: ops.Value, **parts: Any) -> sge.Expression:  # noqa: N802
        return _without_ctes(super().visit_SQLStringView(op, **parts))


def _without_ctes(query: sge.Expression) -> sge.Expression:
    """The same query with its CTEs inside: ibis moves them out, and sqlglot 28 leaves them there.

    So they would be there twice (``test_upstream``).
    """
    if not isinstance(query, sge.Query) or not query.ctes:
        return query
    return sg.select(sge.Star()).from_(query.subquery("asked"))


class Backend(IbisDuckDB):
    """DuckDB with a cursor for each thread; ``con`` is the cursor of the thread that asks."""

    compiler = Compiler()
    _is_sealed = False

    def do_connect(self, database: str | Path = MEMORY, **config: Any) -> None:
        super().do_connect(database, **config)
        duckdb_threads.use_right(self._root)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._thread, "cursor", None)
        if cursor is None:
            cursor = self._use(self.new_cursor())
        return cursor

    @con.setter
    def con(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._thread = threading.local()
        self._cursors: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self._in_use: weakref.WeakValueDictionary[int, duckdb.DuckDBPyConnection] = (
            weakref.WeakValueDictionary()
        )

    def new_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor that nobody else uses; closed with the backend at the latest."""
        with translated("opening a cursor: is the store closed?"):
            cursor = self._root.cursor()
            if not self._is_sealed:
                cursor.execute(SESSION)
        self._cursors.add(cursor)
        return cursor

    def seal(self) -> None:
        """Let no further setting be changed, by any cursor."""
        self._root.execute(SEALED_SESSION)
        self._root.execute("SET GLOBAL lock_configuration = true")
        self._is_sealed = True

    def _use(self, cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        self._thread.cursor = cursor
        self._thread.lent = {}
        self._in_use[threading.get_ident()] = cursor
        return cursor

    @contextlib.contextmanager
    def using(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """All that this thread asks meanwhile goes to ``cursor``."""
        before = self._thread.__dict__.copy()
        self._use(cursor)
        try:
            yield
        finally:
            self._thread.__dict__.clear()
            self._thread.__dict__.update(before)
            if "cursor" in before:
                self._in_use[threading.get_ident()] = before["cursor"]

    def interrupt(self, thread: int) -> None:
        """End what the thread of this ident asks now, where it asks anything."""
        cursor = self._in_use.get(thread)
        if cursor is not None:
            with contextlib.suppress(duckdb.ConnectionException):  # it is closed
                cursor.interrupt()

    def to_pyarrow_batches(self, expr: ir.Expr, /, **options: Any) -> pa.ipc.RecordBatchReader:
        """Batches on a cursor of their own, so that questions asked meanwhile do not end them.

        Only plain scans are streamed: DuckDB 1.3.2 can wait for ever when it streams the result of
        joins (seen at 1M x 1M rows). All else is drained into a temporary table first.
        """
        cursor = self.new_cursor()
        with translated("starting to read", cursor), self.using(cursor):
            if not _is_plain_scan(expr):
                expr = self._drained(expr.as_table(), options.pop("params", None))
            reader = super().to_pyarrow_batches(expr, **options)
        return pa.RecordBatchReader.from_batches(reader.schema, _typed(reader, cursor))

    def _drained(self, table: ir.Table, params: Any) -> ir.Table:
        """The rows as a table of this thread's cursor, in their order."""
        self._run_pre_execute_hooks(table)
        self.con.execute(f"CREATE TEMP TABLE drained AS {self.compile(table, params=params)}")
        return self._own("drained", table.schema())

    @contextlib.contextmanager
    def kept(self, questions: Sequence[ir.Table]) -> Iterator[ir.Table]:
        """The rows of questions with the same columns, in a table of this thread's cursor.

        One question after the other: two at once take the memory of both. The table goes with the
        context, also where that ends in the middle of a question.
        """
        name = f"kept_{uuid.uuid4().hex}"
        try:
            with translated("keeping rows", self.con):
                for number, question in enumerate(questions):
                    self._run_pre_execute_hooks(question)
                    into = f"INSERT INTO {name}" if number else f"CREATE TEMP TABLE {name} AS"
                    self.con.execute(f"{into} {self.compile(question)}")
            yield self._own(name, questions[0].schema())
        finally:
            with contextlib.suppress(duckdb.ConnectionException):  # closed meanwhile
                self.con.execute(f"DROP TABLE IF EXISTS {name}")

    def _own(self, name: str, schema: ibis.Schema) -> ir.Table:
        place = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name, schema, self, place).to_expr()

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> pa.Table:
        with translated("reading", self.con):
            return super().to_pyarrow(expr, **options)

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        with translated("reading", self.con):
            return super().execute(expr, **options)

    def _register_in_memory_tables(self, expr: ir.Expr) -> None:
        """Lend the expression's memtables to this thread's cursor: ibis does it once for all."""
        cursor, lent = self.con, self._thread.lent
        for name in [name for name, table in lent.items() if table() is None]:
            cursor.unregister(name)
            del lent[name]
        for table in expr.op().find(ops.InMemoryTable):
            if table.name not in lent:
                self._register_in_memory_table(table)
                lent[table.name] = weakref.ref(table)

    def _register_udf(self, udf_node: ops.ScalarUDF) -> Callable[[duckdb.DuckDBPyConnection], None]:
        """As ibis does, once for all cursors: they share functions, and none removes another's."""
        register = super()._register_udf(udf_node)

        def register_once(cursor: duckdb.DuckDBPyConnection) -> None:
            with contextlib.suppress(duckdb.CatalogException):  # it is there already
                register(cursor)

        return register_once

    _register_python_udf = _register_pyarrow_udf = _register_udf

    def disconnect(self) -> None:
        """Close every cursor and the connection, so that the file is free.

        What is still being asked ends with an error: closing a cursor would wait for it.
        """
        for cursor in list(self._cursors):
            with contextlib.suppress(duckdb.ConnectionException):  # closed already
                cursor.interrupt()
            cursor.close()
        self._root.close()

    @property
    def db_identity(self) -> str:
        """Two stores in memory are two databases, whatever they were opened with."""
        return f"{type(self).__name__}_{id(self)}"
