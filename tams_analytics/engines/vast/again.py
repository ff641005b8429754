"""What may be sent twice, sent again where no answer came."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tams_analytics.engines.vast.errors import ConnectionLost

MOST_TRIES = 3
"""A server closes connections that were idle, and it may be the first to know."""

T = TypeVar("T")


def asked_again(request: Callable[[], T]) -> T:
    """What ``request`` gives, which may be sent twice; up to `MOST_TRIES` where no answer comes."""
    for left in reversed(range(MOST_TRIES)):
        try:
            return request()
        except ConnectionLost:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")
