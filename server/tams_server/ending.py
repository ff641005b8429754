"""The end of a process within a time: what has not ended by then is cut off, as a kill would."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def ending_within(beside: AbstractContextManager[object], seconds: float) -> Iterator[None]:
    """``beside``; from the moment that it is left the process has so many seconds."""
    with beside:
        yield
        threading.Thread(target=_end, args=(seconds,), name="tams end", daemon=True).start()


def _end(seconds: float) -> None:
    """Python would wait for threads that wait for S3, a webhook or a cluster.

    Whatever they do goes on in another process or at the next start, as after a kill -9.
    """
    time.sleep(seconds)
    left = sorted(each.name for each in threading.enumerate() if each.name != "tams end")
    LOG.warning("cut off after %s s: %s", seconds, ", ".join(left))
    logging.shutdown()
    os._exit(0)
