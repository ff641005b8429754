"""The request that this context answers: what the log and the numbers say of it.

The one place with state: whoever answers writes here what became known, and nobody passes it on.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

GONE = 499
"""The status of a request whose client left before its answer began; only logged and counted."""


@dataclass
class Current:
    """A request on its way: ``route`` is the template, ``error`` the class that was answered."""

    correlation_id: str = ""
    status: int = GONE
    route: str = ""
    principal: str | None = None
    error: str = ""
    rule: str = ""


_current: ContextVar[Current | None] = ContextVar("tams_current", default=None)


def begin(correlation_id: str) -> Current:
    """A new request in this context."""
    found = Current(correlation_id)
    _current.set(found)
    return found


def current() -> Current:
    """What is known of the request; of no request, outside of one."""
    return _current.get() or Current()
