"""Registration of segments, rule by rule (statements 158 to 184, mission R5, R8, R10, R14)."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import tracemalloc
from contextvars import ContextVar, copy_context
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import (
    BadParameter,
    EngineFailed,
    FlowBeingDeleted,
    NotFound,
    ReadOnlyFlow,
    Refused,
    SegmentsOverlap,
)
from tams_analytics.writes.audit import LOG
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.segments import (
    Created,
    Registration,
    create_segments,
    create_segments_together,
)
from tams_analytics.writes.storage import allocate_storage
from tests.writes.conftest import World, examples

SECOND = 1_000_000_000


def segment(object_id: str, timerange: str, **more: Any) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": timerange, **more}


def create(world: Any, flow_id: str, *segments: dict[str, Any]) -> Any:
    """Each on its own, so that a refusal raises."""
    return [create_segments(world.engine, flow_id, each) for each in segments]


def test_w5_one_segment_is_echoed_with_its_storage_path(world: Any) -> None:
    posted = segment("c", "0:0_3600:0", ts_offset="0:0", last_duration="3600:0")

    result = create_segments(world.engine, world.F1, posted)

    path = world.object("c")["storage_path"]
    echo = posted | {"timerange": "[0:0_3600:0)", "storage_path": path}
    assert ([echo], []) == result
    today = dt.datetime.now(dt.timezone.utc)
    assert path == f"{world.F1}/{today:%Y/%m/%d}/c"


def test_w5_then_w6_are_neighbours_without_markers(world: Any) -> None:
    create(world, world.F1, segment("c", "0:0_3600:0"), segment("d", "3600:0_7200:0"))

    assert world.segments(world.F1) == [("c", "[0:0_3600:0)"), ("d", "[3600:0_7200:0)")]


@pytest.mark.parametrize("text", ["[0:0_1:0)", "[0:0_1:0]", "[0:0]", "[5:0_6:0", "0:0_1:0]"])
def test_r10_a_text_with_a_marker_is_kept_as_it_was_written(world: Any, text: str) -> None:
    result = create_segments(world.engine, world.F1, segment("a", text))

    assert result.created[0]["timerange"] == text


def test_r10_an_instant_without_markers_is_kept_with_them(world: Any) -> None:
    assert (
        create_segments(world.engine, world.F1, segment("a", "7:0")).created[0]["timerange"]
        == "[7:0]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "_",
        "()",
        "",
        "(0:0_1:0)",
        "[0:0_",
        "_5:0)",
        "[2:0_1:0)",
        "1:0)",
        "9223372036:854775807",
        "0:0_1:0\n",
    ],
)
def test_169_170_243_a_timerange_that_cannot_be_registered_is_refused(
    world: Any, text: str
) -> None:
    with pytest.raises(BadParameter, match="timerange"):
        create_segments(world.engine, world.F1, segment("a", text))


def test_164_an_overlap_with_a_stored_segment_is_refused(world: Any) -> None:
    create(world, world.F1, segment("a", "[0:0_10:0]"))

    with pytest.raises(SegmentsOverlap, match=r"\[10:0_20:0\).*\[0:0_10:1\)"):
        create_segments(world.engine, world.F1, segment("b", "[10:0_20:0)"))
    assert world.segments(world.F1) == [("a", "[0:0_10:0]")]


@pytest.mark.parametrize("text", ["[5:0_6:0)", "[9223372035:0_9223372036:0)"])
def test_164_r10_an_overlap_with_a_segment_longer_than_int64_is_refused(
    world: Any, text: str
) -> None:
    longest = "[-9223372036:854775808_9223372036:854775807)"
    create(world, world.F1, segment("a", longest))

    with pytest.raises(SegmentsOverlap):
        create_segments(world.engine, world.F1, segment("b", text))


def test_164_another_flow_has_a_timeline_of_its_own(world: Any) -> None:
    create(world, world.F1, segment("a", "0:0_1:0"))

    create(world, world.F2, segment("a", "0:0_1:0"))

    assert world.segments(world.F2) == [("a", "[0:0_1:0)")]


def test_159_165_of_an_array_the_first_wins_and_the_rest_is_stored(world: Any) -> None:
    posted = [segment("a", "0:0_2:0"), segment("b", "1:0_3:0"), segment("c", "2:0_3:0")]

    result = create_segments(world.engine, world.F1, posted)

    assert world.segments(world.F1) == [("a", "[0:0_2:0)"), ("c", "[2:0_3:0)")]
    [failure] = result.failed
    assert (failure["object_id"], failure["timerange"]) == ("b", "1:0_3:0")
    assert failure["error"].keys() == {"type", "summary", "time"}
    assert failure["error"]["type"] == "SegmentsOverlap"


def test_160_an_array_of_which_all_fail_stores_nothing_and_raises_nothing(world: Any) -> None:
    result = create_segments(world.engine, world.F1, [segment("a", "_"), {"object_id": "b"}])

    assert [failure["object_id"] for failure in result.failed] == ["a", "b"]
    assert world.segments(world.F1) == []
    assert world.rows("objects", "id") == []


def test_l4_the_log_says_how_much_of_an_array_was_done(
    world: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=LOG.name)
    first, second = segment("a", "[0:0_1:0)"), segment("b", "[0:0_1:0)")
    for posted in ([first], [second, segment("c", "[1:0_2:0)")], [first, second], first):
        with contextlib.suppress(SegmentsOverlap):
            create_segments(world.engine, world.F1, posted)

    results = [record.getMessage().rpartition("=")[2] for record in caplog.records]
    assert results == ["done", "partly done", "SegmentsOverlap", "SegmentsOverlap"]


def test_160_what_a_refused_segment_of_an_array_brought_is_not_stored(world: Any) -> None:
    urls = [{"url": "https://example.org/b", "label": "there"}]
    posted = [segment("a", "0:0_2:0"), segment("b", "1:0_3:0", get_urls=urls)]

    create_segments(world.engine, world.F1, posted)

    assert world.rows("objects", "id") == [("a",)]
    assert world.rows("object_instances", "object_id") == []


@pytest.mark.parametrize("item", ["text", {"timerange": "0:0_1:0"}, {"object_id": 5}, None])
def test_5_an_item_that_names_no_object_fails_the_whole_array(world: Any, item: Any) -> None:
    with pytest.raises(BadParameter, match="1"):
        create_segments(world.engine, world.F1, [segment("a", "0:0_1:0"), item])


def test_163_an_empty_array_stores_nothing(world: Any) -> None:
    assert create_segments(world.engine, world.F1, []) == ([], [])


def test_167_gaps_are_filled_later_in_any_order(world: Any) -> None:
    create(world, world.F1, segment("c", "9:0_10:0"), segment("a", "0:0_1:0"))

    create_segments(world.engine, world.F1, [segment("d", "5:0_9:0"), segment("b", "1:0_5:0")])

    assert [object_id for object_id, _ in world.segments(world.F1)] == ["a", "b", "d", "c"]


def test_182_the_same_segment_again_is_refused_as_any_overlap(world: Any) -> None:
    posted = segment("a", "0:0_1:0")
    create(world, world.F1, posted)

    with pytest.raises(SegmentsOverlap):
        create_segments(world.engine, world.F1, posted)


def test_171_unknown_read_only_and_containerless_flows_are_refused(world: Any) -> None:
    posted = segment("a", "0:0_1:0")
    with pytest.raises(NotFound):
        create_segments(world.engine, "f0000000-0000-4000-8000-000000000000", posted)
    world.set_flow(world.F1, container=None)
    with pytest.raises(BadParameter, match=f"^container of flow {world.F1} is not set"):
        create_segments(world.engine, world.F1, posted)
    world.set_flow(world.F1, read_only=True)
    with pytest.raises(ReadOnlyFlow):
        create_segments(world.engine, world.F1, posted)


def test_r2_a_flow_that_is_being_deleted_refuses_segments(world: Any) -> None:
    world.request_deletion(world.F1, delete_flow=True)

    with pytest.raises(FlowBeingDeleted, match=r"creating segments is refused: flow .* is being"):
        create_segments(world.engine, world.F1, segment("a", "0:0_1:0"))


def test_r4_a_segment_is_created_later_than_any_open_deletion_request(world: Any) -> None:
    asked = dt.datetime(2999, 1, 1)
    world.request_deletion(world.F1, created=asked)

    create(world, world.F1, segment("a", "0:0_1:0"))

    assert world.rows("segments", "created")[0][0] > asked


def test_172_r14_an_unknown_object_is_accepted_as_unverified_and_refused_in_strict_mode(
    world: Any,
) -> None:
    create(world, world.F1, segment("a", "0:0_1:0"))
    assert world.object("a")["registered_at"] is not None
    assert world.rows("object_instances", "object_id") == []
    world.set_strict()

    with pytest.raises(BadParameter, match="never allocated"):
        create_segments(world.engine, world.F1, segment("b", "1:0_2:0"))


def test_172_an_unknown_object_with_get_urls_is_an_external_one_in_strict_mode_too(
    world: Any,
) -> None:
    world.set_strict()
    urls = [{"url": "https://example.org/a", "label": "there"}]

    create(world, world.F1, segment("a", "0:0_1:0", get_urls=urls))

    found = world.rows("object_instances", "object_id", "label", "controlled", "url", "key")
    assert found == [("a", "there", False, "https://example.org/a", None)]


def test_173_174_an_allocated_object_is_its_flow_s_until_it_is_registered(world: Any) -> None:
    allocate_storage(world.engine, world.F1, {"object_ids": ["a"]})
    with pytest.raises(Refused, match=world.F1):
        create_segments(world.engine, world.F2, segment("a", "0:0_1:0"))

    create(world, world.F1, segment("a", "0:0_1:0"))
    create(world, world.F2, segment("a", "0:0_1:0"), segment("a", "9:0_10:0", ts_offset="9:0"))

    assert world.object("a")["registered_at"] is not None


@pytest.mark.parametrize(
    ("timerange", "offset", "expected"),
    [
        ("10:0_12:0", None, "[10:0_12:0)"),
        ("10:0_12:0", "9:0", "[1:0_3:0)"),
        ("[10:0_12:0]", "-0:500000000", "[10:500000000_12:500000000]"),
        ("[10:0]", "10:0", "[0:0]"),
    ],
)
def test_175_an_object_s_timerange_is_the_first_segment_s_less_ts_offset(
    world: Any, timerange: str, offset: str | None, expected: str
) -> None:
    more = {} if offset is None else {"ts_offset": offset}

    create(world, world.F1, segment("a", timerange, **more))

    assert world.object("a")["timerange"] == expected


def test_170_a_timerange_that_leaves_int64_by_its_offset_is_refused(world: Any) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        create_segments(
            world.engine,
            world.F1,
            segment("a", "9223372036:0_9223372036:5", ts_offset="-9000000000:0"),
        )


def test_175_a_given_object_timerange_wins_and_is_kept_as_written(world: Any) -> None:
    create(world, world.F1, segment("a", "10:0_11:0", object_timerange="[0:0_60:0]"))

    assert world.object("a")["timerange"] == "[0:0_60:0]"


@pytest.mark.parametrize("timerange", ["5:0_11:0", "[0:0_10:0]", "-1:0_1:0"])
def test_177_a_segment_outside_its_object_is_refused(world: Any, timerange: str) -> None:
    create(world, world.F1, segment("a", "0:0_10:0"))

    with pytest.raises(BadParameter, match="outside the object's timerange"):
        create_segments(world.engine, world.F2, segment("a", timerange))


def test_177_a_segment_outside_the_timerange_that_it_gives_its_object_is_refused(
    world: Any,
) -> None:
    with pytest.raises(BadParameter, match="outside"):
        create_segments(
            world.engine, world.F1, segment("a", "0:0_10:0", object_timerange="0:0_5:0")
        )


@pytest.mark.parametrize(
    "change",
    [{"object_timerange": "0:0_11:0"}, {"key_frame_count": 2}, {"init_object_id": "i"}],
)
def test_176_a_reuse_that_changes_the_object_is_refused(world: Any, change: dict[str, Any]) -> None:
    create(world, world.F1, segment("a", "0:0_10:0", key_frame_count=1))

    with pytest.raises(BadParameter, match=next(iter(change))):
        create_segments(world.engine, world.F2, segment("a", "0:0_10:0", **change))


def test_176_a_reuse_may_repeat_or_leave_out_what_the_object_has(world: Any) -> None:
    create(world, world.F1, segment("a", "0:0_10:0", key_frame_count=1))

    create(
        world,
        world.F2,
        segment("a", "0:0_10:0", key_frame_count=1, object_timerange="[0:0_10:0)"),
        segment("a", "[20:0_21:0)", ts_offset="20:0"),
    )

    assert world.object("a")["key_frame_count"] == 1


def test_178_a_label_is_refused_twice_for_another_url_and_as_a_backend_s(world: Any) -> None:
    allocate_storage(world.engine, world.F1, {"object_ids": ["z"]})
    one, other = ({"url": f"https://example.org/{at}", "label": "there"} for at in "ab")
    backend = {"url": "https://example.org/c", "label": "default"}
    create(world, world.F1, segment("a", "0:0_1:0", get_urls=[one]))

    for urls, object_id in (([one, one], "b"), ([backend], "b"), ([other], "a")):
        with pytest.raises(BadParameter, match="label"):
            create_segments(world.engine, world.F2, segment(object_id, "0:0_1:0", get_urls=urls))


@pytest.mark.parametrize(
    "url", [{"url": "https://example.org/a"}, {"label": "x"}, {"url": "u", "label": ""}]
)
def test_178_a_get_url_needs_url_and_label(world: Any, url: dict[str, str]) -> None:
    with pytest.raises(BadParameter, match="get_urls"):
        create_segments(world.engine, world.F1, segment("a", "0:0_1:0", get_urls=[url]))


def with_init(world: Any) -> None:
    world.set_flow(world.F1, init_segments=True)
    create(world, world.F1, segment("a", "0:0_1:0", init_object_id="i"))


def test_180_a_flow_with_init_segments_needs_an_init_object_and_others_refuse_it(
    world: Any,
) -> None:
    with_init(world)
    assert world.object("a")["init_object_id"] == "i"
    assert world.object("i")["timerange"] is None

    for flow, posted in (
        (world.F1, segment("b", "1:0_2:0")),
        (world.F2, segment("b", "1:0_2:0", init_object_id="i")),
        (world.F2, segment("a", "0:0_1:0")),
    ):
        with pytest.raises(BadParameter, match="init_object_id"):
            create_segments(world.engine, flow, posted)


def test_180_a_reuse_in_a_flow_with_init_segments_may_leave_the_init_object_out(world: Any) -> None:
    with_init(world)

    create(world, world.F1, segment("a", "[5:0_6:0)", ts_offset="5:0"))

    assert len(world.segments(world.F1)) == 2


def test_179_an_init_object_is_no_media_object_nor_the_reverse(world: Any) -> None:
    with_init(world)
    world.set_flow(world.F2, init_segments=False)

    with pytest.raises(Refused, match="initialisation object"):
        create_segments(world.engine, world.F2, segment("i", "0:0_1:0"))
    with pytest.raises(Refused, match="media object"):
        create_segments(world.engine, world.F1, segment("b", "1:0_2:0", init_object_id="a"))
    with pytest.raises(Refused, match="media object"):
        create_segments(world.engine, world.F1, segment("b", "1:0_2:0", init_object_id="b"))
    result = create_segments(
        world.engine,
        world.F1,
        [segment("m", "1:0_2:0", init_object_id="n"), segment("n", "2:0_3:0", init_object_id="m")],
    )
    assert [failure["object_id"] for failure in result.failed] == ["n"]


def released_init(world: Any) -> None:
    """The init object i is released with its one user, a."""
    with_init(world)
    delete_segments(world.engine, world.F1)


def test_r5_179_a_released_media_object_may_become_an_init_object(world: Any) -> None:
    create(world, world.F2, segment("i", "0:0_1:0", key_frame_count=3))
    delete_segments(world.engine, world.F2)
    with_init(world)

    create(world, world.F1, segment("b", "1:0_2:0", init_object_id="i"))

    media = ("start_ns", "end_ns", "timerange", "key_frame_count", "init_object_id")
    assert {world.object("i")[name] for name in media} == {None}
    with pytest.raises(Refused, match="initialisation object"):
        create_segments(world.engine, world.F2, segment("i", "0:0_1:0"))


def test_r5_179_a_released_init_object_may_become_a_media_object(world: Any) -> None:
    released_init(world)

    create(world, world.F2, segment("i", "0:0_1:0"), segment("i", "1:0_2:0", ts_offset="1:0"))

    assert world.object("i")["timerange"] == "[0:0_1:0)"
    world.set_flow(world.F1, init_segments=True)
    with pytest.raises(Refused, match="media object"):
        create_segments(world.engine, world.F1, segment("b", "1:0_2:0", init_object_id="i"))


def test_r5_a_released_init_object_may_be_one_again(world: Any) -> None:
    released_init(world)

    create(world, world.F1, segment("b", "0:0_1:0", init_object_id="i"))

    with pytest.raises(Refused, match="initialisation object"):
        create_segments(world.engine, world.F2, segment("i", "0:0_1:0"))


def test_181_last_duration_is_not_negative_and_ts_offset_may_be(world: Any) -> None:
    with pytest.raises(BadParameter, match="last_duration"):
        create_segments(world.engine, world.F1, segment("a", "0:0_1:0", last_duration="-0:1"))

    create(world, world.F1, segment("a", "0:0_1:0", ts_offset="-1:0"))


def test_183_segments_updated_moves_and_the_metadata_does_not(world: Any) -> None:
    before = world.rows("flows", "id", "metadata_updated", "metadata_version")

    create(world, world.F1, segment("a", "0:0_1:0"))

    assert before == world.rows("flows", "id", "metadata_updated", "metadata_version")
    assert world.rows("flows", "id", "segments_updated")[0][1] is not None


def test_f33_every_field_of_a_segment_comes_back_and_unknown_ones_are_kept(world: Any) -> None:
    posted = segment("a", "[0:0_1:0)", ts_offset="0:0", last_duration="0:40000000")
    posted |= {"sample_offset": 3, "sample_count": 25, "key_frame_count": 1}

    more = {
        "x_house": {"id": 7},
        "init_object": {"object_id": "other"},
    }  # shown, never taken (§153)
    result = create_segments(world.engine, world.F1, posted | more)

    assert result.created[0].items() >= posted.items()
    assert world.rows("segments", "body") == [('{"x_house":{"id":7}}',)]


def test_r8_a_storage_path_that_is_not_the_object_s_is_refused(world: Any) -> None:
    [place] = allocate_storage(world.engine, world.F1, {"object_ids": ["a"]})
    with pytest.raises(BadParameter, match="storage_path"):
        create_segments(world.engine, world.F1, segment("a", "0:0_1:0", storage_path="else"))

    create(world, world.F1, segment("a", "0:0_1:0", storage_path=place.storage_path))


@pytest.mark.parametrize("id", ["../../x", "/abs", "a//b", ".", "a/", ""])
def test_r8_an_id_that_no_storage_can_keep_is_refused_as_an_allocation_refuses_it(
    world: Any, id: str
) -> None:
    for posted in (segment(id, "0:0_1:0"), segment("a", "0:0_1:0", init_object_id=id)):
        with pytest.raises(BadParameter, match="object_id"):
            create_segments(world.engine, world.F1, posted)

    create(world, world.F1, segment("folder/x", "0:0_1:0"))


def test_no_fence_no_matter_it_is_made(world: Any) -> None:
    world.engine.transact(lambda tx: tx.delete("flow_fences", {"flow_id": world.F1}))

    create(world, world.F1, segment("a", "0:0_3:0"), segment("b", "3:0_4:0"))

    raised = {"duckdb": 1, "vast": 2}[world.engine.name]  # where others write: each time
    assert (world.F1, raised, 3 * SECOND) in world.rows(
        "flow_fences", "flow_id", "epoch", "max_segment_ns"
    )


def test_184_1000_segments_in_one_request_work(world: Any) -> None:
    posted = [segment(f"o{at}", f"{at}:0_{at + 1}:0") for at in range(1000)]

    result = create_segments(world.engine, world.F1, posted)

    assert (len(result.created), result.failed) == (1000, [])


def test_more_than_10000_segments_in_one_request_are_refused_before_any_is_checked(
    world: Any,
) -> None:
    with pytest.raises(BadParameter, match="too many for one request; expected at most 10000"):
        create_segments(world.engine, world.F1, [None] * 10_001)


def test_what_many_failures_keep_is_small(world: Any) -> None:
    """No stack and no cause of any; each failure says why all the same."""
    posted = [segment(f"o{at}", "nothing") for at in range(500)]
    create_segments(world.engine, world.F1, posted[:1])
    tracemalloc.start()
    try:
        result = create_segments(world.engine, world.F1, posted)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(result.created), len(result.failed)) == (0, 500)
    assert "'nothing'" in result.failed[0]["error"]["summary"]
    assert most / 500 < 2000


LONG_AGO = dt.datetime(2020, 1, 1)


def test_the_statements_of_a_request_do_not_grow_with_its_segments(world: Any) -> None:
    many = [segment(f"o{at}", f"{at}:0_{at + 1}:0") for at in range(64)]

    create_segments(world.engine, world.F1, segment("first", "100:0_101:0"))  # columns are known
    world.set_flow(world.F1, segments_updated=LONG_AGO)

    alone = world.sent(lambda: create_segments(world.engine, world.F1, segment("a", "0:0_1:0")))
    together = world.sent(lambda: create_segments(world.engine, world.F2, many))

    assert {"duckdb": (10, 10), "vast": (14, 14)}[world.engine.name] == (alone, together)


range_ = st.tuples(st.integers(0, 30), st.integers(1, 6))


def test_164_165_what_two_requests_store_is_what_comparing_every_pair_allows(world: World) -> None:
    engine = world.engine

    @examples(engine, duckdb=25, vast=10)
    @given(st.lists(range_, max_size=8), st.lists(range_, max_size=8))
    def is_stored(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
        expected: list[tuple[int, int]] = []
        for start, length in first + second:
            if not any(start < end and begin < start + length for begin, end in expected):
                expected.append((start, start + length))
        for name in ("segments", "objects", "object_instances"):
            engine.transact(lambda tx, name=name: tx.delete(name, {}))

        for batch in (first, second):
            posted = [
                segment(f"{start}-{length}", f"[0:{start}_0:{start + length})")
                for start, length in batch
            ]
            create_segments(engine, world.F1, posted)

        stored = engine.transact(lambda tx: tx.rows(tx.tables.segments)).to_pylist()
        assert sorted(expected) == sorted((row["start_ns"], row["end_ns"]) for row in stored)

    is_stored()


def test_requests_that_share_a_transaction_are_judged_each_on_its_own(world: Any) -> None:
    """One commit for several requests; a refusal is its own request's alone."""
    create(world, world.F1, segment("old", "[0:0_1:0)"))
    world.set_flow(world.F2, read_only=True)
    unknown = "77777777-7777-4777-8777-777777777777"
    asked = [
        Registration(world.F1, segment("a", "[1:0_2:0)")),
        Registration(world.F1, segment("b", "[0:5_1:0)")),  # overlaps what is stored
        Registration(world.F1, [segment("c", "[1:5_3:0)"), segment("d", "[2:0_3:0)")]),
        Registration(world.F2, segment("e", "[0:0_1:0)")),
        Registration(unknown, segment("f", "[0:0_1:0)")),
        Registration(world.F1, {"object_id": "g"}),
        Registration(world.F1, segment("a", "[3:0_4:0)", key_frame_count=3)),  # as `a` now is
        Registration("no\0id", segment("h", "[3:0_4:0)")),
        Registration(world.F1, segment("i", "[4:0_5:0)"), principal="no\0name"),
    ]

    outcomes = create_segments_together(world.engine, asked)

    kinds = [type(each).__name__ for each in outcomes]
    refused = ["ReadOnlyFlow", "NotFound", "BadParameter", "BadParameter", "NotFound"]
    assert kinds == ["Created", "SegmentsOverlap", "Created", *refused, "BadParameter"]
    assert [each["object_id"] for each in outcomes[2].created] == ["d"]
    assert [each["object_id"] for each in outcomes[2].failed] == ["c"]
    assert [id for id, _ in world.segments(world.F1)] == ["old", "a", "d"]
    assert (world.F1, 2) in world.rows("flow_fences", "flow_id", "epoch")  # once for all


def test_l4_what_is_told_of_a_request_is_told_in_its_own_context(world: Any) -> None:
    """Of requests that share a transaction too: the log has each one's correlation id (F82)."""
    asks = ContextVar("asks", default="nobody")
    told: list[str] = []

    def asked_by(name: str) -> Registration:
        asks.set(name)
        return Registration(world.F1, segment(name, "[0:0_1:0)"))

    def note(record: logging.LogRecord) -> bool:
        told.append(f"{asks.get()} {record.getMessage().rpartition('=')[2]}")
        return True

    asked = [copy_context().run(asked_by, name) for name in ("one", "other")]
    before = LOG.level
    LOG.setLevel(logging.INFO)
    LOG.addFilter(note)
    try:
        create_segments_together(world.engine, asked)
    finally:
        LOG.removeFilter(note)
        LOG.setLevel(before)
    assert ["one done", "other SegmentsOverlap"] == told


def test_an_object_registered_on_one_flow_is_reused_by_another_in_one_transaction(
    world: Any,
) -> None:
    """The second flow sees what the first one has just been given (§174, §177)."""
    asked = [
        Registration(world.F1, segment("a", "[0:0_1:0)")),
        Registration(world.F2, segment("a", "[5:0_6:0)", ts_offset="5:0")),
        Registration(world.F2, segment("a", "[6:0_8:0)", ts_offset="6:0")),  # more than it has
    ]
    first, second, third = create_segments_together(world.engine, asked)
    assert isinstance(third, BadParameter)
    assert second.created[0]["storage_path"] == first.created[0]["storage_path"]
    assert world.rows("objects", "id", "first_flow_id") == [("a", world.F1)]


def test_what_the_engine_fails_at_together_is_tried_alone(world: Any) -> None:
    """A request that the engine cannot store takes no other one with it."""
    transact = world.engine.transact
    tried: list[int] = []

    def failing(work: Any) -> Any:
        def counted(tx: Any) -> Any:
            done = work(tx)
            tried.append(len(done))
            if len(done) > 1:
                raise EngineFailed(world.engine.name, "writing", "too much at once")
            return done

        return transact(counted)

    world.engine.transact = failing
    try:
        asked = [Registration(world.F1, segment(f"o{n}", f"[{n}:0_{n + 1}:0)")) for n in range(3)]
        outcomes = create_segments_together(world.engine, asked)
    finally:
        del world.engine.transact
    assert tried == [3, 1, 1, 1]
    assert all(isinstance(each, Created) for each in outcomes)
    assert len(world.segments(world.F1)) == 3
