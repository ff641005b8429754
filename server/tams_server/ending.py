"""The end of a process: told, and within a time; what has not ended by then is cut off."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time

import uvicorn

from tams_analytics.display.text import plural

LOG = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """uvicorn's, which says what it waits for, and ends in order also where it is hurried."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        LOG.info("stopping%s", self._awaited())
        await super().shutdown(sockets)
        if self.force_exit:
            for task in self.server_state.tasks:
                task.cancel()
            await self.lifespan.shutdown()

    def _awaited(self) -> str:
        number = len(self.server_state.tasks)
        if not number:
            return ""
        most_s = self.config.timeout_graceful_shutdown
        return f": {plural(number, 'request')} to answer first, within {most_s} s or until Ctrl-C"


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
