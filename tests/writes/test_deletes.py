"""Deletes of segments, flows and sources, rule by rule (mission R1 to R7, B1, B12, B13, B18)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import (
    BadParameter,
    BadTimeRange,
    EngineFailed,
    NotFound,
    ReadOnlyFlow,
    Refused,
    StillReferenced,
)
from tams_analytics.queries.segments import listing
from tams_analytics.writes import deletion_work
from tams_analytics.writes.collections import set_flow_collection
from tams_analytics.writes.deletes import delete_flow, delete_segments, delete_source
from tams_analytics.writes.deletion_work import work_deletion_requests
from tams_analytics.writes.flows import create_flow, create_flows, put_flow
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage import allocate_storage
from tests.writes.conftest import F1, F2, World, WorldOf, two_flows


def put(world: Any, flow_id: str, *segments: tuple[str, str], **more: Any) -> None:
    """Register segments; all must be good."""
    register(world.engine, flow_id, *segments, **more)


def register(engine: Engine, flow_id: str, *segments: tuple[str, str], **more: Any) -> None:
    posted = [{"object_id": object_id, "timerange": text, **more} for object_id, text in segments]
    assert create_segments(engine, flow_id, posted).failed == []


def ten(world: Any, flow_id: str, prefix: str = "o") -> None:
    put(world, flow_id, *ten_of(prefix))


def ten_of(prefix: str) -> list[tuple[str, str]]:
    return [(f"{prefix}{at}", f"{at}:0_{at + 1}:0") for at in range(10)]


@pytest.fixture
def shared(world_of: WorldOf) -> World:
    """F1 has objects a, b and c; F2 shares b and has d of its own."""
    return world_of(one_object_on_both)


def one_object_on_both(engine: Engine) -> None:
    two_flows(engine)
    register(engine, F1, ("a", "0:0_1:0"), ("b", "1:0_2:0"), ("c", "2:0_3:0"))
    register(engine, F2, ("b", "1:0_2:0"), ("d", "2:0_3:0"))


def everything_of(world: Any, flow_id: str) -> list[Any]:
    """Every column of a flow and its segments."""
    segments = world.engine.ask(listing, flow_id=flow_id).to_pylist()
    flow = [
        row for row in world.rows("flows", "id", "body", "segments_updated") if row[0] == flow_id
    ]
    return [segments, flow]


def released(world: Any) -> list[str]:
    return [id for id, when in world.rows("objects", "id", "released_at") if when is not None]


def test_r4_185_only_segments_that_are_wholly_covered_go(world: Any) -> None:
    ten(world, world.F1)

    assert delete_segments(world.engine, world.F1, timerange="[2:500000000_5:0)") is None

    assert [id for id, _ in world.segments(world.F1)] == [
        "o0",
        "o1",
        "o2",
        "o5",
        "o6",
        "o7",
        "o8",
        "o9",
    ]


def test_r10_a_timerange_without_markers_is_inclusive_and_takes_the_covered_segment_alone(
    world: Any,
) -> None:
    ten(world, world.F1)

    delete_segments(world.engine, world.F1, timerange="0:0_1:0")

    assert [id for id, _ in world.segments(world.F1)] == [f"o{at}" for at in range(1, 10)]


@pytest.mark.parametrize(("timerange", "left"), [(None, 0), ("_", 0), ("()", 10), ("[50:0_", 10)])
def test_186_no_timerange_is_all_and_never_is_none(
    world: Any, timerange: str | None, left: int
) -> None:
    ten(world, world.F1)

    delete_segments(world.engine, world.F1, timerange=timerange)

    assert len(world.segments(world.F1)) == left


def test_187_object_id_narrows_further(world: Any) -> None:
    put(world, world.F1, ("a", "0:0_1:0"))
    put(world, world.F1, ("a", "5:0_6:0"), ts_offset="5:0")
    put(world, world.F1, ("b", "1:0_2:0"))

    delete_segments(world.engine, world.F1, timerange="[0:0_3:0)", object_id="a")

    assert [text for _, text in world.segments(world.F1)] == ["[1:0_2:0)", "[5:0_6:0)"]
    assert released(world) == []


def test_189_unknown_read_only_and_bad_timerange_are_refused(shared: Any) -> None:
    with pytest.raises(NotFound):
        delete_segments(shared.engine, "f0000000-0000-4000-8000-000000000000")
    with pytest.raises(BadTimeRange):
        delete_segments(shared.engine, shared.F1, timerange="(1:0)")
    with pytest.raises(BadParameter, match="cascade"):
        delete_segments(shared.engine, shared.F1, cascade="no")  # type: ignore[arg-type]
    shared.set_flow(shared.F1, read_only=True)
    for delete in (delete_segments, delete_flow):
        with pytest.raises(ReadOnlyFlow):
            delete(shared.engine, shared.F1)
    assert len(shared.segments(shared.F1)) == 3


def test_r3_b13_a_shared_object_keeps_the_other_flow_as_it_was(shared: Any) -> None:
    before = everything_of(shared, shared.F2)
    object_before = shared.object("b")

    delete_segments(shared.engine, shared.F1)

    assert before == everything_of(shared, shared.F2)
    assert object_before == shared.object("b")
    assert released(shared) == ["a", "c"]


def test_r4_b1_cascade_false_names_what_would_lose_its_last_reference(shared: Any) -> None:
    with pytest.raises(StillReferenced) as refused:
        delete_segments(shared.engine, shared.F1, cascade=False)

    assert refused.value.dependents == {"objects": {"count": 2, "sample": ["a", "c"]}}
    assert len(shared.segments(shared.F1)) == 3
    delete_segments(shared.engine, shared.F1, timerange="[1:0_2:0)", cascade=False)
    assert [id for id, _ in shared.segments(shared.F1)] == ["a", "c"]


def test_r4_the_selection_counts_as_a_whole(world: Any) -> None:
    put(world, world.F1, ("a", "0:0_1:0"))
    put(world, world.F1, ("a", "5:0_6:0"), ts_offset="5:0")
    delete_segments(world.engine, world.F1, timerange="[0:0_3:0)", cascade=False)

    with pytest.raises(StillReferenced):
        delete_segments(world.engine, world.F1, cascade=False)


def test_delete_default_restrict_is_cascade_false_unless_cascade_is_written(shared: Any) -> None:
    shared.set(delete_default="restrict")
    for delete, key in (
        (delete_segments, shared.F1),
        (delete_flow, shared.F1),
        (delete_source, shared.S),
    ):
        with pytest.raises(StillReferenced):
            delete(shared.engine, key)

    delete_source(shared.engine, shared.S, cascade=True)

    assert shared.rows("flows", "id") == shared.rows("sources", "id") == []


def test_r5_a_released_object_keeps_its_row_and_place_and_forgets_uncontrolled_urls(
    world: Any,
) -> None:
    allocate_storage(world.engine, world.F1, {"object_ids": ["a"]})
    put(
        world, world.F1, ("a", "0:0_1:0"), get_urls=[{"url": "https://example.org/a", "label": "x"}]
    )

    delete_segments(world.engine, world.F1)

    assert released(world) == ["a"]
    assert world.rows("object_instances", "object_id", "controlled") == [("a", True)]


def test_r5_a_released_object_is_registered_again_as_for_the_first_time(world: Any) -> None:
    put(world, world.F1, ("a", "0:0_1:0"), key_frame_count=1)
    path = world.object("a")["storage_path"]
    delete_segments(world.engine, world.F1)

    put(world, world.F2, ("a", "7:0_9:0"), key_frame_count=2)

    found = world.object("a")
    assert (found["key_frame_count"], found["timerange"]) == (2, "[7:0_9:0)")
    assert (found["storage_path"], found["released_at"]) == (path, None)


def test_190_an_init_object_goes_with_the_last_object_that_needs_it(world: Any) -> None:
    for flow_id in (world.F1, world.F2):
        world.set_flow(flow_id, init_segments=True)
    put(world, world.F1, ("a", "0:0_1:0"), ("b", "1:0_2:0"), init_object_id="i")
    put(world, world.F2, ("c", "0:0_1:0"), init_object_id="i")
    delete_segments(world.engine, world.F1)
    assert released(world) == ["a", "b"]

    with pytest.raises(StillReferenced) as refused:
        delete_segments(world.engine, world.F2, cascade=False)
    assert refused.value.dependents["objects"]["sample"] == ["c", "i"]
    delete_segments(world.engine, world.F2)

    assert released(world) == ["a", "b", "c", "i"]


def test_191_freed_time_can_be_written_again(world: Any) -> None:
    ten(world, world.F1)
    delete_segments(world.engine, world.F1, timerange="[3:0_5:0)")

    put(world, world.F1, ("new", "3:0_5:0"))


def test_r2_a_flow_goes_with_its_segments_tags_fence_and_membership(shared: Any) -> None:
    set_flow_collection(shared.engine, shared.F2, [{"id": shared.F1, "role": "video"}])
    shared.set_flow(shared.F2, read_only=True)
    before = shared.rows("flows", "id", "metadata_version")

    assert delete_flow(shared.engine, shared.F1) is None

    assert shared.rows("flows", "id") == [(shared.F2,)]
    assert shared.rows("collections", "flow_id") == []
    assert shared.rows("flow_fences", "flow_id") == [(shared.F2,)]
    assert before[1] != shared.rows("flows", "id", "metadata_version")[0]
    with pytest.raises(NotFound):
        delete_flow(shared.engine, shared.F1)


def test_r2_cascade_false_refuses_a_flow_with_segments_only(shared: Any) -> None:
    with pytest.raises(StillReferenced) as refused:
        delete_flow(shared.engine, shared.F1, cascade=False)
    found = refused.value.dependents["segments"]
    assert (found["count"], found["sample"][0]) == (3, f"{shared.F1}@[0:0_1:0)")
    delete_segments(shared.engine, shared.F1)

    delete_flow(shared.engine, shared.F1, cascade=False)

    assert shared.rows("flows", "id") == [(shared.F2,)]


def test_r9_an_implicit_source_goes_with_its_last_flow_and_an_explicit_one_stays(
    world: Any,
) -> None:
    delete_flow(world.engine, world.F1)
    assert world.rows("sources", "id") == [(world.S,)]
    world.engine.transact(lambda tx: tx.update("sources", {"id": world.S}, {"explicit": True}))

    delete_flow(world.engine, world.F2)

    assert world.rows("sources", "id") == [(world.S,)]
    assert delete_source(world.engine, world.S, cascade=False) == []
    assert world.rows("sources", "id") == []


def test_r1_b18_a_read_only_flow_keeps_its_source_and_all_flows(shared: Any) -> None:
    shared.set_flow(shared.F2, read_only=True)

    with pytest.raises(ReadOnlyFlow):
        delete_source(shared.engine, shared.S, cascade=True)

    assert len(shared.rows("flows", "id")) == 2
    assert len(shared.segments(shared.F1)) == 3


def test_r1_w9_cascade_false_names_the_flows(shared: Any) -> None:
    with pytest.raises(StillReferenced) as refused:
        delete_source(shared.engine, shared.S, cascade=False)

    assert refused.value.dependents == {"flows": {"count": 2, "sample": [shared.F1, shared.F2]}}
    with pytest.raises(NotFound):
        delete_source(shared.engine, "90000000-0000-4000-8000-000000000000")


def test_r1_a_source_goes_with_all_its_flows_and_releases_what_they_shared(shared: Any) -> None:
    assert delete_source(shared.engine, shared.S) == []

    for table in ("sources", "flows", "segments", "flow_fences"):
        assert (
            shared.engine.transact(
                lambda tx, table=table: tx.rows(getattr(tx.tables, table))
            ).num_rows
            == 0
        )
    assert released(shared) == ["a", "b", "c", "d"]


def test_r2_f23_exactly_the_threshold_is_deleted_at_once_and_one_more_is_a_request(
    world: Any,
) -> None:
    ten(world, world.F1)
    ten(world, world.F2, "p")
    world.set(async_deletion_threshold=10)
    assert delete_flow(world.engine, world.F1) is None
    world.set(async_deletion_threshold=9)

    request = delete_flow(world.engine, world.F2, principal="ann")

    assert request is not None
    assert request.items() >= {
        "flow_id": world.F2, "timerange_to_delete": "_", "timerange_remaining": "[0:0_10:0)",
        "delete_flow": True, "status": "created", "created_by": "ann",
    }.items()  # fmt: skip
    assert len(world.segments(world.F2)) == 10


@pytest.fixture
def large(world_of: WorldOf) -> World:
    """F1 has ten segments, and more than three are deleted by a request."""
    world = world_of(ten_and_one)
    world.set(async_deletion_threshold=3)
    return world


def ten_and_one(engine: Engine) -> None:
    two_flows(engine)
    register(engine, F1, *ten_of("o"))
    register(engine, F2, ("o0", "0:0_1:0"))


def test_r2_a_flow_under_deletion_is_readable_refuses_writes_and_then_is_gone(large: Any) -> None:
    delete_flow(large.engine, large.F1)
    posted = {"object_id": "x", "timerange": "50:0_51:0"}
    for write in (
        lambda: create_segments(large.engine, large.F1, posted),
        lambda: delete_segments(large.engine, large.F1),
        lambda: delete_flow(large.engine, large.F1),
        lambda: delete_source(large.engine, large.S),
    ):
        with pytest.raises(ReadOnlyFlow):
            write()
    assert len(large.segments(large.F1)) == 10

    assert work_deletion_requests(large.engine, batch=4) == 1

    assert large.rows("flows", "id") == [(large.F2,)]
    assert released(large) == [f"o{at}" for at in range(1, 10)]
    [row] = large.rows("deletion_requests", "status", "timerange_remaining", "expiry")
    assert row[:2] == ("done", "()")
    assert row[2] is not None


@pytest.mark.parametrize("at_once", [1, 9], ids=["a run for each batch", "one run"])
def test_r7_217_after_each_batch_what_remains_is_true_and_a_restart_goes_on(
    large: Any, at_once: int
) -> None:
    delete_segments(large.engine, large.F1, timerange="[0:0_8:0)")
    seen = []

    def goes_on() -> bool:
        """Asked before each batch."""
        [row] = large.rows("deletion_requests", "timerange_remaining", "status")
        seen.append((*row, large.segments(large.F1)[0][1]))
        return next(answers)

    while not seen or seen[-1][1] != "done":
        answers = iter([True] * at_once + [False])
        work_deletion_requests(large.engine, batch=3, goes_on=goes_on)

    assert list(dict.fromkeys(seen)) == [
        ("[0:0_8:0)", "created", "[0:0_1:0)"),
        ("[3:0_8:0)", "started", "[3:0_4:0)"),
        ("[6:0_8:0)", "started", "[6:0_7:0)"),
        ("()", "done", "[8:0_9:0)"),
    ]
    assert [id for id, _ in large.segments(large.F1)] == ["o8", "o9"]


def test_r4_segments_registered_after_a_request_are_not_touched_by_it(large: Any) -> None:
    delete_segments(large.engine, large.F1)
    put(large, large.F1, ("late", "20:0_21:0"))

    work_deletion_requests(large.engine)

    assert large.segments(large.F1) == [("late", "[20:0_21:0)")]


def test_r4_segments_of_a_machine_whose_clock_is_ahead_are_not_later_than_a_request(
    large: Any,
) -> None:
    ahead = {"created": dt.datetime(2200, 1, 1)}
    large.engine.transact(lambda tx: tx.update("segments", {"object_id": "o3"}, ahead))

    delete_segments(large.engine, large.F1)
    work_deletion_requests(large.engine)

    assert large.segments(large.F1) == []


def test_r7_a_failure_ends_the_request_with_an_error_and_leaves_no_half(
    large: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_segments(large.engine, large.F1)
    monkeypatch.setattr(deletion_work, "delete_segments_now", refusing)

    assert work_deletion_requests(large.engine, batch=4) == 1

    [(status, error)] = large.rows("deletion_requests", "status", "error")
    assert status == "error"
    assert '"type":"Refused"' in error
    assert len(large.segments(large.F1)) == 10


def refusing(tx: Any, flow: Any, selection: Any) -> Any:
    raise Refused("deleting", "a rule forbids it")


def test_r7_a_database_that_fails_ends_no_request_and_holds_up_no_other(
    large: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost connection, or a killed writer's open transaction, is not the request's fault."""
    delete_segments(large.engine, large.F1)
    large.request_deletion(large.F2, timerange_remaining="()")

    def failing(tx: Any, flow: Any, selection: Any) -> Any:
        if selection["flow_ids"] == [large.F1]:
            raise EngineFailed("duckdb", "reading", "the disk is gone")
        return deleting(tx, flow, selection)

    deleting = deletion_work.delete_segments_now
    monkeypatch.setattr(deletion_work, "delete_segments_now", failing)
    with pytest.raises(EngineFailed, match="the disk is gone"):
        work_deletion_requests(large.engine, batch=4)
    assert {*large.rows("deletion_requests", "flow_id", "status")} == {
        (large.F1, "created"),
        (large.F2, "done"),
    }
    monkeypatch.undo()
    assert work_deletion_requests(large.engine, batch=4) == 1
    assert large.segments(large.F1) == []


def test_r1_read_only_that_is_set_after_a_request_is_not_got_round(large: Any) -> None:
    delete_segments(large.engine, large.F1)
    large.set_flow(large.F1, read_only=True)

    work_deletion_requests(large.engine)

    assert large.rows("deletion_requests", "status") == [("error",)]
    assert len(large.segments(large.F1)) == 10


def test_r1_a_large_source_has_a_request_for_each_flow_and_goes_with_the_last(large: Any) -> None:
    large.engine.transact(lambda tx: tx.update("sources", {"id": large.S}, {"explicit": True}))

    requests = delete_source(large.engine, large.S)

    assert [request["flow_id"] for request in requests] == [large.F1, large.F2]
    assert large.rows("sources", "id") == [(large.S,)]
    assert work_deletion_requests(large.engine, batch=6) == 2
    assert large.rows("sources", "id") == large.rows("flows", "id") == []


def test_r1_a_source_whose_deletion_was_accepted_takes_no_flow(large: Any) -> None:
    other = "99999999-9999-4999-8999-888888888888"
    new = flow_body("33333333-3333-4333-8333-333333333333", large.S)
    moving = flow_body("44444444-4444-4444-8444-444444444444", other)
    put_flow(large.engine, moving)
    delete_source(large.engine, large.S)

    for add in (
        lambda: put_flow(large.engine, new),
        lambda: create_flow(large.engine, new),
        lambda: create_flows(large.engine, [new]),
        lambda: put_flow(large.engine, moving | {"source_id": large.S}),
    ):
        with pytest.raises(Refused, match=f"source {large.S} is being deleted"):
            add()

    put_flow(large.engine, moving | {"label": "another source"})
    work_deletion_requests(large.engine)
    assert large.rows("sources", "id") == [(other,)]
    assert put_flow(large.engine, new).created


def flow_body(id: str, source_id: str) -> dict[str, Any]:
    """A flow of the least words."""
    return {"id": id, "source_id": source_id, "format": "urn:x-nmos:format:multi"}


def test_a_request_for_a_flow_that_went_meanwhile_is_done(large: Any) -> None:
    delete_segments(large.engine, large.F1)
    large.set(async_deletion_threshold=1000)
    delete_flow(large.engine, large.F1)

    assert work_deletion_requests(large.engine) == 1

    assert large.rows("deletion_requests", "status") == [("done",)]


def test_218_a_request_that_ended_is_forgotten_when_it_expires(large: Any) -> None:
    large.request_deletion(large.F1, status="done", expiry=dt.datetime(2020, 1, 1))

    assert work_deletion_requests(large.engine) == 0

    assert large.rows("deletion_requests", "id") == []


def test_r7_repeating_a_finished_delete_of_segments_is_no_error(shared: Any) -> None:
    for _ in range(2):
        assert delete_segments(shared.engine, shared.F1) is None


def test_r5_delete_object_takes_back_what_is_allocated_or_released_and_nothing_else(
    shared: Any,
) -> None:
    [place] = allocate_storage(shared.engine, shared.F1, {"object_ids": ["new"]})
    with pytest.raises(StillReferenced) as refused:
        delete_object(shared.engine, "b")
    assert refused.value.dependents["flows"]["count"] == 2
    with pytest.raises(NotFound):
        delete_object(shared.engine, "nowhere")
    delete_segments(shared.engine, shared.F1)

    [instance] = delete_object(shared.engine, "new")
    assert instance["key"] == place.storage_path
    assert delete_object(shared.engine, "a") == []

    assert shared.rows("objects", "id") == [("b",), ("c",), ("d",)]
    allocate_storage(shared.engine, shared.F2, {"object_ids": ["new", "a"]})


def test_r5_an_init_object_is_referenced_by_the_flows_of_what_needs_it(world: Any) -> None:
    world.set_flow(world.F1, init_segments=True)
    put(world, world.F1, ("a", "0:0_1:0"), init_object_id="i")

    with pytest.raises(StillReferenced) as refused:
        delete_object(world.engine, "i")

    assert refused.value.dependents == {"flows": {"count": 1, "sample": [world.F1]}}


@pytest.mark.parametrize(
    ("count", "sent"),
    [
        (1, {"duckdb": 12, "vast": 18}),
        (8, {"duckdb": 12, "vast": 18}),
        (1000, {"duckdb": 12, "vast": 21}),
    ],
)
def test_the_statements_of_a_delete_do_not_grow_with_the_segments(
    world: Any, count: int, sent: dict[str, int]
) -> None:
    put(world, world.F1, *((f"o{at}", f"{at}:0_{at + 1}:0") for at in range(count)))
    put(world, world.F2, ("other", "0:0_1:0"))
    delete_segments(world.engine, world.F2)  # what is known of the tables is known

    assert sent[world.engine.name] == world.sent(lambda: delete_segments(world.engine, world.F1))


@pytest.mark.parametrize("count", [1, 2, 64, 65, 200])
def test_r5_190_few_and_many_objects_are_released_by_the_same_rule(world: Any, count: int) -> None:
    world.set_flow(world.F1, init_segments=True)
    world.set_flow(world.F2, init_segments=True)
    texts = [f"{at}:0_{at + 1}:0" for at in range(count)]
    put(
        world, world.F1, *((f"o{at:03}", text) for at, text in enumerate(texts)), init_object_id="i"
    )
    put(world, world.F2, ("o000", texts[0]))
    put(world, world.F2, ("p", "900:0_901:0"), init_object_id="j")
    put(world, world.F1, ("q", "900:0_901:0"), init_object_id="j")

    delete_segments(world.engine, world.F1)
    own = [f"o{at:03}" for at in range(1, count)]
    assert sorted([*own, "q"]) == sorted(released(world))  # o000 keeps i, p keeps j
    delete_segments(world.engine, world.F2)

    assert sorted([*own, "i", "j", "o000", "p", "q"]) == sorted(released(world))
