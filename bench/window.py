"""A window of ten segments of one flow, at the start, in the middle and at the end of its time."""

from __future__ import annotations

import itertools
from typing import Any

import tams_analytics as ta
from bench.stores import kept_newsroom, kept_sizes
from bench.timing import in_turns, median
from tams_analytics import _, span
from tams_analytics.queries import segments

QUESTION = "ten segments of one flow: bare SQL, store.ask, and an expression typed in a notebook"
ROUNDS = 200

BARE = """
    SELECT * FROM segments WHERE flow_id = $flow AND start_ns < $hi AND end_ns > $lo
    ORDER BY start_ns, end_ns, object_id LIMIT 30
"""


def run() -> list[dict[str, Any]]:
    """Of every size of store; 100 million segments too where such a store is kept."""
    return list(itertools.chain.from_iterable(map(measured, kept_sizes())))


def measured(size: int) -> list[dict[str, Any]]:
    """One row for each position; ``ask/bare`` at most 1.5, ``typed - bare`` at most 12 ms."""
    with kept_newsroom(size) as store:
        flow, starts = longest_flow(store)
        places = {"start": 0, "middle": len(starts) // 2, "end": len(starts) - 10}
        rows = [
            {"segments": size, "position": name, **at(store, flow, starts[place : place + 10])}
            for name, place in places.items()
        ]
    asked = [row["ask ms"] for row in rows]
    return [{**row, "worst/best position": max(asked) / min(asked)} for row in rows]


def longest_flow(store: ta.Store) -> tuple[str, list[tuple[int, int]]]:
    counted = store.segments.group_by("flow_id").agg(n=_.count()).order_by(_.n.desc(), "flow_id")
    flow = counted.limit(1).to_pyarrow()["flow_id"][0].as_py()
    rows = store.segments.filter(_.flow_id == flow).order_by("start_ns").to_pyarrow()
    return flow, list(zip(rows["start_ns"].to_pylist(), rows["end_ns"].to_pylist(), strict=True))


def at(store: ta.Store, flow: str, wanted: list[tuple[int, int]]) -> dict[str, Any]:
    window = ta.TimeRange.from_ns(wanted[0][0], wanted[-1][1])
    values = {"flow": flow, "lo": window.start_ns, "hi": window.end_ns}
    cursor = store._engine.backend.new_cursor()

    def bare() -> int:
        return int(cursor.execute(BARE, values).fetch_arrow_table().num_rows)

    def ask() -> int:
        return store.ask(segments.listing, flow_id=flow, timerange=window, limit=30).num_rows

    def typed() -> int:
        hits = store.segments.filter(_.flow_id == flow, span.overlaps(window))
        return int(hits.to_pyarrow().num_rows)

    assert bare() == ask() == typed()
    taken = in_turns({"bare": bare, "ask": ask, "typed": typed}, ROUNDS)
    ms = {name: 1000 * median(seconds) for name, seconds in taken.items()}
    return {
        "rows": bare(),
        "bare ms": ms["bare"],
        "ask ms": ms["ask"],
        "ask/bare": ms["ask"] / ms["bare"],
        "typed ms": ms["typed"],
        "typed - bare ms": ms["typed"] - ms["bare"],
    }
