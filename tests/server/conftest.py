"""The application on each engine, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.serving import Served, serving


@pytest.fixture(autouse=True)
def media_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stores of these tests keep bytes, also those without a file."""
    folder = tmp_path / "media"
    monkeypatch.setenv("TAMS_MEDIA", folder.as_uri())
    return folder


@pytest.fixture
def client(store: ta.Store) -> Iterator[TestClient]:
    """The API over an empty store, on each engine; an error inside is an answer, not a raise."""
    with TestClient(create_app(store), raise_server_exceptions=False) as asked:
        yield asked


@pytest.fixture
def served() -> Iterator[Served]:
    """The API over an empty store on DuckDB, behind a real socket."""
    with ta.connect(":memory:") as opened, serving(create_app(opened)) as listens:
        yield listens
