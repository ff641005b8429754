"""What the rules of registration cost: bulk loads and single registrations beside bare inserts."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

import tams_analytics as ta
from bench import single_writes
from tams_analytics.tables.formats import VIDEO

QUESTION = (
    "segments a second: in bulk and one by one, with every rule, beside an insert without any"
)
SEGMENTS = 1_000_000
FLOWS = 100
SINGLES = 300
BATCH = 500
SECOND = 1_000_000_000


def run(segments: int = SEGMENTS) -> list[dict[str, Any]]:
    return in_bulk(segments) + single_writes.run()


def in_bulk(segments: int) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder, ta.connect(f"{folder}/x.duckdb") as store:
        flows = make_flows(store)
        rows = segment_rows(flows, segments)
        bare = seconds(lambda: bare_insert(f"{folder}/bare.duckdb", rows))
        unknown = seconds(lambda: store.writes.load("segments", rows))
        known = seconds(lambda: store.writes.load("segments", later(rows)))
        return [
            {"what": "bare INSERT of the same rows", "rows/s": segments / bare},
            {
                "what": "load, objects unknown",
                "rows/s": segments / unknown,
                "x bare": unknown / bare,
            },
            {"what": "load, objects known", "rows/s": segments / known, "x bare": known / bare},
            singles(store, flows[0]),
            batches(store, flows[0], "appended", itertools.count()),
            batches(store, flows[1], "in reverse order", itertools.count(0, -1)),
        ]


def seconds(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def make_flows(store: ta.Store) -> list[str]:
    ids = sorted(str(uuid.UUID(int=n + (4 << 76) + (8 << 60))) for n in range(FLOWS))
    flows = pa.table(
        {
            "id": ids,
            "source_id": ids,
            "format": [VIDEO] * FLOWS,
            "codec": ["video/h264"] * FLOWS,
            "container": ["video/mp4"] * FLOWS,
        }
    )
    store.writes.load("flows", flows)
    return ids


def segment_rows(flows: list[str], count: int) -> pa.Table:
    each = count // len(flows)
    start = np.tile(np.arange(each, dtype=np.int64) * 2 * SECOND, len(flows))
    return pa.table(
        {
            "flow_id": pa.array(np.repeat(flows, each)),
            "object_id": [f"object-{n:012}" for n in range(each * len(flows))],
            "start_ns": start,
            "end_ns": start + 2 * SECOND,
        }
    )


def later(rows: pa.Table) -> pa.Table:
    """The same objects again, on later times of their flows, at the times that they have."""
    shift = 10**7 * SECOND
    moved = [rows[name].to_numpy() + shift for name in ("start_ns", "end_ns")]
    return (
        rows.set_column(2, "start_ns", pa.array(moved[0]))
        .set_column(3, "end_ns", pa.array(moved[1]))
        .append_column("ts_offset_ns", pa.array(np.full(rows.num_rows, shift)))
    )


def bare_insert(path: str, rows: pa.Table) -> None:
    with duckdb.connect(path) as connection:
        connection.register("batch", rows)
        connection.execute("CREATE TABLE segments AS SELECT * FROM batch")


def body(at: int, name: str) -> dict[str, Any]:
    start = 2 * 10**7 + at * 2 if at >= 0 else 3 * 10**7 + at * 2
    return {"object_id": f"{name}-{at}", "timerange": f"[{start}:0_{start + 2}:0)"}


def singles(store: ta.Store, flow: str) -> dict[str, Any]:
    def work() -> None:
        for n in range(SINGLES):
            store.writes.create_segments(flow, body(10_000_000 + n, "single"))

    return {"what": "create_segments, one by one", "rows/s": SINGLES / seconds(work)}


def batches(store: ta.Store, flow: str, how: str, places: Any) -> dict[str, Any]:
    def work() -> None:
        for _turn in range(4):
            posted = [body(next(places), how) for _each in range(BATCH)]
            assert not store.writes.create_segments(flow, posted).failed

    return {"what": f"create_segments, {BATCH} at once, {how}", "rows/s": 4 * BATCH / seconds(work)}
