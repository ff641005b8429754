"""A JupyterLab of its own: with nothing of the user's settings, and gone when it is let go of."""

from __future__ import annotations

import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from tams_analytics.cli import notebook
from tams_analytics.cli.notebook import quiet
from tests.support.processes import Server, free_port

START_S = 60
OPTIONS = (
    "--no-browser",
    "--ip=127.0.0.1",
    "--allow-root",
    "--IdentityProvider.token=",
    "--expose-app-in-browser",
    *notebook.OPTIONS,
)
PRIVATE = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")

SESSION = "jupyterapp.shell.currentWidget?.sessionContext?.session"
IDLE = f"() => window.jupyterapp && {SESSION}?.kernel?.status === 'idle'"
RUN_ALL = "async () => { await jupyterapp.commands.execute('notebook:run-all-cells'); }"


@contextmanager
def served(folder: Path, private: Path) -> Iterator[str]:
    """The address of a Lab on the notebooks of ``folder``; what it keeps goes to ``private``."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--port={port}"]
    command.append(f"--ServerApp.root_dir={folder}")
    server = Server(command, private / "lab.log", environment(private))
    try:
        server.wait_until(lambda: answers(f"{url}/api/status"), START_S)
        yield url
    finally:
        server.stop(signal.SIGTERM)  # it ends its kernels; those end by themselves without it


def environment(private: Path) -> dict[str, str]:
    """Folders of its own; nothing pops up over the notebook."""
    return {name: str(private / name.lower()) for name in PRIVATE} | quiet(private / "quiet")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - of loopback
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


def run_all(page: Any, url: str, name: str) -> None:
    """Open a notebook and run its cells to the end."""
    page.goto(f"{url}/doc/tree/{name}")
    page.wait_for_function(IDLE)
    page.evaluate(RUN_ALL)  # comes back when the last cell has ended
