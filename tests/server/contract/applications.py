"""The application over a new store, as the contract asks it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.settings import load
from tests.server.contract.asking import Asking
from tests.server.contract.cases import READER
from tests.server.contract.specification import Specification

TOKENS = {"TAMS_AUTH_TOKENS": f"owner=read+write+delete+admin,{READER}=read"}


@contextlib.contextmanager
def applications(
    specification: Specification, media: Path, url: str = ":memory:", **environ: str
) -> Iterator[Asking]:
    """The cases, asked of the store at ``url`` by its owner and by a reader."""
    settings = load(TOKENS, Path("no-such-file.toml"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"TAMS_MEDIA": media.as_uri(), **environ}.items():
            patch.setenv(name, value)
        store = ta.connect(url)
    with store:
        app = create_app(store, settings)
        with as_bearer(app, "owner") as owner:
            yield Asking(specification, store, {None: owner, READER: as_bearer(app, READER)})


def as_bearer(app: FastAPI, token: str) -> TestClient:
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(app, raise_server_exceptions=False, headers=headers)
