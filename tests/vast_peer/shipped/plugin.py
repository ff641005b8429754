"""For the run of VAST's own tests: only those that need a server, no waiting, no network.

Loaded with ``-p``; nothing of the installed tests is edited.
"""

from __future__ import annotations

import builtins
import importlib
import itertools
import os
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

NEED_A_SERVER = {"session", "session_kwargs", "session_provider"}
LEFT_OUT = os.environ.get("TAMS_SHIPPED_LEFT_OUT", "").split()
LONGEST_WAIT = 0.02
FEWER = {10_000: 2_000, 100_000: 2_600, 1_000_000: 300_000}
TOO_LARGE = 250_000
"""One test builds conditions of so many literals, twice each, to see that the first are few enough
and the others too many; the SDK takes half a minute for it. So it is with a fifth and with fewer,
where the SDK finds fewer bytes too large. Another reads a million rows in four splits, which five
row groups fill too."""
EACH = 5
"""One test selects nested columns in every order; a fifth of them has each column in each place."""

SERVERLESS_FILES = ("test_by_column_inserter.py",)
"""Makes four hundred tables while it is collected, for tests that need no server."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if collection_path.name in SERVERLESS_FILES else None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "flaky: of a plugin that is not used here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needed = [
        item
        for item in items
        if NEED_A_SERVER & set(item.fixturenames) and item.originalname not in LEFT_OUT
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in needed])
    items[:] = needed


@pytest.fixture(scope="session", autouse=True)
def _hasty_and_offline() -> Iterator[None]:
    wait, look_up = time.sleep, socket.getaddrinfo

    def local(host: object, *rest: object, **more: object) -> object:
        if host not in ("127.0.0.1", "localhost", None):
            raise socket.gaierror(socket.EAI_NONAME, "no network in tests")
        return look_up(host, *rest, **more)

    tables = importlib.import_module("vastdb.tests.test_tables")
    nested = importlib.import_module("vastdb.tests.test_nested")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", lambda seconds: wait(min(seconds, LONGEST_WAIT)))
        patch.setattr(socket, "getaddrinfo", local)
        patch.setattr(tables, "range", fewer, raising=False)
        patch.setattr(nested, "itertools", SimpleNamespace(permutations=some_orders))
        patch.setattr("vastdb.util.MAX_QUERY_DATA_REQUEST_SIZE", TOO_LARGE)
        yield


def fewer(*bounds: int) -> range:
    if len(bounds) == 1:
        return builtins.range(FEWER.get(bounds[0], bounds[0]))
    return builtins.range(*bounds)


def some_orders(names: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    return itertools.islice(itertools.permutations(names, count), None, None, EACH)


@pytest.fixture
def check() -> Check:
    """What one test expects of the plugin pytest-check."""
    return Check()


class Check:
    def greater(self, left: object, right: object, message: str = "") -> None:
        assert left > right, message

    def is_true(self, value: object, message: str = "") -> None:
        assert value, message
