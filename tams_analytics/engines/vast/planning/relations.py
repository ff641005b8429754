"""How each relation passes on what it is asked for, and what stands for it in the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.ask import Ask
from tams_analytics.engines.vast.planning.filtered import filtered
from tams_analytics.engines.vast.planning.joined import join
from tams_analytics.engines.vast.planning.plan import PLACEHOLDER
from tams_analytics.engines.vast.planning.values import (
    columns_read,
    has,
    is_windowed,
    names_of,
)

if TYPE_CHECKING:
    from tams_analytics.engines.vast.planning.planner import Planner

Rule: TypeAlias = "Callable[[Planner, Any, Ask], ops.Relation]"


def _scan(planner: Planner, relation: ops.Relation, ask: Ask) -> ops.Relation:
    return _apart(planner, planner.leaves.scan(relation, ask))


def _stays(planner: Planner, relation: ops.Relation, ask: Ask) -> ops.Relation:
    return _apart(planner, relation)


def _apart(planner: Planner, rows: ops.Relation) -> ops.Relation:
    """In a sub-query that reads columns around it, another one than the same rows there."""
    return ops.SelfReference(rows) if planner.is_correlated else rows


def _project(planner: Planner, relation: ops.Project, ask: Ask) -> ops.Relation:
    values = {
        name: value
        for name, value in relation.values.items()
        if name in ask.columns or has(value, ops.Unnest)
    }
    parent = relation.parent
    needed = columns_read(values.values(), parent)
    limit = None if any(map(is_windowed, values.values())) else ask.limit
    below = planner.down(parent, ask.below(relation, needed, limit=limit))
    return ops.Project(below, planner.value(values, {parent: below})) if values else below


def _sort(planner: Planner, relation: ops.Sort, ask: Ask) -> ops.Relation:
    parent = relation.parent
    needed = ask.columns | columns_read(relation.keys, parent)
    below = planner.down(parent, ask.below(relation, needed))
    return ops.Sort(below, planner.value(relation.keys, {parent: below}))


def _limit(planner: Planner, relation: ops.Limit, ask: Ask) -> ops.Relation:
    """Rows that no order chooses: all uses take them from one scan, so it has all columns."""
    columns = ask.columns if _is_sorted(relation.parent) else _all(relation)
    stopped = Ask(columns, ask.hints, None, ask.nothing, ask.stopped)
    below = stopped.below(relation, columns)
    n, offset = relation.n, relation.offset
    if isinstance(n, int) and isinstance(offset, int):
        limit = n + offset if n else None
        below = Ask(columns, (), limit, below.nothing or n == 0, below.stopped)
    parent = planner.down(relation.parent, below)
    homes = {relation.parent: parent}
    return ops.Limit(parent, n=planner.value(n, homes), offset=planner.value(offset, homes))


def _is_sorted(relation: ops.Relation) -> bool:
    while isinstance(relation, (ops.Project, ops.Filter, ops.SelfReference, ops.DropColumns)):
        relation = relation.parent
    return isinstance(relation, ops.Sort)


def _aggregate(planner: Planner, relation: ops.Aggregate, ask: Ask) -> ops.Relation:
    metrics = {name: each for name, each in relation.metrics.items() if name in ask.columns}
    if not metrics and not relation.groups:
        metrics = dict(list(relation.metrics.items())[:1])
    parent = relation.parent
    needed = columns_read([*relation.groups.values(), *metrics.values()], parent)
    below = planner.down(parent, ask.below(relation, needed))
    homes = {parent: below}
    groups = planner.value(dict(relation.groups), homes)
    return ops.Aggregate(below, groups=groups, metrics=planner.value(metrics, homes))


def _distinct(planner: Planner, relation: ops.Distinct, ask: Ask) -> ops.Relation:
    below = planner.down(relation.parent, ask.below(relation, _all(relation)))
    return ops.Distinct(below)


def _set(planner: Planner, relation: ops.Set, ask: Ask) -> ops.Relation:
    """Columns are matched by their place, so both sides get exactly the same."""
    is_bag = isinstance(relation, ops.Union) and not relation.distinct
    names = names_of(relation, ask.columns if is_bag else _all(relation))
    sides = [
        _exactly(planner.down(side, ask.below(relation, frozenset(names), parent=side)), names)
        for side in (relation.left, relation.right)
    ]
    return type(relation)(*sides, distinct=relation.distinct)


def _exactly(relation: ops.Relation, names: tuple[str, ...]) -> ops.Relation:
    if not names:
        return ops.Project(relation, {PLACEHOLDER: ops.Literal(1, dtype="int8")})
    if relation.schema.names == names:
        return relation
    return ops.Project(relation, {name: ops.Field(relation, name) for name in names})


def _drop_columns(planner: Planner, relation: ops.DropColumns, ask: Ask) -> ops.Relation:
    below = planner.down(relation.parent, ask.below(relation, ask.columns, limit=ask.limit))
    left = tuple(name for name in below.schema.names if name not in relation.columns_to_drop)
    # Not by DropColumns: ibis 10.8 with sqlglot 28 forgets the columns that it leaves out.
    return _exactly(below, left) if ask.columns else below


def _view(planner: Planner, relation: ops.View, ask: Ask) -> ops.Relation:
    """The name of a view is not needed: whoever names it in SQL is not planned."""
    return planner.down(relation.child, ask.below(relation, ask.columns, limit=ask.limit))


def _reference(planner: Planner, relation: ops.Reference, ask: Ask) -> ops.Relation:
    below = planner.down(relation.parent, ask.below(relation, ask.columns, limit=ask.limit))
    return type(relation)(below, relation.identifier)


def _drop_null(planner: Planner, relation: ops.DropNull, ask: Ask) -> ops.Relation:
    parent, subset = relation.parent, relation.subset
    tested = _all(relation) if subset is None else columns_read(subset, parent)
    below = planner.down(parent, ask.below(relation, ask.columns | tested))
    if subset is None:
        return ops.DropNull(below, relation.how, None)
    return ops.DropNull(below, relation.how, planner.value(subset, {parent: below}))


def _fill_null(planner: Planner, relation: ops.FillNull, ask: Ask) -> ops.Relation:
    below = planner.down(relation.parent, ask.below(relation, ask.columns))
    filled = relation.replacements
    if isinstance(filled, dict):
        present = {name: value for name, value in filled.items() if name in below.schema}
        return ops.FillNull(below, present) if present else below
    return ops.FillNull(below, filled)


def _sample(planner: Planner, relation: ops.Sample, ask: Ask) -> ops.Relation:
    below = planner.down(relation.parent, ask.below(relation, ask.columns))
    return ops.Sample(below, relation.fraction, relation.method, relation.seed)


def _unnest(planner: Planner, relation: ops.TableUnnest, ask: Ask) -> ops.Relation:
    parent = relation.parent
    own = ask.columns & frozenset(parent.schema.names)
    needed = own | columns_read([relation.column], parent)
    below = planner.down(parent, ask.below(relation, needed))
    column = planner.value(relation.column, {parent: below})
    return relation.copy(parent=below, column=column)


def _unknown(planner: Planner, relation: ops.Relation, ask: Ask) -> ops.Relation:
    """Whole inputs for what is not known here."""
    parents = [each for each in relation.__args__ if isinstance(each, ops.Relation)]
    homes = {parent: planner.down(parent, ask.all_of(parent)) for parent in parents}
    args = dict(zip(relation.__argnames__, relation.__args__, strict=True))
    return type(relation).__recreate__(
        {name: planner.value(value, homes) for name, value in args.items()}
    )


def _all(relation: ops.Relation) -> frozenset[str]:
    return frozenset(relation.schema.names)


RULES: dict[type, Rule] = {
    ops.Aggregate: _aggregate,
    ops.DatabaseTable: _scan,
    ops.Difference: _set,
    ops.Distinct: _distinct,
    ops.DropColumns: _drop_columns,
    ops.DropNull: _drop_null,
    ops.FillNull: _fill_null,
    ops.Filter: filtered,
    ops.InMemoryTable: _stays,
    ops.Intersection: _set,
    ops.JoinChain: join,
    ops.Limit: _limit,
    ops.Project: _project,
    ops.Relation: _unknown,
    ops.Sample: _sample,
    ops.SelfReference: _reference,
    ops.Sort: _sort,
    ops.TableUnnest: _unnest,
    ops.UnboundTable: _scan,
    ops.Union: _set,
    ops.View: _view,
}
