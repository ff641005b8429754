"""Which flows show what is asked for: the flow itself, those that it collects, or its collector.

TAMS gives a flow either segments of its own, or members that have them. A flow that only describes
a stream of a container (no container of its own) is shown by the flow that collects it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tams_analytics.display import text
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.queries import collections, flows, names
from tams_analytics.tables.formats import AUDIO, MULTI, VIDEO
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    DurationLike,
    TimeRange,
    TimeRangeLike,
    as_ns,
    as_timerange,
    format_timestamp,
)
from tams_analytics.viewing.pieces import Ask, Piece, pieces_of

Row = Mapping[str, Any]

KINDS = {VIDEO: "video", AUDIO: "audio", MULTI: "multi"}


@dataclass(frozen=True)
class Track:
    """A flow with segments, and what they show; ``role``: what it is for in a collection."""

    flow: Row
    pieces: tuple[Piece, ...]
    role: str = ""

    @property
    def id(self) -> str:
        return str(self.flow["id"])

    @property
    def kind(self) -> str:
        """``video``, ``audio``, ``multi``, or another format's URN."""
        return KINDS.get(self.flow["format"], str(self.flow["format"]))

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.role or self.flow["label"] or self.id)


@dataclass(frozen=True)
class Shown:
    """What ``flow``, a row of flows, shows in a timerange: one track, or several side by side."""

    flow: Row
    timerange: TimeRange
    tracks: tuple[Track, ...]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its label, else its id."""
        return str(self.flow["label"] or self.flow["id"])


def shown(ask: Ask, key: str, during: TimeRangeLike, around: DurationLike = 0) -> Shown:
    """What the flow that ``key`` names shows in ``during``, widened by ``around`` at both sides.

    Raises `NotFound` where that is nothing, which says where the nearest is; `BadParameter`,
    `BadTimeRange`.
    """
    flow, window = flow_of(ask, key), widened(during, around)
    found = side_by_side(ask, flow, window)
    if found.tracks:
        return found
    hint = _nearest(ask, found.flow, as_timerange(during))
    raise NotFound("media of the flow", f"{found.name} in {window}", hint)


def flow_of(ask: Ask, key: str) -> dict[str, Any]:
    """The row of the flow with this id, label or beginning of an id. Raises as `names.find`."""
    return vars(names.find(ask, "flow", key))


def widened(during: TimeRangeLike, around: DurationLike = 0) -> TimeRange:
    """``during`` and ``around`` nanoseconds (or a timestamp) more at both sides.

    Raises `BadParameter` for what is never, and for a negative ``around``; `BadTimeRange`.
    """
    timerange, more_ns = as_timerange(during), as_ns(around)
    if timerange.is_empty:
        raise BadParameter("during", str(timerange), "is never: no media lies in it")
    if more_ns < 0:
        raise BadParameter("around", around, "is negative", "0 or more")
    start, end = timerange.start_ns, timerange.end_ns
    return TimeRange.from_ns(
        None if start is None else max(start - more_ns, LOWEST_NS),
        None if end is None else min(end + more_ns, HIGHEST_NS),
    )


def side_by_side(ask: Ask, flow: Row, window: TimeRange) -> Shown:
    """The tracks of a flow that have media in ``window``; perhaps none."""
    own = pieces_of(ask, flow["id"], window)
    if own:
        return Shown(flow, window, (Track(flow, tuple(own)),))
    if flow["format"] == MULTI:
        return _collected(ask, flow, window)
    if flow["container"] is None:
        return _collecting(ask, flow, window)
    return Shown(flow, window, ())


def _collected(ask: Ask, flow: Row, window: TimeRange) -> Shown:
    """Picture and sound that the flow collects; of what else it does, a note."""
    members = ask(collections.members, flow_ids=[flow["id"]]).to_pylist()
    known = _rows(ask, [each["member_id"] for each in members])
    tracks = [
        Track(row, tuple(pieces_of(ask, row["id"], window)), each["role"] or "")
        for each in members
        if (row := known.get(each["member_id"])) is not None
    ]
    playable = tuple(each for each in tracks if each.pieces and each.kind in ("video", "audio"))
    left = [each for each in tracks if each not in playable]
    told = [f"{each.name} is left out: {_reason(each)}." for each in left]
    return Shown(flow, window, playable, tuple(told) if playable else ())


def _reason(track: Track) -> str:
    return "it is neither picture nor sound" if track.pieces else "it has no media there"


def _collecting(ask: Ask, flow: Row, window: TimeRange) -> Shown:
    """The first flow in whose container this one is, that has media there."""
    for id, row in _collectors(ask, flow).items():
        pieces = pieces_of(ask, id, window)
        if pieces:
            told = f"The flow has no segments; these are of {id}, which holds it."
            return Shown(flow, window, (Track(row, tuple(pieces)),), (told,))
    return Shown(flow, window, ())


def containing(ask: Ask, flow: Row) -> tuple[str, int]:
    """The flow whose container has the stream that ``flow`` describes, and the stream's number.

    The first of those that collect it that has segments; its number is that among the container's
    streams of its format. Raises `NotFound`.
    """
    for id in _collectors(ask, flow):
        if pieces_of(ask, id, TimeRange.eternity(), limit=1):
            return id, _number(ask, id, flow["id"])
    hint = "it has no container of its own, and no flow with segments collects it"
    raise NotFound("media of the flow", flow["label"] or flow["id"], hint)


def members_of(ask: Ask, flow: Row) -> list[Row]:
    """The rows of the flows that a flow collects, in its order."""
    ids = ask(collections.members, flow_ids=[flow["id"]])["member_id"].to_pylist()
    known = _rows(ask, ids)
    return [known[id] for id in ids if id in known]


def _collectors(ask: Ask, flow: Row) -> dict[str, Row]:
    """By id, in order."""
    found = ask(collections.collectors, member_ids=[flow["id"]]).to_pylist()
    return dict(sorted(_rows(ask, [each["flow_id"] for each in found]).items()))


def _number(ask: Ask, collector_id: str, member_id: str) -> int:
    """Which stream of its format it is in the container, counted from 0."""
    members = ask(collections.members, flow_ids=[collector_id]).to_pylist()
    mappings = [each["container_mapping"] for each in members if each["member_id"] == member_id]
    mapping = orjson.loads(mappings[0]) if mappings and mappings[0] else {}
    return int(mapping.get("format_track_index", 0))


def _rows(ask: Ask, ids: Sequence[str]) -> dict[str, Row]:
    return {row["id"]: row for row in ask(flows.by_ids, ids=ids).to_pylist()} if ids else {}


def _nearest(ask: Ask, flow: Row, during: TimeRange) -> str:
    """How far the nearest media is, and the ``around`` that reaches it."""
    away: list[int] = []
    if during.start_ns is not None:
        window = TimeRange.from_ns(None, during.start_ns)
        found = pieces_of(ask, flow["id"], window, limit=1, reverse=True)
        away += [during.start_ns - piece.end_ns for piece in found]
    if during.end_ns is not None:
        window = TimeRange.from_ns(during.end_ns, None)
        found = pieces_of(ask, flow["id"], window, limit=1)
        away += [piece.start_ns - during.end_ns for piece in found]
    if not away:
        return "it has no segments" if flow["container"] else "nor have the flows beside it any"
    place = f"{text.duration(min(away))} away" if min(away) else "right beside"
    reaching = format_timestamp(min(away) + 1)
    return f"the nearest lies {place}: around={reaching!r} reaches it"
