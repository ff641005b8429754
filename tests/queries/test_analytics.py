"""What ``/analytics`` asks equals the verbs and plain arithmetic, on every engine."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.queries import analytics

VIDEO, AUDIO = "urn:x-nmos:format:video", "urn:x-nmos:format:audio"
MOST = 2**63 - 1


@pytest.fixture
def filled(store: ta.Store) -> ta.Store:
    """Flows f and g of the sources s and t, and e without a segment; c stands in two backends."""
    columns = ("id", "source_id", "format", "body")
    flows = [("f", "s", VIDEO), ("g", "t", AUDIO), ("e", "s", VIDEO)]
    segments = [
        ("f", "a", 0, 10),
        ("f", "b", 10, 20),
        ("f", "a", 40, 50),
        ("g", "b", 0, MOST),
        ("g", "c", 5, 15),
    ]
    objects = {"id": ["a", "b", "c"], "storage_path": ["a", "b", "c"], "size": [100, 10, None]}
    instances = {
        "object_id": ["a", "b", "c", "c", "c"],
        "storage_id": ["x", "x", "x", "y", None],
        "url": [None, None, None, None, "http://u"],
    }
    rows = {
        "flows": pa.table({name: [*of] for name, of in zip(columns, _turned(flows), strict=True)}),
        "segments": pa.table(
            {
                "flow_id": [each[0] for each in segments],
                "object_id": [each[1] for each in segments],
                "start_ns": [each[2] for each in segments],
                "end_ns": [each[3] for each in segments],
                "timerange": ["x"] * len(segments),
            }
        ),
        "objects": pa.table(objects),
        "object_instances": pa.table(instances),
        "storage_backends": pa.table(
            {"id": ["x"], "label": ["default"], "provider": ["p"], "store_product": ["q"]}
        ),
    }
    for name, table in rows.items():
        store._engine.transact(lambda tx, name=name, table=table: tx.insert(name, table))
    return store


def _turned(flows: list[tuple[str, str, str]]) -> list[list[str]]:
    return [*([*of] for of in zip(*flows, strict=True)), ["{}"] * len(flows)]


def rows(store: ta.Store, question: Any, *columns: str, **arguments: Any) -> list[tuple[Any, ...]]:
    found = store.ask(question, **arguments)
    assert not any(pa.types.is_decimal(kind) for kind in found.schema.types)
    return [tuple(row[name] for name in columns) for row in found.to_pylist()]


def test_f24_the_verbs_by_flow(filled: ta.Store) -> None:
    """§249: the same numbers as the library's verbs."""
    expected = filled.segments.pipe(ta.coverage, by="flow_id").order_by("flow_id").to_pyarrow()
    assert expected.to_pylist() == filled.ask(analytics.coverage).to_pylist()
    covered = ("flow_id", "covered_ns", "pieces")
    window = {"source_id": "s", "timerange": "[0:15_0:45)"}
    assert [("f", 10, 2)] == rows(filled, analytics.coverage, *covered, **window)
    gap = ("flow_id", "start_ns", "end_ns")
    assert [("f", 20, 40)] == rows(filled, analytics.gaps, *gap)
    assert [("f", 20, 40)] == rows(filled, analytics.gaps, *gap, flow_id="f", min_duration=20)
    assert [] == rows(filled, analytics.gaps, *gap, flow_id="f", min_duration=21)
    assert [("f", 50, 60)] == rows(
        filled, analytics.gaps, *gap, flow_id="f", timerange="[0:45_0:60)"
    )
    pair = ("flow_id", "object_id", "object_id_right", "overlap_start_ns", "overlap_end_ns")
    assert [("g", "b", "c", 5, 15)] == rows(filled, analytics.overlaps, *pair)
    assert [] == rows(filled, analytics.overlaps, *pair, format=VIDEO)
    assert [] == rows(filled, analytics.overlaps, *pair, timerange="()")


def test_f24_flow_usage_counts_each_object_once(filled: ta.Store) -> None:
    """§253; bytes are those of the objects, never a product of widths and heights."""
    columns = ("flow_id", "segments", "objects", "length_ns", "start_ns", "end_ns", "size")
    f, g = ("f", 3, 2, 30, 0, 50, 110), ("g", 2, 2, MOST, 0, MOST, 10)
    empty = ("e", 0, 0, 0, None, None, None)
    assert [empty, f, g] == rows(filled, analytics.flow_usage, *columns)
    assert [empty, f] == rows(filled, analytics.flow_usage, *columns, source_id="s")
    assert [g] == rows(filled, analytics.flow_usage, *columns, format=AUDIO)
    narrow = {"flow_id": "f", "timerange": "[0:40_0:41)"}
    assert [("f", 1, 1, 10, 40, 50, 100)] == rows(filled, analytics.flow_usage, *columns, **narrow)
    assert [empty] == rows(filled, analytics.flow_usage, *columns, limit=1)


def test_f24_storage_usage_counts_instances(filled: ta.Store) -> None:
    columns = ("storage_id", "label", "objects", "size", "unknown")
    x, y = ("x", "default", 3, 110, 1), ("y", None, 1, 0, 1)
    outside = (None, None, 1, 0, 1)
    assert [x, {y, outside}] == [
        (found := rows(filled, analytics.storage_usage, *columns))[0],
        {*found[1:]},
    ]
    assert [y] == rows(filled, analytics.storage_usage, *columns, storage_id="y")
    assert [("x", "default", 2, 110, 0)] == rows(
        filled, analytics.storage_usage, *columns, flow_id="f"
    )
    narrow = {"format": VIDEO, "timerange": "[0:40_0:41)"}
    assert [("x", "default", 1, 100, 0)] == rows(
        filled, analytics.storage_usage, *columns, **narrow
    )


def test_f24_time_ranges_are_analysed_by_flow(filled: ta.Store) -> None:
    columns = ("flow_id", "covered_ns", "pieces", "segments", "shortest_ns", "longest_ns")
    assert [("f", 30, 2, 3, 10, 10), ("g", MOST, 1, 2, 10, MOST)] == rows(
        filled, analytics.time_range_analysis, *columns
    )
    window = {"timerange": "[0:5_0:12)"}
    assert [("f", 7, 1, 2, 10, 10), ("g", 7, 1, 2, 10, MOST)] == rows(
        filled, analytics.time_range_analysis, *columns, **window
    )
