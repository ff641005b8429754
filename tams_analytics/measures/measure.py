"""A measure: a named number with a unit, that is right in every group that it may be asked by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from tams_analytics.errors import BadParameter
from tams_analytics.measures.dimensions import Dimension
from tams_analytics.measures.scope import Scope

Unit = Literal["h", "s", "ns", "1", "bytes", "bit/s"]
Fold = Literal["sum", "min", "max"]
Fact = Callable[[Scope], ir.Table]
"""A row for each group that has something: the keys of the scope, and numbers under own names."""


@dataclass(frozen=True)
class Measure:
    """What is counted, in which groups, and which of them may be put together."""

    name: str
    unit: Unit
    meaning: str
    """One line: what the number is."""
    source: str
    """Where the rule is from."""
    facts: tuple[Fact, ...]
    """What it is made of: tables of numbers that are right in their groups."""
    value: Callable[[ir.Table], ir.Value]
    """The number, of a row with the columns of all facts: NULL where a group has nothing."""
    dimensions: tuple[str, ...]
    """What it may be asked by."""
    why_not: str
    """Why other groups than those of ``adds_up`` do not, in words that follow “because”."""
    adds_up: tuple[str, ...] = ()
    """The dimensions whose groups may be put together as ``fold`` says, which gives the whole."""
    fold: Fold = "sum"
    needs_during: bool = False
    """It is a share of ``during``, whose both ends have to be given."""

    def refuse(self, dimension: Dimension) -> None:
        """Raises `BadParameter` for a dimension that it may not be asked by."""
        if dimension.kind not in self.dimensions:
            problem = f"does not divide {self.name}, but {dimension.divides}"
            raise BadParameter(
                "by", dimension.name, problem, f"one of {', '.join(self.dimensions)}"
            )
