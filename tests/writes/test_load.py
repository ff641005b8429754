"""The bulk path: what it takes, what it refuses, and that a batch is all or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import (
    AlreadyExists,
    BadParameter,
    BadTimeRange,
    NotFound,
    ReadOnlyFlow,
    Refused,
    SegmentsOverlap,
)
from tams_analytics.writes.bulk import load as loading
from tams_analytics.writes.bulk.load import load
from tests.writes.conftest import Prepare

VIDEO = "urn:x-nmos:format:video"
SECOND = 1_000_000_000


@pytest.fixture
def engine(engine: Engine, prepare: Prepare) -> Engine:
    """A store with the flows f1 and f2 of the source s."""
    return prepare(engine, filled)


def filled(engine: Engine) -> None:
    flows = {
        "id": ["f1", "f2"],
        "source_id": ["s", "s"],
        "format": [VIDEO, VIDEO],
        "label": ["a", "b"],
    }
    load(engine, "flows", pa.table(flows))


def rows(engine: Engine, name: str, *columns: str) -> list[Any]:
    def read(tx: Any) -> list[Any]:
        table = getattr(tx.tables, name).select(*columns)
        return [tuple(row.values()) for row in tx.rows(table.order_by(*columns)).to_pylist()]

    return engine.transact(read)


def segments(*given: tuple[str, str, str], **more: Any) -> pa.Table:
    flow_id, object_id, timerange = zip(*given, strict=True)
    return pa.table({"flow_id": flow_id, "object_id": object_id, "timerange": timerange} | more)


def test_r10_segments_are_loaded_by_text_and_a_text_without_markers_is_half_open(
    engine: Engine,
) -> None:
    count = load(engine, "segments", segments(("f1", "a", "0:0_1:0"), ("f1", "b", "[1:0_2:0]")))

    stored = rows(engine, "segments", "start_ns", "end_ns", "timerange")
    assert count == 2
    assert stored == [(0, SECOND, "[0:0_1:0)"), (SECOND, 2 * SECOND + 1, "[1:0_2:0]")]


def test_segments_are_loaded_by_nanoseconds_and_get_their_canonical_text(engine: Engine) -> None:
    given = {"flow_id": ["f1"], "object_id": ["a"], "start_ns": [-5], "end_ns": [SECOND]}

    load(engine, "segments", pa.table(given))

    assert rows(engine, "segments", "timerange") == [("[-0:5_1:0)",)]


def test_bounds_and_text_that_disagree_are_refused(engine: Engine) -> None:
    given = segments(("f1", "a", "[0:0_1:0)"), start_ns=[0], end_ns=[7])

    with pytest.raises(BadParameter, match="is not start_ns to end_ns"):
        load(engine, "segments", given)


@pytest.mark.parametrize(
    "text", ["_", "()", "(0:0_1:0)", "[0:0_", "[5:0_1:0)", "9223372036:854775807", "x", None]
)
def test_169_170_a_bad_timerange_is_refused_and_names_its_row(
    engine: Engine, text: str | None
) -> None:
    given = segments(("f1", "a", "0:0_1:0"), ("f1", "b", text))  # type: ignore[arg-type]

    with pytest.raises((BadTimeRange, BadParameter), match="row 1"):
        load(engine, "segments", given)
    assert rows(engine, "segments", "object_id") == []


@pytest.mark.parametrize("bounds", [(5, 5), (7, 5)])
def test_an_end_that_is_not_after_the_start_is_refused(
    engine: Engine, bounds: tuple[int, int]
) -> None:
    start, end = bounds
    given = {"flow_id": ["f1"], "object_id": ["a"], "start_ns": [start], "end_ns": [end]}

    with pytest.raises(BadTimeRange, match="row 0"):
        load(engine, "segments", pa.table(given))


@pytest.mark.parametrize("missing", ["flow_id", "object_id", "timerange"])
def test_what_a_segment_needs_is_named(engine: Engine, missing: str) -> None:
    with pytest.raises(BadParameter, match=missing):
        load(engine, "segments", segments(("f1", "a", "0:0_1:0")).drop_columns([missing]))


@pytest.mark.parametrize("table", ["segments", "flows", "tags"])
def test_an_unknown_column_is_refused(engine: Engine, table: str) -> None:
    with pytest.raises(BadParameter, match="colour"):
        load(engine, table, pa.table({"colour": ["red"]}))


@pytest.mark.parametrize(
    "table", ["discarded_instances", "events", "flow_fences", "store_metadata", "runs", "nonsense"]
)
def test_an_unknown_table_is_refused(engine: Engine, table: str) -> None:
    with pytest.raises(BadParameter, match="segments"):
        load(engine, table, pa.table({"id": ["x"]}))


def test_164_166_neighbours_are_no_overlap_and_a_shared_nanosecond_is(engine: Engine) -> None:
    load(engine, "segments", segments(("f1", "a", "[0:0_10:0)"), ("f1", "b", "[10:0]")))

    with pytest.raises(SegmentsOverlap) as refused:
        load(engine, "segments", segments(("f2", "c", "[0:0_9:0)"), ("f1", "d", "[10:0_20:0)")))

    assert "[10:0_20:0)" in str(refused.value)
    assert "[10:0]" in str(refused.value)
    assert len(rows(engine, "segments", "object_id")) == 2


def test_an_overlap_inside_a_batch_names_the_first_pair_and_how_many(engine: Engine) -> None:
    given = segments(("f1", "a", "0:0_4:0"), ("f2", "b", "0:0_4:0"), ("f1", "c", "3:0_5:0"))

    with pytest.raises(SegmentsOverlap) as refused:
        load(engine, "segments", given)

    assert (refused.value.timerange, refused.value.other) == ("[0:0_4:0)", "[3:0_5:0)")
    assert refused.value.failures == 2


def test_overlaps_across_the_chunks_of_a_stream_are_found(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", 2)
    given = segments(
        ("f1", "a", "0:0_1:0"),
        ("f1", "b", "1:0_2:0"),
        ("f1", "c", "2:0_3:0"),
        ("f1", "d", "1:0_2:0"),
    )

    with pytest.raises(SegmentsOverlap):
        load(engine, "segments", given.to_reader(max_chunksize=1))
    assert rows(engine, "segments", "object_id") == []


def test_a_bad_row_of_a_later_chunk_is_counted_from_the_first_row(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", 2)
    good = [("f1", str(at), f"{at}:0_{at + 1}:0") for at in range(4)]

    with pytest.raises(BadTimeRange, match="row 4"):
        load(engine, "segments", segments(*good, ("f1", "x", "nonsense")))


def test_an_unknown_flow_is_not_found_and_the_hint_says_how_many(engine: Engine) -> None:
    given = segments(("f1", "a", "0:0_1:0"), ("g1", "b", "0:0_1:0"), ("g2", "c", "0:0_1:0"))

    with pytest.raises(NotFound, match=r"g1.*2 of the flows.*load flows first"):
        load(engine, "segments", given)


def test_171_a_read_only_flow_is_refused(engine: Engine) -> None:
    engine.transact(lambda tx: tx.update("flows", {"id": "f2"}, {"read_only": True}))

    with pytest.raises(ReadOnlyFlow, match="f2"):
        load(engine, "segments", segments(("f1", "a", "0:0_1:0"), ("f2", "b", "0:0_1:0")))


def test_a_flow_that_is_being_deleted_takes_no_segments(engine: Engine) -> None:
    request = {
        "id": ["r"], "flow_id": ["f1"], "timerange_to_delete": ["_"], "timerange_remaining": ["_"],
        "delete_flow": [True], "status": ["started"],
    }  # fmt: skip
    engine.transact(lambda tx: tx.insert("deletion_requests", pa.table(request)))

    with pytest.raises(ReadOnlyFlow, match="being deleted"):
        load(engine, "segments", segments(("f1", "a", "0:0_1:0")))


@pytest.mark.parametrize("status", ["created", "started", "done", "error"])
def test_r1_a_source_that_is_being_deleted_takes_no_flow(engine: Engine, status: str) -> None:
    request = {
        "id": ["r"], "flow_id": ["f1"], "timerange_to_delete": ["_"], "timerange_remaining": ["_"],
        "delete_flow": [True], "source_id": ["s"], "status": [status],
    }  # fmt: skip
    engine.transact(lambda tx: tx.insert("deletion_requests", pa.table(request)))
    given = pa.table({"id": ["x", "y"], "source_id": ["t", "s"], "format": [VIDEO, VIDEO]})

    if status in ("done", "error"):
        assert 2 == load(engine, "flows", given)
        return
    with pytest.raises(Refused, match=r"source s is being deleted \(row 1\)"):
        load(engine, "flows", given)
    assert [("f1",), ("f2",)] == rows(engine, "flows", "id")


def test_r4_segments_loaded_after_a_deletion_request_are_later_than_it(engine: Engine) -> None:
    asked = datetime(2999, 1, 1)
    request = {
        "id": ["r"], "flow_id": ["f1"], "timerange_to_delete": ["_"], "timerange_remaining": ["_"],
        "delete_flow": [False], "status": ["created"], "created": [asked],
    }  # fmt: skip
    engine.transact(lambda tx: tx.insert("deletion_requests", pa.table(request)))

    load(engine, "segments", segments(("f1", "a", "0:0_1:0")))

    assert rows(engine, "segments", "created")[0][0] > asked


def test_r14_unknown_objects_are_registered_as_unverified_with_a_storage_path(
    engine: Engine,
) -> None:
    load(engine, "segments", segments(("f1", "a", "[5:0_6:0]"), ("f2", "a", "[5:0_6:0]")))

    [found] = rows(
        engine, "objects", "id", "timerange", "first_flow_id", "storage_path", "registered_at",
        "released_at",
    )  # fmt: skip
    assert found[:3] == ("a", "[5:0_6:0]", "f1")
    assert found[3] == f"f1/{found[4]:%Y/%m/%d}/a"
    assert found[5] is None
    assert rows(engine, "object_instances", "object_id") == []


def test_r14_strict_refuses_unknown_objects(engine: Engine) -> None:
    engine.settings = dataclasses.replace(engine.settings, strict=True)

    with pytest.raises(Refused, match="strict"):
        load(engine, "segments", segments(("f1", "a", "0:0_1:0")))


def test_175_an_object_s_timerange_is_the_segment_s_less_ts_offset_with_its_markers(
    engine: Engine,
) -> None:
    given = segments(
        ("f1", "a", "[10:0_11:0]"), ("f1", "b", "12:0_13:0"), ts_offset=["9:0", "-0:500000000"]
    )

    load(engine, "segments", given)

    assert rows(engine, "objects", "id", "timerange") == [
        ("a", "[1:0_2:0]"),
        ("b", "[12:500000000_13:500000000)"),
    ]
    assert rows(engine, "segments", "ts_offset_ns") == [(-SECOND // 2,), (9 * SECOND,)]


def test_an_offset_given_in_nanoseconds_gets_its_text(engine: Engine) -> None:
    load(engine, "segments", segments(("f1", "a", "0:0_1:0"), ts_offset_ns=[-SECOND // 2]))

    assert rows(engine, "segments", "ts_offset", "ts_offset_ns") == [("-0:500000000", -SECOND // 2)]


def test_181_a_negative_last_duration_is_refused(engine: Engine) -> None:
    with pytest.raises(BadTimeRange, match="last_duration"):
        load(engine, "segments", segments(("f1", "a", "0:0_1:0"), last_duration=["-0:1"]))


def test_177_a_reuse_outside_the_object_s_timerange_is_refused(engine: Engine) -> None:
    load(engine, "segments", segments(("f1", "a", "0:0_5:0")))
    load(engine, "segments", segments(("f2", "a", "1:0_4:0")))

    with pytest.raises(Refused, match=r"object a .*row 0.*177"):
        load(engine, "segments", segments(("f2", "a", "4:0_6:0")))


def test_allocated_and_released_objects_become_registered(engine: Engine) -> None:
    load(
        engine,
        "objects",
        pa.table(
            {
                "id": ["allocated", "released"],
                "first_flow_id": ["f1", "f1"],
                "registered_at": pa.array([None, datetime(2026, 1, 1)], pa.timestamp("us")),
                "released_at": pa.array([None, datetime(2026, 1, 2)], pa.timestamp("us")),
                "start_ns": pa.array([None, 77], pa.int64()),
                "end_ns": pa.array([None, 78], pa.int64()),
            }
        ),
    )
    before = rows(engine, "objects", "id", "storage_path")

    load(
        engine,
        "segments",
        segments(("f1", "allocated", "0:0_1:0"), ("f2", "released", "0:0_1:0")),
    )

    assert before == rows(engine, "objects", "id", "storage_path")
    found = rows(engine, "objects", "id", "start_ns", "end_ns", "released_at")
    assert found == [("allocated", 0, SECOND, None), ("released", 0, SECOND, None)]
    assert all(row[0] is not None for row in rows(engine, "objects", "registered_at"))


def test_173_an_object_allocated_for_another_flow_is_refused(engine: Engine) -> None:
    allocated = {
        "id": ["a"],
        "first_flow_id": ["f1"],
        "registered_at": pa.nulls(1, pa.timestamp("us")),
    }
    load(engine, "objects", pa.table(allocated))

    with pytest.raises(Refused, match="173"):
        load(engine, "segments", segments(("f2", "a", "0:0_1:0")))


def test_179_an_initialisation_object_is_no_media_object(engine: Engine) -> None:
    load(engine, "objects", pa.table({"id": ["a", "init"], "init_object_id": ["init", None]}))

    with pytest.raises(Refused, match="179"):
        load(engine, "segments", segments(("f1", "init", "0:0_1:0")))


def test_180_objects_have_an_initialisation_object_exactly_where_the_flow_says_so(
    engine: Engine,
) -> None:
    engine.transact(lambda tx: tx.update("flows", {"id": "f1"}, {"init_segments": True}))
    objects = {"id": ["a", "b", "i"], "init_object_id": ["i", None, None], "start_ns": [0, 0, None]}
    load(engine, "objects", pa.table(objects | {"end_ns": [SECOND, SECOND, None]}))
    load(engine, "segments", segments(("f1", "a", "0:0_0:1"), ("f2", "b", "0:0_0:1")))

    for flow, media in (("f1", "b"), ("f2", "a")):
        with pytest.raises(Refused, match="180"):
            load(engine, "segments", segments((flow, media, "[0:1_0:2)")))


def test_183_loading_moves_segments_updated_and_nothing_else_of_the_flow(engine: Engine) -> None:
    before = rows(engine, "flows", "id", "metadata_updated", "metadata_version")

    load(engine, "segments", segments(("f1", "a", "0:0_1:0")))

    assert before == rows(engine, "flows", "id", "metadata_updated", "metadata_version")
    assert [row[1] is None for row in rows(engine, "flows", "id", "segments_updated")] == [
        False,
        True,
    ]


def test_a_fence_counts_the_writes_of_its_flow_and_knows_the_longest_segment(
    engine: Engine,
) -> None:
    load(engine, "segments", segments(("f1", "a", "0:0_9:0"), ("f1", "b", "9:0_10:0")))
    load(engine, "segments", segments(("f1", "c", "10:0_11:0"), ("f2", "d", "10:0_11:0")))

    assert rows(engine, "flow_fences", "flow_id", "epoch", "max_segment_ns") == [
        ("f1", 2, 9 * SECOND),
        ("f2", 1, SECOND),
    ]


def test_the_largest_segment_there_can_be_is_loaded(engine: Engine) -> None:
    given = {"flow_id": ["f1"], "object_id": ["a"], "start_ns": [-(2**63)], "end_ns": [2**63 - 1]}

    load(engine, "segments", pa.table(given))

    assert rows(engine, "flow_fences", "max_segment_ns") == [(0,), (2**63 - 1,)]


def test_r9_flows_bring_implicit_sources_with_the_first_flow_s_label(engine: Engine) -> None:
    assert rows(engine, "sources", "id", "format", "label", "explicit") == [
        ("s", VIDEO, "a", False)
    ]


def test_81_a_flow_whose_format_is_not_its_source_s_is_refused(engine: Engine) -> None:
    given = {"id": ["f3"], "source_id": ["s"], "format": ["urn:x-nmos:format:audio"]}

    with pytest.raises(BadParameter, match="source s"):
        load(engine, "flows", pa.table(given))


@pytest.mark.parametrize("ids", [["x", "x"], ["x", "f1"]])
def test_an_id_that_is_taken_is_refused_in_the_batch_and_in_the_store(
    engine: Engine, ids: list[str]
) -> None:
    given = {"id": ids, "source_id": ["s", "s"], "format": [VIDEO, VIDEO]}

    with pytest.raises(AlreadyExists):
        load(engine, "flows", pa.table(given))
    assert len(rows(engine, "flows", "id")) == 2


def test_r8_objects_without_a_storage_path_get_one_and_others_keep_theirs(engine: Engine) -> None:
    given = {"id": ["a", "b"], "first_flow_id": ["f1", "f1"], "storage_path": ["else/where", None]}

    load(engine, "objects", pa.table(given))

    [(_, kept, _), (_, made, created)] = rows(engine, "objects", "id", "storage_path", "created")
    assert kept == "else/where"
    assert made == f"f1/{created:%Y/%m/%d}/b"


def test_an_instance_gets_the_key_of_its_object_and_a_controlled_one_no_url(engine: Engine) -> None:
    load(engine, "objects", pa.table({"id": ["a"], "storage_path": ["x/a"]}))

    backend = {"id": ["b"], "provider": ["p"], "store_product": ["q"]}
    load(engine, "storage_backends", pa.table(backend))

    load(engine, "object_instances", pa.table({"object_id": ["a"], "storage_id": ["b"]}))

    assert rows(engine, "object_instances", "key", "url") == [("x/a", None)]
    bad = {"object_id": ["a"], "controlled": [True], "url": ["https://example.org/a"]}
    with pytest.raises(BadParameter, match="controlled"):
        load(engine, "object_instances", pa.table(bad))


class Frame:
    """Speaks Arrow's stream interface, as frames of pandas and polars do."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.to_reader().__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("shape", [Frame, pa.Table.to_reader, lambda table: table.to_batches()[0]])
def test_any_arrow_data_is_taken(engine: Engine, shape: Any) -> None:
    assert load(engine, "segments", shape(segments(("f1", "a", "0:0_1:0")))) == 1


def test_what_holds_no_arrow_data_is_refused(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="Arrow"):
        load(engine, "segments", [{"flow_id": "f1"}])


@pytest.mark.parametrize("name", ["segments", "objects", "flows", "tags", "collections"])
def test_no_rows_are_no_change(engine: Engine, name: str) -> None:
    table = {
        "segments": segments(("f1", "a", "0:0_1:0")),
        "tags": pa.table(
            {"entity_type": ["flows"], "entity_id": ["f1"], "name": ["n"], "value": ["v"]}
        ),
        "collections": pa.table({"flow_id": ["f1"], "member_id": ["f2"]}),
        "objects": pa.table({"id": ["a"]}),
        "flows": pa.table({"id": ["x"], "source_id": ["s"], "format": [VIDEO]}),
    }[name]

    assert load(engine, name, table.slice(0, 0)) == 0
    assert load(engine, name, table) == 1


def failing(table: pa.Table) -> Iterator[pa.RecordBatch]:
    yield from table.to_batches()
    raise OSError("the origin went away")


def test_r7_a_stream_that_fails_leaves_nothing_behind(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", 1)
    given = segments(("f1", "a", "0:0_1:0"))
    reader = pa.RecordBatchReader.from_batches(given.schema, failing(given))

    with pytest.raises(OSError, match="went away"):
        load(engine, "segments", reader)
    assert rows(engine, "segments", "object_id") == rows(engine, "objects", "id") == []


def test_a_stream_that_was_read_is_not_taken_for_an_empty_one_on_a_second_try() -> None:
    chunks = loading._chunks(segments(("f1", "a", "0:0_1:0")).to_reader())

    assert sum(chunk.num_rows for chunk in chunks()) == 1
    with pytest.raises(Refused, match="cannot be read again"):
        chunks()


def test_no_refused_segment_of_a_batch_makes_a_source_or_moves_a_fence(engine: Engine) -> None:
    before = rows(engine, "flow_fences", "flow_id", "epoch"), rows(engine, "sources", "id")

    with pytest.raises(SegmentsOverlap):
        load(engine, "segments", segments(("f1", "a", "0:0_2:0"), ("f1", "b", "1:0_2:0")))

    assert before == (
        rows(engine, "flow_fences", "flow_id", "epoch"),
        rows(engine, "sources", "id"),
    )


def test_r5_a_released_object_forgets_its_properties_when_it_is_loaded_again(
    engine: Engine,
) -> None:
    moment = pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))
    released = {"id": ["a"], "released_at": moment, "key_frame_count": [5], "init_object_id": ["i"]}
    load(engine, "objects", pa.table(released))

    load(engine, "segments", segments(("f1", "a", "0:0_1:0")))

    found = rows(engine, "objects", "id", "released_at", "key_frame_count", "init_object_id")
    assert found == [("a", None, None, None)]
