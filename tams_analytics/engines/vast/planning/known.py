"""What is known of the rows that a relation gives: conditions on one column each."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.hints import parent_of
from tams_analytics.engines.vast.planning.values import conjuncts, moved, walked
from tams_analytics.engines.vast.pushing import column_of

PASSED_ON = (
    ops.Distinct,
    ops.DropColumns,
    ops.DropNull,
    ops.JoinReference,
    ops.Limit,
    ops.Sample,
    ops.SelfReference,
    ops.Sort,
    ops.View,
)
KEEPS_LEFT = {"inner", "left", "semi", "anti", "cross", "asof", "any_inner", "any_left"}
"""Links that give no row without a row of their left side."""
OWN = {"inner", "cross", "right"}
"""Links that give no row without a row of their own table."""
COMPARED = (ops.Comparison, ops.Between, ops.InValues, ops.StartsWith, ops.StringContains)


def known(relation: ops.Relation) -> tuple[ops.Value, ...]:
    """Conditions that hold for all rows of ``relation``, each on one of its columns."""
    if isinstance(relation, ops.Filter):
        own = (each for each in conjuncts(relation.predicates) if is_simple(each))
        return tuple(_upwards((*own, *known(relation.parent)), relation.parent, relation))
    if isinstance(relation, PASSED_ON):
        parent = parent_of(relation)
        return tuple(_upwards(known(parent), parent, relation))
    if isinstance(relation, ops.Project):
        return tuple(_renamed(relation, relation.values, relation.parent))
    if isinstance(relation, ops.Aggregate):
        return tuple(_renamed(relation, relation.groups, relation.parent))
    if isinstance(relation, ops.JoinChain):
        tables = (table for place, table in enumerate(relation.tables) if reaches(relation, place))
        return tuple(
            each for table in tables for each in _renamed(relation, relation.values, table)
        )
    return ()


def reaches(chain: ops.JoinChain, place: int, level: int | None = None) -> bool:
    """Rows at ``level`` of a chain (default: its own) have a row of this table, none is filled in.

    So a condition on the table's columns there is one on its rows.
    """
    own = place == 0 or chain.rest[place - 1].how in OWN
    before = chain.rest[place:] if level is None else chain.rest[place : level - 1]
    return own and all(link.how in KEEPS_LEFT for link in before)


def is_simple(condition: ops.Value) -> bool:
    """It compares one column with values that are known."""
    kinds = (*COMPARED, ops.Field, ops.Literal, ops.ScalarParameter, ops.Cast, ops.Or, ops.And)
    nodes = list(walked(condition))
    return (
        isinstance(condition, (*COMPARED, ops.Or))
        and all(isinstance(node, kinds) for node in nodes)
        and len({node for node in nodes if isinstance(node, ops.Field)}) == 1
    )


def the_column(condition: ops.Value) -> ops.Field | None:
    """The one column that a condition reads; ``None``: none or several."""
    fields = {node for node in walked(condition) if isinstance(node, ops.Field)}
    return fields.pop() if len(fields) == 1 else None


def on_column(condition: ops.Value, old: ops.Field, new: ops.Field) -> ops.Value:
    """``condition`` with another column in the place of its own."""
    found = moved(condition, old.rel, lambda name: new)
    assert found is not None  # noqa: S101 - every column has one below
    return found


def _upwards(
    conditions: tuple[ops.Value, ...], parent: ops.Relation, relation: ops.Relation
) -> Iterator[ops.Value]:
    for condition in conditions:
        column = the_column(condition)
        if column is not None and column.rel == parent and column.name in relation.schema:
            yield on_column(condition, column, ops.Field(relation, column.name))


def _renamed(
    relation: ops.Relation, values: dict[str, ops.Value], parent: ops.Relation
) -> Iterator[ops.Value]:
    found = known(parent)
    for name, value in values.items() if found else ():
        column = column_of(value, parent)
        if column is None or not _same_type(value, column):
            continue
        for condition in found:
            if the_column(condition) == column:
                yield on_column(condition, column, ops.Field(relation, name))


def _same_type(one: ops.Value, other: ops.Value) -> bool:
    return bool(one.dtype.copy(nullable=True) == other.dtype.copy(nullable=True))
