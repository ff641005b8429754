"""Which containers HLS takes (RFC 8216, section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from tams_analytics.errors import BadParameter
from tams_analytics.viewing.pieces import Piece
from tams_analytics.viewing.showing import Track

FRAGMENTS = ("video/mp4", "audio/mp4", "video/iso.segment", "audio/iso.segment")
"""MP4: of fragments that an initialisation segment precedes (3.3)."""
SELF_CONTAINED = (
    "video/mp2t", "audio/mp2t", "audio/aac", "audio/aacp", "audio/mpeg", "audio/mp3", "audio/ac3",
    "audio/eac3", "text/vtt",
)  # fmt: skip
"""MPEG-2 transport streams (3.2), packed audio (3.4) and WebVTT (3.5)."""
OTHERWISE = "store.frames(…) shows its pictures, store.open_object(…) reads its bytes"
WHOLE_MP4 = (
    "Its object is a whole MP4 without an initialisation segment: FFmpeg, PyAV and VLC play it,"
    " HLS players in browsers do not."
)


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
    raise BadParameter(
        "flow", track.id, problem, f"one of them, by a shorter timerange; {OTHERWISE}"
    )


def _have_maps(pieces: Sequence[Piece]) -> bool:
    return all(piece.init_object_id is not None for piece in pieces)
