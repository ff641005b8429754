"""The small store with every trap, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tams_analytics as ta
from tests.conftest import ENGINES, OPEN
from tests.measures.world import fill


@pytest.fixture(scope="session", params=ENGINES)
def traps(request: pytest.FixtureRequest) -> Iterator[ta.Store]:
    with OPEN[request.param](request) as store:
        yield fill(store)


@pytest.fixture(scope="session")
def here() -> Iterator[ta.Store]:
    """The same on DuckDB alone."""
    with ta.connect(":memory:") as store:
        yield fill(store)
