"""A filter without the conditions that the scans below it test exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.ask import Ask
from tams_analytics.engines.vast.planning.hints import Hint
from tams_analytics.engines.vast.planning.keys import is_reducible
from tams_analytics.engines.vast.planning.values import columns_read, conjuncts

if TYPE_CHECKING:
    from tams_analytics.engines.vast.planning.planner import Planner


def filtered(planner: Planner, relation: ops.Filter, ask: Ask) -> ops.Relation:
    """Conditions that the scans below test exactly are left out."""
    parent = relation.parent
    conditions = list(conjuncts(relation.predicates))
    hopeless = [reason for each in conditions for reason in planner.hopeless(parent, each)]
    offered = [each for each in conditions if not planner.hopeless(parent, each)]
    kept = [e for e in conditions if e not in offered or not planner.absorbs(parent, e)]
    members = _members(planner, conditions)
    hints = (*map(Hint, offered), *(Hint(e.needle, token) for e, (token, _) in members.items()))
    needed = ask.columns | columns_read(kept, parent)
    limit = None if kept else ask.limit
    below = ask.below(relation, needed, more=hints, limit=limit, stopped=tuple(hopeless))
    below = planner.down(parent, below)
    if not kept:
        return below
    homes = {parent: below}
    planned = [_condition(planner, each, homes, members) for each in kept]
    return ops.Filter(below, planned)


def _members(planner: Planner, conditions: list[ops.Value]) -> dict[ops.Value, tuple[int, int]]:
    """The conditions ``x IN (query)``, each with tokens for the keys of the query and of x."""
    return {
        each: _two(planner.token())
        for each in conditions
        if isinstance(each, ops.InSubquery) and _is_key(each)
    }


def _two(token: int) -> tuple[int, int]:
    return token, token + 1


def _is_key(condition: ops.InSubquery) -> bool:
    (kind,) = condition.rel.schema.types
    needle = condition.needle.dtype
    return is_reducible(kind) and kind.copy(nullable=True) == needle.copy(nullable=True)


def _condition(
    planner: Planner, condition: ops.Value, homes: Any, members: dict[ops.Value, tuple[int, int]]
) -> ops.Value:
    if condition not in members:
        return planner.value(condition, homes)
    of_query, of_needle = members[condition]
    (name,) = condition.rel.schema.names
    keys = Hint(ops.Field(condition.rel, name), of_needle)
    inner = planner.inside(condition.rel, homes, Ask(frozenset([name]), (keys,)))
    planned = ops.InSubquery(rel=inner, needle=planner.value(condition.needle, homes))
    planner.tell(of_query, ops.Field(inner, name))
    planner.tell(of_needle, planned.needle)
    return planned
