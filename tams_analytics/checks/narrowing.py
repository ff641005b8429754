"""What a run of a part has looked at: only what is known of that can be known to be gone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import ibis.expr.types as ir

from tams_analytics.checks.check import Check, Scope

LookedAt = Callable[[str, str], bool]
"""Whether a finding (``entity, id``) would have been found again if it were still there."""


class _Narrowed(Exception):
    """A check asked which segments to look at."""


class _Whole(Scope):
    """A scope that tells when it is asked for a part."""

    @property
    def segments(self) -> ir.Table:
        raise _Narrowed


def looked_at(check: Check, scope: Scope) -> LookedAt | None:
    """What a check has looked at; ``None``: at everything.

    So does one that asks for no `Scope.segments`. Of a timerange nobody can tell: an
    overlap is gone from it, too, when its other half is outside. Of changed flows all segments were
    looked at; the flow stands in the finding's id.
    """
    if _looks_at_all(check, scope):
        return None
    if scope.during is not None:
        return lambda _entity, _id: False
    changed = frozenset(scope.changed)
    return lambda entity, id: _flow_of(entity, id) in changed


def _looks_at_all(check: Check, scope: Scope) -> bool:
    if scope.during is None and scope.since is None:
        return True
    try:
        check.rows(_Whole(**{each.name: getattr(scope, each.name) for each in FIELDS}))
    except _Narrowed:
        return False
    return True


FIELDS = dataclasses.fields(Scope)


def _flow_of(entity: str, id: str) -> str:
    """The flow that a finding of a segment or flow is about; of others no id of a flow."""
    if entity == "segments":
        return id.rpartition("@")[0]
    return id if entity == "flows" else ""
