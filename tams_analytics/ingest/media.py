"""Values: a media file that was read to its end, and the streams in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

KINDS = ("video", "audio")
"""The kinds of essence that are read, the one that leads first."""


@dataclass(frozen=True)
class Essence:
    """One stream of picture or sound: what it is, and its samples' times in rational seconds.

    A sample is a picture or one value of sound, not a coded frame of sound. ``end`` is the time of
    the last sample plus its duration; ``rate`` is samples a second, None where it varies;
    ``payload_bytes`` leaves out the container. ``parameters`` are the specification's.
    """

    kind: str
    track: int
    track_id: int
    codec: str
    parameters: Mapping[str, Any]
    rate: Fraction | None
    start: Fraction
    last: Fraction
    end: Fraction
    key_frames: int
    payload_bytes: int


@dataclass(frozen=True)
class Media:
    """A media file: its container's MIME type, its size in bytes and its streams."""

    path: Path
    container: str
    size: int
    essences: tuple[Essence, ...]

    @property
    def leading(self) -> Essence:
        """The essence whose samples give the file its timerange: the picture, else the sound."""
        return min(self.essences, key=lambda essence: KINDS.index(essence.kind))

    @property
    def start(self) -> Fraction:
        """The time of the first sample of all."""
        return min(essence.start for essence in self.essences)

    @property
    def end(self) -> Fraction:
        """The end of the last sample of all."""
        return max(essence.end for essence in self.essences)
