"""Questions that a delete begins with: what it takes, and what would lose its last reference.

A *selection* is the segments of some flows that lie wholly inside a timerange (mission R4). An
object is referenced by segments, an initialisation object by the objects that need it (R5).
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import operator
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _
from typing_extensions import Required, TypedDict, Unpack

from tams_analytics.queries.documents import Document, date_text
from tams_analytics.queries.flows import UNDER_WAY
from tams_analytics.queries.objects import is_registered
from tams_analytics.span import Limit, Number, Range, Text, span
from tams_analytics.tables import Tables


class Selection(TypedDict, total=False):
    """Which segments: those of ``flow_ids`` that ``timerange`` covers wholly, and the rest narrows.

    What questions about a selection take by name (``**selection``).
    """

    flow_ids: Required[Text]
    timerange: Range
    object_id: Text
    starting_before: Number
    created_until: dt.datetime | None


def is_selected(**selection: Unpack[Selection]) -> Any:
    """What is true of the segments of a selection."""
    terms = [_.flow_id.isin(selection["flow_ids"]), span.within(selection.get("timerange"))]
    if (object_id := selection.get("object_id")) is not None:
        terms.append(_.object_id == object_id)
    if (starting_before := selection.get("starting_before")) is not None:
        terms.append(_.start_ns < starting_before)
    if (created_until := selection.get("created_until")) is not None:
        terms.append(_.created <= created_until)
    return functools.reduce(operator.and_, terms)


def extent(tables: Tables, *, bounds: bool = True, **selection: Unpack[Selection]) -> ir.Table:
    """One row: ``segments`` in a selection, ``start_ns`` of the first, ``end_ns`` of the last.

    Without ``bounds`` only their number, which a cluster counts itself.
    """
    rows = tables.segments.filter(is_selected(**selection))
    first_and_last = {"start_ns": _.start_ns.min(), "end_ns": _.end_ns.max()} if bounds else {}
    return rows.agg(segments=_.count(), **first_and_last)


def selected(tables: Tables, **selection: Unpack[Selection]) -> ir.Table:
    """The segments of a selection; all columns of ``segments``."""
    return tables.segments.filter(is_selected(**selection))


def taken(tables: Tables, **selection: Unpack[Selection]) -> ir.Table:
    """The objects of a selection and the segments that each has in it: ``object_id, taken``."""
    return (
        tables.segments.filter(is_selected(**selection)).group_by("object_id").agg(taken=_.count())
    )


def uses(tables: Tables, *, object_ids: Text) -> ir.Table:
    """How many segments each of these objects has in the store: ``object_id, uses``."""
    rows = tables.segments.filter(_.object_id.isin(object_ids))
    return rows.group_by("object_id").agg(uses=_.count())


def users(tables: Tables, *, init_object_ids: Text) -> ir.Table:
    """How many referenced objects need each of these initialisation objects: ``id, users``."""
    living = _living(tables, init_object_ids)
    return living.group_by(id="init_object_id").agg(users=_.count())


def users_of(tables: Tables, *, init_object_id: Text) -> ir.Table:
    """The same of one, in one row: ``users``. A cluster counts them itself."""
    return _living(tables, [init_object_id]).agg(users=_.count())


def _living(tables: Tables, init_object_ids: Any) -> ir.Table:
    rows = tables.objects.filter(_.init_object_id.isin(init_object_ids))
    return rows.filter(is_registered(rows))


def lost_media(tables: Tables, **selection: Unpack[Selection]) -> ir.Table:
    """The objects that have no segment left when a selection goes: ``object_id``."""
    media = taken(tables, **selection)
    rest = tables.segments.semi_join(media, "object_id").group_by("object_id").agg(whole=_.count())
    return media.inner_join(rest, "object_id").filter(_.taken == _.whole).select("object_id")


def initialised(tables: Tables, **selection: Unpack[Selection]) -> ir.Table:
    """The objects of a selection that need another one: ``id, init_object_id, is_registered``."""
    media = tables.segments.filter(is_selected(**selection)).select("object_id")
    rows = tables.objects.filter(_.init_object_id.notnull())
    rows = rows.semi_join(media, rows.id == media.object_id)
    return rows.select("id", "init_object_id", is_registered=is_registered(rows))


def stretches(tables: Tables, *, size: int, **selection: Unpack[Selection]) -> ir.Table:
    """A selection in parts of ``size`` segments, by time: ``part, start_ns, end_ns``.

    ``start_ns`` of the first one of a part, ``end_ns`` of the last one.
    """
    rows = tables.segments.filter(is_selected(**selection)).select("start_ns", "end_ns")
    rows = rows.mutate(part=ibis.row_number().over(order_by=_.start_ns) // size)
    parts = rows.group_by("part").agg(start_ns=_.start_ns.min(), end_ns=_.end_ns.max())
    return parts.order_by("part")


def some_of(tables: Tables, *, flow_id: Text, limit: Limit) -> ir.Table:
    """Some segments of a flow, whichever come first: ``timerange``."""
    return tables.segments.filter(_.flow_id == flow_id).select("timerange").limit(limit)


def requests(tables: Tables, *, ids: Text = None) -> ir.Table:
    """Deletion requests, newest first; all columns of ``deletion_requests``."""
    rows = (
        tables.deletion_requests if ids is None else tables.deletion_requests.filter(_.id.isin(ids))
    )
    return rows.order_by([_.created.desc(), _.id])


def requests_under_way(tables: Tables) -> ir.Table:
    """Deletion requests that have not ended, oldest first; all columns of ``deletion_requests``."""
    rows = tables.deletion_requests.filter(_.status.isin(UNDER_WAY))
    return rows.order_by([_.created, _.id])


def going_sources(tables: Tables, *, source_ids: Text) -> ir.Table:
    """Those of these sources that a deletion request will take: ``source_id``, each once."""
    rows = tables.deletion_requests.filter(_.source_id.isin(source_ids), _.status.isin(UNDER_WAY))
    return rows.select("source_id").distinct().order_by("source_id")


SHOWN = (
    "id",
    "flow_id",
    "timerange_to_delete",
    "timerange_remaining",
    "delete_flow",
    "created",
    "created_by",
    "updated",
    "expiry",
    "status",
)


def request_document(row: dict[str, Any]) -> Document:
    """A deletion request as GET gives it (statements 216, 217); ``error`` is JSON in its column."""
    named = {name: row[name] for name in SHOWN if row[name] is not None}
    shown = {
        name: date_text(value) if isinstance(value, dt.datetime) else value
        for name, value in named.items()
    }
    return shown if row["error"] is None else {**shown, "error": json.loads(row["error"])}
