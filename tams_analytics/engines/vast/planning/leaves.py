"""The scans of a plan.

A first pass gives each use of a table a scan of its own, a second one shares them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import ibis.expr.operations as ops

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.planning.ask import Ask
from tams_analytics.engines.vast.planning.keys import is_reducible
from tams_analytics.engines.vast.planning.plan import Reduction, Scan
from tams_analytics.engines.vast.planning.sharing import Leaf, Shared, Use, share_scans
from tams_analytics.engines.vast.planning.values import names_of
from tams_analytics.engines.vast.pushing import (
    TOO_LONG_TOGETHER,
    Conjunct,
    Guard,
    Pushing,
    column_of,
    predicate,
    push_one,
    together,
    within_one_request,
)

SCANNED = (ops.DatabaseTable, ops.UnboundTable)


class Leaves:
    """Where an expression ends in tables of the engine."""

    def __init__(self, guard: Guard, shared: Mapping[Leaf, Shared]) -> None:
        self._guard = guard
        self._shared = shared
        self._names: dict[Leaf, str] = {}
        self._refused: dict[str, dict[Refused, None]] = defaultdict(dict)
        self._uses: dict[str, list[Use]] = defaultdict(list)
        self._pushing: dict[tuple[ops.Relation, ops.Value], Pushing] = {}

    @staticmethod
    def is_scanned(relation: ops.Relation) -> bool:
        return isinstance(relation, SCANNED)

    def takes(self, table: ops.Relation, condition: ops.Value) -> bool:
        """A scan of the table tests the condition exactly."""
        return self.pushing(table, condition).is_exact

    def pushing(self, relation: ops.Relation, condition: ops.Value) -> Pushing:
        """What a scan would take of the condition, if ``relation`` were a table."""
        key = (relation, condition)
        if key not in self._pushing:
            self._pushing[key] = push_one(condition, relation, self._guard)
        return self._pushing[key]

    def scan(self, table: ops.Relation, ask: Ask) -> ops.Relation:
        """What stands for the rows of ``table`` in the rest."""
        conditions = [hint.value for hint in ask.hints if hint.token is None]
        pushing = together(self.pushing(table, each) for each in conditions)
        is_never = pushing.is_never or ask.nothing
        conjuncts = () if is_never else sorted(pushing.conjuncts, key=_place_in(table))
        pushed, left = within_one_request(conjuncts)
        alone = Scan(
            name="",
            table=table,
            columns=names_of(table, (*ask.columns, *(each.column for each in left))),
            pushed=pushed,
            limit=None if left else ask.limit,
            is_never=is_never,
        )
        leaf = Leaf(alone, frozenset(_reduced(table, ask)))
        shared = self._shared.get(leaf, Shared(leaf))
        name = self._names.setdefault(shared.leaf, f"scan_{len(self._names)}")
        too_long = (Refused(str(each), TOO_LONG_TOGETHER) for each in left)
        self._refused[name].update(dict.fromkeys((*pushing.refused, *ask.stopped, *too_long)))
        self._uses[name].append(leaf.use)
        rows = ops.UnboundTable(name=name, schema=shared.leaf.scan.schema)
        return _filtered(rows, (*shared.left_to_do, *left))

    @property
    def scans(self) -> tuple[Scan, ...]:
        return tuple(
            replace(leaf.scan, name=name, refused=tuple(self._refused[name]))
            for leaf, name in self._names.items()
        )

    def sharing(self, sources: Mapping[int, Any]) -> dict[Leaf, Shared]:
        """Which scans can be left out, each with the one that has its rows."""
        reductions = self.reductions(sources)
        return share_scans(self._names, reductions) if len(self._names) > 1 else {}

    def reductions(self, sources: Mapping[int, Any]) -> tuple[Reduction, ...]:
        """What scans may be reduced by: each by what all of its uses agree on."""
        found = []
        for name, uses in self._uses.items():
            told = [set(_told(use, sources)) for use in uses]
            for source, column, target in sorted(set.intersection(*told), key=_order):
                if source != name:
                    found.append(Reduction(source, column, name, target))
        return tuple(found)


def _place_in(table: ops.Relation) -> Any:
    places = {name: place for place, name in enumerate(table.schema.names)}
    return lambda conjunct: (places[conjunct.column], str(conjunct))


def _filtered(rows: ops.UnboundTable, conjuncts: tuple[Conjunct, ...]) -> ops.Relation:
    test = predicate(conjuncts, rows.to_expr())
    return rows if test is None else ops.Filter(rows, (test,))


def _reduced(table: ops.Relation, ask: Ask) -> Iterator[tuple[int, str]]:
    for hint in ask.hints:
        if hint.token is None:
            continue
        column = column_of(hint.value, table)
        if column is not None and is_reducible(column.dtype):
            yield hint.token, column.name


def _order(told: tuple[Any, str, str]) -> tuple[str, str, str]:
    source, column, target = told
    return source if isinstance(source, str) else source.name, column, target


def _told(use: Use, sources: Mapping[int, Any]) -> Iterator[tuple[Any, str, str]]:
    for token, column in use:
        origin = sources.get(token)
        if origin is not None:
            yield (*origin, column)
