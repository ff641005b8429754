"""The pictures at both sides of a timerange: what a gap broke off, what an overlap has twice.

A picture of a segment lies at its time on the object's own timeline plus the segment's
``ts_offset``, in whole nanoseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.media.drivers import pyav
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.tables.formats import IMAGE, MULTI, VIDEO
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange, TimeRangeLike
from tams_analytics.viewing import decoding
from tams_analytics.viewing.boxes import boxed
from tams_analytics.viewing.decoding import Shot
from tams_analytics.viewing.opening import open_piece
from tams_analytics.viewing.pictures import Picture
from tams_analytics.viewing.pieces import Ask, Piece, pieces_of
from tams_analytics.viewing.reaching import Reach
from tams_analytics.viewing.showing import Row, containing, flow_of, members_of, widened

Look = Callable[[Piece], Shot | None]

NEAR = 3
"""So many segments at a side are looked through: one may have no picture where it should."""
MOST_AT_ONCE = 8
"""So many segments that cover one instant are shown."""


@dataclass(frozen=True, repr=False)
class Frames:
    """Pictures of a flow around a timerange; it shows itself.

    ``before`` is the last that begins before it, ``after`` the first that begins where it ends or
    later; ``None`` where there is no media. ``at`` are those that are shown as it begins, one of
    each segment there: two where segments overlap, none in a gap. ``requests`` and ``bytes_read``
    say what was read of the objects.
    """

    flow_id: str
    name: str
    timerange: TimeRange
    before: Picture | None = None
    at: tuple[Picture, ...] = ()
    after: Picture | None = None
    notes: tuple[str, ...] = ()
    requests: int = field(default=0, compare=False)
    bytes_read: int = field(default=0, compare=False)

    def __iter__(self) -> Iterator[Picture]:
        """All of them, in order of time."""
        yield from (picture for _side, picture in self._named() if picture is not None)

    def __str__(self) -> str:
        sides = (f"{side}: {_told(picture)}" for side, picture in self._named())
        return "\n".join([f"{self.name} {self.timerange}", *sides, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The pictures side by side, with their times; no script."""
        shown = (_figure(side, picture) for side, picture in self._named())
        row = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(shown)}</div>'
        facts = [
            ("flow", self.flow_id),
            ("timerange", str(self.timerange)),
            ("read", f"{text.size(self.bytes_read)}, {text.plural(self.requests, 'request')}"),
        ]
        return boxed(f"Frames · {self.name}", facts, self.notes, [row])

    def _named(self) -> list[tuple[str, Picture | None]]:
        at = [("at its start", each) for each in self.at]
        return [("before", self.before), *at, ("after", self.after)]


def build(ask: Ask, reach: Reach, flow: str, during: TimeRangeLike) -> Frames:
    """The frames of the flow that ``flow`` names: see `tams_analytics.store.Store.frames`."""
    pyav()
    row, window = flow_of(ask, flow), widened(during)
    source, stream = picture_source(ask, row)
    found = Frames(str(row["id"]), str(row["label"] or row["id"]), window)
    return _Looking(ask, reach, source, stream).around(found)


def picture_source(ask: Ask, flow: Row) -> tuple[str, int]:
    """The flow whose segments have the pictures, and which of their streams of pictures it is.

    Raises `BadParameter` for a flow without pictures.
    """
    if flow["format"] == MULTI and flow["container"] is None:
        for member in members_of(ask, flow):
            if member["format"] in (VIDEO, IMAGE):
                return picture_source(ask, member)
    if flow["format"] not in (VIDEO, IMAGE, MULTI) or not _has_segments(flow):
        problem = f"is of the format {flow['format']} and has no pictures"
        raise BadParameter("flow", flow["id"], problem, "a flow of video")
    return (str(flow["id"]), 0) if flow["container"] else containing(ask, flow)


def _has_segments(flow: Row) -> bool:
    """Itself, or in the container of a flow that collects it."""
    return flow["container"] is not None or flow["format"] != MULTI


class _Looking:
    """For pictures of one flow; each object is opened once."""

    def __init__(self, ask: Ask, reach: Reach, flow_id: str, stream: int) -> None:
        self._ask, self._reach = ask, reach
        self._flow_id, self._stream = flow_id, stream
        self._open: dict[str, ObjectReader] = {}
        self._notes: list[str] = []

    def around(self, found: Frames) -> Frames:
        """``found`` with its pictures; where int64 ends no segment lies behind it."""
        start, end = found.timerange.start_ns, found.timerange.end_ns
        before = None if start in (None, LOWEST_NS) else self._before(start)
        at = () if start in (None, HIGHEST_NS) else tuple(self._at(start))
        after = None if end is None else self._after(end)
        readers = self._open.values()
        return replace(
            found,
            before=before,
            at=at,
            after=after,
            notes=tuple(dict.fromkeys(self._notes)),
            requests=sum(each.requests for each in readers),
            bytes_read=sum(each.bytes_read for each in readers),
        )

    def _before(self, start: int) -> Picture | None:
        """Of the segment that reaches farthest: the last to begin need not be the last to end."""
        near = [*self._pieces(start - 1, start), *self._pieces(None, start, reverse=True)]
        near.sort(key=lambda piece: (min(piece.end_ns, start), piece.start_ns), reverse=True)

        def look(piece: Piece) -> Shot | None:
            bound = min(piece.end_ns, start) - piece.offset_ns
            return decoding.last_before(self._file(piece), self._stream, bound)

        return self._first(near, look)

    def _at(self, instant: int) -> Iterator[Picture]:
        """Of each segment there; what begins later in it is the first that it has."""
        for piece in self._pieces(instant, instant + 1, limit=MOST_AT_ONCE):
            shot = decoding.last_before(
                self._file(piece), self._stream, instant - piece.offset_ns, inclusive=True
            )
            if shot is not None:
                yield self._picture(piece, shot)

    def _after(self, end: int) -> Picture | None:
        def look(piece: Piece) -> Shot | None:
            bound = max(piece.start_ns, end) - piece.offset_ns
            return decoding.first_from(self._file(piece), self._stream, bound)

        return self._first(self._pieces(end, None), look)

    def _pieces(
        self, start: int | None, end: int | None, *, limit: int = NEAR, reverse: bool = False
    ) -> list[Piece]:
        window = TimeRange.from_ns(start, end)
        return pieces_of(self._ask, self._flow_id, window, limit=limit, reverse=reverse)

    def _first(self, near: Sequence[Piece], look: Look) -> Picture | None:
        """The picture of the first of these that has one that the flow shows."""
        for piece in dict.fromkeys(near):
            shot = look(piece)
            if shot is not None and shot.at_ns + piece.offset_ns < piece.end_ns:
                return self._picture(piece, shot)
            self._notes.append(
                f"Object {piece.object_id} begins no picture at that side of {piece.timerange}."
            )
        return None

    def _file(self, piece: Piece) -> ObjectReader:
        if piece.object_id not in self._open:
            self._open[piece.object_id] = open_piece(self._reach, piece)
        return self._open[piece.object_id]

    def _picture(self, piece: Piece, shot: Shot) -> Picture:
        at_ns = shot.at_ns + piece.offset_ns
        return Picture(self._flow_id, piece.object_id, at_ns, shot.frame, shot.aspect)


def _told(picture: Picture | None) -> str:
    if picture is None:
        return "no media"
    return " ".join(filter(None, (picture.timestamp, picture.utc)))


def _figure(side: str, picture: Picture | None) -> str:
    image = "" if picture is None else picture.to_html()
    caption = f"<b>{escape(side)}</b><br>{escape(_told(picture))}"
    return f'<figure style="margin:6px 0">{image}<figcaption>{caption}</figcaption></figure>'
