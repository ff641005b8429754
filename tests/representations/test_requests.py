"""What a GET or a refused DELETE asks of a cluster does not grow with the store (F16)."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines.rows import completed
from tams_analytics.errors import StillReferenced
from tams_analytics.queries import objects, segments
from tams_analytics.tables import BY_NAME
from tests.representations.worlds import F1, S
from tests.support.vast_stores import BUCKET, VastStores

SECOND = 10**9
PLACE = f"{F1}/2026/01/01/"


@pytest.fixture(scope="module")
def alone() -> Iterator[VastStores]:
    """A peer that nobody else asks: requests are counted, and threads of earlier tests end some."""
    with VastStores() as stores:
        yield stores


def filled(stores: VastStores, size: int, **objects: Any) -> ta.Store:
    """A flow with so many seconds, each an object with an instance; opened when it is there.

    ``objects`` are values of columns that all objects have.
    """
    url = stores.new_url()
    with ta.connect(url) as store:
        backend = store.writes.ensure_default_backend()["id"]
        flat = {"codec": "a/b", "frame_width": 1, "frame_height": 1, "frame_rate": "25/1"}
        store.writes.create_flow({"id": F1, "source_id": S, **flat})
        store.writes.create_segments(F1, {"object_id": "early", "timerange": "[-1:0_0:0)"})
    for name, rows in tables(size, backend, objects).items():
        stores.peer.load(BUCKET, url.rpartition("/")[2], name, completed(BY_NAME[name], rows))
    return ta.connect(url)


def tables(size: int, backend: str, objects: dict[str, Any]) -> dict[str, pa.Table]:
    ids = [f"o{number}" for number in range(size)]
    start = np.arange(size) * SECOND
    same = {name: [value] * size for name, value in objects.items()}
    placed = {"flow_id": [F1] * size, "object_id": ids, "timerange": ids}
    return {
        "objects": pa.table({"id": ids, "storage_path": [PLACE + id for id in ids]} | same),
        "object_instances": pa.table({"object_id": ids, "storage_id": [backend] * size}),
        "segments": pa.table(placed | {"start_ns": start, "end_ns": start + SECOND}),
    }


@dataclass(frozen=True)
class Counted:
    """Of one asking: requests by table (None: a transaction's own), rows and bytes that came."""

    requests: Counter[str | None]
    rows: int
    answered: int


def requested(stores: VastStores, ask: Callable[[], object]) -> Counted:
    ask()  # what is asked once for all: layouts, columns
    return requested_at_once(stores, ask)


def requested_at_once(stores: VastStores, ask: Callable[[], object]) -> Counted:
    mark = stores.peer.log.mark()
    ask()
    entries = stores.peer.log.since(mark)
    return Counted(
        Counter(each.table for each in entries),
        sum(each.rows_returned or 0 for each in entries),
        sum(each.response_bytes for each in entries),
    )


def refused(delete: Callable[[ta.Store], object]) -> Callable[[ta.Store], object]:
    def ask(store: ta.Store) -> None:
        with pytest.raises(StillReferenced):
            delete(store)

    return ask


WINDOW = {"flow_id": F1, "timerange": "[100:0_110:0)", "limit": 101}
READS: dict[str, Callable[[ta.Store], object]] = {
    "window": lambda store: store.ask(segments.shown, **WINDOW),
    "object": lambda store: store.ask(objects.shown, object_id="o150"),
    "bytes": lambda store: store.writes.object_at(
        store.settings.default_storage_backend_id, f"{PLACE}o150"
    ),
    "stamp": lambda store: store.stamp(F1),
}
COVERED = {"timerange": "[100:0_110:0)", "cascade": False}
REFUSED: dict[str, Callable[[ta.Store], object]] = {
    "object": refused(lambda store: store.give_back("o150")),
    "segments": refused(lambda store: store.writes.delete_segments(F1, **COVERED)),
    "flow": refused(lambda store: store.writes.delete_flow(F1, cascade=False)),
    "source": refused(lambda store: store.writes.delete_source(S, cascade=False)),
}


def test_neither_requests_nor_rows_grow(alone: VastStores) -> None:
    """Of tables that are too large to be read whole."""
    reads, deletes = [], []
    for size in (12_000, 30_000):
        with filled(alone, size) as store:
            for asked, found in ((READS, reads), (REFUSED, deletes)):
                bound = {name: functools.partial(ask, store) for name, ask in asked.items()}
                found.append({name: requested(alone, ask) for name, ask in bound.items()})

    small, large = reads
    assert small == large
    assert max(each.rows for each in large.values()) < 100
    assert {name: each.requests.total() for name, each in large.items()} == {
        "window": 9,
        "object": 9,
        "bytes": 4,
        "stamp": 3,
    }
    small, large = deletes  # how many segments a flow has, the cluster counts in few bytes
    assert [each.requests for each in small.values()] == [each.requests for each in large.values()]
    assert max(each.answered for each in large.values()) < 20_000


def test_what_a_delete_reads_does_not_grow(alone: VastStores) -> None:
    """Where all objects need the same one, and in batches: what is left is not read again (R7)."""
    needing = {"init_object_id": "i", "registered_at": datetime(2026, 1, 1)}
    deletes = []
    for size in (12_000, 30_000):
        with filled(alone, size, **needing) as store:
            sizes = {count: requested(alone, deleting(store, count)) for count in (10, 100)}
            deletes.append(sizes)
            store.writes.delete_segments(F1, timerange="[5000:0_6002:0)")
            worked = functools.partial(store.writes.work_deletion_requests, batch=200)
            if size == 30_000:
                works = requested_at_once(alone, worked)

    small, large = deletes
    for count, each in small.items():
        assert (each.requests, each.answered) == (large[count].requests, large[count].answered)
    assert {count: each.requests.total() for count, each in large.items()} == {10: 20, 100: 22}
    assert works.answered < 400_000  # 2.5 MB if each batch read what is left


def deleting(store: ta.Store, count: int) -> Callable[[], object]:
    """Deletes as many segments each time."""
    starts = itertools.count(1000, count)

    def delete() -> None:
        first = next(starts)
        window = f"[{first}:0_{first + count}:0)"
        assert store.writes.delete_segments(F1, timerange=window) is None

    return delete
