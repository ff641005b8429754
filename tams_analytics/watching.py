"""Who looks on while the library works: one function for a context, told of each thing that ends.

Nothing is counted or kept here, and nothing of who looks on is known. A context is Python's: what a
thread is given by `asyncio.to_thread` and its like, a task, or one ``with``. With nobody looking
on, telling costs one look-up.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar
from dataclasses import dataclass

DONE = "done"
"""The result of what went well; of what did not, it is the name of the error's class."""
PARTLY_DONE = "partly done"
"""The result of a request of which some parts were refused."""


@dataclass(frozen=True)
class Asked:
    """The engine answered a question, or ran a transaction: ``operation`` is ask or transact."""

    engine: str
    operation: str
    seconds: float
    result: str


@dataclass(frozen=True)
class Stored:
    """A storage did something with bytes: ``operation`` is its verb."""

    operation: str
    seconds: float
    result: str


@dataclass(frozen=True)
class Changed:
    """A change of so many of an entity ended; the audit log has a line for each."""

    change: str
    entity: str
    number: int
    result: str


@dataclass(frozen=True)
class Accepted:
    """What strict would have refused was taken, so often; ``rule`` is its number (mission R14).

    Told as a transaction comes to it: one that is tried again, or refused later, tells it as well.
    """

    rule: str
    number: int = 1


@dataclass(frozen=True)
class Queried:
    """A question was answered: what was read for it, and in how many splits or requests (T8)."""

    engine: str
    rows: int
    bytes: int
    seconds: float
    splits: int
    query_id: str | None = None
    """Its name on the server that answered, for its own log."""


@dataclass(frozen=True)
class Recalled:
    """An answer that may be kept was asked for: it was there and true, or was not (T7)."""

    is_hit: bool


Event = Asked | Stored | Changed | Accepted | Queried | Recalled
Watcher = Callable[[Event], None]

_watcher: ContextVar[Watcher | None] = ContextVar("tams_watcher", default=None)


@contextlib.contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let ``watcher`` be told what happens inside; it has to be quick, and may not raise."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def watched_only() -> Context:
    """A context for work that is done for several: who looks on here, and nothing else of this."""
    found = Context()
    found.run(_watcher.set, _watcher.get())
    return found


_changes = 0


def changes() -> int:
    """Another number after each change in this process, whoever looks on."""
    return _changes


def is_watched() -> bool:
    """Whether anybody looks on; to be asked before an event is made that takes longer than that."""
    return _watcher.get() is not None


def tell(event: Event) -> None:
    """Tell who looks on, if anybody does."""
    global _changes  # noqa: PLW0603 - of two threads one may be lost, not both
    if isinstance(event, Changed):
        _changes += 1
    watcher = _watcher.get()
    if watcher is not None:
        watcher(event)


@contextlib.contextmanager
def timed(told: Callable[[float, str], Event]) -> Iterator[None]:
    """Tell what ``told`` makes of the seconds that the inside took, and of its result."""
    if _watcher.get() is None:
        yield
        return
    began = time.perf_counter()
    result = DONE
    try:
        yield
    except Exception as error:
        result = type(error).__name__
        raise
    finally:
        tell(told(time.perf_counter() - began, result))
