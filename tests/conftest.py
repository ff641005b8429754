"""What every test may use: the specification's files, and no network."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import tams_analytics as ta
from tests.support.asking import Asked, OnDuckDB, OnTrino, OnVast
from tests.support.trino_shared import (  # noqa: F401 - a fixture and a hook
    pytest_collection_finish,
    trino_server_of_run,
)
from tests.support.vast_stores import VastStores

ROOT = Path(__file__).resolve().parent.parent

# No test is judged by the clock; with $CI set, the same examples in every run.
settings.register_profile("tams", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tams")

# A shell that runs the tests in the background has them, and all that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)  # there is none without xdist
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: always some test waits for a server it asked."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and collected tests stay: garbage is not looked for among them, nor all the time.

    An eighth of a run went into that; ibis makes trees that refer to themselves by the thousand.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no process is left alone with one when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says once for each reason how many tests were skipped: a run must not keep that to itself."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, tests in reasons.items():
        terminalreporter.write_line(f"{tests} skipped: {reason}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The specification's own files: ``$TAMS_SHARED/tams-8.2``, else beside the checkout."""
    folder = Path(os.environ.get("TAMS_SHARED") or ROOT.parent / "shared") / "tams-8.2"
    if not folder.is_dir():
        pytest.skip("the files of TAMS 8.2 are neither in ../shared nor in $TAMS_SHARED")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """A connection from Python to anything but this machine is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise AssertionError(f"a test connects to {address[0]}: tests use no network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


ENGINES = ["duckdb", "vast"]
"""Every engine that the library is tested on; one more line, and the whole suite judges it."""


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def store(engine_name: str, request: pytest.FixtureRequest) -> Iterator[ta.Store]:
    """An empty store on each engine."""
    with OPEN[engine_name](request) as opened:
        yield opened


ON_TRINO = pytest.param("trino", marks=pytest.mark.trino)
"""A parameter more for what is only read."""


@pytest.fixture(scope="session", params=[*ENGINES, ON_TRINO])
def con(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """Each engine, to ask about tables in memory."""
    if request.param == "vast":
        asked: Asked = OnVast(request.getfixturevalue("vast_stores"))
    elif request.param == "trino":
        asked = OnTrino(request.getfixturevalue("trino_server"))
    else:
        asked = OnDuckDB()
    yield asked
    asked.close()


@pytest.fixture(scope="session")
def vast_stores() -> Iterator[VastStores]:
    """A VAST peer, with an empty store to copy."""
    with VastStores() as stores:
        yield stores


OPEN = {
    "duckdb": lambda request: ta.connect(":memory:"),
    "vast": lambda request: ta.connect(request.getfixturevalue("vast_stores").new_url()),
}
