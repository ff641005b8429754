"""What reaches a VAST cluster, and what comes back: this engine, a naive client, the earlier way.

The cluster is the peer of the tests, in this process: its counters (requests, rows, bytes) are what
a cluster would send, its times are those of a server in Python that always scans whole tables.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import vastdb

import tams_analytics as ta
from tams_analytics import _, span
from tams_analytics.tables import FLOW_FENCES, SEGMENTS, arrow_schema
from tests.support.vast_peer import VastPeer

QUESTION = "a window, gaps of one flow, coverage of all flows, of a million segments on VAST"
FLOWS, EACH = 100, 10_000
LENGTH = 2 * 10**9
ROUNDS = 3
FLOW = "flow-0042"
LOW, HIGH = 5_000 * LENGTH, 5_010 * LENGTH
BUCKET, SCHEMA = "tams", "bench"


def run() -> list[dict[str, Any]]:
    """One row for each question and way; the answers of all ways are equal."""
    os.environ |= dict.fromkeys(("VAST_ACCESS_KEY", "VAST_SECRET_KEY"), "any")
    with VastPeer(buckets=(BUCKET,)) as peer:
        fill(peer)
        with ta.connect(f"vast://{peer.address}/{BUCKET}/{SCHEMA}") as store:
            return [row for name in QUESTIONS for row in compared(name, store, peer)]


def fill(peer: VastPeer) -> None:
    count = FLOWS * EACH
    start = pa.array([n % EACH * LENGTH for n in range(count)], pa.int64())
    end = pa.array([n % EACH * LENGTH + LENGTH for n in range(count)], pa.int64())
    given = {
        "flow_id": pa.array([f"flow-{n // EACH:04}" for n in range(count)]),
        "object_id": pa.array([f"11111111-1111-4111-8111-{n:012}" for n in range(count)]),
        "start_ns": start,
        "end_ns": end,
        "timerange": pa.array(
            [f"[{n % EACH * 2}:0_{n % EACH * 2 + 2}:0)" for n in range(count)], pa.string()
        ),
    }
    schema = arrow_schema(SEGMENTS)
    rest = {
        field.name: pa.repeat(pa.scalar({"string": "{}"}.get(str(field.type), 0)), count)
        for field in schema
        if field.name not in given
    }
    columns = [(given | rest)[field.name].cast(field.type) for field in schema]
    peer.load(BUCKET, SCHEMA, "segments", pa.table(columns, schema=schema))
    fences = pa.table(
        {
            "flow_id": pa.array([f"flow-{n:04}" for n in range(FLOWS)]),
            "epoch": pa.array([1] * FLOWS, pa.int64()),
            "max_segment_ns": pa.array([LENGTH] * FLOWS, pa.int64()),
        },
        schema=arrow_schema(FLOW_FENCES),
    )
    peer.load(BUCKET, SCHEMA, "flow_fences", fences)


def window(store: ta.Store) -> int:
    hits = store.segments.filter(_.flow_id == FLOW, span.overlaps(ta.TimeRange.from_ns(LOW, HIGH)))
    return len(hits.select("flow_id", "object_id", "start_ns", "end_ns").to_pyarrow())


def gaps(store: ta.Store) -> int:
    return len(ta.gaps(store.segments.filter(_.flow_id == FLOW), by="flow_id").to_pyarrow())


def report(store: ta.Store) -> int:
    return len(ta.coverage(store.segments, by="flow_id").to_pyarrow())


def window_of(rows: pd.DataFrame) -> int:
    chosen = rows[(rows.flow_id == FLOW) & (rows.start_ns < HIGH) & (rows.end_ns > LOW)]
    return len(chosen)


def gaps_of(rows: pd.DataFrame) -> int:
    flow = rows[rows.flow_id == FLOW].sort_values("start_ns")
    return int((flow.start_ns > flow.end_ns.cummax().shift()).sum())


def coverage_of(rows: pd.DataFrame) -> int:
    ordered = rows.sort_values(["flow_id", "start_ns"])
    reached = ordered.groupby("flow_id").end_ns.cummax()
    return int((ordered.end_ns - ordered.start_ns).groupby(ordered.flow_id).sum().count()) + int(
        reached.isna().sum()
    )


QUESTIONS: dict[str, tuple[Callable[[ta.Store], int], Callable[[pd.DataFrame], int]]] = {
    "window of one flow": (window, window_of),
    "gaps of one flow": (gaps, gaps_of),
    "coverage of all flows": (report, coverage_of),
}


def compared(name: str, store: ta.Store, peer: VastPeer) -> list[dict[str, Any]]:
    ours, in_pandas = QUESTIONS[name]
    session = peer.connect()
    of_all = name == "coverage of all flows"

    def naive() -> int:
        flows = [f"flow-{n:04}" for n in range(FLOWS)] if of_all else [FLOW]
        return in_pandas(pd.concat([fetched(session, flow) for flow in flows]))

    ways: dict[str, Callable[[], int]] = {
        "tams_analytics": lambda: ours(store),
        "naive client: each flow, then pandas": naive,
        "the earlier way: the whole table": lambda: in_pandas(fetched(session, None)),
    }
    answers = {way: ask() for way, ask in ways.items()}  # what is asked once only is known now
    assert len(set(answers.values())) == 1, answers
    rows = [{"question": name, "way": way, **cost(peer, ask)} for way, ask in ways.items()]
    return [{**row, "bytes / ours": row["bytes"] / rows[0]["bytes"]} for row in rows]


def fetched(session: vastdb.session.Session, flow: str | None) -> pd.DataFrame:
    """All columns of a flow, or of the whole table, as the SDK's own examples read them."""
    with session.transaction() as tx:
        table = tx.bucket(BUCKET).schema(SCHEMA).table("segments")
        chosen = None if flow is None else table["flow_id"] == flow
        return table.select(predicate=chosen).read_all().to_pandas()


def cost(peer: VastPeer, ask: Callable[[], int]) -> dict[str, Any]:
    """What one asking costs, and the best of a few times."""
    mark = peer.log.mark()
    taken = [timed(ask)]
    entries = peer.log.since(mark)
    taken += [timed(ask) for _round in range(ROUNDS - 1)]
    return {
        "requests": len(entries),
        "rows": sum(entry.rows_returned or 0 for entry in entries),
        "bytes": sum(entry.response_bytes for entry in entries),
        "s": min(taken),
    }


def timed(ask: Callable[[], int]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started
