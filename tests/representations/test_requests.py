"""What a GET of segments or of an object asks of a cluster does not grow with the store (F16)."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable

import numpy as np
import pyarrow as pa

import tams_analytics as ta
from tams_analytics.engines.rows import completed
from tams_analytics.queries import objects, segments
from tams_analytics.tables import BY_NAME
from tests.representations.worlds import F1, S
from tests.support.vast_stores import BUCKET, VastStores

SECOND = 10**9


def filled(stores: VastStores, size: int) -> ta.Store:
    """A flow with so many seconds, each an object with an instance; opened when it is there."""
    url = stores.new_url()
    with ta.connect(url) as store:
        backend = store.writes.ensure_default_backend()["id"]
        flat = {"codec": "a/b", "frame_width": 1, "frame_height": 1, "frame_rate": "25/1"}
        store.writes.create_flow({"id": F1, "source_id": S, **flat})
        store.writes.create_segments(F1, {"object_id": "early", "timerange": "[-1:0_0:0)"})
    for name, rows in tables(size, backend).items():
        stores.peer.load(BUCKET, url.rpartition("/")[2], name, completed(BY_NAME[name], rows))
    return ta.connect(url)


def tables(size: int, backend: str) -> dict[str, pa.Table]:
    ids = [f"o{number}" for number in range(size)]
    start = np.arange(size) * SECOND
    placed = {"flow_id": [F1] * size, "object_id": ids, "timerange": ids}
    return {
        "objects": pa.table({"id": ids, "storage_path": ids}),
        "object_instances": pa.table({"object_id": ids, "storage_id": [backend] * size}),
        "segments": pa.table(placed | {"start_ns": start, "end_ns": start + SECOND}),
    }


def requested(stores: VastStores, ask: Callable[[], object]) -> tuple[Counter[str | None], int]:
    """The requests by table (None: a transaction's own), and the rows that came back."""
    ask()  # what is asked once for all: layouts, columns
    before = len(stores.peer.log)
    ask()
    entries = list(stores.peer.log)[before:]
    return Counter(each.table for each in entries), sum(each.rows_returned or 0 for each in entries)


WINDOW = {"flow_id": F1, "timerange": "[100:0_110:0)", "limit": 101}
ASKED: dict[str, Callable[[ta.Store], object]] = {
    "window": lambda store: store.ask(segments.shown, **WINDOW),
    "object": lambda store: store.ask(objects.shown, object_id="o150"),
    "stamp": lambda store: store.stamp(F1),
}


def test_neither_requests_nor_rows_grow(vast_stores: VastStores) -> None:
    """Of tables that are too large to be read whole."""
    seen = []
    for size in (12_000, 30_000):
        with filled(vast_stores, size) as store:
            asked = {name: functools.partial(ask, store) for name, ask in ASKED.items()}
            seen.append({name: requested(vast_stores, ask) for name, ask in asked.items()})
    small, large = seen

    assert {name: found[0] for name, found in small.items()} == {
        name: found[0] for name, found in large.items()
    }
    assert {name: sum(found[0].values()) for name, found in large.items()} == {
        "window": 9,
        "object": 9,
        "stamp": 3,
    }
    rows = {name: found[1] for name, found in large.items()}
    assert rows == {name: found[1] for name, found in small.items()}
    assert max(rows.values()) < 100
