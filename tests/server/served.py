"""The application as settings say, asked in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.settings import load


@contextlib.contextmanager
def served(store: ta.Store | None = None, **environ: str) -> Iterator[TestClient]:
    """The API over ``store`` (default: an empty one in memory), with these settings."""
    settings = load(environ, Path("no-such-file.toml"))
    with (
        contextlib.ExitStack() as opened,
        TestClient(
            create_app(store or opened.enter_context(ta.connect(":memory:")), settings),
            raise_server_exceptions=False,
        ) as client,
    ):
        yield client
