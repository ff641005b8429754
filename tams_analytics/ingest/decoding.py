"""Damage in a stream, found by decoding it.

All packets are decoded while a file's stream is small, behind `WHOLE_BYTES` of it key frames that
lie `STEP_BYTES` apart, from the first key frame on. What a decoder notices is found: data that it
refuses, pictures that it says it had to patch. Not found are noise between those key frames of a
large file, what happens to be valid data, noise in raw pictures and sound, where all data is valid,
and small noise in MPEG-2 pictures, which FFmpeg patches without telling.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tams_analytics.ingest.names import RAW_AUDIO
from tams_analytics.media.drivers import pyav

PACKETS_TO_FIRST_SAMPLE = 64
"""A decoder that has given nothing by then never will."""
WHOLE_BYTES = 16 << 20
STEP_BYTES = 4 << 20
RAW_PICTURES = ("rawvideo", "v210")
FAST = {"skip_loop_filter": "all", "skip_idct": "all"}
"""Nobody sees the pictures: their data is read, their last touch is not given."""


class Decoding:
    """Takes a stream's packets in the file's order; ``damaged`` is how many do not decode.

    Make it before the first packet is read.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        name = stream.codec_context.name
        self._is_raw = name[:5] in RAW_AUDIO or name in RAW_PICTURES
        self._bytes = self._next = 0
        self._from: int | None = None
        self.asked = self.damaged = 0
        self.first: Any = None
        """The first sample that came out."""
        if stream.type == "video":
            stream.codec_context.options = FAST

    def take(self, packet: Any) -> None:
        """Raises FFmpeg's error where not even the first sample decodes."""
        self._bytes += packet.size
        if not self.asked and not packet.is_keyframe:
            return
        if self.first is not None and self._is_raw:
            return
        if self._bytes <= WHOLE_BYTES or not packet.size:
            self._decode(packet)
        elif packet.is_keyframe and self._bytes >= self._next:
            self._decode_alone(packet)

    @property
    def is_fruitless(self) -> bool:
        """Whether a decoder that was given enough has given nothing."""
        return self.asked >= PACKETS_TO_FIRST_SAMPLE and self.first is None

    def _decode(self, packet: Any) -> None:
        if not self.asked:
            self._from = packet.pts
        self.asked += 1
        try:
            self._look_at(self._stream.decode(packet))
        except EOFError:  # the decoder was emptied before
            return
        except pyav().error.FFmpegError:
            if self.first is None:
                raise
            self.damaged += not self._leads(packet)

    def _decode_alone(self, packet: Any) -> None:
        """A key frame without its neighbours: the decoder starts anew with it."""
        context = self._stream.codec_context
        self._next = self._bytes + STEP_BYTES
        context.flush_buffers()
        self._decode(packet)
        try:
            self._look_at(context.decode(None))
        except pyav().error.FFmpegError:
            self.damaged += 1
        context.flush_buffers()

    def _look_at(self, frames: Sequence[Any]) -> None:
        for frame in frames:
            self.first = frame if self.first is None else self.first
            self.damaged += frame.is_corrupt and not self._leads(frame)

    def _leads(self, timed: Any) -> bool:
        """Shown before the first key frame: it refers to what a file cut there does not have."""
        return self._from is not None and timed.pts is not None and timed.pts < self._from
