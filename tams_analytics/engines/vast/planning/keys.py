"""The equalities that a chain of joins matches its tables by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.values import conjuncts
from tams_analytics.engines.vast.pushing import column_of

REDUCIBLE = ("string", "int64")
"""The types of keys that are sent in numbers."""


@dataclass(frozen=True)
class Key:
    """One equality of a link: columns of a table to the left, and of the link's own table."""

    link: int
    left: ops.Field
    right: ops.Field


def equalities(chain: ops.JoinChain) -> Iterator[Key]:
    """The equalities of plain columns of one type between a link's table and those before it."""
    places = {table: place for place, table in enumerate(chain.tables)}
    for place, link in enumerate(chain.rest, 1):
        for condition in conjuncts(link.predicates):
            key = _key(places, place, condition)
            if key is not None:
                yield key


def _key(places: Mapping[ops.Relation, int], link: int, condition: ops.Value) -> Key | None:
    if not isinstance(condition, ops.Equals):
        return None
    left, right = column_of(condition.left), column_of(condition.right)
    if left is None or right is None or not _of_one_type(left, right):
        return None
    one, other = places.get(left.rel), places.get(right.rel)
    if one == link:
        left, right, one, other = right, left, other, one
    return Key(link, left, right) if other == link and one not in (None, link) else None


def _of_one_type(one: ops.Field, other: ops.Field) -> bool:
    """Floats are left out: what equals what is not agreed upon."""
    is_equal = one.dtype.copy(nullable=True) == other.dtype.copy(nullable=True)
    return is_equal and not one.dtype.is_floating()


def is_reducible(kind: dt.DataType) -> bool:
    """Keys of this type are sent."""
    return str(kind.copy(nullable=True)) in REDUCIBLE
