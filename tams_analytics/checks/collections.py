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


def sources_disagreeing(scope: Scope) -> ir.Table:
    """Flows that collect a flow of their own source, or of one that collects theirs: ``id``.

    And ``member_id, source_id`` of the member. Which source collects which follows from their flows
    (§86), so that flows of one source here say both that it collects and that it is collected. Two
    flows that collect each other are `entities.collection_cycles`.
    """
    flows = scope.tables.flows.select("id", "source_id").distinct()
    member = flows.select(member_id="id", of="source_id")
    rows = scope.tables.collections.select("flow_id", "member_id").distinct()
    rows = rows.filter(_.flow_id != _.member_id).inner_join(member, "member_id")
    rows = rows.inner_join(flows, rows.flow_id == flows.id)
    rows = rows.select("flow_id", "member_id", "source_id", "of").distinct()
    back = rows.view().rename("back_{name}")
    both = [rows.source_id == back.back_of, rows["of"] == back.back_source_id]
    found = rows.inner_join(back, both)
    is_circle = (_.back_flow_id == _.member_id) & (_.back_member_id == _.flow_id)
    found = found.filter(~is_circle).select(
        "member_id", id="flow_id", source_id="of", own=found.source_id == found["of"]
    )
    theirs = ibis.ifelse(found.own, "of its own source", "whose source collects its own")
    return found.mutate(detail="collects " + found.member_id + ", " + theirs).distinct()
