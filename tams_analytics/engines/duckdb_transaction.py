"""One DuckDB transaction, on a cursor of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.engine import Question, Where
from tams_analytics.engines.rows import completed
from tams_analytics.engines.statement import Statements
from tams_analytics.tables import BY_NAME

INSERTED = "rows_to_insert"

ROW_GROUP = 122_880
"""What DuckDB keeps together. It writes each batch of an Arrow table into row groups of its own:
in smaller batches an insert takes longer, and the table has more row groups."""

FEW_ROWS = 8
"""So few go as values: lending an Arrow table to DuckDB takes four times as long as one row."""


class DuckDBTransaction:
    """What `tams_analytics.engines.engine.Transaction` asks for."""

    def __init__(
        self, backend: Backend, statements: Statements, cursor: duckdb.DuckDBPyConnection
    ) -> None:
        self.tables = statements.tables
        self._backend = backend
        self._statements = statements
        self._cursor = cursor

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        statement, values = self._statements.prepare(question, arguments)
        return self._cursor.execute(statement.sql, values).fetch_arrow_table()

    def rows(self, expression: ir.Table) -> pa.Table:
        with self._backend.using(self._cursor):
            return self._backend.to_pyarrow(expression)

    def insert(self, name: str, rows: pa.Table) -> None:
        rows = completed(BY_NAME[name], rows)
        if rows.num_rows <= FEW_ROWS:
            self._insert_values(name, rows)
            return
        self._cursor.register(INSERTED, _in_row_groups(rows))
        self._cursor.execute(f"INSERT INTO {name} BY NAME SELECT * FROM {INSERTED}")
        self._cursor.unregister(INSERTED)

    def _insert_values(self, name: str, rows: pa.Table) -> None:
        places = "(" + ", ".join(["?"] * rows.num_columns) + ")"
        values = [value for row in rows.to_pylist() for value in row.values()]
        if values:
            self._cursor.execute(
                f"INSERT INTO {name} ({', '.join(rows.column_names)}) "
                f"VALUES {', '.join([places] * rows.num_rows)}",
                values,
            )

    def update(self, name: str, where: Where, values: Mapping[str, Any]) -> int:
        named = {f"set_{column}": value for column, value in values.items()}
        settings = ", ".join(f"{column} = $set_{column}" for column in values)
        condition, parameters = self._condition(name, where)
        return self._run(f"UPDATE {name} SET {settings} WHERE {condition}", named | parameters)

    def update_each(self, name: str, key: str, rows: pa.Table) -> int:
        settings = ", ".join(
            f"{column} = r.{column}" for column in rows.column_names if column != key
        )
        self._cursor.register(INSERTED, rows)
        try:
            return self._run(
                f"UPDATE {name} SET {settings} FROM {INSERTED} r WHERE {name}.{key} = r.{key}", {}
            )
        finally:
            self._cursor.unregister(INSERTED)

    def delete(self, name: str, where: Where) -> int:
        condition, parameters = self._condition(name, where)
        return self._run(f"DELETE FROM {name} WHERE {condition}", parameters)

    def _run(self, sql: str, parameters: Mapping[str, Any]) -> int:
        found = self._cursor.execute(sql, dict(parameters)).fetchone()
        return int(found[0]) if found else 0

    def _condition(self, name: str, where: Where) -> tuple[str, dict[str, Any]]:
        if isinstance(where, Mapping):
            return _by_columns(where)
        table = getattr(self.tables, name)
        chosen = table.mutate(row=table.rowid()).filter(where).select("row")
        with self._backend.using(self._cursor):
            self._backend._run_pre_execute_hooks(chosen)  # memtables of the predicate
        return f"rowid IN ({self._backend.compile(chosen)})", {}


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
        elif isinstance(value, (list, tuple, set)) and not value:
            terms.append("false")
        elif isinstance(value, (list, tuple, set)):
            # a semi join: list_contains compares every row with every element
            terms.append(f"{column} IN (SELECT unnest($where_{column}))")
            parameters[f"where_{column}"] = list(value)
        else:
            terms.append(f"{column} = $where_{column}")
            parameters[f"where_{column}"] = value
    return " AND ".join(terms) or "true", parameters
