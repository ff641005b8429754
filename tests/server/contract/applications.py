"""The application over a new store, as the contract asks it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.contract.asking import Asking
from tests.server.contract.specification import Specification


@contextlib.contextmanager
def applications(specification: Specification, url: str = ":memory:") -> Iterator[Asking]:
    """The cases, asked of the store at ``url``."""
    with (
        ta.connect(url) as store,
        TestClient(create_app(store), raise_server_exceptions=False) as client,
    ):
        yield Asking(specification, store, {None: client})
