"""`tams serve` as a process of its own, on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r"serving .* at (http://[^,]+), ")
START_S = 60
END_S = 75
"""Requests and background work have `TAMS_SHUTDOWN_TIMEOUT`, 30 s, each; and some to spare."""


class Process:
    """Started with its words; ``url`` is there when it serves. What it writes goes to ``log``."""

    def __init__(self, folder: Path, *words: str, **environ: str) -> None:
        self.log = folder / "serve.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAMS_")}
        paths = os.pathsep.join([str(ROOT), str(ROOT / "server")])
        self._environ = {**kept, "PYTHONPATH": paths, "XDG_CONFIG_HOME": str(folder), **environ}
        self._words = [sys.executable, "-m", "tams_command", "serve", "--port", "0", *words]

    def __enter__(self) -> Process:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self._words, env=self._environ, stdout=log, stderr=log, cwd=self.log.parent
            )
        try:
            self.url = self._url()
            self.get("/_mgmt/ping")
        except BaseException:
            self.end(signal.SIGTERM)  # its workers too
            raise
        return self

    def __exit__(self, *_error: Any) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def end(self, number: int) -> int:
        """The exit status after a signal."""
        self.process.send_signal(number)
        try:
            return self.process.wait(END_S)
        finally:
            self.process.kill()

    def children(self) -> list[int]:
        """The processes that it has started, the oldest first."""
        pid = self.process.pid
        return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return httpx2.get(f"{self.url}{path}", timeout=START_S, trust_env=False, **more)

    @property
    def told(self) -> str:
        return self.log.read_text("utf-8")

    def _url(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = LINE.search(self.told)
            if found:
                return found[1]
            assert self.process.poll() is None, self.told
            time.sleep(0.05)
        raise AssertionError(f"it did not start: {self.told}")
