"""A picture as a value: what it shows, when, and its bytes as PNG or JPEG, encoded by PyAV."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

from tams_analytics.display import text
from tams_analytics.media.drivers import pyav
from tams_analytics.timerange import format_timestamp

THUMBNAIL_WIDTH = 420
"""Of the copies that a notebook keeps; ``png`` and ``jpeg`` have every pixel."""
QUALITY = 3
"""Of JPEG: FFmpeg's scale from 1, the best, to 31."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A frame of a flow. ``start_ns`` is when it begins, in nanoseconds of the flow's time."""

    flow_id: str
    object_id: str
    start_ns: int
    frame: Any = field(repr=False)
    """As PyAV decoded it: ``.to_ndarray()``."""
    aspect: Fraction = Fraction(1)
    """How wide a pixel is, its height being 1."""

    @property
    def timestamp(self) -> str:
        """When it begins, as TAMS writes it."""
        return format_timestamp(self.start_ns)

    @property
    def utc(self) -> str:
        """The same on the wall clock; nothing where the media has a time of its own."""
        return text.utc(self.start_ns) if text.is_wall_clock(self.start_ns) else ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as shown: pixels that are not square are stretched."""
        return round(self.frame.width * self.aspect), self.frame.height

    @property
    def alt(self) -> str:
        """What stands for it where it cannot be seen."""
        when = f"{self.timestamp} ({self.utc})" if self.utc else self.timestamp
        return f"frame at {when} of flow {self.flow_id}"

    @functools.cached_property
    def png(self) -> bytes:
        """Every pixel, without loss."""
        return encoded(self.frame, "png", "rgb24", self.size)

    @functools.cached_property
    def jpeg(self) -> bytes:
        """Every pixel, smaller."""
        return encoded(self.frame, "mjpeg", "yuvj420p", self.size)

    def to_html(self) -> str:
        """A small copy of it, in the text itself."""
        width, height = self.size
        scale = min(1.0, THUMBNAIL_WIDTH / width)
        small = encoded(
            self.frame, "mjpeg", "yuvj420p", (round(width * scale), round(height * scale))
        )
        data = base64.b64encode(small).decode()
        return (
            f'<img src="data:image/jpeg;base64,{data}" alt="{escape(self.alt)}"'
            ' style="max-width:100%;display:block;border-radius:4px">'
        )

    def _repr_png_(self) -> bytes:
        return self.png


def encoded(frame: Any, codec: str, pixels: str, size: tuple[int, int]) -> bytes:
    """A frame as one picture of this codec and size."""
    width, height = (max(side, 1) for side in size)
    picture = frame.reformat(width=width, height=height, format=pixels)
    picture.pts = 0
    context = pyav().CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = width, height, pixels
    context.time_base = Fraction(1, 1)
    if codec == "mjpeg":
        context.qmin = context.qmax = QUALITY
    return b"".join(bytes(each) for each in (*context.encode(picture), *context.encode(None)))
