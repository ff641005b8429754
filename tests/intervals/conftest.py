"""The tables that the verbs are asked about, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.intervals.worlds import DuckDBWorld, VastWorld


@pytest.fixture(scope="session", params=ENGINES)
def world(request: pytest.FixtureRequest) -> Iterator[DuckDBWorld]:
    """Two tables of an engine."""
    is_vast = request.param == "vast"
    made = VastWorld(request.getfixturevalue("vast_stores")) if is_vast else DuckDBWorld()
    yield made
    made.close()
