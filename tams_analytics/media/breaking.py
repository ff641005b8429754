"""A storage that is down is not asked again and again (issue 5): a circuit breaker for each.

After a few failures in a row whoever asks is told so at once, for a while; then one question
finds out whether it is back. Presigning needs no network and goes on, and so do all metadata.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from tams_analytics.errors import EngineFailed, Unsupported
from tams_analytics.media.s3_config import S3Config

IsOutage = Callable[[BaseException], bool]


@contextlib.contextmanager
def unless_broken(config: S3Config, doing: str, is_outage: IsOutage) -> Iterator[None]:
    """Around one operation. Raises `EngineFailed` at once where the storage is known to be down."""
    pybreaker = _driver()
    try:
        with breaker_for(config, is_outage).calling():
            yield
    except pybreaker.CircuitBreakerError as error:
        tuning = config.tuning
        reason = f"it failed {tuning.breaker_failures} times in a row and is not asked for now"
        raise EngineFailed(
            "S3", doing, reason, f"it is tried again after {tuning.breaker_pause_s} seconds"
        ) from error


@functools.lru_cache(maxsize=32)
def breaker_for(config: S3Config, is_outage: IsOutage) -> Any:
    """The circuit breaker of a bucket; the same one for all threads of a process."""
    return _driver().CircuitBreaker(
        fail_max=config.tuning.breaker_failures,
        reset_timeout=config.tuning.breaker_pause_s,
        exclude=[lambda error: not is_outage(error)],
        throw_new_error_on_trip=False,
    )


def _driver() -> Any:
    try:
        import pybreaker  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise Unsupported(
            "media", "reach S3 without pybreaker", 'pip install "tams-analytics[media]"'
        ) from error
    return pybreaker
