"""Stamps: what a write changes for those who keep answers, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import tams_analytics as ta
from tests.conftest import ENGINES, OPEN
from tests.representations import worlds
from tests.representations.worlds import COLD, F1, F2, HOT, segment

Write = Callable[[ta.Store], object]

BACKEND = {"id": COLD, "label": "cold", "provider": "own", "store_product": "y"}
LOADED = pa.table({"object_id": ["a"], "controlled": [False], "label": ["l"], "url": ["http://u"]})
ONE: dict[str, Write] = {
    "create segments": lambda store: store.writes.create_segments(F1, segment("new", 50)),
    "create segments of an allocated object": lambda store: store.writes.create_segments(
        F1, segment("held", 60)
    ),
    "delete segments": lambda store: store.writes.delete_segments(F1, timerange="[2:0_3:0)"),
    "load segments": lambda store: store.writes.load(
        "segments", pa.table({"flow_id": [F1], "object_id": ["z"], "timerange": ["[70:0_71:0)"]})
    ),
}
"""What only those have to hear of who keep F1."""
ALL: dict[str, Write] = {
    "add an instance": lambda store: store.writes.add_instance("b", {"storage_id": HOT}),
    "delete an instance": lambda store: store.writes.delete_instance("a", storage_id=COLD),
    "a URL of a known object": lambda store: store.writes.create_segments(
        F1, segment("a", 80, ts_offset="80:0", get_urls=[{"url": "http://v", "label": "v"}])
    ),
    "put a storage backend": lambda store: store.writes.put_storage_backend(BACKEND),
    "load instances": lambda store: store.writes.load("object_instances", LOADED),
}
"""What may be shown by any flow."""
NONE: dict[str, Write] = {
    "allocate": lambda store: store.writes.allocate_storage(F1, {"object_ids": ["more"]}),
    "give back": lambda store: store.writes.delete_object("more"),
    "a flow's metadata": lambda store: store.writes.set_flow_label(F1, "label"),
    "a tag": lambda store: store.writes.set_flow_tag(F1, "a", "b"),
    "nothing selected": lambda store: store.writes.delete_segments(F2, timerange="[900:0_901:0)"),
}


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest) -> Iterator[ta.Store]:
    with OPEN[request.param](request) as store:
        worlds.fill(store)
        store.writes.allocate_storage(F1, {"object_ids": ["held"]})
        yield store


def changed_by(store: ta.Store, write: Write) -> list[bool]:
    before = [store.stamp(flow_id) for flow_id in (F1, F2)]
    write(store)
    return [now != store.stamp(flow_id) for now, flow_id in zip(before, (F1, F2), strict=True)]


def test_each_write_changes_the_stamps_of_those_it_concerns(filled: ta.Store) -> None:
    for what, write in NONE.items():
        assert not changed_by(filled, write)[0], what
    for what, write in ONE.items():
        assert changed_by(filled, write) == [True, False], what
    for what, write in ALL.items():
        assert changed_by(filled, write) == [True, True], what


def test_a_flow_that_comes_again_has_another_stamp(filled: ta.Store) -> None:
    flow = "55555555-5555-4555-8555-555555555555"
    seen = []
    for _ in range(3):
        filled.writes.put_flow(
            {"id": flow, "source_id": flow, "format": "urn:x-nmos:format:multi", "container": "a/b"}
        )
        filled.writes.create_segments(flow, segment("o", 0))
        seen.append(filled.stamp(flow))
        filled.writes.delete_flow(flow)
        seen.append(filled.stamp(flow))

    kept = [each for each in seen if each is not None]
    assert len(kept) == len(set(kept)) >= 3


def test_a_write_that_fails_leaves_the_stamp(filled: ta.Store) -> None:
    before = filled.stamp(F2)
    with pytest.raises(ta.errors.SegmentsOverlap):
        filled.writes.create_segments(F2, segment("e", 0, init_object_id="i"))

    assert filled.stamp(F2) == before


def test_stores_on_one_file_share_their_stamps(tmp_path: Path) -> None:
    path = str(tmp_path / "a.duckdb")
    with ta.connect(path) as one, ta.connect(path) as other:
        worlds.fill(one)
        assert changed_by(other, lambda _: ONE["create segments"](one)) == [True, False]
