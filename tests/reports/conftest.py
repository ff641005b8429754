"""One small newsroom without defects and one with them on each engine, for all of this folder.

And a small store of which each report has an oracle.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tams_analytics import examples
from tams_analytics.engines import open_engine
from tams_analytics.store import Store
from tests.examples.conftest import Empty, clean, empty, flawed
from tests.reports.worlds import Rows, fill, world
from tests.writes.conftest import empty as emptied

__all__ = ["clean", "empty", "flawed"]

Refilled = Callable[[Rows], Store]


@pytest.fixture(scope="session")
def rows() -> Rows:
    return world(3)


@pytest.fixture(scope="session")
def small(empty: Empty, rows: Rows) -> Iterator[Store]:
    """A store with `rows`."""
    with empty() as store:
        fill(store, rows)
        yield store


@contextlib.contextmanager
def refilling() -> Iterator[Refilled]:
    """A store in memory, to be filled again and again: each question is compiled once."""
    with Store(open_engine(":memory:")) as store:

        def run(rows: Rows) -> Store:
            store._engine.transact(emptied)
            fill(store, rows)
            return store

        yield run


@pytest.fixture(scope="session")
def refilled() -> Iterator[Refilled]:
    with refilling() as run:
        yield run


@pytest.fixture(scope="session")
def newsroom() -> Iterator[Store]:
    """A newsroom with defects on DuckDB: for oracles that read all rows."""
    with Store(open_engine(":memory:")) as store:
        yield examples.newsroom(store, segments=2000)
