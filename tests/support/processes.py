"""Servers that tests start: on a free port of loopback, and never longer than who started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_S = 30
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
LOG_LINES = 40


class NotStarted(Exception):
    """A server that ended before it was ready, or never was; the end of its log says why."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
        return found


def other_user() -> str | None:
    """Who runs what refuses to run as root; nobody else where we are not root."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def folder_of(user: str | None, prefix: str) -> Path:
    """A new folder for temporary files that belongs to them."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if user is not None:
        shutil.chown(folder, user)
    return folder


class Server:
    """A process with a log; its end is waited for."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                command,
                cwd=log.parent,  # Trino writes its log of requests beneath
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,  # Ctrl-C ends the tests, and they end the server
                user=user,
                extra_groups=[] if user else None,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call, and of no thread
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float = START_S) -> None:
        patience = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise NotStarted(f"it ended with {self.process.returncode}:\n{self.log_end()}")
            if time.monotonic() > patience:
                raise NotStarted(f"it is not ready after {seconds:.0f} s:\n{self.log_end()}")
            time.sleep(0.1)

    def log_end(self, lines: int = LOG_LINES) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, gently: signal.Signals | None = None, seconds: float = 10) -> None:
        if gently is not None and self.process.poll() is None:
            self.process.send_signal(gently)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.process.kill()
        self.process.wait()


def _end_with_parent() -> None:
    """Between fork and exec: Linux kills the process when the thread that started it has ended."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
