"""What a reader of the documents has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import tams_analytics as ta
from tests.support.documents import Reader
from tests.support.vast_stores import VastStores


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has: a newsroom, and a file of media."""
    folder = tmp_path_factory.mktemp("given")
    with ta.connect(str(folder / "newsroom.duckdb")) as store:
        ta.examples.newsroom(store, segments=20_000)
    from tams_analytics.ingest.sample import Sample, make_mp4  # noqa: PLC0415 - needs PyAV

    make_mp4(folder / "morning.mp4", Sample(seconds=4))
    return folder


@pytest.fixture(scope="session")
def own_stores() -> Iterator[VastStores]:
    """A VAST peer that no other test asks: servers of documents ask theirs all the time."""
    with VastStores() as stores:
        yield stores


@pytest.fixture
def reader(tmp_path: Path, given: Path) -> Iterator[Reader]:
    folder = tmp_path / "reading"
    shutil.copytree(given, folder)
    made = Reader(folder)
    yield made
    made.close()
