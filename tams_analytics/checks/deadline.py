"""A time by which a run is over, also in the middle of a question that an engine answers.

It ends as by Ctrl-C, which every engine hears: a signal raises an exception in the main thread.
DuckDB hears signals between two of its tasks only, so that it is interrupted as well.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from tams_analytics.errors import BadParameter

OVER = "the time was over"
"""How the reason of a check begins that did not run, or not to its end, for want of time."""
SOON_S = 0.1
"""So often the signal is sent until it is heard where something may be raised."""
AGAIN_S = 5.0
"""So long it may take to end what was interrupted; whatever goes on then, is interrupted again."""
WEAK = ("weakref.py", "_weakrefset.py")
IBIS = os.path.join("ibis", "common", "bases.py")
"""It keeps what it compared, twice for each pair: left in between, it would find wrong pairs."""
LONGEST_S = 1e8
"""Three years: clocks of threads cannot wait much longer."""
SIGNAL: signal.Signals | None = getattr(signal, "SIGALRM", None)

Interrupt = Callable[[], None]
Handler = Callable[[int, FrameType | None], Any] | int | None


class TimeOver(BaseException):
    """Ends what the main thread does; no part of it that handles errors takes it for one."""


class Deadline:
    """So many seconds from now; without a number there is no end.

    In another thread than the main one (and on Windows, without SIGALRM) nothing is interrupted:
    there `is_over` ends a run between two questions.
    """

    def __init__(self, seconds: float | None = None) -> None:
        if seconds is not None:
            seconds = _as_seconds(seconds)
        self._end = None if seconds is None else time.monotonic() + seconds
        self._said = "" if seconds is None else f" after {seconds:g} s"

    @classmethod
    def of(cls, length: float | Deadline | None) -> Deadline:
        """``length`` itself, if it has begun already. Raises `BadParameter`."""
        return length if isinstance(length, Deadline) else cls(length)

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, none below 0; ``None``: it has no end."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self.left_s == 0.0

    def reason(self, has_begun: bool) -> str:
        """Why a check has no outcome."""
        return f"{OVER}{self._said}, {'while it ran' if has_begun else 'before it began'}"

    def run(self, work: Callable[[], object], interrupt: Interrupt = lambda: None) -> None:
        """Call ``work``, and leave it when the time is over, wherever it is then.

        ``interrupt`` is called from another thread then (`Engine.interrupter`).
        """
        is_main = threading.current_thread() is threading.main_thread()
        if self._end is None or SIGNAL is None or not is_main:
            work()
        else:
            _Alarm(self, SIGNAL, interrupt).run(work)


def _as_seconds(seconds: float) -> float:
    """From 0 to `LONGEST_S`, which is as good as no end. Raises `BadParameter`."""
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or math.isnan(seconds) or seconds < 0:
        raise BadParameter("max_runtime", seconds, "is no length of time", "seconds, from 0 on")
    return min(float(seconds), LONGEST_S)


class _Alarm:
    """Raises an exception in the main thread when the time is over; for one piece of work."""

    def __init__(self, deadline: Deadline, number: signal.Signals, interrupt: Interrupt) -> None:
        self._deadline = deadline
        self._signal = number
        self._interrupt = interrupt
        self._over = TimeOver()
        self._done = threading.Event()
        self._before: Handler = None
        self._again_at = 0.0

    def run(self, work: Callable[[], object]) -> None:
        ringing = threading.Thread(target=self._ring, daemon=True)
        self._before = signal.getsignal(self._signal)
        try:
            try:
                signal.signal(self._signal, self._heard)
                ringing.start()
                work()
            finally:
                self._done.set()
        except TimeOver as error:
            if error is not self._over:  # that of work around this one
                raise
        finally:
            ringing.join()  # a signal that was sent has arrived then
            signal.signal(self._signal, self._before or signal.SIG_DFL)

    def _ring(self) -> None:
        """Send the signal when the time is over, and again until somebody has heard it."""
        main = threading.main_thread().ident
        wait, again_at = self._deadline.left_s, 0.0
        while main is not None and not self._done.wait(wait):
            signal.pthread_kill(main, self._signal)
            if time.monotonic() >= again_at:
                self._interrupt()
                again_at = time.monotonic() + AGAIN_S
            wait = SOON_S

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if not self._deadline.is_over:
            if callable(self._before):
                self._before(number, frame)
        elif not (self._done.is_set() or time.monotonic() < self._again_at or _is_delicate(frame)):
            self._again_at = time.monotonic() + AGAIN_S
            raise self._over


def _is_delicate(frame: FrameType | None) -> bool:
    """Is it in what Python drops an exception of (a finalizer), or in what would be left half done?

    Nothing there waits for an engine.
    """
    while frame is not None:
        code = frame.f_code
        if (
            code.co_name == "__del__"
            or code.co_filename.endswith(WEAK)
            or code.co_filename.endswith(IBIS)
        ):
            return True
        frame = frame.f_back
    return False
