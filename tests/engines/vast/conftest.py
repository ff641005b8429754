"""A VAST peer, and a store on it that one test has for itself."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tests.support.vast_peer import Entry, Switches, VastPeer
from tests.support.vast_stores import VastStores

SOURCE = "10000000-0000-4000-8000-000000000000"
FLOW, OTHER = "20000000-0000-4000-8000-000000000000", "20000000-0000-4000-8000-000000000001"
VIDEO = "urn:x-nmos:format:video"


@pytest.fixture
def peer(vast_stores: VastStores) -> Iterator[VastPeer]:
    """The peer, with all switches off again after the test."""
    yield vast_stores.peer
    switches = vast_stores.peer.switches
    switches.clear_faults()
    for field in dataclasses.fields(Switches):
        if not field.name.startswith("_"):
            setattr(switches, field.name, field.default)


@pytest.fixture
def url(vast_stores: VastStores, peer: VastPeer) -> str:
    """Of an empty store."""
    return vast_stores.new_url()


@pytest.fixture
def store(url: str) -> Iterator[ta.Store]:
    """An empty store."""
    with ta.connect(url) as opened:
        yield opened


def flow(id: str = FLOW) -> dict[str, Any]:
    """The body of a flow of `SOURCE`."""
    essence = {"frame_width": 1920, "frame_height": 1080, "frame_rate": {"numerator": 25}}
    return {
        "id": id,
        "source_id": SOURCE,
        "format": VIDEO,
        "codec": "video/mp4",
        "container": "video/mp4",
        "essence_parameters": essence,
    }


def segment(object_id: str, start: int, end: int) -> dict[str, Any]:
    """The body of a segment, in whole seconds."""
    return {"object_id": object_id, "timerange": f"[{start}:0_{end}:0)"}


@pytest.fixture
def two_flows(store: ta.Store, vast_stores: VastStores) -> ta.Store:
    """A store with two flows of one source, and a segment on each."""
    vast_stores.prepare(store.url.rpartition("/")[2], __name__, lambda: write_two_flows(store))
    return store


def write_two_flows(store: ta.Store) -> None:
    for id in (FLOW, OTHER):
        store.writes.create_flow(flow(id))
        store.writes.create_segments(id, segment(f"first of {id[-1]}", 0, 1))


def asked(peer: VastPeer, work: Callable[[], Any]) -> list[Entry]:
    """The requests that ``work`` sends.

    Not those of transactions from before: threads of an earlier test may still end theirs.
    """
    before = {entry.txid for entry in peer.log} - {0}
    mark = peer.log.mark()
    work()
    return [entry for entry in peer.log.since(mark) if entry.txid not in before]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, with nothing else in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
