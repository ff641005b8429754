"""Questions that a delete can be asked before it is done: what it would take, by R1, R2 and R4.

`tams_analytics.writes.deletes` decides the same in a transaction, and deletes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import deletions, freeing
from tams_analytics.queries.deletions import Selection
from tams_analytics.queries.flows import refusal
from tams_analytics.span import held
from tams_analytics.tables import Tables
from tams_analytics.timerange import TimeRange

DONE, REQUESTED, READ_ONLY, UNKNOWN, DEPENDED_ON = 204, 202, 403, 404, 409


@dataclass(frozen=True)
class Delete:
    """What is to be deleted: a source, a flow, or those segments of a flow that are narrowed down.

    All segments of a flow, and not the flow, by the timerange ``_``.
    """

    source_id: str | None = None
    flow_id: str | None = None
    timerange: TimeRange | None = None
    object_id: str | None = None

    @property
    def of_segments(self) -> bool:
        """No flow goes."""
        return self.timerange is not None or self.object_id is not None

    @property
    def is_never(self) -> bool:
        """It selects nothing, whatever there is."""
        return self.timerange is not None and self.timerange.is_empty

    def path(self, cascade: bool) -> str:
        """The request, as it would be sent."""
        kind, id = ("sources", self.source_id) if self.source_id else ("flows", self.flow_id)
        base = f"/{kind}/{quote(str(id), safe='')}"
        narrowed = {"timerange": self.timerange, "object_id": self.object_id}
        said = {name: str(value) for name, value in narrowed.items() if value is not None}
        asked = {**said, "cascade": str(cascade).lower()}
        query = urlencode(asked, safe="():,", quote_via=quote)  # a query has no bare brackets
        return f"DELETE {base}{'/segments' if self.of_segments else ''}?{query}"


def verdicts(
    tables: Tables, delete: Delete, *, cascades: Sequence[bool], bare: bool, threshold: int
) -> ir.Table:
    """What each way to ask, of ``cascades``, would be answered, and do.

    ``request, is_default`` (one without ``cascade`` does so: ``bare``), ``status, because``,
    ``requests`` (deletion requests that it makes, of more than ``threshold`` segments), ``flows``
    and ``segments`` that go, and the columns of `freeing.amounts`; all 0 where it is refused.
    """
    facts = _facts(tables, delete)
    facts = facts.mutate(cascade=ibis.array([ibis.literal(each) for each in cascades]).unnest())
    outcomes = _outcomes(facts, delete, threshold)
    status = ibis.cases(*((is_so, code) for is_so, code, _said in outcomes), else_=DONE)
    because = ibis.cases(*((is_so, said) for is_so, _code, said in outcomes), else_="")
    rows = facts.mutate(
        request=ibis.ifelse(_.cascade, delete.path(True), delete.path(False)),
        is_default=_.cascade == bare,
        status=status.cast("int64"),
        because=because,
    )
    is_allowed = rows.status < READ_ONLY
    requests = _.flows if delete.source_id is not None else 1
    amounts = ["segments", *freeing.AMOUNTS]
    return rows.select(
        "request",
        "is_default",
        "status",
        "because",
        requests=ibis.ifelse(_.status == REQUESTED, requests, 0),
        flows=ibis.ifelse(is_allowed & (not delete.of_segments), _.flows, 0),
        **{name: ibis.ifelse(is_allowed, _[name], 0) for name in amounts},
    ).order_by(_.is_default.desc())


def _outcomes(facts: ir.Table, delete: Delete, threshold: int) -> list[tuple[Any, int, Any]]:
    """What is true of ``facts``, which status it has then and why; the first that is true holds.

    `DONE` where none is. A source with flows is refused by ``cascade=false`` before it is looked
    whether these are read-only.
    """
    kind = "source" if delete.source_id is not None else "flow"
    refusing = facts.refuses.notnull()
    is_large = facts.segments > threshold
    losing, said = _dependents(facts, delete)
    unknown = (facts.known == 0, UNKNOWN, f"there is no such {kind}")
    read_only = (refusing, READ_ONLY, "a flow " + facts.refuses)
    depended_on = (~facts.cascade & losing, DEPENDED_ON, said)
    if delete.is_never:
        return [unknown, read_only]
    checked = [depended_on, read_only] if kind == "source" else [read_only, depended_on]
    asked = (is_large, REQUESTED, f"more than {threshold} segments: it is done later")
    return [unknown, *checked, asked]


def _dependents(facts: ir.Table, delete: Delete) -> tuple[Any, str]:
    """Whether there are any that ``cascade=false`` saves, and what is said of them."""
    if delete.of_segments:
        return facts.freed_objects > 0, "objects would have no reference left"
    if delete.source_id is not None:
        return facts.flows > 0, "the source has flows"
    return facts.segments > 0, "the flow has segments"


def _facts(tables: Tables, delete: Delete) -> ir.Table:
    """One row: ``known, flows, refuses, segments``, and the columns of `freeing.amounts`."""
    of_source = delete.source_id is not None
    asked = tables.sources if of_source else tables.flows
    known = asked.filter(_.id == (delete.source_id if of_source else delete.flow_id))
    flows = _flows(tables, delete).agg(flows=_.flow_id.nunique(), refuses=_.refuses.min())
    segments = deletions.extent(tables, bounds=False, **selection(tables, delete))
    amounts = freeing.amounts(tables, _touched(tables, delete))
    found = known.agg(known=_.count()).cross_join(flows)
    return found.cross_join(segments).cross_join(amounts)


def flows(tables: Tables, delete: Delete) -> ir.Table:
    """The flows that it is about: ``flow_id, label, segments, left_segments, refuses``.

    So many ``segments`` go, so many are left; ``refuses``: why the flow keeps all, if it does.
    """
    going = deletions.selected(tables, **selection(tables, delete))
    going = going.group_by("flow_id").agg(segments=_.count())
    rows = _flows(tables, delete).distinct(on="flow_id", keep="first")
    there = tables.segments.semi_join(rows, "flow_id").group_by("flow_id").agg(there=_.count())
    found = rows.left_join(there, "flow_id").drop("flow_id_right").left_join(going, "flow_id")
    segments = found.segments.coalesce(0)
    left = found.there.coalesce(0) - segments
    found = found.select("flow_id", "label", "refuses", segments=segments, left_segments=left)
    return found.relocate("refuses", after="left_segments").order_by("flow_id")


def objects(tables: Tables, delete: Delete) -> ir.Table:
    """What becomes of each object that these segments show, or need; first those that go.

    ``object_id, role, goes, references, size, copies, stored_bytes``, as `freeing.touched` and
    `freeing.stored` say it.
    """
    rows = _touched(tables, delete).left_join(freeing.stored(tables), "object_id")
    found = rows.select(
        "object_id",
        "role",
        "goes",
        "references",
        "size",
        copies=_.copies.coalesce(0),
        stored_bytes=held(_.stored_bytes),
    )
    return found.order_by(_.goes.desc(), _.stored_bytes.desc(nulls_first=True), "object_id")


def collectors(tables: Tables, delete: Delete) -> ir.Table:
    """The collections that flows leave: ``flow_id, label`` of the collecting, ``member_id, role``.

    The metadata of the collecting flow changes then, though it is read-only.
    """
    going = _flows(tables, delete).select(going="flow_id").distinct()
    rows = tables.collections.select("flow_id", "member_id", "role")
    rows = rows.semi_join(going, rows.member_id == going.going)
    others = going.view()
    rows = rows.anti_join(others, rows.flow_id == others.going)
    labels = tables.flows.distinct(on="id", keep="first").select(of="id", label="label")
    found = rows.left_join(labels, rows.flow_id == labels.of)
    found = found.select("flow_id", "label", "member_id", "role").distinct()
    return found.order_by("flow_id", "member_id", "role")


def sources(tables: Tables, delete: Delete) -> ir.Table:
    """The sources of these flows: ``source_id, label, explicit, goes``.

    One that flows made goes with the last of them; one that was made explicitly when it is deleted.
    """
    going = _flows(tables, delete).select("flow_id", "source_id").distinct()
    rows = tables.sources.distinct(on="id", keep="first")
    if delete.source_id is not None:
        rows = rows.filter(_.id == delete.source_id).mutate(goes=ibis.literal(True))
    else:
        others = tables.flows.anti_join(going, tables.flows.id == going.flow_id)
        rows = rows.semi_join(going, rows.id == going.source_id)
        rows = rows.mutate(goes=~(rows.id.isin(others.source_id) | rows.explicit))
    return rows.select("label", "explicit", "goes", source_id="id").relocate(
        "source_id", before="label"
    )


def dependents(tables: Tables, delete: Delete) -> ir.Table:
    """What ``cascade=false`` would save: ``kind, id``: flows, segments or objects.

    A segment is ``flow_id@timerange``.
    """
    if delete.of_segments:
        found = _touched(tables, delete).filter(_.goes).select(id="object_id")
    elif delete.source_id is not None:
        found = _flows(tables, delete).select(id="flow_id").distinct()
    else:
        rows = deletions.selected(tables, **selection(tables, delete))
        found = rows.select(id=rows.flow_id + "@" + rows.timerange)
    kind = "objects" if delete.of_segments else "flows" if delete.source_id else "segments"
    return found.select(ibis.literal(kind).name("kind"), "id").order_by("id")


def selection(tables: Tables, delete: Delete) -> Selection:
    """The segments that it is about."""
    if delete.source_id is not None:
        return {"flow_ids": _flows(tables, delete).flow_id}
    chosen: Selection = {"flow_ids": [delete.flow_id], "timerange": delete.timerange}
    if delete.object_id is not None:
        chosen["object_id"] = delete.object_id
    return chosen


def _touched(tables: Tables, delete: Delete) -> ir.Table:
    return freeing.touched(tables, deletions.taken(tables, **selection(tables, delete)))


def _flows(tables: Tables, delete: Delete) -> ir.Table:
    """``flow_id, source_id, label, refuses``: why they refuse changes, NULL where they do not."""
    if delete.source_id is not None:
        rows = tables.flows.filter(_.source_id == delete.source_id)
    else:
        rows = tables.flows.filter(_.id == delete.flow_id)
    return rows.select("source_id", "label", flow_id="id", refuses=refusal(rows, tables))
