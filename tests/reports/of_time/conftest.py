"""Three days of a broadcaster: what reports about time have an oracle of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tams_analytics as ta
from tests.examples.conftest import Empty
from tests.reports import broadcast


@pytest.fixture(scope="session")
def rows() -> broadcast.Rows:
    """The rows of three days of a broadcaster."""
    return broadcast.world()


@pytest.fixture(scope="session")
def three_days(empty: Empty, rows: broadcast.Rows) -> Iterator[ta.Store]:
    """The same in a store of each engine."""
    with empty() as store:
        broadcast.fill(store, rows)
        yield store
