"""Which containers HLS takes (RFC 8216, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tams_analytics.errors import BadParameter
from tams_analytics.viewing.fragments import first_fragment
from tams_analytics.viewing.opening import open_piece
from tams_analytics.viewing.pieces import OwnInit, Piece
from tams_analytics.viewing.reaching import Reach
from tams_analytics.viewing.showing import Track

FRAGMENTS = ("video/mp4", "audio/mp4", "video/iso.segment", "audio/iso.segment")
"""MP4: of fragments that an initialisation segment precedes (3.3)."""
SELF_CONTAINED = (
    "video/mp2t", "audio/mp2t", "audio/aac", "audio/aacp", "audio/mpeg", "audio/mp3", "audio/ac3",
    "audio/eac3", "text/vtt",
)  # fmt: skip
"""MPEG-2 transport streams (3.2), packed audio (3.4) and WebVTT (3.5)."""
OTHERWISE = "store.frames(…) shows its pictures, store.open_object(…) reads its bytes"
MOST_LOOKED_INTO = 100
"""So many objects at most are opened to see whether they begin with their own initialisation."""
WHOLE_MP4 = (
    "Its object is a whole MP4 without an initialisation segment: FFmpeg, PyAV and VLC play it,"
    " HLS players in browsers do not."
)


def looked_into(track: Track, reach: Reach) -> Track:
    """The track; where its MP4 has no initialisation segments, each object's own beginning is one.

    For that each is opened, and the heads of its first boxes are read, if they are no more than
    `MOST_LOOKED_INTO`. Raises `NotFound`, `EngineFailed`, `BadParameter`.
    """
    is_known = track.flow["container"] not in FRAGMENTS or _have_maps(track.pieces)
    if is_known or len(track.pieces) > MOST_LOOKED_INTO:
        return track
    return replace(track, pieces=tuple(_looked_into(piece, reach) for piece in track.pieces))


def _looked_into(piece: Piece, reach: Reach) -> Piece:
    if piece.is_initialised:
        return piece
    file = open_piece(reach, piece)
    length = first_fragment(file, piece.object_id)
    return piece if length is None else replace(piece, own_init=OwnInit(length, file.size))


def refuse_other(track: Track) -> list[str]:
    """What is to be said of the track's container; mostly nothing.

    A whole MP4 is taken alone: FFmpeg, which reads a playlist as one stream, ends where a second
    one begins. Raises `BadParameter` for a container that HLS does not take.
    """
    container = str(track.flow["container"] or "")
    if container in SELF_CONTAINED or _have_maps(track.pieces):
        return []
    if container not in FRAGMENTS:
        problem = f"has the container {container or None}, which HLS does not take"
        raise BadParameter("flow", track.id, problem, f"MPEG-TS, or MP4 in fragments; {OTHERWISE}")
    if len(track.pieces) == 1:
        return [WHOLE_MP4]
    problem = f"has {len(track.pieces)} segments there that are MP4 without initialisation segments"
    right = f"a shorter timerange: one of them, or {MOST_LOOKED_INTO} that are fragmented"
    raise BadParameter("flow", track.id, problem, f"{right}; {OTHERWISE}")


def _have_maps(pieces: Sequence[Piece]) -> bool:
    return all(piece.is_initialised for piece in pieces)
