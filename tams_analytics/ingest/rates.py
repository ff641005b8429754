"""The exact frame rate of a picture, from when its frames are shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]


def frame_rate(times: Times, time_base: Fraction, stated: Sequence[Fraction]) -> Fraction | None:
    """Frames a second where each frame is within one tick of its place, else None (variable).

    ``times`` are sorted ticks of ``time_base``. A container with a coarse clock rounds each time,
    so the rates it states are tried first, then the distance that all frames keep.
    """
    if len(times) < 2:
        return stated[0] if stated else None
    candidates = [*stated, *_kept_distance(times, time_base)]
    return next((rate for rate in candidates if _fits(times, time_base, rate)), None)


def _kept_distance(times: Times, time_base: Fraction) -> list[Fraction]:
    distances = np.unique(np.diff(times))
    return [1 / (int(distances[0]) * time_base)] if len(distances) == 1 and distances[0] else []


def _fits(times: Times, time_base: Fraction, rate: Fraction) -> bool:
    step = 1 / (rate * time_base)
    passed = (times - times[0]) * step.denominator
    expected = np.arange(len(times), dtype=np.int64) * step.numerator
    return bool(np.all(np.abs(passed - expected) <= step.denominator))
