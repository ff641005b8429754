"""What the demo tells of a store, where times are as far apart as they can be."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

import tams_analytics as ta
from tams_analytics.cli import findings

LOW, HIGH = -(2**63), 2**63 - 1
CENTURIES = "106751 d 23 h 47 min 16.854775807 s"


def with_segments(store: ta.Store, *bounds: tuple[int, int]) -> None:
    starts, ends = zip(*bounds, strict=True)
    rows = {
        "flow_id": ["f"] * len(bounds),
        "object_id": [f"o{n}" for n in range(len(bounds))],
        "start_ns": list(starts),
        "end_ns": list(ends),
        "timerange": ["x"] * len(bounds),
    }
    store._engine.transact(lambda tx: tx.insert("segments", pa.table(rows)))


def column(found: dict[str, Any], name: str) -> list[str]:
    (key,) = (key for key in found if key.strip() == name)
    return [str(value).strip() for value in found[key]]


def test_a_gap_of_centuries_has_the_longest_length_that_int64_holds(store: ta.Store) -> None:
    with_segments(store, (LOW, LOW + 1), (HIGH - 1, HIGH))

    assert [CENTURIES] == column(findings.longest_gaps(store), "length")
    assert [CENTURIES] == column(findings.by_flow(store), "longest gap")


def test_an_overlap_of_centuries_has_the_longest_length_that_int64_holds(store: ta.Store) -> None:
    with_segments(store, (LOW, HIGH), (LOW + 5, HIGH - 5))

    assert [CENTURIES] == column(findings.overlaps(store), "length")


def test_what_an_unregistered_flow_shows_of_others_is_told_too(store: ta.Store) -> None:
    ta.examples.newsroom(store, segments=5_000)

    reusing = set(store.ask(ta.queries.reuse.by_flow)["flow_id"].to_pylist())
    registered = set(store.flows.to_pyarrow()["id"].to_pylist())
    assert reusing - registered, "no defect of this kind is planted: the test would show nothing"
    assert len(reusing) == findings.reused(store).count().to_pyarrow().as_py()
    assert findings.NO_FLOW in column(findings.reuse(store), "flow")
