"""A chain of joins over what stands for its tables."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import ibis.expr.operations as ops

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.planning.ask import Ask, why_stopped
from tams_analytics.engines.vast.planning.hints import Hint
from tams_analytics.engines.vast.planning.joins import (
    Shares,
    join_route,
    narrowed,
    share,
)
from tams_analytics.engines.vast.planning.keys import Key, equalities, is_reducible
from tams_analytics.engines.vast.planning.plan import PLACEHOLDER
from tams_analytics.engines.vast.planning.values import columns_read, conjuncts, has, moved
from tams_analytics.engines.vast.pushing import text

if TYPE_CHECKING:
    from tams_analytics.engines.vast.planning.planner import Planner


def join(planner: Planner, chain: ops.JoinChain, ask: Ask) -> ops.Relation:
    """The chain with the columns that are needed, of tables with the rows that are."""
    values = {
        name: value
        for name, value in chain.values.items()
        if name in ask.columns or has(value, ops.Unnest)
    }
    keys = _keys(planner, chain)
    shares = share(chain, ask.hints, keys)
    conditions = [_left_to_test(planner, shares, place) for place in range(1, shares.top)]
    stopped = (*ask.stopped, *_stopped(chain, ask))
    homes = {}
    for place, table in enumerate(chain.tables):
        needed = columns_read([*values.values(), *itertools.chain(*conditions)], table)
        hints = tuple(_inside(table, hint) for hint in shares.wanted(place))
        below = Ask(needed, hints, None, ask.nothing, stopped)
        parent = planner.down(table.parent, below)
        homes[table] = type(table)(parent, table.identifier)
    for token, key in keys.items():
        planner.tell(token, planner.value(key.left, homes))
        planner.tell(token + 1, planner.value(key.right, homes))
    links = [
        ops.JoinLink(link.how, homes[link.table], planner.value(tests, homes))
        for link, tests in zip(chain.rest, conditions, strict=True)
    ]
    shown = planner.value(values, homes) or {PLACEHOLDER: ops.Literal(1, dtype="int8")}
    return ops.JoinChain(homes[chain.first], links, shown)


def _left_to_test(planner: Planner, shares: Shares, link: int) -> tuple[ops.Value, ...]:
    """The conditions of a link that no table fulfils by itself; all, where none would be left."""
    conditions = tuple(conjuncts(shares.chain.rest[link - 1].predicates))
    left = tuple(each for each in conditions if not _is_absorbed(planner, shares, link, each))
    return left or conditions


def _is_absorbed(planner: Planner, shares: Shares, link: int, condition: ops.Value) -> bool:
    place = narrowed(shares, link, condition)
    if place is None:
        return False
    table = shares.chain.tables[place]
    return planner.absorbs(table.parent, _inside(table, Hint(condition)).value)


def _keys(planner: Planner, chain: ops.JoinChain) -> dict[int, Key]:
    found = [key for key in equalities(chain) if is_reducible(key.left.dtype)]
    return {planner.token(): key for key in found}


def _inside(table: ops.Relation, hint: Hint) -> Hint:
    value = moved(hint.value, table, lambda name: ops.Field(table.parent, name))
    return Hint(value, hint.token)


def _stopped(chain: ops.JoinChain, ask: Ask) -> list[Refused]:
    return [
        Refused(text(hint.value), why_stopped(chain))
        for hint in ask.hints
        if hint.token is None and join_route(chain, hint.value) is None
    ]
