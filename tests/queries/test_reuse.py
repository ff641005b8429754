"""Reuse counts an object once, however often a flow shows it."""

from __future__ import annotations

import pyarrow as pa

import tams_analytics as ta
from tams_analytics.queries import reuse


def test_q17_an_object_shown_twice_by_a_clip_saves_its_bytes_once(store: ta.Store) -> None:
    objects = pa.table(
        {
            "id": ["a", "b", "c"],
            "storage_path": ["p/a", "p/b", "p/c"],
            "size": [100, 10, None],
            "first_flow_id": ["f", "f", "g"],
        }
    )
    segments = pa.table(
        {
            "flow_id": ["f", "f", "clip", "clip", "clip", "clip"],
            "object_id": ["a", "b", "a", "a", "b", "c"],
            "start_ns": [0, 10, 0, 10, 20, 30],
            "end_ns": [10, 20, 10, 20, 30, 40],
            "timerange": ["x"] * 6,
        }
    )
    store._engine.transact(
        lambda tx: (tx.insert("objects", objects), tx.insert("segments", segments))
    )

    columns = ("flow_id", "origin_id", "objects", "segments", "length_ns", "size")
    assert [
        dict(zip(columns, ("clip", "f", 2, 3, 30, 110), strict=True)),
        dict(zip(columns, ("clip", "g", 1, 1, 10, None), strict=True)),
    ] == store.ask(reuse.by_flow).to_pylist()


def test_lengths_and_sizes_are_at_most_what_int64_holds(store: ta.Store) -> None:
    most = 2**63 - 1
    objects = pa.table(
        {
            "id": ["a", "b"],
            "storage_path": ["p/a", "p/b"],
            "size": [most, most],
            "first_flow_id": ["f", "f"],
        }
    )
    segments = pa.table(
        {
            "flow_id": ["clip", "clip", "promo"],
            "object_id": ["a", "b", "a"],
            "start_ns": [-most, 0, 5],
            "end_ns": [0, most, most],
            "timerange": ["x"] * 3,
        }
    )
    store._engine.transact(
        lambda tx: (tx.insert("objects", objects), tx.insert("segments", segments))
    )

    found = store.ask(reuse.by_flow).select(["flow_id", "length_ns", "size"]).to_pylist()
    assert [
        {"flow_id": "clip", "length_ns": most, "size": most},
        {"flow_id": "promo", "length_ns": most - 5, "size": most},
    ] == found
