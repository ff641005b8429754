"""MP4 files that initialise themselves: where their first fragment begins (ISO/IEC 14496-12).

HLS wants an initialisation segment; the beginning of such a file is one, named by its byte range.
"""

from __future__ import annotations

import struct

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.media.ranges import ObjectReader

HEAD = struct.Struct(">I4s")
LONG = struct.Struct(">Q")
MOST_BOXES = 100
"""So many boxes are looked at: before its fragments or its media a file has some ten."""
MOST_READ = 8_000_000
"""So many bytes are fetched at most for that: of each box at least those that come at once."""


def first_fragment(file: ObjectReader, object_id: str) -> int | None:
    """The byte behind ``moov``, where fragments follow it; ``None`` for any other file.

    Only the heads of boxes are read. Raises `EngineFailed` where the bytes cannot be, and
    `BadParameter` for an object of so many boxes that nobody knows where that would end.
    """
    place, behind_moov, boxes, before = 0, None, 0, file.bytes_read
    while place + HEAD.size <= file.size:
        boxes += 1
        if boxes > MOST_BOXES or file.bytes_read - before > MOST_READ:
            problem = f"has no media within {MOST_BOXES} boxes and {text.size(MOST_READ)} read"
            raise BadParameter("object", object_id, problem, "an MP4 in fragments, or a whole one")
        kind, length = _box(file, place)
        if kind == b"moof":
            return behind_moov
        if kind == b"mdat" or length < HEAD.size:
            return None
        place += length
        behind_moov = place if kind == b"moov" else behind_moov
    return None


def _box(file: ObjectReader, place: int) -> tuple[bytes, int]:
    """Kind and length of the box at ``place``; one without a length goes on to the end."""
    length, kind = HEAD.unpack(_exactly(file, place, HEAD.size))
    if length == 1 and place + HEAD.size + LONG.size <= file.size:
        (length,) = LONG.unpack(_exactly(file, place + HEAD.size, LONG.size))
    return kind, length or file.size - place


def _exactly(file: ObjectReader, place: int, size: int) -> bytes:
    """So many bytes, which are there."""
    file.seek(place)
    found = b""
    while len(found) < size:
        found += file.read(size - len(found))
    return found
