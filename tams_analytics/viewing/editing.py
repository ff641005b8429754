"""A stretch of a flow as an edit: an OpenTimelineIO timeline, which editing programs read.

OpenTimelineIO counts time in doubles of a rate. The rate of a track is its flow's frames a second:
edges are rounded to frames, each from the start of the timeline, so that nothing adds up. A flow
without one counts nanoseconds, from the start of the timeline and in objects from their own start:
a double holds those of 104 days exactly. The exact times of all are in the metadata ``tams``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.timerange import (
    SECOND,
    DurationLike,
    TimeRange,
    TimeRangeLike,
    format_timestamp,
)
from tams_analytics.viewing.pieces import Ask, Piece
from tams_analytics.viewing.reaching import Reach
from tams_analytics.viewing.showing import Row, Shown, Track, members_of, shown

EXACT_NS = 1 << 53
"""So many nanoseconds a double counts without a hole: 104 days."""


def opentimelineio() -> Any:
    """The module. Raises `Unsupported`, saying what to install."""
    try:
        import opentimelineio  # noqa: PLC0415  (an extra: the library works without it)
    except ImportError as error:
        way_out = 'pip install "tams-analytics[editing]"'
        raise Unsupported("editing", "make a timeline without OpenTimelineIO", way_out) from error
    return opentimelineio


def build(
    ask: Ask, reach: Reach, flow: str, during: TimeRangeLike, *, around: DurationLike = 0
) -> Any:
    """The timeline of the flow that ``flow`` names: see `tams_analytics.store.Store.to_otio`."""
    otio = opentimelineio()
    found = shown(ask, flow, during, around)
    window = _bounded(found)
    clocks = [Clock.of(window, _frame_rate(ask, found, track)) for track in found.tracks]
    starts = (clock.place_of_start(otio) for clock in clocks)
    start = next((place for place in starts if place is not None), None)
    timeline = otio.schema.Timeline(found.name, global_start_time=start)
    timeline.metadata["tams"] = {"flow_id": str(found.flow["id"]), "timerange": str(window)}
    for track, clock in zip(found.tracks, clocks, strict=True):
        timeline.tracks.extend(_Writer(otio, clock, reach, window, track).tracks())
    return timeline


@dataclass(frozen=True)
class Clock:
    """Counts from ``start_ns``, ``rate`` a second."""

    start_ns: int
    rate: Fraction

    @classmethod
    def of(cls, window: TimeRange, rate: Fraction | None) -> Clock:
        """Of frames, or of nanoseconds. Raises `BadParameter`: too long for doubles."""
        if rate is None and (window.duration_ns or 0) > EXACT_NS:
            problem = "is longer than the 104 days that OpenTimelineIO counts in nanoseconds"
            raise BadParameter("during", str(window), problem, "a shorter timerange")
        return cls(window.start_ns or 0, Fraction(SECOND) if rate is None else rate)

    @property
    def is_of_nanoseconds(self) -> bool:
        """It counts no frames."""
        return self.rate == SECOND

    def ticks(self, ns: int) -> int:
        """So many nanoseconds in ticks, rounded once."""
        return round(Fraction(ns, SECOND) * self.rate)

    def span(self, otio: Any, from_ns: int, to_ns: int, origin_ns: int) -> Any:
        """As long as this stretch of the flow, whose edges are rounded, but from ``origin_ns``."""
        first, after = (self.ticks(ns - self.start_ns) for ns in (from_ns, to_ns))
        start, length = self._time(otio, self.ticks(origin_ns)), self._time(otio, after - first)
        return otio.opentime.TimeRange(start, length)

    def place_of_start(self, otio: Any) -> Any:
        """Where the timeline begins, in frames; a double does not hold it in nanoseconds."""
        return None if self.is_of_nanoseconds else self._time(otio, self.ticks(self.start_ns))

    def _time(self, otio: Any, ticks: int) -> Any:
        return otio.opentime.RationalTime(ticks, float(self.rate))


class _Writer:
    """Writes the pieces of one flow as tracks: one, or more where pieces overlap."""

    def __init__(
        self, otio: Any, clock: Clock, reach: Reach, window: TimeRange, track: Track
    ) -> None:
        self._otio, self._clock, self._reach = otio, clock, reach
        self._window, self._track = window, track
        self._start_ns, self._end_ns = window.start_ns or 0, window.end_ns or 0

    def tracks(self) -> list[Any]:
        """Each from the start of the window to its end, gaps for what is missing."""
        return [self._written(lane) for lane in _lanes(self._track.pieces)]

    def _written(self, lane: Sequence[Piece]) -> Any:
        schema = self._otio.schema
        kind = schema.TrackKind.Audio if self._track.kind == "audio" else schema.TrackKind.Video
        written = schema.Track(self._track.name, kind=kind)
        written.metadata["tams"] = {"flow_id": self._track.id}
        reached = self._start_ns
        for piece in lane:
            shown_from, shown_to = self._clipped(piece)
            self._fill(written, reached, shown_from)
            written.append(self._clip(piece, shown_from, shown_to))
            reached = shown_to
        self._fill(written, reached, self._end_ns)
        return written

    def _clipped(self, piece: Piece) -> tuple[int, int]:
        return max(piece.start_ns, self._start_ns), min(piece.end_ns, self._end_ns)

    def _fill(self, written: Any, from_ns: int, to_ns: int) -> None:
        """A gap, where it is not shorter than a tick."""
        span = self._clock.span(self._otio, from_ns, to_ns, 0)
        if span.duration.value > 0:
            gap = self._otio.schema.Gap(source_range=span)
            gap.metadata["tams"] = {"timerange": str(TimeRange.from_ns(from_ns, to_ns))}
            written.append(gap)

    def _clip(self, piece: Piece, from_ns: int, to_ns: int) -> Any:
        source = self._clock.span(self._otio, from_ns, to_ns, from_ns - self._zero(piece))
        clip = self._otio.schema.Clip(piece.object_id, self._reference(piece), source)
        clip.metadata["tams"] = {
            "object_id": piece.object_id,
            "timerange": str(TimeRange.from_ns(from_ns, to_ns)),
            "segment_timerange": str(piece.timerange),
            "object_timerange": str(piece.object_timerange),
            "ts_offset": format_timestamp(piece.offset_ns),
            **({"init_object_id": piece.init_object_id} if piece.init_object_id else {}),
        }
        return clip

    def _reference(self, piece: Piece) -> Any:
        """Where the object is, and what of it can be used, on its own timeline."""
        try:
            url = self._reach.url(piece.object_id, piece.instances)
        except NotFound:
            return self._otio.schema.MissingReference(piece.object_id)
        available = self._clock.span(
            self._otio, piece.first_ns, piece.after_ns, piece.first_ns - self._zero(piece)
        )
        return self._otio.schema.ExternalReference(url, available)

    def _zero(self, piece: Piece) -> int:
        """From where on the flow's timeline times in the object are counted."""
        return piece.first_ns if self._clock.is_of_nanoseconds else piece.offset_ns


def _bounded(found: Shown) -> TimeRange:
    """The timerange, from the first to the last piece where a side of it is open."""
    pieces = [piece for track in found.tracks for piece in track.pieces]
    start, end = found.timerange.start_ns, found.timerange.end_ns
    first, last = min(each.start_ns for each in pieces), max(each.end_ns for each in pieces)
    return TimeRange.from_ns(first if start is None else start, last if end is None else end)


def _lanes(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces in as few rows as it takes that none overlaps the one before it in its row."""
    lanes: list[list[Piece]] = []
    for piece in pieces:
        free = next((lane for lane in lanes if lane[-1].end_ns <= piece.start_ns), None)
        if free is None:
            lanes.append([piece])
        else:
            free.append(piece)
    return lanes


def _frame_rate(ask: Ask, found: Shown, track: Track) -> Fraction | None:
    """Of the track's flow; where picture and sound share its files, of the picture in them."""
    described = [found.flow] if len(found.tracks) == 1 else []
    rates = (_rate(flow) for flow in (track.flow, *described))
    rate = next(filter(None, rates), None)
    if rate is not None or track.kind != "multi":
        return rate
    return next(filter(None, map(_rate, members_of(ask, track.flow))), None)


def _rate(flow: Row) -> Fraction | None:
    numerator, denominator = flow["frame_rate_num"], flow["frame_rate_den"]
    return Fraction(numerator, denominator) if numerator and denominator else None
