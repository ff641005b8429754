"""One DuckDB transaction, on a cursor of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.duckdb_errors import to_its_end
from tams_analytics.engines.duckdb_parsed import Parsed, Values
from tams_analytics.engines.engine import Chosen, Question, Where
from tams_analytics.engines.memory import Memory, Remembering
from tams_analytics.engines.rows import as_table, completed, completed_values
from tams_analytics.engines.stamps import Changes
from tams_analytics.engines.statement import prepare
from tams_analytics.engines.topics import Topic
from tams_analytics.errors import BadParameter
from tams_analytics.tables import BY_NAME, TableDef, Tables

INSERTED = "rows_to_insert"

ROW_GROUP = 122_880
"""What DuckDB keeps together. It writes each batch of an Arrow table into row groups of its own:
in smaller batches an insert takes longer, and the table has more row groups."""

FEW_ROWS = 8
"""So few go as values: lending an Arrow table to DuckDB takes four times as long as one row."""

LISTED = (1, 8, 64)
"""Lengths of lists that are written out: few lengths, as each is a text of its own."""

ONLY_FILTERED = re.compile(r'SELECT\s+\*\s+FROM\s+("\w+" AS "\w+")\s+WHERE\s+(.*)', re.DOTALL)
"""The rows of one table that fulfil a condition, as ibis compiles them."""


class DuckDBTransaction:
    """What `tams_analytics.engines.engine.Transaction` asks for."""

    is_alone = True

    def __init__(
        self,
        backend: Backend,
        tables: Tables,
        parsed: Parsed,
        cursor: duckdb.DuckDBPyConnection,
        memory: Memory,
    ) -> None:
        self.tables = tables
        self.notes: dict[str, Any] = {}
        self.changes = Changes()
        self.remembering = Remembering(memory)
        self.has_lent = False
        """An expression was run, whose memtables the cursor may still hold."""
        self._backend = backend
        self._parsed = parsed
        self._cursor = cursor

    def recall(self, topic: Topic) -> Any:
        return self.remembering.recall(topic)

    def remember(self, topic: Topic, value: Any) -> None:
        self.remembering.remember(topic, value)

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        statement, values = prepare(question, arguments)
        return statement.typed(self._execute(statement.sql, values).fetch_arrow_table())

    def few(self, question: Question, /, **arguments: Any) -> list[dict[str, Any]]:
        statement, values = prepare(question, arguments)
        names = statement.schema.names
        rows = self._execute(statement.sql, values).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def rows(self, expression: ir.Table) -> pa.Table:
        self.has_lent = True
        with self._backend.using(self._cursor):
            return self._backend.to_pyarrow(expression)

    def insert(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> None:
        table = BY_NAME[name]
        self.changes.inserted(name, rows)
        self.remembering.inserted(name, rows)
        if not isinstance(rows, pa.Table):
            if len(rows) <= FEW_ROWS:
                self._insert_values(table, completed_values(table, rows))
                return
            rows = as_table(table, rows)
        rows = completed(table, rows)
        if rows.num_rows <= FEW_ROWS:
            values = [value for row in rows.to_pylist() for value in row.values()]
            self._insert_values(table, values)
            return
        self._parsed.sent += 1
        rows = _in_row_groups(_in_order(rows, self._cursor.table(name).columns))
        self._cursor.from_arrow(rows).insert_into(name)

    def _insert_values(self, table: TableDef, values: Sequence[Any]) -> None:
        """``values`` of all columns of a row, then of the next one."""
        width = len(table.columns)
        if len(values) == width:
            self._insert_row(table, values)
        elif values:
            places = "(" + ", ".join(["?"] * width) + ")"
            rows = ", ".join([places] * (len(values) // width))
            names = ", ".join(table.names)
            self._execute(f"INSERT INTO {table.name} ({names}) VALUES {rows}", values)

    def _insert_row(self, table: TableDef, values: Sequence[Any]) -> None:
        """By SELECT and without its NULLs: half the time of VALUES with them (measured)."""
        said = {
            column.name: value
            for column, value in zip(table.columns, values, strict=True)
            if value is not None or column.default is not None
        }
        places = ", ".join(["?"] * len(said))
        sql = f"INSERT INTO {table.name} ({', '.join(said)}) SELECT {places}"
        self._execute(sql, list(said.values()))

    def update(self, name: str, where: Where, values: Mapping[str, Any]) -> int:
        named = {f"set_{column}": value for column, value in values.items()}
        settings = ", ".join(f"{column} = $set_{column}" for column in values)
        condition, parameters = self._condition(name, where)
        sql = f"UPDATE {name} SET {settings} WHERE {condition}"
        number = self._run(sql, named | parameters)
        self.changes.updated(name, where, number)
        self.remembering.changed(name, where)
        return number

    def update_each(self, name: str, key: str, rows: pa.Table) -> int:
        settings = ", ".join(
            f"{column} = r.{column}" for column in rows.column_names if column != key
        )
        self._cursor.register(INSERTED, rows)
        where = {key: rows.column(key).to_pylist()}
        self.changes.updated(name, where, rows.num_rows)
        self.remembering.changed(name, where)
        try:
            return self._run(
                f"UPDATE {name} SET {settings} FROM {INSERTED} r WHERE {name}.{key} = r.{key}", {}
            )
        finally:
            self._cursor.unregister(INSERTED)

    def delete(self, name: str, where: Where) -> int:
        number = self._delete(name, where)
        self.changes.deleted(name, where, number)
        self.remembering.changed(name, where)
        return number

    def shows_anew(self) -> None:
        self.changes.all_flows = True

    def _delete(self, name: str, where: Where) -> int:
        if isinstance(where, Chosen):
            return self._delete_chosen(where)
        condition, parameters = self._condition(name, where)
        return self._run(f"DELETE FROM {name} WHERE {condition}", parameters)

    def _delete_chosen(self, where: Chosen) -> int:
        statement, values = prepare(where.question, dict(where.arguments))
        found = ONLY_FILTERED.fullmatch(statement.sql)
        if found is None:
            problem = "chooses rows by more than filters of one table"
            raise BadParameter("where", where.question.__name__, problem)
        return self._run(f"DELETE FROM {found[1]} WHERE {found[2]}", values)

    def _run(self, sql: str, parameters: Mapping[str, Any]) -> int:
        found = self._execute(sql, parameters).fetchone()
        return int(found[0]) if found else 0

    def _execute(self, sql: str, values: Values) -> duckdb.DuckDBPyConnection:
        return self._parsed.execute(self._cursor, sql, values)

    def _condition(self, name: str, where: Where) -> tuple[str, dict[str, Any]]:
        if isinstance(where, Mapping):
            return _by_columns(where)
        self.has_lent = True
        table = getattr(self.tables, name)
        chosen = table.mutate(row=table.rowid()).filter(where).select("row")
        with self._backend.using(self._cursor):
            self._backend._run_pre_execute_hooks(chosen)  # memtables of the predicate
        return f"rowid IN ({self._backend.compile(chosen)})", {}


def undo(cursor: duckdb.DuckDBPyConnection) -> None:
    """Undo what ``cursor`` did since it began, and close it.

    After a Ctrl-C that DuckDB heard, closing alone leaves its rows changed by a transaction that
    never ends: each later change of them would be a conflict.
    """
    try:
        cursor.interrupt()  # or the rollback would wait for the statement
        to_its_end(cursor.rollback)
    finally:
        cursor.close()


def _in_order(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """``rows`` with a store's columns, whose order a migration may have changed; others are NULL.

    Rows are inserted by place, as to name a table of Python's for a statement takes a third of it.
    """
    known = set(rows.column_names)
    nothing = pa.nulls(rows.num_rows)
    return pa.table({name: rows.column(name) if name in known else nothing for name in names})


def _in_row_groups(rows: pa.Table) -> pa.Table:
    if rows.num_rows <= ROW_GROUP:
        return rows
    batches = rows.combine_chunks().to_batches(max_chunksize=ROW_GROUP)
    return pa.Table.from_batches(batches, rows.schema)


def _by_columns(where: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    terms: list[str] = []
    parameters: dict[str, Any] = {}
    for column, value in where.items():
        if value is None:
            terms.append(f"{column} IS NULL")
        elif isinstance(value, (list, tuple, set)):
            term, values = _one_of(column, list(value))
            terms.append(term)
            parameters |= values
        else:
            terms.append(f"{column} = $where_{column}")
            parameters[f"where_{column}"] = value
    return " AND ".join(terms) or "true", parameters


def _one_of(column: str, values: list[Any]) -> tuple[str, dict[str, Any]]:
    """Few values are written out, padded to one of few lengths: an index finds only such."""
    if not values:
        return "false", {}
    size = next((size for size in LISTED if size >= len(values)), None)
    if size is None:  # a semi join: list_contains compares every row with every element
        return f"{column} IN (SELECT unnest($where_{column}))", {f"where_{column}": values}
    padded = values + values[-1:] * (size - len(values))
    named = {f"where_{column}_{at}": value for at, value in enumerate(padded)}
    return f"{column} IN ({', '.join(f'${name}' for name in named)})", named
