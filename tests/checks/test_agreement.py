"""Sources that collect each other by different flows; flows that do are found by another check."""

from __future__ import annotations

import tams_analytics as ta
from tests.reports.broadcast import MULTI, fill

SOURCES = {"a": "x", "b": "y", "c": "y", "d": "x", "e": "z", "f": "w", "g": "v", "h": "u"}
COLLECTED = ["ab", "cd", "ef", "fe", "gg", "ha", "hb"]


def test_two_sources_that_collect_each_other_are_found_and_flows_that_do_not(
    store: ta.Store,
) -> None:
    flows = [{"id": id, "source_id": of, "format": MULTI} for id, of in SOURCES.items()]
    collections = [{"flow_id": one, "member_id": other} for one, other in COLLECTED]
    fill(store, {"flows": [*flows, flows[0]], "collections": [*collections, collections[1]]})

    found = store.check(only=["source_flows_disagree"]).findings.to_pyarrow().to_pylist()

    assert {
        ("a", "collects b, whose source collects its own"),
        ("c", "collects d, whose source collects its own"),
    } == {(row["id"], row["detail"]) for row in found}
    assert 2 == len(found)
