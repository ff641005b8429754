"""What a plan is: scans, and the rest over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.pushing import Conjunct

PLACEHOLDER = "_rows"
"""The one column of a scan of which only the number of rows matters: int8, of any value."""


@dataclass(frozen=True)
class Scan:
    """One request for rows of a table.

    ``name`` is what the rest calls its rows. ``columns`` are in the order of the table; none: only
    the number of rows matters, and the rest reads one column `PLACEHOLDER` instead. ``pushed`` is
    applied exactly, or rows come back that do not belong into the answer. ``refused`` is what else
    was said of its rows. ``limit``: so many rows are enough, any. ``is_never``: no row is needed.
    """

    name: str
    table: ops.DatabaseTable
    columns: tuple[str, ...]
    pushed: tuple[Conjunct, ...] = ()
    refused: tuple[Refused, ...] = ()
    limit: int | None = None
    is_never: bool = False

    @property
    def schema(self) -> ibis.Schema:
        """The columns that the rest reads."""
        if not self.columns:
            return ibis.schema({PLACEHOLDER: "int8"})
        return ibis.schema({name: self.table.schema[name] for name in self.columns})


Source: TypeAlias = "str | ops.InMemoryTable"
"""Where keys come from: a scan by its name, or a table in memory."""


@dataclass(frozen=True)
class Reduction:
    """Keys that make a scan smaller without changing the answer.

    ``target`` may be asked for the rows alone whose ``target_column`` is among the values of
    ``source_column`` of ``source``, NULL left out. Reductions may be used in any order and number,
    each after its source is there: a source that was reduced itself does as well.
    """

    source: Source
    source_column: str
    target: str
    target_column: str


@dataclass(frozen=True)
class Plan:
    """Scans, and an expression over their rows that gives the answer.

    ``rest`` reads unbound tables with the names and schemas of the scans, and tables in memory.
    """

    scans: tuple[Scan, ...]
    rest: ir.Table
    reductions: tuple[Reduction, ...] = ()
