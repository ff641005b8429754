"""Where findings of segments lie: read from their ids, and drawn with what is around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ibis import _

from tams_analytics.errors import BadTimeRange
from tams_analytics.tables import SEGMENTS, Tables
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    SECOND,
    TimeRange,
    as_timerange,
)
from tams_analytics.widgets import picture as drawn
from tams_analytics.widgets import timeline

AROUND = 8
"""So many times its own length is shown before the first finding, and after it."""
LEAST_NS = 4 * SECOND
MOST_LANES = 4


@dataclass(frozen=True)
class Placed:
    """A finding of a segment: the flow, and from when to when."""

    flow_id: str
    timerange: str
    start_ns: int
    end_ns: int


def placed(finding: Mapping[str, str]) -> Placed | None:
    """Of the id ``flow_id@timerange``; ``None`` for other entities, and where that has no time."""
    if finding["entity"] != SEGMENTS.name:
        return None
    flow_id, _at, words = finding["id"].rpartition("@")
    try:
        found = as_timerange(words)
    except BadTimeRange:
        return None
    if found.is_empty or found.start_ns is None or found.end_ns is None:
        return None
    return Placed(flow_id, words, found.start_ns, found.end_ns)


def picture(places: Sequence[Placed], tables: Tables) -> str:
    """The first place framed, in a timeline of its surroundings, with others that lie there too."""
    window = around(places[0])
    near = [each for each in places if _lies_in(each, window)]
    flows = list(dict.fromkeys(each.flow_id for each in near))[:MOST_LANES]
    shown = timeline.build(
        tables.segments.filter(_.flow_id.isin(flows)),
        tables.flows.filter(_.id.isin(flows)),
        collections=tables.collections,
        during=window,
    )
    return drawn.svg(shown, [(each.flow_id, each.start_ns, each.end_ns) for each in near])


def around(place: Placed) -> TimeRange:
    """The time of a place with what lies before and after it, to look at."""
    pad = max(LEAST_NS, AROUND * (place.end_ns - place.start_ns))
    return TimeRange.from_ns(
        max(LOWEST_NS, place.start_ns - pad), min(HIGHEST_NS, place.end_ns + pad)
    )


def _lies_in(place: Placed, window: TimeRange) -> bool:
    start, end = window.start_ns or 0, window.end_ns or 0
    return place.start_ns < end and place.end_ns > start
