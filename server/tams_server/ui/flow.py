"""One flow: what it is, how much of its time is covered, and its segments around a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tams_analytics.queries import analytics, entities, flows, segments, sources
from tams_analytics.queries.documents import Document, date_text
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange, format_timestamp, typed_instant
from tams_server.filters import padded
from tams_server.ui.copies import Copy
from tams_server.ui.timeline import state_of
from tams_server.ui.visit import Page, Visit

SHOWN = 10
"""So many segments before a time, and after it."""
APART = ("tags", "flow_collection", "collected_by")
"""Of a flow's document, what has a place of its own on the page."""
OF_SEGMENT = ("object_id", "timerange", "start_ns", "end_ns")


def flow(visit: Visit, id: str, at: str | None) -> Page:
    """``at`` is a timestamp of TAMS or a moment in UTC; without one the last segments are shown.

    Raises `NotFound`, `BadTimeRange`, `BadParameter`.
    """
    at_ns = None if at is None else typed_instant(at)
    store = visit.store
    document = entities.flow(store.ask, id)
    given = {"flow_id": id, "limit": SHOWN} | ({} if at_ns is None else {"at": at_ns})
    rows = store.ask(segments.around, **given).to_pylist()
    data = {
        "flow": document,
        "source": _labelled(store, sources.by_ids, [document["source_id"]])[0],
        "members": _members(store, document),
        "collectors": _labelled(store, flows.by_ids, document.get("collected_by", ())),
        "properties": [*_flat(document)],
        "covered": _covered(visit, id),
        "timeline": state_of(visit.ctx.timelines.of(flow_id=id)),
        "at": at,
        "segments": [*_told(rows)],
        **_steps(rows),
    }
    title = f"Flow {document.get('label') or id}"
    return Page("flow", title, data, _copies(visit, id, given))


def _copies(visit: Visit, id: str, given: Mapping[str, Any]) -> tuple[Copy, ...]:
    curl = visit.curl("/analytics/time-range-analysis", flow_id=id)
    return (
        visit.copied("This flow", flows.one, {"id": id}, visit.curl(f"/flows/{id}")),
        visit.copied("Its coverage", analytics.time_range_analysis, {"flow_id": id}, curl),
        visit.copied("These segments", segments.around, given),
    )


def _covered(visit: Visit, id: str) -> dict[str, Any] | None:
    """The figures of a flow with segments; kept while nothing is written."""
    ask = visit.ctx.analytics.results.ask
    found = ask(analytics.time_range_analysis, flow_id=id, limit=1).to_pylist()
    return found[0] if found else None


def _labelled(store: Store, question: Any, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Each id with its label; of what is not registered it is ``None``."""
    wanted = list(ids)
    rows = store.ask(question, ids=padded(wanted)).to_pylist() if wanted else []
    labels = {row["id"]: row["label"] for row in rows}
    return [{"id": id, "label": labels.get(id)} for id in wanted]


def _members(store: Store, document: Document) -> list[dict[str, Any]]:
    members = document.get("flow_collection", [])
    named = _labelled(store, flows.by_ids, [each["id"] for each in members])
    return [{**name, "role": each.get("role")} for name, each in zip(named, members, strict=True)]


def _flat(document: Mapping[str, Any], before: str = "") -> Iterable[list[Any]]:
    """Name and value of each property that is no list of other entities, in dotted names."""
    for name, value in document.items():
        if before or name not in APART:
            if isinstance(value, Mapping):
                yield from _flat(value, f"{before}{name}.")
            else:
                yield [before + name, value]


def _told(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Segments, and how far each is after the end of those before: below 0 it overlaps."""
    end: int | None = None
    for row in rows:
        shown = {name: row[name] for name in OF_SEGMENT}
        shown["created"] = None if row["created"] is None else date_text(row["created"])
        yield {**shown, "apart_ns": None if end is None else _apart(row, end)}
        end = row["end_ns"] if end is None else max(end, row["end_ns"])


def _apart(row: Mapping[str, Any], end: int) -> int:
    """A segment overlaps what ended at ``end`` for no longer than it is long."""
    start, own_end = int(row["start_ns"]), int(row["end_ns"])
    return max(start - end, start - own_end)


def _steps(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Where to go on: the times before and after what is shown, and what that is."""
    if not rows:
        return {"earlier": None, "later": None, "shown": None}
    start, end = rows[0]["start_ns"], max(row["end_ns"] for row in rows)
    return {
        "earlier": format_timestamp(start),
        "later": format_timestamp(end),
        "shown": str(TimeRange.from_ns(start, end)),
    }
