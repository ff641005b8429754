"""Where the values of a column come from, in a planned expression."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.hints import parent_of
from tams_analytics.engines.vast.planning.plan import Source
from tams_analytics.engines.vast.pushing import column_of

UNCHANGED = (
    ops.Distinct,
    ops.DropColumns,
    ops.DropNull,
    ops.Filter,
    ops.JoinReference,
    ops.Limit,
    ops.Sample,
    ops.SelfReference,
    ops.Sort,
    ops.View,
)
"""Relations whose values are all in their parent, under the same names."""


def origin(value: ops.Value | None) -> tuple[Source, str] | None:
    """A scan or table in memory, and its column that has every value of ``value`` except NULL.

    ``None`` where there is no such one column.
    """
    while value is not None:
        column = column_of(value)
        if column is None or _type(column) != _type(value):
            return None
        relation = column.rel
        if isinstance(relation, ops.UnboundTable):
            return relation.name, column.name
        if isinstance(relation, ops.InMemoryTable):
            return relation, column.name
        value = _below(relation, column.name)
    return None


def _type(value: ops.Value) -> object:
    return value.dtype.copy(nullable=True)


def _below(relation: ops.Relation, name: str) -> ops.Value | None:
    """The value that a column of ``relation`` takes its values from."""
    if isinstance(relation, UNCHANGED):
        return ops.Field(parent_of(relation), name)
    if isinstance(relation, (ops.Difference, ops.Intersection)):
        return ops.Field(relation.left, name)
    if isinstance(relation, ops.TableUnnest):
        is_made = name in (relation.column_name, relation.offset)
        return None if is_made else ops.Field(relation.parent, name)
    return _values(relation).get(name)


def _values(relation: ops.Relation) -> Mapping[str, ops.Value]:
    if isinstance(relation, (ops.Project, ops.JoinChain)):
        return dict(relation.values)
    return dict(relation.groups) if isinstance(relation, ops.Aggregate) else {}
