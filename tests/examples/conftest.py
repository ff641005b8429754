"""One small newsroom without defects and one with them, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tams_analytics import examples
from tams_analytics.store import Store

SEGMENTS = 20_000


@pytest.fixture(scope="session")
def clean() -> Iterator[Store]:
    with examples.newsroom(segments=SEGMENTS, defects=False) as store:
        yield store


@pytest.fixture(scope="session")
def flawed() -> Iterator[Store]:
    with examples.newsroom(segments=SEGMENTS) as store:
        yield store
