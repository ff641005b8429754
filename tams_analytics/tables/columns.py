"""What a table definition is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["string", "int64", "boolean", "timestamp", "float64"]

NOW = "now()"
"""The default of a wall-clock column: the time of writing, in UTC."""


@dataclass(frozen=True)
class Column:
    """One column; ``spec`` is where the specification has it."""

    name: str
    type: ColumnType
    meaning: str
    nullable: bool = True
    spec: str = ""
    default: str | int | bool | None = None


@dataclass(frozen=True, eq=False)
class TableDef:
    """One table; there is one definition of each, so it is compared by identity.

    ``sort_key`` is its order on VAST and ``projections`` are further orders there; no answer may
    depend on either. ``indexes`` are DuckDB's, each on one column. The texts of ``distinct`` hardly
    repeat.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sort_key: tuple[str, ...] = ()
    projections: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def required(
    name: str,
    type: ColumnType,
    meaning: str,
    spec: str = "",
    default: str | int | bool | None = None,
) -> Column:
    """A column that is NOT NULL."""
    return Column(name, type, meaning, nullable=False, spec=spec, default=default)
