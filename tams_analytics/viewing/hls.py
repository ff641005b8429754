"""Media playlists of RFC 8216: the pieces of one track as lines.

Missing time is left out: EXT-X-DISCONTINUITY, the time of day of what follows, and a comment that
says how much is missing. EXT-X-GAP would stand for it by a segment that nobody has; it is no part
of RFC 8216, and FFmpeg does not know it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from tams_analytics.display import text
from tams_analytics.timerange import SECOND, TimeRange, utc_text
from tams_analytics.timerange.clocks import to_posix
from tams_analytics.viewing.pieces import Piece
from tams_analytics.viewing.reaching import Reach

HEAD = "#EXTM3U"
VERSION, VERSION_WITH_MAP = 3, 6
"""EXTINF with decimals needs 3; EXT-X-MAP in a playlist of more than key frames 6 (section 7)."""
MIME = "application/vnd.apple.mpegurl"


def media_playlist(pieces: Sequence[Piece], reach: Reach, window: TimeRange) -> str:
    """The pieces in order, each whole, by exact nanoseconds; players begin where ``window`` does.

    Raises `NotFound` for an object without a URL.
    """
    has_map = any(piece.is_initialised for piece in pieces)
    longest = max(piece.after_ns - piece.first_ns for piece in pieces)
    lines = [
        HEAD,
        f"#EXT-X-VERSION:{VERSION_WITH_MAP if has_map else VERSION}",
        f"#EXT-X-TARGETDURATION:{-(-longest // SECOND)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        *_start(pieces[0], window),
    ]
    holes = {hole.end_ns: hole for hole in missing(pieces)}
    for before, piece in itertools.pairwise([None, *pieces]):
        if piece is not None:
            hole = holes.pop(piece.start_ns, None)
            lines += _seam(before, piece, hole)
            lines += [*_map(before, piece, reach), *_segment(piece, reach)]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def missing(pieces: Sequence[Piece]) -> list[TimeRange]:
    """The stretches between pieces that none shows."""
    reached, found = pieces[0].end_ns, []
    for piece in pieces[1:]:
        if piece.start_ns > reached:
            found.append(TimeRange.from_ns(reached, piece.start_ns))
        reached = max(reached, piece.end_ns)
    return found


def seconds(ns: int) -> str:
    """A length as a decimal number, exact: ``3.84``, ``0.000000001``."""
    return f"{ns // SECOND}.{ns % SECOND:09}".rstrip("0").rstrip(".")


def _start(first: Piece, window: TimeRange) -> Iterator[str]:
    """Where players begin, if the first piece begins before."""
    if window.start_ns is not None and window.start_ns > first.first_ns:
        offset = seconds(window.start_ns - first.first_ns)
        yield f"#EXT-X-START:TIME-OFFSET={offset},PRECISE=YES"


def _seam(before: Piece | None, piece: Piece, hole: TimeRange | None) -> Iterator[str]:
    """What stands between two pieces; ``hole`` is what no piece shows before this one."""
    if before is None:
        return
    if hole is not None:
        yield f"# missing: {hole}, {text.duration(hole.duration_ns or 0)}"
    if _is_broken(before, piece):
        yield "#EXT-X-DISCONTINUITY"


def _is_broken(before: Piece, piece: Piece) -> bool:
    """Time does not go on in the flow, or not on the objects' own timeline, or the codec restarts.

    That is what section 4.3.2.3 asks a discontinuity for.
    """
    return (
        piece.first_ns != before.after_ns
        or piece.offset_ns != before.offset_ns
        or piece.init_object_id != before.init_object_id
    )


def _map(before: Piece | None, piece: Piece, reach: Reach) -> Iterator[str]:
    """What initialises this piece and those that follow."""
    if piece.own_init is not None:
        url = reach.url(piece.object_id, piece.instances)
        yield f'#EXT-X-MAP:URI="{url}",BYTERANGE="{piece.own_init.length}@0"'
    known = None if before is None else before.init_object_id
    if piece.init_object_id is not None and piece.init_object_id != known:
        yield f'#EXT-X-MAP:URI="{reach.url(piece.init_object_id, piece.init_instances)}"'


def _segment(piece: Piece, reach: Reach) -> Iterator[str]:
    """Its title is what the flow shows of it."""
    if text.is_wall_clock(piece.first_ns) and not to_posix(piece.first_ns)[1]:
        yield f"#EXT-X-PROGRAM-DATE-TIME:{utc_text(piece.first_ns)}"
    yield f"#EXTINF:{seconds(piece.after_ns - piece.first_ns)},{piece.timerange}"
    if piece.own_init is not None:
        length, size = piece.own_init
        yield f"#EXT-X-BYTERANGE:{size - length}@{length}"
    yield reach.url(piece.object_id, piece.instances)
