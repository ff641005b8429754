"""ibis' Trino backend, made exact and interruptible: rows as Arrow, tables in memory in the SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot
from ibis.backends.trino import Backend as IbisTrino
from ibis.common.exceptions import TableNotFound
from ibis.formats.pandas import PandasData
from sqlglot.errors import TokenError
from sqlglot.tokens import TokenType

from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.trino.compiler import COMPILER
from tams_analytics.engines.trino.connection import CHUNK, Column, Connection, Row
from tams_analytics.engines.trino.declared import refuse_joined_keys, refuse_others
from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.memory import WAY_OUT
from tams_analytics.engines.trino.reading import Reader, Stop
from tams_analytics.engines.trino.values import batch
from tams_analytics.errors import BadParameter, NotFound, Unsupported

Parameters = Mapping[ir.Scalar, Any]
MOST_CHARACTERS = 1_000_000
"""Of the SQL of one query; Trino takes no more."""
RUNNING = "running the SQL"
SILENT = {
    **dict.fromkeys(("USE", "SET PATH"), "catalog.schema in the URL, or in the SQL"),
    **dict.fromkeys(
        ("SET SESSION", "RESET SESSION"), "session.NAME=VALUE in the URL, or WITH SESSION"
    ),
    "SET ROLE": "role=NAME in the URL",
    **dict.fromkeys(("COMMIT", "ROLLBACK", "START", "SET", "PREPARE", "DEALLOCATE"), "a SELECT"),
}
"""How a statement begins that only changes the session of its own connection; what does instead."""
ELSEWHERE = "Trino is read only here: write by the store's DuckDB or VAST URL"


class Backend(IbisTrino):
    """One schema of a catalog. Raises `EngineFailed`, `NotFound`, `BadParameter`, `Unsupported`."""

    compiler = COMPILER
    con: Connection

    def do_connect(self, address: Address) -> None:
        """Sends nothing yet."""
        self.address = address
        self.con = Connection(address)

    def disconnect(self) -> None:
        self.con.close()

    @property
    def current_catalog(self) -> str:
        return self.address.catalog

    @property
    def current_database(self) -> str:
        return self.address.schema

    def table(self, name: str, /, *, database: tuple[str, str] | str | None = None) -> ir.Table:
        """A table of this schema, or of ``database``: ``(catalog, schema)``. Raises `NotFound`."""
        try:
            return super().table(name, database=database)
        except TableNotFound as error:
            place = database if isinstance(database, tuple) else (database,) if database else ()
            raise NotFound("table", ".".join([*place, name])) from error

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        """As pandas; a nullable int64 becomes float64 there (`ta.to_pandas` keeps it)."""
        table = expr.as_table()
        found = self._rows(table, **options).to_pandas(timestamp_as_object=False)
        return expr.__pandas_result__(PandasData.convert_table(found, table.schema()))

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> Any:
        """As Arrow: a table, a chunked array, or a scalar."""
        return expr.__pyarrow_result__(self._rows(expr.as_table(), **options))

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
        """The answer part by part, as it comes; one that is left or closed is cancelled there."""
        if chunk_size < 1:
            raise BadParameter("chunk_size", chunk_size, "is no number of rows", "at least 1")
        table = expr.as_table()
        schema = table.schema().to_pyarrow()
        sql = self._sql(table, params, limit)
        stop = Stop()
        batches = self._streamed(sql, schema, min(chunk_size, CHUNK), stop)
        return Reader(schema, batches, stop)

    def _streamed(
        self, sql: str, schema: pa.Schema, size: int, stop: Stop
    ) -> Generator[pa.RecordBatch, None, None]:
        with self.con.streamed(sql, doing="reading", stop=stop) as (columns, cursor):
            refuse_others(columns, schema)
            while rows := cursor.fetchmany(size):
                yield batch(rows, schema)

    def _rows(
        self,
        table: ir.Table,
        *,
        params: Parameters | None = None,
        limit: int | str | None = None,
        **_options: Any,
    ) -> pa.Table:
        return self.answer(self._sql(table, params, limit), table.schema().to_pyarrow())

    def _sql(self, table: ir.Table, params: Parameters | None, limit: int | str | None) -> str:
        self._run_pre_execute_hooks(table)
        return short_enough(self.compile(table, params=params, limit=limit))

    def answer(self, sql: str, schema: pa.Schema, *, doing: str = "answering") -> pa.Table:
        """The rows of a read, in the types of ``schema``."""

        def taken(columns: list[Column], rows: list[Row]) -> pa.RecordBatch:
            refuse_others(columns, schema)
            return batch(rows, schema)

        return pa.Table.from_batches(self.con.drain(sql, taken, doing=doing), schema)

    def read(self, sql: str, *, doing: str) -> pa.Table:
        """The rows of a SELECT of ours, in the types that Trino says."""
        return pa.Table.from_batches(self.con.drain(sql, self._typed, doing=doing))

    def query(self, sql: str, *, most: int | None = None, doing: str = RUNNING) -> pa.Table:
        """The rows of SQL of others, in the types that Trino says; it may not write."""
        text = short_enough(_one_statement(sql))
        refuse_silent(sql)
        with contextlib.closing(self.con.read_only()) as connection:
            parts = connection.drain(text, self._typed, doing=doing, most=most)
        found = pa.Table.from_batches(parts)
        if not found.column_names:
            raise BadParameter("sql", sql, "is no question: it gives no rows", "a SELECT")
        return found

    def _typed(self, columns: list[Column], rows: list[Row]) -> pa.RecordBatch:
        refuse_joined_keys(columns)
        return batch(rows, self.schema_of(columns).to_pyarrow())

    def schema_of(self, columns: list[Column]) -> sch.Schema:
        """Of an answer. Raises `BadParameter` where two columns have one name."""
        names = [column.name for column in columns]
        for name in names:
            if names.count(name) > 1:
                problem = "is the name of several columns"
                raise BadParameter("sql", name, problem, "AS, to tell them")
        read = self.compiler.type_mapper.from_string
        return sch.Schema({column.name: read(column.type) for column in columns})

    @contextlib.contextmanager
    def _safe_raw_sql(self, query: Any) -> Iterator[Any]:
        """What ibis asks about catalogs and columns."""
        sql = query if isinstance(query, str) else query.sql(self.dialect)
        with self.con.streamed(sql, doing="asking what there is") as (_columns, cursor):
            yield cursor

    def raw_sql(self, query: Any) -> Any:
        raise Unsupported(ENGINE, "hand out cursors", "con.sql(…) for reads")

    def sql(self, query: str, /, *, schema: Any = None, dialect: str | None = None) -> ir.Table:
        """The rows of a SQL text as a table, sent as it was written where it is Trino's."""
        text = self._transpile_sql(query, dialect=dialect) if dialect else _one_statement(query)
        known = ibis.schema(schema) if schema is not None else self._get_schema_using_query(text)
        return ops.SQLQueryResult(text, known, self).to_expr()

    def _get_schema_using_query(self, query: str) -> sch.Schema:
        doing = "reading the columns of a query"
        (columns,) = self.con.drain(
            f"SELECT * FROM ({query}\n) LIMIT 0", lambda columns, _rows: columns, doing=doing
        )
        return self.schema_of(columns)

    def _register_in_memory_tables(self, expr: ir.Expr) -> None:
        """They go along in the SQL, see `packed`."""

    def create_table(self, *_arguments: Any, **_options: Any) -> Any:
        raise Unsupported(ENGINE, "make a table", ELSEWHERE)

    def create_view(self, *_arguments: Any, **_options: Any) -> Any:
        raise Unsupported(ENGINE, "make a view", f"{ELSEWHERE}; tams sql --install makes views")

    def insert(self, *_arguments: Any, **_options: Any) -> None:
        raise Unsupported(ENGINE, "insert", ELSEWHERE)

    def drop_table(self, *_arguments: Any, **_options: Any) -> None:
        raise Unsupported(ENGINE, "drop a table", ELSEWHERE)

    drop_view = truncate_table = create_database = drop_database = drop_table


def _one_statement(sql: str) -> str:
    """``sql`` up to the semicolon that ends it, which Trino does not take, and no comment after.

    Raises `BadParameter` where there is none.
    """
    try:
        tokens = sqlglot.tokenize(sql, read="trino")
    except TokenError:
        return sql  # Trino says what is wrong with it
    if all(token.token_type is TokenType.SEMICOLON for token in tokens):
        raise BadParameter("sql", None, "is missing", "a SELECT")
    is_ended = bool(tokens) and tokens[-1].token_type is TokenType.SEMICOLON
    return sql[: tokens[-1].start] if is_ended else sql


def refuse_silent(sql: str) -> None:
    """Raises `BadParameter` for what gives no rows, and would be forgotten with its connection."""
    words = _words(sql)
    for start, instead in SILENT.items():
        if words[: len(start.split())] == start.split():
            raise BadParameter("sql", sql, f"is no question: {start} gives no rows", instead)


def _words(sql: str) -> list[str]:
    try:
        tokens = sqlglot.tokenize(sql, read="trino")
    except TokenError:
        return []
    return " ".join(token.text for token in tokens[:2]).upper().split()


def short_enough(sql: str) -> str:
    """Raises `Unsupported` for SQL that Trino would not take."""
    if len(sql) > MOST_CHARACTERS:
        what = f"take a question of {len(sql):,} characters"
        fewer = "ask with fewer values, or join with a table of theirs; of a table in memory"
        raise Unsupported(ENGINE, what, f"{fewer} send only the columns it needs, or {WAY_OUT}")
    return sql
