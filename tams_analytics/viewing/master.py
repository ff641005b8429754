"""Master playlists of RFC 8216: tracks side by side, a media playlist for each."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tams_analytics.viewing import hls
from tams_analytics.viewing.showing import Track

GROUP = "sound"
UNKNOWN_BITS = 1
"""BANDWIDTH must be said (4.3.4.2), and where nobody knows it there is nothing to choose by it."""
_unfit = re.compile(r'[\x00-\x1f"\x7f]').sub
_unreserved = re.compile(r"[^A-Za-z0-9._~-]").sub
_file = re.compile(r'^(?!#).+$|(?<=,URI=")[^"]+(?=")', re.MULTILINE).sub
"""Where the file of a media playlist stands: on a line of its own, or in the tag of a sound."""


@dataclass(frozen=True)
class Rendition:
    """A track and the name of the file that its media playlist is in."""

    track: Track
    file: str


def renditions(tracks: Sequence[Track], stem: str) -> list[Rendition]:
    """Each with a file of its own: ``stem-1.m3u8``."""
    return [Rendition(each, f"{stem}-{number}.m3u8") for number, each in enumerate(tracks, 1)]


def in_uri(stem: str) -> str:
    """The name of a file as it can stand in a URI and in quotes, without escapes.

    FFmpeg does not take ``%20`` for a space, browsers take ``#`` for an end. What is unfit becomes
    ``_``; a hash keeps names apart that are then alike.
    """
    fit = _unreserved("_", stem)
    return fit if fit == stem else f"{fit}-{hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]}"


def renamed(lines: str, names: Mapping[str, str]) -> str:
    """A master playlist with other names of the files that it names."""
    return _file(lambda found: names.get(found[0], found[0]), lines)


def master_playlist(found: Sequence[Rendition]) -> str:
    """Every picture a variant with all the sound; without any picture, every sound a variant."""
    pictures = [each for each in found if each.track.kind == "video"]
    sounds = [each for each in found if each.track.kind == "audio"] if pictures else []
    lines = [hls.HEAD, f"#EXT-X-VERSION:{hls.VERSION}"]
    lines += [_sound(each, is_first=each is sounds[0]) for each in sounds]
    for each in pictures or found:
        lines += [_variant(each, sounds), each.file]
    return "\n".join([*lines, ""])


def _sound(rendition: Rendition, *, is_first: bool) -> str:
    track = rendition.track
    chosen = "YES" if is_first else "NO"
    channels = track.flow["channels"]
    return _tag(
        "MEDIA",
        {
            "TYPE": "AUDIO",
            "GROUP-ID": f'"{GROUP}"',
            "NAME": f'"{_unfit(" ", f"{track.name} {track.id[:8]}")}"',
            "DEFAULT": chosen,
            "AUTOSELECT": "YES",
            "CHANNELS": f'"{channels}"' if channels else None,
            "URI": f'"{rendition.file}"',
        },
    )


def _variant(rendition: Rendition, sounds: Sequence[Rendition]) -> str:
    flow = rendition.track.flow
    width, height = flow["frame_width"], flow["frame_height"]
    loudest = max((_bits(each.track) for each in sounds), default=0)
    return _tag(
        "STREAM-INF",
        {
            "BANDWIDTH": str((_bits(rendition.track) + loudest) or UNKNOWN_BITS),
            "RESOLUTION": f"{width}x{height}" if width and height else None,
            "FRAME-RATE": _rate(flow),
            "AUDIO": f'"{GROUP}"' if sounds else None,
        },
    )


def _bits(track: Track) -> int:
    """Bits a second: the flow's rates are in thousands of them; 0 where it says none."""
    return 1000 * int(track.flow["max_bit_rate"] or track.flow["avg_bit_rate"] or 0)


def _rate(flow: Mapping[str, int | None]) -> str | None:
    numerator, denominator = flow["frame_rate_num"], flow["frame_rate_den"]
    return f"{float(Fraction(numerator, denominator)):.3f}" if numerator and denominator else None


def _tag(name: str, attributes: Mapping[str, str | None]) -> str:
    said = (f"{key}={value}" for key, value in attributes.items() if value is not None)
    return f"#EXT-X-{name}:{','.join(said)}"
