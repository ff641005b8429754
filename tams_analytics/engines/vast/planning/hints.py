"""How a condition on the rows of a relation becomes one on the rows below it.

A hint is true of every row that matters to the answer: rows of which it is not may be left out.
Every rule here asks one thing: may rows be left out *below* the relation as well as above it?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.values import (
    ROWWISE_NOT,
    columns_read,
    has,
    is_windowed,
    moved,
    same_names,
    walked,
)
from tams_analytics.engines.vast.pushing import column_of


@dataclass(frozen=True)
class Hint:
    """A condition that is true of every row that matters.

    With a ``token``, ``value`` is a column: its values are among the keys of that name.
    """

    value: ops.Value
    token: int | None = None


@dataclass(frozen=True)
class Routed:
    """Where a hint goes on.

    ``parts`` are relations with the condition on their rows. Once the first ``deciding`` of them
    have left out all rows that do not fulfil it, it need not be tested above.
    """

    parts: tuple[tuple[ops.Relation, ops.Value], ...]
    deciding: int


Rule: TypeAlias = Callable[[ops.Relation, ops.Value], "Routed | None"]


def route(relation: ops.Relation, value: ops.Value) -> Routed | None:
    """Where ``value``, a condition on rows of ``relation``, goes on; ``None``: it ends here."""
    rule = RULES.get(type(relation))
    return None if rule is None else rule(relation, value)


def _one(parent: ops.Relation, value: ops.Value | None) -> Routed | None:
    return None if value is None else Routed(((parent, value),), 1)


def _same_rows(relation: ops.Relation, value: ops.Value) -> Routed | None:
    parent = parent_of(relation)
    return _one(parent, moved(value, relation, same_names(parent)))


def parent_of(relation: ops.Relation) -> ops.Relation:
    return relation.child if isinstance(relation, ops.View) else relation.parent


def _filter(relation: ops.Relation, value: ops.Value) -> Routed | None:
    below = moved(value, relation, same_names(relation.parent))
    return _one(relation.parent, _past_windows(relation.predicates, relation.parent, below))


def _sort(relation: ops.Relation, value: ops.Value) -> Routed | None:
    below = moved(value, relation, same_names(relation.parent))
    return _one(relation.parent, _past_windows(relation.keys, relation.parent, below))


def _project(relation: ops.Relation, value: ops.Value) -> Routed | None:
    def below(name: str) -> ops.Value | None:
        found = relation.values[name]
        return None if is_windowed(found) else found

    values = relation.values.values()
    return _one(
        relation.parent, _past_windows(values, relation.parent, moved(value, relation, below))
    )


def _past_windows(
    values: Iterable[ops.Value], parent: ops.Relation, value: ops.Value | None
) -> ops.Value | None:
    """``value`` if it leaves out whole partitions of every window in ``values``, or none is there.

    Any other condition would change what the window sees.
    """
    keys = partition_keys(values, parent)
    if value is None or keys is None:
        return value
    read = columns_read([value], parent)
    return value if read and read <= keys else None


def partition_keys(values: Iterable[ops.Value], parent: ops.Relation) -> frozenset[str] | None:
    """The columns that all windows in ``values`` are partitioned by; ``None``: no window."""
    nodes = [node for value in values if has(value, ROWWISE_NOT) for node in walked(value)]
    windows = [node for node in nodes if isinstance(node, ops.WindowFunction)]
    inside = {id(window.func) for window in windows}
    keys: frozenset[str] | None = None
    for window in windows:
        columns = (column_of(key, parent) for key in window.group_by)
        these = frozenset(column.name for column in columns if column is not None)
        keys = these if keys is None else keys & these
    is_bare = any(
        isinstance(node, (ops.Analytic, ops.Reduction)) and id(node) not in inside for node in nodes
    )
    return frozenset() if is_bare else keys


def _aggregate(relation: ops.Relation, value: ops.Value) -> Routed | None:
    """Conditions on what is grouped by; without groups there is a row even of no rows."""

    def below(name: str) -> ops.Value | None:
        found = relation.groups.get(name)
        return None if found is None or is_windowed(found) else found

    return _one(relation.parent, moved(value, relation, below)) if relation.groups else None


def _set(relation: ops.Relation, value: ops.Value) -> Routed | None:
    sides = (relation.left, relation.right)
    parts = tuple((side, moved(value, relation, same_names(side))) for side in sides)
    if any(below is None for _side, below in parts):
        return None
    return Routed(parts, 2 if isinstance(relation, ops.Union) else 1)


def _fill_null(relation: ops.Relation, value: ops.Value) -> Routed | None:
    filled = relation.replacements
    known = filled if isinstance(filled, dict) else relation.schema.names
    if columns_read([value], relation) & frozenset(known):
        return None
    return _same_rows(relation, value)


def _unnest(relation: ops.Relation, value: ops.Value) -> Routed | None:
    made = {relation.column_name, relation.offset}
    if columns_read([value], relation) & made:
        return None
    return _same_rows(relation, value)


RULES: dict[type, Rule] = {
    ops.Aggregate: _aggregate,
    ops.Difference: _set,
    ops.Distinct: _same_rows,
    ops.DropColumns: _same_rows,
    ops.DropNull: _same_rows,
    ops.FillNull: _fill_null,
    ops.Filter: _filter,
    ops.Intersection: _set,
    ops.JoinReference: _same_rows,
    ops.Project: _project,
    ops.SelfReference: _same_rows,
    ops.Sort: _sort,
    ops.TableUnnest: _unnest,
    ops.Union: _set,
    ops.View: _same_rows,
}
"""The rules of all relations but joins; through any other nothing passes."""
