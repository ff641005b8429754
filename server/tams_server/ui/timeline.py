"""Lanes of what is covered, missing and doubled in a window, drawn by the canvas module."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tams_analytics import intervals
from tams_analytics.errors import BadParameter
from tams_analytics.queries import names, overview
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND, TimeRange, format_timestamp, typed_timerange
from tams_analytics.widgets.bars import GAP, Lane
from tams_analytics.widgets.page import as_json, in_base64
from tams_analytics.widgets.timeline import Timeline
from tams_server.parameters import UUID
from tams_server.ui import copies
from tams_server.ui.copies import Copy
from tams_server.ui.visit import Page, Visit

LENGTHS = {
    "day": 86_400 * SECOND,
    "six hours": 21_600 * SECOND,
    "hour": 3_600 * SECOND,
    "ten minutes": 600 * SECOND,
    "minute": 60 * SECOND,
}
"""How much a page shows that nobody asked for a window: the first that has few enough segments."""
FEW_SEGMENTS = 500_000
"""A second or two of work; as many as lie in a window where segments are spread evenly."""
LISTED = 20
"""So many of the longest gaps."""
LANES = 100
"""So many lanes in the table, those with the least coverage."""


@dataclass(frozen=True)
class Asked:
    """What a visitor may ask for; ``view`` is the part of ``timerange`` that is looked at."""

    by: str = "flow"
    timerange: str | None = None
    view: str | None = None
    flow: str | None = None
    source: str | None = None


def timeline(visit: Visit, asked: Asked) -> Page:
    """One look at the window; without a ``timerange`` at the last day of media, or less of much.

    Raises `NotFound`, `BadParameter`, `BadTimeRange`.
    """
    store = visit.ctx.analytics
    asked = _identified(store, asked)
    window = _window(store, asked)
    shown = _shown(visit, asked, window)
    data = {
        "asked": {
            "by": asked.by,
            "timerange": str(window.within or TimeRange.eternity()),
            "last": window.last,
            "view": asked.view,
            "flow": asked.flow,
            "source": asked.source,
        },
        "summary": shown.summary,
        "clock": shown.clock,
        "figures": [list(each) for each in shown.figures()],
        "lanes": [_lane(each) for each in _worst(shown)],
        "gaps": [*map(_gap_of(shown), shown.longest(GAP, LISTED))],
        "state": state_of(shown, asked.view),
    }
    return Page(
        "timeline", f"Timeline by {asked.by}", data, (_copy(visit, asked, shown, window.within),)
    )


def detail(visit: Visit, asked: Asked, numbers: list[int], drawn: str) -> dict[str, Any]:
    """What `timeline` leaves out of these lanes in ``asked.view`` and beside it, to draw instead.

    ``detail`` is ``None`` where that is nothing. ``drawn`` is what the page's state says of itself:
    ``is_current`` is false where the store has changed since, and lanes might be others.
    Raises `BadParameter`, `BadTimeRange`.
    """
    asked = _identified(visit.ctx.analytics, asked)
    shown = _shown(visit, asked, _window(visit.ctx.analytics, asked))
    if drawn != _mark(shown):
        return {"is_current": False, "detail": None}
    known = [number for number in numbers if number < len(shown.lanes)]
    found = shown.around(_two_bounds(asked.view), known) if known else None
    if found is None or not found.lanes:
        return {"is_current": True, "detail": None}
    state = in_base64(found.state(shown.t0_ns, len(shown.bars)))
    return {"is_current": True, "detail": state}


def _identified(store: Store, asked: Asked) -> Asked:
    """With the ids of what was named by a label, or the beginning of an id.

    A whole id stays as it is: segments may be of a flow that is not there. Raises `NotFound`, or
    `BadParameter` with the candidates.
    """

    def id_of(entity: str, key: str | None) -> str | None:
        if not key or UUID.fullmatch(key):
            return key
        return str(names.find(store.ask, entity, key).id)

    return replace(asked, flow=id_of("flow", asked.flow), source=id_of("source", asked.source))


def _shown(visit: Visit, asked: Asked, window: Window) -> Timeline:
    return visit.ctx.timelines.of(
        by=asked.by, within=window.within, flow_id=asked.flow, source_id=asked.source
    )


def _mark(shown: Timeline) -> str:
    """The same while the numbers of lanes and the origin are."""
    told = repr([shown.t0_ns, [lane.key for lane in shown.lanes], len(shown.bars)])
    return hashlib.sha256(told.encode()).hexdigest()


def _two_bounds(view: str | None) -> TimeRange:
    """Raises `BadParameter` where there is no end to it."""
    found = typed_timerange(view or "_")
    if not found.is_bounded or found.is_empty:
        raise BadParameter("view", view, "has no two bounds", "a timerange such as [0:0_10:0)")
    return found


@dataclass(frozen=True)
class Window:
    """What is shown: ``within`` is ``None`` for all of time; ``last`` names what nobody chose."""

    within: TimeRange | None
    last: str | None = None


def _window(store: Store, asked: Asked) -> Window:
    """What was asked for; else the end of the media."""
    if asked.timerange is not None:
        found = typed_timerange(asked.timerange)
        return Window(None if found == TimeRange.eternity() else found)
    (extent,) = store.results.ask(overview.extent).to_pylist()
    start, end = extent["start_ns"], extent["end_ns"]
    if end is None:
        return Window(None)
    is_narrow = asked.flow is not None or asked.source is not None
    last = "day" if is_narrow else _few_enough(store, end - start)
    first = end - LENGTHS[last]
    return Window(TimeRange.from_ns(max(start, first), end), last if first > start else None)


def _few_enough(store: Store, length_ns: int) -> str:
    """The first of `LENGTHS` with `FEW_SEGMENTS`, of a store that is so long."""
    counted = store.results.ask(overview.counts).to_pylist()
    total = next(row["rows"] for row in counted if row["entity"] == "segments")
    fits = (name for name, ns in LENGTHS.items() if total * ns <= FEW_SEGMENTS * length_ns)
    return "day" if total <= FEW_SEGMENTS else next(fits, "minute")


def _worst(shown: Timeline) -> list[Lane]:
    """The lanes that the table lists."""
    by_ratio = sorted(shown.lanes, key=lambda lane: 2 if lane.ratio is None else lane.ratio)
    return by_ratio[:LANES]


def _lane(lane: Lane) -> dict[str, Any]:
    return {
        "key": lane.key,
        "label": lane.label,
        "sub": lane.sub,
        "covered_ns": lane.covered_ns,
        "ratio": lane.ratio,
        "gaps": lane.gaps,
        "gap_ns": lane.gap_ns,
        "overlaps": lane.overlaps,
    }


def _gap_of(shown: Timeline) -> Callable[[int], dict[str, Any]]:
    """Of the index of a bar: which lane it is in, from when to when."""

    def told(bar: int) -> dict[str, Any]:
        row = shown.bars.slice(bar, 1).to_pylist()[0]
        lane = shown.lanes[row["lane"]]
        return {
            "bar": bar,
            "key": lane.key,
            "label": lane.label,
            "timerange": str(TimeRange.from_ns(row["start_ns"], row["end_ns"])),
            "start_ns": row["start_ns"],
            "length_ns": row["end_ns"] - row["start_ns"],
            "at": format_timestamp(row["start_ns"]),
        }

    return told


def state_of(shown: Timeline, view: str | None = None) -> dict[str, Any]:
    """What the canvas module reads, and by lane the id that a link leads to."""
    state = as_json(shown)
    state["keys"] = [lane.key for lane in shown.lanes]
    state["drawn"] = _mark(shown)
    if view is not None:
        state["window"] = shown.seconds(_two_bounds(view))
    return state


def _copy(visit: Visit, asked: Asked, shown: Timeline, within: TimeRange | None) -> Copy:
    """The figures of each lane, which are the rows of a verb on the segments that are shown."""
    store = visit.ctx.analytics
    during = None if within is None else str(within)
    said = {"by": asked.by, "during": during, "flow_id": asked.flow, "source_id": asked.source}
    words = ", ".join(f"{name}={value!r}" for name, value in said.items() if value is not None)
    python = (
        f"{copies.opening(store)}shown = store.timeline({words})\n"
        f"rows = ta.coverage(shown.expr, by='lane', within={during!r}).to_pyarrow()\n"
    )
    sql = store.sql(intervals.coverage(shown.expr, by="lane", within=within))
    return Copy("Coverage of each lane", python, sql, copies.dialect(store), visit.curl_twin())
