"""Checks of what flows collect; circles and missing members are in `entities`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.tables.formats import AUDIO, MULTI, VIDEO


def roles_doubled(scope: Scope) -> ir.Table:
    """Flows that collect several members in one role: ``id``, ``role``, ``members``.

    The specification forbids it nowhere, but whoever asks for a role then gets either of them.
    """
    rows = scope.tables.collections.filter(_.role.notnull())
    found = rows.group_by(id="flow_id", role="role").agg(members=_.count()).filter(_.members > 1)
    return found.mutate(detail=_.members.cast("string") + " members have the role " + _.role)


def without_essence(scope: Scope) -> ir.Table:
    """Flows of format multi that collect no picture, no sound, and no other such flow.

    What another collects is its own matter: it is judged by itself.
    """
    flows = scope.tables.flows
    with_essence = flows.filter(_.format.isin([VIDEO, AUDIO, MULTI])).select(member="id")
    collected = scope.tables.collections
    collected = collected.semi_join(with_essence, collected.member_id == with_essence.member)
    found = flows.filter(_.format == MULTI).select("id", "label").distinct()
    found = found.anti_join(collected, found.id == collected.flow_id)
    return found.mutate(detail=ibis.literal("collects neither video nor audio"))
