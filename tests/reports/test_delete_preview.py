"""The preview of a delete, and then the delete: what was said is what happens (Q31)."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import ibis.expr.types as ir
import pytest

from tams_analytics.errors import BadParameter, NotFound, Refused, StillReferenced
from tams_analytics.queries import objects, previews
from tams_analytics.queries.previews import Delete
from tams_analytics.store import Store
from tams_analytics.tables import Tables
from tams_analytics.timerange import tr
from tests.examples.conftest import Empty
from tests.reports.conftest import Refilled
from tests.reports.worlds import NOW_TAI_S, Row, Rows, fill, world

State = dict[str, list[Row]]
LOOKED_AT = ("sources", "flows", "segments", "objects", "object_instances", "collections", "tags")
THRESHOLD = 5
SOMEWHERE = tr(f"[{NOW_TAI_S - 25 * 86_400}:0_{NOW_TAI_S - 4 * 86_400}:0)")
DELETES = (
    Delete(source_id="s0"),
    Delete(source_id="s1"),
    Delete(flow_id="f0"),
    Delete(flow_id="f6"),
    Delete(flow_id="unknown"),
    Delete(flow_id="f5", object_id="o5", timerange=tr("_")),
    Delete(flow_id="f2", timerange=SOMEWHERE),
)


def whole(tables: Tables, *, name: str) -> ir.Table:
    """All rows of a table."""
    found: ir.Table = getattr(tables, name)
    return found


def state(store: Store) -> State:
    return {name: store.ask(whole, name=name).to_pylist() for name in LOOKED_AT}


def ids(rows: State, name: str) -> set[str]:
    return {row["id"] for row in rows[name]}


def perform(store: Store, delete: Delete, cascade: bool) -> tuple[int, Any]:
    """What the API would answer, after a 202 when all is done; and what depends on it."""
    writes = store.writes
    try:
        if delete.source_id is not None:
            made = writes.delete_source(delete.source_id, cascade=cascade)
        elif delete.of_segments:
            narrowed = {"timerange": delete.timerange, "object_id": delete.object_id}
            made = writes.delete_segments(delete.flow_id, cascade=cascade, **narrowed)
        else:
            made = writes.delete_flow(delete.flow_id, cascade=cascade)
    except NotFound:
        return 404, None
    except StillReferenced as refused:
        return 409, refused.dependents
    except Refused:
        return 403, None
    if not made:
        return 204, None
    writes.work_deletion_requests()
    return 202, made


def checked(store: Store, delete: Delete) -> list[int]:
    """Each status, when all is as it was said: without cascade, and with it where that is left."""
    threshold = store.settings.async_deletion_threshold
    asked: dict[str, Any] = {"cascades": (False, True), "bare": False, "threshold": threshold}
    verdicts = store.ask(previews.verdicts, delete=delete, **asked).to_pylist()
    touched = store.ask(previews.objects, delete=delete).to_pylist()
    before = state(store)
    statuses = []
    for cascade, verdict in zip((False, True), verdicts, strict=True):
        assert delete.path(cascade) == verdict["request"]
        status, told = perform(store, delete, cascade)
        after = state(store)
        assert status == verdict["status"], verdict
        statuses.append(status)
        if status < 300:
            compare(store, verdict, touched, before, after)
            assert verdict["requests"] == (0 if status == 204 else number(told))
            break
        assert before == after
        assert 0 == verdict["segments"] == verdict["freed_objects"] == verdict["flows"]
    return statuses


def compare(store: Store, verdict: Row, touched: list[Row], before: State, after: State) -> None:
    """What went is what was said, and nothing else has changed in a segment."""
    kept = [row for row in before["segments"] if row in after["segments"]]
    going = {row["object_id"] for row in touched if row["goes"]}
    released = {row["id"] for row in after["objects"] if row not in before["objects"]}
    assert kept == after["segments"]
    assert verdict["segments"] == len(before["segments"]) - len(kept)
    assert verdict["flows"] == len(ids(before, "flows") - ids(after, "flows"))
    assert released == going & ids(before, "objects")
    assert not any(store.ask(objects.shown, object_id=id).num_rows for id in released)


def number(made: Any) -> int:
    return len(made) if isinstance(made, list) else 1


def writable(rows: Rows) -> Rows:
    """With fewer flows that nobody may delete."""
    flows = [{**row, "read_only": row["id"] == "f3"} for row in rows["flows"]]
    requests = [{**row, "status": "done"} for row in rows["deletion_requests"]]
    return {**rows, "flows": flows, "deletion_requests": requests}


def with_threshold(store: Store, threshold: int) -> Store:
    settings = store._engine.settings
    store._engine.settings = dataclasses.replace(settings, async_deletion_threshold=threshold)
    return store


def test_q31_what_is_said_of_a_delete_is_what_it_does(refilled: Refilled) -> None:
    seen = set()
    for seed in range(5):
        rows = world(seed + 200)
        store = with_threshold(refilled(writable(rows)), THRESHOLD)
        if seed % 3 == 0:  # a delete that was begun refuses writes, as long as nobody works on it
            store = with_threshold(refilled(rows), 1000)
        chance = random.Random(seed)  # noqa: S311 - no secret
        for delete in chance.sample(DELETES, len(DELETES)):
            seen |= {*checked(store, delete)}

    assert {202, 204, 403, 404, 409} == seen


def test_q31_on_each_engine(empty: Empty) -> None:
    with empty() as store:
        fill(with_threshold(store, THRESHOLD), writable(world(201)))
        segments = checked(store, Delete(flow_id="f0", timerange=SOMEWHERE))
        flow = checked(store, Delete(flow_id="f1"))

    assert ([409, 204], [409, 202]) == (segments, flow)


def test_a_flow_leaves_collections_and_takes_a_source_that_flows_made(
    small: Store, rows: Rows
) -> None:
    tables = small.report("delete_preview", flow="f0").tables
    (collector, other) = tables["collectors"].to_pyarrow().to_pylist()
    (source,) = tables["sources"].to_pyarrow().to_pylist()
    (flow,) = tables["flows"].to_pyarrow().to_pylist()

    assert ("f5", "f0", "x") == (collector["flow_id"], collector["member_id"], collector["role"])
    assert "f8" == other["flow_id"]
    assert ("s0", False, False) == (source["source_id"], source["explicit"], source["goes"])
    count = sum(row["flow_id"] == "f0" for row in rows["segments"])
    assert (count, 0, None) == (flow["segments"], flow["left_segments"], flow["refuses"])


def test_cascade_false_names_what_depends(small: Store, rows: Rows) -> None:
    asked = {"flow": "f1", "cascade": "false"}
    tables = small.report("delete_preview", **asked).tables
    (verdict,) = tables["verdict"].to_pyarrow().to_pylist()
    dependents = tables["dependents"].to_pyarrow().to_pylist()

    assert ("DELETE /flows/f1?cascade=false", 409) == (verdict["request"], verdict["status"])
    assert sorted(
        f"f1@{row['timerange']}" for row in rows["segments"] if row["flow_id"] == "f1"
    ) == [row["id"] for row in dependents]


def test_never_is_nothing_to_delete(refilled: Refilled) -> None:
    asked: dict[str, Any] = {"cascades": [False], "bare": True, "threshold": 0}
    never = Delete(flow_id="f1", timerange=tr("()"))
    verdicts = previews.verdicts(refilled(world(3)).tables, never, **asked)

    (verdict,) = verdicts.to_pyarrow().to_pylist()
    assert (204, 0, 0) == (verdict["status"], verdict["segments"], verdict["objects"])


def test_it_has_to_be_said_what_is_deleted(small: Store) -> None:
    with pytest.raises(BadParameter, match=r"^flow or source is not given; expected what is to be"):
        small.report("delete_preview")
    with pytest.raises(BadParameter, match=r"source and flow: .* are both given; expected one"):
        small.report("delete_preview", source="s0", flow="f0")
    with pytest.raises(BadParameter, match="has no segments of its own"):
        small.report("delete_preview", source="s0", timerange="_")
    with pytest.raises(BadParameter, match="cascade: 'maybe' is neither true nor false"):
        small.report("delete_preview", flow="f0", cascade="maybe")


def test_a_flow_and_a_source_are_named_as_everywhere(refilled: Refilled, rows: Rows) -> None:
    labelled = {
        name: [{**row, "label": f"the {row['id']}"} for row in rows[name]]
        for name in ("flows", "sources")
    }
    store = refilled({**rows, **labelled})

    by_flow = store.report("delete_preview", flow="the f1")
    by_source = store.report("delete_preview", source="the s0")

    assert ("f1", "s0") == (by_flow.parameters["flow"], by_source.parameters["source"])
    assert ["f1"] == by_flow.tables["flows"].flow_id.to_pyarrow().to_pylist()


def test_only_a_uuid_may_be_of_nothing(small: Store) -> None:
    id = "4f1cd6e2-0a3b-4c57-9d6a-000000000000"
    tables = small.report("delete_preview", flow=id).tables

    assert {404} == {*tables["verdict"].status.to_pyarrow().to_pylist()}
    with pytest.raises(NotFound, match="there is no flow no such label"):
        small.report("delete_preview", flow="no such label")


def test_the_request_is_a_url() -> None:
    odd = Delete(flow_id="a/b c?", timerange=tr("[0:0_10:0)"), object_id="o 1&2")

    assert (
        "DELETE /flows/a%2Fb%20c%3F/segments"
        "?timerange=%5B0:0_10:0)&object_id=o%201%262&cascade=true"
    ) == odd.path(cascade=True)
