"""Stores for tests of changes, and the few flows and segments that they begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tams_analytics.engines import Engine, open_engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An empty store in memory."""
    opened = open_engine(":memory:")
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "store.duckdb"
