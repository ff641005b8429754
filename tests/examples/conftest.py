"""One small newsroom without defects and one with them on each engine, for all of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tams_analytics import examples
from tams_analytics.store import Store
from tests.conftest import ENGINES, OPEN

SEGMENTS = 20_000
Empty = Callable[[], Store]


@pytest.fixture(scope="session", params=ENGINES)
def empty(request: pytest.FixtureRequest) -> Empty:
    """Opens empty stores of an engine."""
    return lambda: OPEN[request.param](request)


@pytest.fixture(scope="session")
def clean(empty: Empty) -> Iterator[Store]:
    with examples.newsroom(empty(), segments=SEGMENTS, defects=False) as store:
        yield store


@pytest.fixture(scope="session")
def flawed(empty: Empty) -> Iterator[Store]:
    with examples.newsroom(empty(), segments=SEGMENTS) as store:
        yield store
