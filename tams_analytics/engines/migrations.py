"""From the tables that a database has to the tables that this library defines: forward only.

The plan is pure and the same for every engine: create what is missing, add missing columns, refuse
a change of type. Applying it twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tams_analytics.errors import Refused
from tams_analytics.tables import TABLES, Column, TableDef

VERSION = "schema_version"
"""The row of ``store_metadata`` that says by which definitions a store was made."""

Actual = Mapping[str, Mapping[str, str]]
"""The tables of a database: table, column, the column's type in our words (see `Column.type`)."""


@dataclass(frozen=True)
class CreateTable:
    """A table that is not there."""

    table: TableDef

    def __str__(self) -> str:
        return f"create table {self.table.name}"


@dataclass(frozen=True)
class AddColumn:
    """A column that is not there."""

    table: TableDef
    column: Column

    def __str__(self) -> str:
        return f"add column {self.column.name} to {self.table.name}"


def plan(actual: Actual) -> list[CreateTable | AddColumn]:
    """The steps from ``actual`` to the definitions. Raises `Refused` where a type would change."""
    steps: list[CreateTable | AddColumn] = []
    for table in TABLES:
        if table.name not in actual:
            steps.append(CreateTable(table))
        else:
            steps += _missing_columns(table, actual[table.name])
    return steps


def drift(table: TableDef, columns: Mapping[str, str]) -> str:
    """How a table that is there differs from its definition; empty where it does not."""
    missing = [column.name for column in table.columns if column.name not in columns]
    changed = [
        f"{column.name} is {columns[column.name]}, not {column.type}"
        for column in table.columns
        if columns.get(column.name, column.type) != column.type
    ]
    lacks = [f"lacks {', '.join(missing)}"] if missing else []
    return "; ".join([*lacks, *changed])


def _missing_columns(table: TableDef, columns: Mapping[str, str]) -> list[CreateTable | AddColumn]:
    for column in table.columns:
        found = columns.get(column.name, column.type)
        if found != column.type:
            raise Refused(
                f"migrating {table.name}.{column.name}",
                f"it is {found} in the database and {column.type} in this library",
                "copy the rows into a new store",
            )
    missing = [column for column in table.columns if column.name not in columns]
    return [AddColumn(table, _addable(table, column)) for column in missing]


def _addable(table: TableDef, column: Column) -> Column:
    if column.nullable or column.default is not None:
        return column
    raise Refused(
        f"adding {table.name}.{column.name}",
        "rows that are there would have no value for it",
        "copy the rows into a new store",
    )
