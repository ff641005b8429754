"""One Trino for a whole run of tests, also where several processes run them.

The first process that needs it starts a keeper (this module as a program), which starts Trino with
the servers of its catalogs, says in a file where, and ends them with the run, however that ends.
TAMS_TRINO_URL names one that runs already instead; where its ``vast`` is VAST's own connector,
TAMS_TRINO_VAST_ENDPOINT is the peer that both ask (``make vast-peer``).
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import postgres_server, s3_server, trino_server
from tests.support.processes import NotStarted
from tests.support.trino_server import Trino, with_catalogs_of_tests

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 400
_keepers: list[subprocess.Popen[bytes]] = []  # a Popen that is forgotten warns


def pytest_collection_finish(session: pytest.Session) -> None:
    """It is ready sooner when it starts beside the tests that do not need it."""
    wanted = any(item.get_closest_marker("trino") for item in session.items)
    is_here = session.config.option.collectonly or "TAMS_TRINO_URL" in os.environ
    if wanted and not is_here and not trino_server.missing():
        begin(run_folder(), run_process())


@pytest.fixture(scope="session", name="trino_server")
def trino_server_of_run() -> Trino:
    """The run's Trino 476; see `tests.support.trino_server.Trino`."""
    if elsewhere := os.environ.get("TAMS_TRINO_URL"):
        return running_at(elsewhere)
    trino_server.required_or_skip()
    folder = run_folder()
    begin(folder, run_process())
    return found(folder)


def catalog_or_skip(server: Trino, catalog: str) -> None:
    """Skips, or fails where it is required, with what a catalog that is not there lacks."""
    if catalog in server.catalogs:
        return
    postgres_server.required_or_skip()
    s3_server.required_or_skip()
    pytest.skip(f"the Trino of TAMS_TRINO_URL has no catalog {catalog}")


def running_at(url: str) -> Trino:
    """That of TAMS_TRINO_URL, ``trino://user@host:port``."""
    parts = urlsplit(url)
    server = Trino(parts.hostname or "127.0.0.1", parts.port or 8080, ())
    endpoint = os.environ.get("TAMS_TRINO_VAST_ENDPOINT")
    server = replace(server, user=parts.username or server.user, vast_endpoint=endpoint)
    return replace(server, catalogs=tuple(row[0] for row in server.execute("SHOW CATALOGS")))


def run_process() -> int:
    """The process with which the run ends: a worker of xdist is a child of it."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def run_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"tams-run-{run_process()}"


def begin(folder: Path, process: int) -> None:
    """See that a keeper is there, one for all who call; its servers may not be ready yet."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_kept(folder):
            return
        (folder / "state.json").unlink(missing_ok=True)
        with (folder / "keeper.log").open("wb") as log, (folder / "kept").open("w") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)  # held by the keeper, which inherits it, until it ends
            keeper = subprocess.Popen(
                [sys.executable, "-m", __name__, str(process), str(folder)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[kept.fileno()],
                start_new_session=True,
            )
        _keepers.append(keeper)
        atexit.register(_let_go, keeper)


def _let_go(keeper: subprocess.Popen[bytes]) -> None:
    """It ends after us, by itself: a Popen that goes before its process would warn of that."""
    if keeper.poll() is None:
        keeper.returncode = 0


def is_kept(folder: Path) -> bool:
    """There is a keeper, and it lives; one that failed stays that, and is not tried again."""
    if "failed" in state(folder):
        return True
    try:
        with (folder / "kept").open("r+") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def found(folder: Path) -> Trino:
    """What the keeper started, as soon as it is ready."""
    patience = time.monotonic() + PATIENCE_S
    while not (said := state(folder)):
        if time.monotonic() > patience or not is_kept(folder):
            log = (folder / "keeper.log").read_text(errors="replace")
            pytest.fail(f"the keeper of Trino does not say where it is:\n{log}", pytrace=False)
        time.sleep(0.1)
    if "failed" in said:
        pytest.fail(said["failed"], pytrace=False)
    paths = {name: Path(said[name]) for name in ("log", "files")}
    return Trino(**{**said, **paths})


def state(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def keep(process: int, folder: Path) -> None:
    """Start them, say where, and wait for the end of the run's process."""
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        threading.Thread(target=end_with, args=(process,), daemon=True).start()
        with told_failures(folder), with_catalogs_of_tests() as server:
            say(folder, asdict(replace(server, server=None)))
            while True:
                signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def told_failures(folder: Path) -> Iterator[None]:
    try:
        yield
    except NotStarted as error:
        say(folder, {"failed": str(error)})
        signal.pause()
    except Exception:  # noqa: BLE001 - who waits must hear of it
        say(folder, {"failed": traceback.format_exc()})
        signal.pause()


def say(folder: Path, what: dict[str, Any]) -> None:
    part = folder / "state.part"
    part.write_text(json.dumps(what, default=str))
    part.replace(folder / "state.json")


def end_with(process: int) -> None:
    """Interrupt this process when that one has ended."""
    try:
        if hasattr(os, "pidfd_open"):
            select.select([os.pidfd_open(process)], [], [])
        else:
            while True:
                os.kill(process, 0)
                time.sleep(0.5)
    except ProcessLookupError:
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    keep(int(sys.argv[1]), Path(sys.argv[2]))
