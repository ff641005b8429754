"""Ctrl-C for commands that only read: heard at once, also inside a database that does not listen.

Python tells of a signal between two of its own steps; DuckDB asks for signals between two of its
tasks, of which one can take minutes. The signal itself arrives at once and writes to a pipe.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol, TypeVar

from tams_command.interrupts import INTERRUPTED

GRACE_S = 1.0
"""How long Python's own KeyboardInterrupt has to end the command in an orderly way."""


class Closable(Protocol):
    """A store or an engine."""

    def close(self) -> None: ...


Opened = TypeVar("Opened", bound=Closable)


@contextmanager
def reading(open_: Callable[[], Opened]) -> Iterator[Opened]:
    """What ``open_`` opens, closed in the end; an interrupt ends the process at once.

    It is not closed then, as that would wait for what DuckDB still does: nothing that writes
    belongs here.
    """
    with _watched():
        opened = open_()
        try:
            yield opened
        except KeyboardInterrupt:
            _leave()
        finally:
            opened.close()


@contextmanager
def _watched() -> Iterator[None]:
    """Meanwhile an interrupt that has no effect within `GRACE_S` ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    done = threading.Event()
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()
        signal.set_wakeup_fd(before)
        os.close(writer)


def _watch(reader: int, done: threading.Event) -> None:
    """Read signals until the pipe is closed; leave when an interrupt has no effect."""
    with open(reader, "rb", buffering=0) as signals:
        while number := signals.read(1):
            if number[0] == signal.SIGINT and not done.wait(GRACE_S):
                _leave()


def _leave() -> NoReturn:
    sys.stderr.write("tams: interrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
