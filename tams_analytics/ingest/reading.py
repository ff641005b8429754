"""What is learnt of one stream while its packets go by: times, key frames, damage."""

from __future__ import annotations

import math
from array import array
from fractions import Fraction
from typing import Any

import numpy as np

from tams_analytics.ingest.decoding import Decoding
from tams_analytics.ingest.essence import audio_parameters, video_parameters
from tams_analytics.ingest.media import Essence
from tams_analytics.ingest.names import RAW_AUDIO, codec_type
from tams_analytics.ingest.rates import Times, frame_rate

ASSUMED_RATE = Fraction(25)
"""For the last frame of a variable rate, where the container does not say how long it lasts."""
HALF = Fraction(1, 2)
LOWEST = -(1 << 63)


class Reading:
    """Takes a stream's packets in the file's order, then tells its `Essence`."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.name = f"{stream.type} stream {stream.index}"
        self.times = array("q")
        self.last = self.end = LOWEST
        self.shown_from: int | None = None
        self.packets = self.key_frames = self.payload_bytes = self.damaged = 0
        self.decoding = Decoding(stream)

    def take(self, packet: Any) -> None:
        self.decoding.take(packet)
        if packet.size == 0:  # the end of the stream
            return
        self.packets += 1
        self.payload_bytes += packet.size
        time = packet.dts if packet.pts is None else packet.pts
        if packet.is_corrupt or time is None:
            self.damaged += 1
        else:
            self._place(packet, time)

    def _place(self, packet: Any, time: int) -> None:
        """Note when the sample is shown; what is to discard is an encoder's run-up, never shown."""
        before, after = self._skipped(packet)
        if before and self.shown_from is None:
            self.shown_from = time + before
        if packet.is_discard:
            return
        self.key_frames += packet.is_keyframe
        if time > self.last:
            self.last, self.end = time, time + self._length(packet, after)
        self.times.append(time)

    def _length(self, packet: Any, after: int) -> int:
        """Ticks that are shown of a packet of which a player leaves out the last ``after``.

        FFmpeg 9 tells them of MP4 too, where the packet's length has been cut already.
        """
        length = int(packet.duration or 0)
        context, tick = self.stream.codec_context, Fraction(self.stream.time_base)
        whole = context.frame_size / (context.sample_rate * tick) if after else 0
        return length if length + after <= whole else length - after

    def _skipped(self, packet: Any) -> tuple[int, int]:
        """Ticks at the start and the end of the packet that a player leaves out."""
        if not packet.has_sidedata("skip_samples"):
            return 0, 0
        data = bytes(packet.get_sidedata("skip_samples"))
        tick = self.stream.codec_context.sample_rate * self.stream.time_base
        samples = (int.from_bytes(data[at : at + 4], "little") for at in (0, 4))
        before, after = (math.floor(count / tick + HALF) for count in samples)
        return before, after

    def problem(self) -> str | None:
        """Why the stream cannot be used, or None."""
        if self.damaged:
            return f"is damaged: {self.damaged} of {self.packets} packets of its {self.name}"
        if not self.times:
            return f"has no sample in its {self.name}"
        if self.packets < self._promised():
            return f"is cut off: its {self.name} has {self.packets} of {self.stream.frames} packets"
        if self.decoding.damaged:
            return f"is damaged: {self.decoding.damaged} packets of its {self.name} do not decode"
        if self.decoding.is_fruitless:
            return f"cannot be read as media: no sample of its {self.name} decodes"
        return None

    def _promised(self) -> int:
        """The packets that the file's index lists, 0 without one; of raw sound it lists samples."""
        is_raw = self.stream.codec_context.name[:5] in RAW_AUDIO
        return 0 if is_raw else int(self.stream.frames)

    def essence(self) -> Essence:
        """Everything that was learnt."""
        stream, times = self.stream, np.sort(np.frombuffer(self.times, np.int64))
        rate = self._rate(times)
        start, last, end = self._shown(int(times[0]), rate)
        return Essence(
            kind=stream.type,
            track=stream.index,
            track_id=stream.id,
            codec=codec_type(stream.type, stream.codec_context.name),
            parameters=self._parameters(rate),
            rate=rate,
            start=start,
            last=last,
            end=end,
            key_frames=self.key_frames,
            payload_bytes=self.payload_bytes,
        )

    def _parameters(self, rate: Fraction | None) -> dict[str, Any]:
        if self.stream.type == "audio":
            return audio_parameters(self.stream)
        picture = self.decoding.first
        interlaced = None if picture is None else bool(picture.interlaced_frame)
        return video_parameters(self.stream, rate, interlaced=interlaced)

    def _rate(self, times: Times) -> Fraction | None:
        stream = self.stream
        if stream.type == "audio":
            return Fraction(stream.codec_context.sample_rate)
        stated = [rate for rate in (stream.guessed_rate, stream.average_rate) if rate]
        return frame_rate(times, Fraction(stream.time_base), stated)

    def _shown(self, first: int, rate: Fraction | None) -> tuple[Fraction, Fraction, Fraction]:
        """When the first sample starts, and when the last one starts and ends."""
        tick = Fraction(self.stream.time_base)
        start = (first if self.shown_from is None else max(first, self.shown_from)) * tick
        unsaid = self.end <= self.last  # some containers do not say how long a sample lasts
        end = self.last * tick + 1 / (rate or ASSUMED_RATE) if unsaid else self.end * tick
        if rate and self.stream.type == "audio":
            return start, end - 1 / rate, end
        return start, self.last * tick, end
