"""The tables of a timeline's question, and how their rows come to lie in lanes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.queries.flows import expected_among
from tams_analytics.queries.united import united
from tams_analytics.span import span
from tams_analytics.tables.formats import CLOSED, MULTI
from tams_analytics.timerange import TimeRange


@dataclass(frozen=True)
class Question:
    """The tables, how they make lanes, and the window."""

    segments: ir.Table
    flows: ir.Table
    sources: ir.Table | None
    collections: ir.Table | None
    by: str
    window: TimeRange
    show: tuple[str, ...]
    only: tuple[str | None, ...] | None = None
    """The keys of the lanes that are wanted, if not all."""

    @property
    def within(self) -> TimeRange | None:
        """The window for a verb; None where it has no bound."""
        bounded = self.window.start_ns is not None or self.window.end_ns is not None
        return self.window if bounded else None

    def inside(self) -> ir.Table:
        """The segments in the window: ``flow_id, object_id, start_ns, end_ns``."""
        rows = self.segments.select("flow_id", "object_id", "start_ns", "end_ns")
        rows = self._of_wanted(rows)
        return rows if self.within is None else rows.filter(span.overlaps(self.within))

    def rows(self) -> ir.Table:
        """The same with their ``lane`` in front; one that stands in two lanes comes twice."""
        rows = self._wanted(self._laned(self.inside()))
        return rows.select("lane", "flow_id", "object_id", "start_ns", "end_ns")

    def _laned(self, rows: ir.Table) -> ir.Table:
        """These rows, which have a ``flow_id``, with their ``lane``."""
        owners = self._owners()
        if owners is None:
            return rows.mutate(lane=_.flow_id)
        rows = rows.left_join(owners, rows.flow_id == owners.member)
        return rows.mutate(lane=_.owner if self.by == "source" else _.owner.coalesce(_.flow_id))

    def _of_wanted(self, rows: ir.Table) -> ir.Table:
        """The segments without those of flows that are in no lane that is wanted.

        All of them where segments are wanted whose flow, or whose source, nobody knows.
        """
        owners = self._owners()
        if self.only is None or (None in self.only and owners is not None):
            return rows
        if owners is None:
            return rows.filter(_.flow_id.isin(self.only))
        members = owners.filter(owners.owner.isin(self.only)).select("member")
        if self.by == "collection":  # what nothing collects is a lane of its own
            alone = ibis.memtable(pa.table({"member": pa.array(self.only, pa.string())}))
            members = united(members, alone)
        return rows.semi_join(members, rows.flow_id == members.member)

    def _wanted(self, rows: ir.Table) -> ir.Table:
        if self.only is None or self.by == "flow":
            return rows
        named = rows.lane.isin([key for key in self.only if key is not None])
        return rows.filter(named | rows.lane.isnull() if None in self.only else named)

    def _owners(self) -> ir.Table | None:
        """``member`` flow, ``owner``: which lane a flow belongs to; None: its own."""
        if self.by == "source":
            return self.flows.select(member="id", owner="source_id")
        if self.by == "collection" and self.collections is not None:
            return self.collections.select(member="member_id", owner="flow_id").distinct()
        return None

    def expected(self) -> ir.Table | None:
        """``lane`` of all that should have media; a collection is expected by its members alone."""
        if self.by == "collection":
            return None
        flows = expected_among(self.flows, self.segments, self.collections)
        if self.by == "flow":
            return flows.select(lane="flow_id")
        return None if self.sources is None else self._expected_sources(self.sources, flows)

    def closed(self) -> ir.Table | None:
        """``lane, first_ns, last_ns`` of all whose flows are complete: of their media at any time.

        TAMS 8.2: a flow that is ``closed_complete`` will not receive any more content. A multi flow
        without a status, which collects others, says nothing of them.
        """
        if "status" not in self.flows.columns:
            return None
        unsaid = ibis.ifelse(_.format.coalesce("") == MULTI, CLOSED, "")
        flows = self.flows.select(flow_id="id", is_open=_.status.coalesce(unsaid) != CLOSED)
        lanes = self._laned(flows).group_by("lane").agg(is_open=_.is_open.any())
        rows = dataclasses.replace(self, window=TimeRange.eternity()).rows()
        rows = rows.semi_join(lanes.filter(~_.is_open), "lane")
        return rows.group_by("lane").agg(first_ns=_.start_ns.min(), last_ns=_.end_ns.max())

    def _expected_sources(self, sources: ir.Table, expected: ir.Table) -> ir.Table:
        """All but multi sources, and those whose flows are all not expected to have media."""
        of_expected = self.flows.semi_join(expected, self.flows.id == expected.flow_id)
        idle = self.flows.anti_join(of_expected, "source_id")
        rows = sources.filter(sources.format.coalesce("") != MULTI)
        return rows.anti_join(idle, rows.id == idle.source_id).select(lane="id")
