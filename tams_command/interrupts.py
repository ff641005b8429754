"""Ctrl-C while nothing is at stake: before the work and after it, the process ends without a word.

Python's own way is an exception, which is a traceback wherever nobody expects it: in the middle of
an import, or while the interpreter ends.
"""

from __future__ import annotations

import signal

INTERRUPTED = 128 + signal.SIGINT
"""The exit status, where a command ends itself; shells give it to a process that was ended, too."""


def end_at_once() -> None:
    """From now on an interrupt ends the process. One that is ignored, or heard by others, stays."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def raise_again() -> None:
    """From now on an interrupt is a KeyboardInterrupt, so that what was begun can be put away."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
