"""Timecode: labels of frames, counted exactly, against stored time.

Label 00:00:00:00 stands at the origin and frame *n* starts *n*/rate seconds after it, cut to the
nanosecond, as mediatimestamp counts frames. Rates are whole numbers or these by 1000/1001. Drop
frame leaves out two labels (four at 60000/1001) at each minute but every tenth; a label that was
left out names no frame. Source: SMPTE ST 12-1. Hours are not taken modulo 24, so that label and
time stay one to one.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.timerange.foreign import InstantLike, as_instant
from tams_analytics.timerange.grammar import SECOND, checked

RateLike = str | int | Fraction
"""Frames a second, exactly: ``30000/1001``, ``25``, a Fraction."""

RATE_EXAMPLE = 'an exact rate such as "30000/1001", "25" or Fraction(50)'
LABEL_EXAMPLE = (
    "hours:minutes:seconds:frames, for example 01:00:00:00, or 01:00:00;00 for drop frame"
)
NTSC = Fraction(1000, 1001)
_RATE = re.compile(r"([1-9][0-9]*)(?:/([1-9][0-9]*))?").fullmatch
_LABEL = re.compile(r"(-?)([0-9]{2,})[:;]([0-5][0-9])[:;]([0-5][0-9])([:;])([0-9]{2,})").fullmatch


def as_rate(value: RateLike) -> Fraction:
    """Frames a second as a Fraction. Raises `BadParameter` for a float and what timecode lacks."""
    rate = _exact(value)
    if rate.denominator != 1 and (rate / NTSC).denominator != 1:
        problem = "is neither a whole rate nor one by 1000/1001"
        raise BadParameter("rate", value, problem, RATE_EXAMPLE)
    return rate


def _exact(value: Any) -> Fraction:
    if isinstance(value, Fraction) and value > 0:
        return value
    if isinstance(value, str):
        match = _RATE(value)
        if match:
            return Fraction(int(match[1]), int(match[2] or 1))
    elif isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Fraction(value)
    raise BadParameter("rate", value, "is no exact rate", RATE_EXAMPLE)


@dataclass(frozen=True, slots=True)
class FrameClock:
    """Labels, frame numbers and nanoseconds at one rate, with or without drop frame."""

    rate: Fraction
    drop_frame: bool
    origin_ns: int = 0

    @classmethod
    def of(cls, rate: RateLike, drop_frame: bool = False, origin: InstantLike = 0) -> FrameClock:
        """The clock of a rate. Raises `BadParameter` for drop frame where no standard has it."""
        exact = as_rate(rate)
        if drop_frame and (exact / NTSC) % 30 != 0:
            problem = "has no drop frame"
            raise BadParameter("rate", rate, problem, "30000/1001 or 60000/1001 for drop frame")
        return cls(exact, drop_frame, as_instant(origin))

    @property
    def labels_a_second(self) -> int:
        """How many labels a second has: 30 at 30000/1001."""
        return -(-self.rate.numerator // self.rate.denominator)

    @property
    def dropped(self) -> int:
        """How many labels a minute leaves out: 2 at 30000/1001."""
        return self.labels_a_second // 15 if self.drop_frame else 0

    def frame(self, label: str) -> int:
        """The number of the frame that ``label`` names; 00:00:00:00 is 0.

        Raises `BadParameter` where no frame has this label.
        """
        match = _LABEL(label) if isinstance(label, str) else None
        if match is None:
            raise BadParameter("timecode", label, "is no timecode", LABEL_EXAMPLE)
        hours, minutes, seconds, frames = (int(match[n]) for n in (2, 3, 4, 6))
        self._check(label, minutes, seconds, frames)
        minutes += hours * 60
        number = (minutes * 60 + seconds) * self.labels_a_second + frames
        number -= self.dropped * (minutes - minutes // 10)
        return -number if match[1] else number

    def _check(self, label: str, minutes: int, seconds: int, frames: int) -> None:
        if frames >= self.labels_a_second:
            most = f"frames 00 to {self.labels_a_second - 1} at {self.rate}"
            raise BadParameter("timecode", label, "has a frame too many", most)
        if frames < self.dropped and seconds == 0 and minutes % 10:
            first = f"{label[: -len(str(frames)) - 1]}{self.dropped:02}"
            problem = "names a frame that drop frame leaves out"
            raise BadParameter("timecode", label, problem, f"{first}, the first of its minute")

    def label(self, frame: int) -> str:
        """The label of a frame, ``;`` before the frames where labels are dropped."""
        number = abs(frame)
        number += self._left_out_before(number)
        seconds, frames = divmod(number, self.labels_a_second)
        mark = ";" if self.drop_frame else ":"
        width = max(2, len(str(self.labels_a_second - 1)))
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{'-' if frame < 0 else ''}{clock}{mark}{frames:0{width}}"

    def _left_out_before(self, number: int) -> int:
        a_minute = 60 * self.labels_a_second - self.dropped
        tens, rest = divmod(number, 10 * a_minute + self.dropped)
        return self.dropped * (9 * tens + max(0, rest - self.dropped) // a_minute)

    def start_ns(self, frame: int) -> int:
        """The stored nanosecond at which a frame starts. Raises `BadTimeRange` outside int64."""
        ns = frame * SECOND * self.rate.denominator // self.rate.numerator
        return checked(self.origin_ns + ns, f"frame {frame} at {self.rate}")

    def frame_at(self, ns: int) -> int:
        """The frame that is on at a stored nanosecond: the last one that has started."""
        passed = (ns - self.origin_ns + 1) * self.rate.numerator
        return -(-passed // (SECOND * self.rate.denominator)) - 1


def timecode_text(
    ns: int, rate: RateLike, *, drop_frame: bool = False, origin: InstantLike = 0
) -> str:
    """The label of the frame that is on at a stored nanosecond.

    >>> timecode_text(60_060_000_000, "30000/1001", drop_frame=True)
    '00:01:00;02'
    """
    clock = FrameClock.of(rate, drop_frame, origin)
    return clock.label(clock.frame_at(ns))


def drops_frames(*labels: str | None) -> bool:
    """Whether labels are written for drop frame. Raises `BadParameter` where they disagree."""
    marked = {";" in label for label in labels if isinstance(label, str)}
    if len(marked) > 1:
        raise BadParameter("timecode", labels, "is half drop frame", "; in both labels, or in none")
    return operator.truth(marked == {True})
