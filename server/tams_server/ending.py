"""The end of a process within a time: what has not ended by then is cut off, as a kill would."""

from __future__ import annotations

import logging
import os
import threading
import time

LOG = logging.getLogger(__name__)


def end_within(seconds: float) -> None:
    """From now on the process has so many seconds; returns at once."""
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
