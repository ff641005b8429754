"""Sharing and lineage against plain Python over the same rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import reuse
from tams_analytics.store import Store
from tests.reports.conftest import Refilled
from tests.reports.worlds import Row, Rows, world


def known(rows: Rows) -> dict[str, Row]:
    return {row["id"]: row for row in rows["objects"]}


def expected_objects(rows: Rows) -> list[Row]:
    """In order: each object that a segment shows."""
    shown: dict[str, list[Row]] = defaultdict(list)
    for row in rows["segments"]:
        shown[row["object_id"]].append(row)
    found = []
    for id, uses in shown.items():
        flows = len({row["flow_id"] for row in uses})
        object = known(rows).get(id, {"size": None, "first_flow_id": None})
        size, when = object["size"], [row["created"] for row in uses]
        found.append(
            {
                "object_id": id,
                "origin_id": object["first_flow_id"],
                "segments": len(uses),
                "flows": flows,
                "first_used": min(when),
                "last_used": max(when),
                "size": size,
                "saved_bytes": None if size is None else size * (flows - 1),
            }
        )
    return sorted(found, key=lambda row: (-row["flows"], -row["segments"], row["object_id"]))


def expected_summary(rows: Rows) -> Row:
    shown = expected_objects(rows)
    stored = sum(row["size"] or 0 for row in shown)
    copied = sum((row["size"] or 0) * row["flows"] for row in shown)
    return {
        "objects": len(shown),
        "shared": sum(row["flows"] >= 2 for row in shown),
        "unknown": sum(row["size"] is None for row in shown),
        "stored_bytes": stored,
        "copied_bytes": copied,
        "saved_bytes": copied - stored,
    }


def expected_lineage(rows: Rows) -> list[Row]:
    labels = {row["id"]: row["label"] for row in rows["flows"]}
    edits: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows["segments"]:
        origin = known(rows).get(row["object_id"], {}).get("first_flow_id")
        if origin not in (None, row["flow_id"]):
            edits[origin, row["flow_id"]].append(row)
    found = [
        {
            "origin_id": origin,
            "origin_label": labels.get(origin),
            "origin_exists": origin in labels,
            "flow_id": flow,
            "label": labels.get(flow),
            "objects": len({row["object_id"] for row in uses}),
            "segments": len(uses),
            "first_used": min(row["created"] for row in uses),
            "last_used": max(row["created"] for row in uses),
        }
        for (origin, flow), uses in edits.items()
    ]
    return sorted(found, key=lambda row: (row["origin_id"], row["first_used"], row["flow_id"]))


def without_origin(rows: Rows) -> Rows:
    """The same, where the flow that some objects were made for was deleted."""
    return {**rows, "flows": [row for row in rows["flows"] if row["id"] != "f2"]}


@pytest.fixture(scope="module")
def tables(small: Store) -> dict[str, pa.Table]:
    found = small.report("reuse", top=4).tables
    return {name: found[name].to_pyarrow() for name in found}


def test_q17_an_object_is_stored_once_for_all_flows(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    assert [expected_summary(rows)] == tables["summary"].to_pylist()
    assert 0 < expected_summary(rows)["shared"] < expected_summary(rows)["objects"]
    assert expected_objects(rows)[:4] == tables["objects"].to_pylist()


def test_q18_edits_are_told_by_what_they_were_made_of(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    found = tables["lineage"].to_pylist()

    assert expected_lineage(rows) == found != []
    assert {(row["origin_id"], row["flow_id"], row["segments"]) for row in found} == {
        (row["origin_id"], row["flow_id"], row["segments"]) for row in tables["flows"].to_pylist()
    }


@pytest.mark.parametrize("seed", range(20))
def test_q17_q18_in_other_worlds_too(seed: int, refilled: Refilled) -> None:
    rows = without_origin(world(seed + 300))
    store = refilled(rows)

    assert expected_objects(rows) == store.ask(reuse.objects).to_pylist()
    assert [expected_summary(rows)] == store.ask(reuse.summary).to_pylist()
    assert expected_lineage(rows) == store.ask(reuse.lineage).to_pylist()


def test_what_is_saved_is_at_most_the_largest_int64(refilled: Refilled) -> None:
    rows: Rows = world(1)
    most: dict[str, Any] = {"size": 2**63 - 1}
    store = refilled({**rows, "objects": [{**row, **most} for row in rows["objects"]]})

    (found,) = store.ask(reuse.summary).to_pylist()
    saved = {row["saved_bytes"] for row in store.ask(reuse.objects).to_pylist()}

    assert {2**63 - 1} == {found[name] for name in found if name.endswith("bytes")}
    assert saved <= {None, 0, 2**63 - 1}


def test_an_empty_store_saves_nothing() -> None:
    with ta.connect(":memory:") as store:
        asked = store.report("reuse").tables
        found = {name: asked[name].to_pyarrow().to_pylist() for name in asked}

    assert {0} == {*found.pop("summary")[0].values()}
    assert {"flows": [], "objects": [], "lineage": []} == found


def test_so_many_objects_as_are_asked_for(small: Store) -> None:
    assert small.report("reuse", top="2").tables["objects"].count().to_pyarrow().as_py() == 2
    with pytest.raises(BadParameter, match="top: -1 is out of range"):
        small.report("reuse", top=-1)
