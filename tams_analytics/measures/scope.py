"""What is asked of a store: the groups, the time, and how numbers of both are added up.

A group has a column for each dimension, `Scope.keys`: names of our own, as a tag may be called
anything. NULL is a group like any other: of a flow without the tag, of a segment whose flow nobody
knows, of an object that no flow uses. In no question a row is met twice because of what it is
joined to: duplicate ids count once, a flow with two values of a tag is once in the group of each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import ibis.expr.types as ir

from tams_analytics.measures.dimensions import Dimension
from tams_analytics.span import WIDE
from tams_analytics.tables import Tables
from tams_analytics.timerange import Period, TimeRange

Made = TypeVar("Made")


@dataclass(frozen=True)
class Scope:
    """The tables of a store, the groups that are asked for, and the time."""

    tables: Tables
    dimensions: tuple[Dimension, ...] = ()
    during: TimeRange | None = None
    periods: tuple[Period, ...] = ()
    """The days, weeks, … of the dimension of time, if there is one."""
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What `once` has made."""

    @property
    def keys(self) -> dict[str, Dimension]:
        """The columns of a group."""
        return {f"group_{n}": dimension for n, dimension in enumerate(self.dimensions)}

    def keys_of(self, *of: str) -> list[str]:
        """Those of the keys that divide flows, time, or places."""
        return [key for key, dimension in self.keys.items() if dimension.of in of]

    @property
    def is_everything(self) -> bool:
        """All that there is, whether or when anything shows it."""
        return self.during is None and not self.keys_of("time")

    @property
    def is_filled(self) -> bool:
        """Each group has a row for each day, also where nothing is."""
        return self.during is not None and self.during.is_bounded


def once(make: Callable[[Scope], Made]) -> Callable[[Scope], Made]:
    """``make``, once for each scope: most of the time of a question goes into writing it."""

    @functools.wraps(make)
    def known(scope: Scope) -> Made:
        if make not in scope.kept:
            scope.kept[make] = make(scope)
        found: Made = scope.kept[make]
        return found

    return known


def united(tables: Sequence[ir.Table]) -> ir.Table:
    """All rows of tables with the same columns, which may be NULL or not."""
    loose = [
        table.cast({name: kind.copy(nullable=True) for name, kind in table.schema().items()})
        for table in tables
    ]
    return functools.reduce(lambda one, other: one.union(other), loose)


def total(numbers: Any) -> Any:
    """Their sum, exactly; NULL of none."""
    return numbers.cast(WIDE).sum().cast(WIDE)  # ibis takes a sum of decimals for one with decimals
