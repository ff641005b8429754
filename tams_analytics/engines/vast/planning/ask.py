"""What is asked of a relation while a plan is made."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.operations as ops

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.planning.hints import Hint, Routed, route
from tams_analytics.engines.vast.planning.joins import join_route
from tams_analytics.engines.vast.pushing import text


@dataclass(frozen=True)
class Ask:
    """``columns`` are needed; if there are none, only the number of rows is.

    Rows may be left out that do not fulfil a hint. ``limit``: so many rows are enough, any.
    ``nothing``: no row is needed at all. ``stopped``: conditions that did not come this far.
    """

    columns: frozenset[str]
    hints: tuple[Hint, ...] = ()
    limit: int | None = None
    nothing: bool = False
    stopped: tuple[Refused, ...] = ()

    def below(
        self,
        relation: ops.Relation,
        columns: frozenset[str],
        *,
        more: tuple[Hint, ...] = (),
        stopped: tuple[Refused, ...] = (),
        limit: int | None = None,
        parent: ops.Relation | None = None,
    ) -> Ask:
        """What is asked of a relation below: these hints as they go on there, and ``more``."""
        hints, refused = [*more], [*self.stopped, *stopped]
        for hint in self.hints:
            routed = routed_by(relation, hint.value)
            parts = () if routed is None else routed.parts
            values = [value for part, value in parts if parent is None or part == parent]
            hints += [Hint(value, hint.token) for value in values]
            if routed is None and hint.token is None:
                refused.append(Refused(text(hint.value), why_stopped(relation)))
        unique = tuple(dict.fromkeys(hints))
        return Ask(columns, unique, limit, self.nothing, tuple(dict.fromkeys(refused)))

    def all_of(self, relation: ops.Relation) -> Ask:
        """All columns and rows of a relation below that nothing is known about."""
        stopped = tuple(
            Refused(text(hint.value), "it stands above what cannot be looked through")
            for hint in self.hints
            if hint.token is None
        )
        stopped = (*self.stopped, *stopped)
        return Ask(frozenset(relation.schema.names), (), None, self.nothing, stopped)


def routed_by(relation: ops.Relation, value: ops.Value) -> Routed | None:
    """Where a condition goes on; ``None``: it ends at ``relation``."""
    if isinstance(relation, ops.JoinChain):
        return join_route(relation, value)
    return route(relation, value)


def why_stopped(relation: ops.Relation) -> str:
    """Why a condition cannot be tested below ``relation``."""
    for kinds, reason in STOPS:
        if isinstance(relation, kinds):
            return reason
    return "it stands above what cannot be looked through"


STOPS = (
    (ops.JoinChain, "it needs the joined rows"),
    (ops.Aggregate, "it is on what is computed of many rows"),
    (ops.Limit, "it stands above a limit"),
    ((ops.Project, ops.Filter, ops.Sort), "it stands above a window function"),
    (ops.FillNull, "its column is filled"),
    (ops.TableUnnest, "its column is unnested"),
)
