"""The application on each engine, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app


@pytest.fixture
def client(store: ta.Store) -> Iterator[TestClient]:
    """The API over an empty store, on each engine; an error inside is an answer, not a raise."""
    with TestClient(create_app(store), raise_server_exceptions=False) as asked:
        yield asked
