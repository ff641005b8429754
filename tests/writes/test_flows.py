"""Flows: created, replaced and taken away (statements 79 to 102, R12, F6, F12, F31)."""

from __future__ import annotations

import copy
import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.engines import Engine
from tams_analytics.errors import (
    AlreadyExists,
    BadParameter,
    FlowBeingDeleted,
    NotFound,
    ReadOnlyFlow,
)
from tams_analytics.queries import entities
from tams_analytics.writes import (
    create_flow,
    create_flows,
    create_source,
    put_flow,
    set_flow_label,
    set_flow_read_only,
)
from tams_analytics.writes.flows import delete_flow_rows
from tams_analytics.writes.rows import insert
from tams_analytics.writes.sources import drop_implicit_source
from tests.writes.conftest import examples

F1 = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c01"
F2 = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c02"
S1 = "a0456629-b25d-4c4b-b631-0861621f67c1"
S2 = "a0456629-b25d-4c4b-b631-0861621f67c2"
VIDEO: dict[str, Any] = {
    "id": F1,
    "source_id": S1,
    "label": "cleanfeed",
    "description": "OB truck A",
    "tags": {"genre": "news", "crew": ["a", "b"]},
    "format": "urn:x-nmos:format:video",
    "codec": "video/h264",
    "container": "video/mp2t",
    "generation": 0,
    "avg_bit_rate": 5000,
    "max_bit_rate": 6000,
    "segment_duration": {"numerator": 2, "denominator": 1},
    "status": "ingesting",
    "essence_parameters": {
        "frame_width": 1920,
        "frame_height": 1080,
        "frame_rate": {"numerator": 25, "denominator": 1},
        "bit_depth": 8,
        "aspect_ratio": {"numerator": 16, "denominator": 9},
        "init_segments": False,
    },
    "x_extension": {"kept": [1, None, "ü"]},
}
FLAT = {
    "id": F1,
    "source_id": S1,
    "codec": "video/h264",
    "frame_width": 1920,
    "frame_height": 1080,
    "frame_rate": "25/1",
}
AUDIO = {
    "id": F2,
    "source_id": S2,
    "format": "urn:x-nmos:format:audio",
    "codec": "audio/aac",
    "essence_parameters": {"sample_rate": 48000, "channels": 2},
}
SERVER_SAYS = {"created", "created_by", "updated_by", "metadata_updated", "metadata_version"}


def said_by_client(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_SAYS}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def count(engine: Engine, table: str) -> int:
    return int(getattr(engine.tables, table).count().execute())


def test_91_a_put_of_a_new_id_creates_and_of_a_known_one_replaces(engine: Engine) -> None:
    assert put_flow(engine, VIDEO).created
    assert not put_flow(engine, VIDEO).created


def test_f31_every_field_comes_back_as_it_was_given(engine: Engine) -> None:
    document = put_flow(engine, VIDEO).document

    assert said_by_client(document) == VIDEO
    assert entities.flow(engine.ask, F1) == document


def test_what_is_filtered_or_sorted_has_a_column_and_all_else_is_in_body(engine: Engine) -> None:
    essence = {**VIDEO["essence_parameters"], "vfr": False}
    put_flow(engine, {**VIDEO, "read_only": False, "essence_parameters": essence})

    [row] = engine.tables.flows.to_pyarrow().to_pylist()
    columns = (
        *("id", "source_id", "format", "codec", "container", "label", "description", "status"),
        *("frame_width", "frame_height", "frame_rate_num", "frame_rate_den", "vfr"),
        *("avg_bit_rate", "max_bit_rate", "segment_duration_num", "segment_duration_den"),
        *("init_segments", "generation", "read_only"),
    )
    assert [row[name] for name in columns] == [
        *(F1, S1, VIDEO["format"], "video/h264", "video/mp2t", "cleanfeed", "OB truck A"),
        *("ingesting", 1920, 1080, 25, 1, False, 5000, 6000, 2, 1, False, 0, False),
    ]
    assert json.loads(row["body"]) == {
        "essence_parameters": {"bit_depth": 8, "aspect_ratio": {"numerator": 16, "denominator": 9}},
        "x_extension": {"kept": [1, None, "ü"]},
        "read_only": False,
    }


def test_94_what_get_gave_put_takes(engine: Engine) -> None:
    put_flow(engine, VIDEO, principal="ann")
    got = entities.flow(engine.ask, F1)

    put_flow(engine, {**got, "timerange": "[0:0_1:0)", "collected_by": [F2]})

    assert said_by_client(entities.flow(engine.ask, F1)) == said_by_client(got)


def test_101_a_denominator_is_1_by_default_and_given_back_only_if_it_was_given(
    engine: Engine,
) -> None:
    essence = {**VIDEO["essence_parameters"], "frame_rate": {"numerator": 25}}
    body = {**VIDEO, "segment_duration": {"numerator": 6}, "essence_parameters": essence}

    assert said_by_client(put_flow(engine, body).document) == body
    [row] = engine.tables.flows.execute().to_dict("records")
    assert (row["frame_rate_den"], row["segment_duration_den"]) == (1, 1)


def test_92_another_id_in_the_path_is_not_found_and_creates_nothing(engine: Engine) -> None:
    with pytest.raises(NotFound):
        put_flow(engine, VIDEO, flow_id=F2)
    assert (count(engine, "flows"), count(engine, "sources")) == (0, 0)


def test_59_95_a_replace_removes_each_optional_field_that_is_not_given(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    small = without(VIDEO, "label", "description", "tags", "container", "generation", "status")
    small = without(small, "avg_bit_rate", "max_bit_rate", "segment_duration", "x_extension")

    document = put_flow(engine, small).document

    assert said_by_client(document) == small
    assert entities.flow(engine.ask, F1) == document


def test_f12_a_replace_keeps_created_and_moves_metadata_updated(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    [before] = engine.tables.flows.execute().to_dict("records")
    put_flow(engine, VIDEO)
    [after] = engine.tables.flows.execute().to_dict("records")

    assert before["created"] == before["metadata_updated"] == after["created"]
    assert after["metadata_updated"] > before["metadata_updated"]


def test_dates_go_forward_even_if_the_clock_goes_back(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    future = dt.datetime(2200, 1, 1)
    engine.transact(lambda tx: tx.update("flows", {"id": F1}, {"metadata_updated": future}))

    put_flow(engine, VIDEO)

    [row] = engine.tables.flows.execute().to_dict("records")
    assert row["metadata_updated"].to_pydatetime() == future + dt.timedelta(microseconds=1)


def test_10_dates_have_neither_fraction_nor_offset(engine: Engine) -> None:
    created = put_flow(engine, VIDEO).document["created"]

    assert dt.datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ")


def test_100_a_clients_version_is_kept_on_creation_and_changes_after(engine: Engine) -> None:
    first = put_flow(engine, {**VIDEO, "metadata_version": "v1"}).document
    second = put_flow(engine, first).document
    third = put_flow(engine, {**second, "metadata_version": "v3"}).document

    assert first["metadata_version"] == "v1"
    assert second["metadata_version"] not in ("v1", "v3")
    assert third["metadata_version"] == "v3"


def test_20_the_principal_stands_for_who_is_not_named(engine: Engine) -> None:
    first = put_flow(engine, VIDEO, principal="ann").document
    second = put_flow(engine, first, principal="bob").document
    third = put_flow(engine, {**second, "updated_by": "ingest-7"}, principal="bob").document

    authors = [(flow["created_by"], flow["updated_by"]) for flow in (first, second, third)]
    assert authors == [("ann", "ann"), ("ann", "bob"), ("ann", "ingest-7")]


def test_117_read_only_is_shown_to_whom_ever_set_it(engine: Engine) -> None:
    assert "read_only" not in put_flow(engine, VIDEO).document
    assert put_flow(engine, {**VIDEO, "read_only": False}).document["read_only"] is False
    assert put_flow(engine, {**VIDEO, "read_only": True}).document["read_only"] is True


def test_102_a_read_only_flow_refuses_a_put(engine: Engine) -> None:
    before = put_flow(engine, {**VIDEO, "read_only": True}).document

    with pytest.raises(ReadOnlyFlow):
        put_flow(engine, {**VIDEO, "read_only": False})
    assert entities.flow(engine.ask, F1) == before


def test_r2_a_flow_that_is_being_deleted_refuses_a_put_until_its_request_failed(
    engine: Engine,
) -> None:
    put_flow(engine, VIDEO)
    request(engine, "started")

    sentence = f"replacing it is refused: flow {F1} is being deleted"
    with pytest.raises(FlowBeingDeleted, match=sentence) as refused:
        put_flow(engine, VIDEO)
    assert "read_only" not in str(refused.value)
    with pytest.raises(FlowBeingDeleted):
        set_flow_read_only(engine, F1, False)
    engine.transact(lambda tx: tx.update("deletion_requests", {}, {"status": "error"}))
    assert not put_flow(engine, VIDEO).created


def request(engine: Engine, status: str) -> None:
    row = {
        "id": "r",
        "flow_id": F1,
        "timerange_to_delete": "_",
        "timerange_remaining": "_",
        "delete_flow": True,
        "status": status,
    }
    engine.transact(lambda tx: insert(tx, "deletion_requests", [row]))


def test_180_init_segments_stay_as_they_are_once_there_are_segments(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    row = {"flow_id": F1, "object_id": "o", "start_ns": 0, "end_ns": 1, "timerange": "[0:0_0:1)"}
    engine.transact(lambda tx: insert(tx, "segments", [row]))
    initialised = {**VIDEO["essence_parameters"], "init_segments": True}

    with pytest.raises(BadParameter, match=r"^essence_parameters\.init_segments"):
        put_flow(engine, {**VIDEO, "essence_parameters": initialised})
    assert not put_flow(engine, VIDEO).created


def test_79_80_an_unknown_source_is_made_with_what_the_flow_says(engine: Engine) -> None:
    put_flow(engine, VIDEO, principal="ann")

    source = entities.source(engine.ask, S1)
    assert without(source, "created", "updated") == {
        "id": S1,
        "format": VIDEO["format"],
        "label": VIDEO["label"],
        "description": VIDEO["description"],
        "created_by": "ann",
        "updated_by": "ann",
        "tags": VIDEO["tags"],
    }


def test_79_a_known_source_is_left_as_it_is(engine: Engine) -> None:
    before = create_source(engine, {"id": S1, "format": VIDEO["format"]})
    put_flow(engine, VIDEO)

    assert entities.source(engine.ask, S1) == before


def test_81_a_format_that_is_not_its_sources_is_refused(engine: Engine) -> None:
    put_flow(engine, VIDEO)

    with pytest.raises(BadParameter, match=r"^format: .*is not the format of source"):
        put_flow(engine, {**AUDIO, "source_id": S1})
    assert count(engine, "flows") == 1


def test_r9_a_source_made_by_a_flow_goes_when_the_flow_changes_its_source(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    put_flow(engine, {**VIDEO, "source_id": S2})

    assert engine.tables.sources.id.execute().tolist() == [S2]
    assert engine.tables.tags.filter(engine.tables.tags.entity_id == S1).count().execute() == 0


def test_r9_an_explicit_source_outlives_its_last_flow(engine: Engine) -> None:
    create_source(engine, {"id": S1, "format": VIDEO["format"]})
    put_flow(engine, VIDEO)
    engine.transact(lambda tx: delete_flow_rows(tx, F1))

    assert engine.transact(lambda tx: drop_implicit_source(tx, S1)) is False
    assert count(engine, "sources") == 1


def test_r9_an_implicit_source_stays_while_it_has_a_flow(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    put_flow(engine, {**VIDEO, "id": F2})
    engine.transact(lambda tx: delete_flow_rows(tx, F1))
    assert engine.transact(lambda tx: drop_implicit_source(tx, S1)) is False
    engine.transact(lambda tx: delete_flow_rows(tx, F2))
    assert engine.transact(lambda tx: drop_implicit_source(tx, S1)) is True
    assert [count(engine, name) for name in ("sources", "flows", "tags", "flow_fences")] == [0] * 4


def test_each_flow_has_one_fence(engine: Engine) -> None:
    put_flow(engine, VIDEO)
    put_flow(engine, VIDEO)
    create_flow(engine, AUDIO)

    assert sorted(engine.tables.flow_fences.flow_id.execute()) == [F1, F2]


def test_w2_a_flat_body_becomes_an_8_2_flow(engine: Engine) -> None:
    document = create_flow(engine, {**FLAT, "label": "x", "description": "y"})

    assert said_by_client(document) == {
        "id": F1,
        "source_id": S1,
        "label": "x",
        "description": "y",
        "format": "urn:x-nmos:format:video",
        "codec": "video/h264",
        "container": "video/mp4",
        "essence_parameters": {
            "frame_width": 1920,
            "frame_height": 1080,
            "frame_rate": {"numerator": 25, "denominator": 1},
        },
    }
    assert {"created", "metadata_updated"} <= document.keys()


def test_w2_the_nested_body_is_accepted_too(engine: Engine) -> None:
    assert said_by_client(create_flow(engine, VIDEO)) == VIDEO


def test_r12_a_post_of_a_known_id_is_refused(engine: Engine) -> None:
    before = create_flow(engine, FLAT)

    with pytest.raises(AlreadyExists) as caught:
        create_flow(engine, {**FLAT, "label": "other"})
    assert not caught.value.specified
    assert entities.flow(engine.ask, F1) == before


FILLED_IN: list[tuple[dict[str, Any], str, str | None]] = [
    ({"codec": "audio/aac", "sample_rate": 48000, "channels": 2}, "nmos:format:audio", "audio/mp4"),
    (
        {"codec": "application/x-any", "sample_rate": 48000, "channels": 2},
        "nmos:format:audio",
        "audio/mp4",
    ),
    (
        {"codec": "image/jpeg", "frame_width": 8, "frame_height": 8},
        "tam:format:image",
        "image/jpeg",
    ),
    (
        {"format": "urn:x-nmos:format:data", "codec": "text/vtt"},
        "nmos:format:data",
        "text/vtt",
    ),
    ({"format": "urn:x-nmos:format:multi"}, "nmos:format:multi", None),
    (
        {"codec": "video/h264", "frame_width": 8, "frame_height": 8, "vfr": True},
        "nmos:format:video",
        "video/mp4",
    ),
]


@pytest.mark.parametrize(("body", "format", "container"), FILLED_IN)
def test_r12_format_and_container_are_filled_in(
    engine: Engine, body: dict[str, Any], format: str, container: str | None
) -> None:
    document = create_flow(engine, {"id": F1, "source_id": S1, **body})

    assert (document["format"], document.get("container")) == (f"urn:x-{format}", container)


def test_r12_old_names_of_colour_are_understood(engine: Engine) -> None:
    old = {"color_space": "BT709", "transfer_characteristics": "SDR"}
    essence = create_flow(engine, {**FLAT, **old})["essence_parameters"]

    assert (essence["colorspace"], essence["transfer_characteristic"]) == ("BT709", "SDR")


def test_r12_a_body_whose_format_nothing_tells_is_refused(engine: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^format is missing; "):
        create_flow(engine, {"id": F1, "source_id": S1, "codec": "application/json"})


def test_a_put_takes_no_flat_body(engine: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^format is missing; "):
        put_flow(engine, FLAT)


def test_f6_a_batch_is_all_or_nothing(engine: Engine) -> None:
    create_flow(engine, AUDIO)

    with pytest.raises(AlreadyExists):
        create_flows(engine, [FLAT, AUDIO])
    with pytest.raises(BadParameter, match=r"^1\.codec: "):
        create_flows(engine, [FLAT, {**AUDIO, "codec": "aac"}])
    assert count(engine, "flows") == 1


def test_f6_a_batch_names_the_place_of_what_only_the_store_can_refuse(engine: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^1\.format: "):
        create_flows(engine, [FLAT, {**AUDIO, "source_id": S1}])
    with pytest.raises(BadParameter, match=r"^1\.id: .* occurs twice"):
        create_flows(engine, [FLAT, FLAT])


def test_f6_a_batch_holds_at_most_1000(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="too many"):
        create_flows(engine, [FLAT] * 1001)
    with pytest.raises(BadParameter, match="no array"):
        create_flows(engine, "text")


def test_f6_the_flows_of_a_batch_may_collect_each_other(engine: Engine) -> None:
    multi = {
        "id": "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c09",
        "source_id": "a0456629-b25d-4c4b-b631-0861621f67c9",
        "format": "urn:x-nmos:format:multi",
        "flow_collection": [{"id": F1}, {"id": F2, "role": "sound"}],
    }
    documents = create_flows(engine, [multi, FLAT, AUDIO])

    assert documents[0]["flow_collection"] == multi["flow_collection"]
    assert entities.flow(engine.ask, F1)["collected_by"] == [multi["id"]]


def test_f6_a_large_batch_is_written(engine: Engine) -> None:
    many = [{**FLAT, "id": f"4f1cd6e2-0a3b-4c57-9d6a-{at:012x}"} for at in range(200)]

    assert len(create_flows(engine, many)) == count(engine, "flows") == 200


def test_what_has_no_column_must_fit_into_one_cell(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="beside what the specification names"):
        put_flow(engine, {**VIDEO, "x_extension": ["ü" * 1000] * 100})


def test_l4_each_change_is_one_line_with_who_what_and_result(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="tams_analytics.audit")
    put_flow(engine, {**VIDEO, "read_only": True}, principal="ann\nforged")
    with pytest.raises(ReadOnlyFlow):
        set_flow_label(engine, F1, "secret words")

    assert [record.getMessage() for record in caplog.records] == [
        f"principal='ann\\nforged' change=put flow='{F1}' result=done",
        f"principal=- change=set label of flow='{F1}' result=ReadOnlyFlow",
    ]


EXAMPLES = [
    *[f"audio-{kind}" for kind in ("aac", "aac-multi", "wav")],
    *("data-ttml", "image-jpeg", "multi", "multi-container-map"),
    *[f"video-{kind}" for kind in ("h264", "h264-cleanfeed", "h264-fmp4", "h264-mxf", "h264-vfr")],
    *[f"video-{kind}" for kind in ("jpeg-jp2", "jpeg-mxf", "raw")],
]
PUTS = ["flow-put.json", "flow-put-201.json", "flow-put-multi.json"]


@pytest.mark.parametrize("name", [*[f"flow-get-200-{name}.json" for name in EXAMPLES], *PUTS])
def test_the_specifications_flows_round_trip(engine: Engine, shared: Path, name: str) -> None:
    body = json.loads((shared / "examples" / name).read_text("utf-8"))
    body.pop("profile_id", None)  # shown by GET beside technical metadata, refused in a PUT (75)
    members = [member for member in body.get("flow_collection", []) if member["id"] != body["id"]]
    if members:  # flow-put-multi collects itself, which statement 127 forbids
        body["flow_collection"] = members
        stand_ins = [{**AUDIO, "id": member["id"]} for member in members]
        create_flows(engine, stand_ins)

    put_flow(engine, body)

    server = {"created", "metadata_updated", "segments_updated", "timerange", "collected_by"}
    expected = without(body, *server)
    got = entities.flow(engine.ask, body["id"])
    assert {name: got.get(name) for name in expected} == expected


leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
extension = st.recursive(
    leaf | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
big = st.integers(1, 2**63 - 1)
ratio = st.fixed_dictionaries({"numerator": big, "denominator": big}, optional={"x": extension})
rate = st.fixed_dictionaries({"numerator": big}, optional={"denominator": big, "x": extension})
video_essence = st.fixed_dictionaries(
    {
        "frame_width": st.integers(1, 2**63 - 1),
        "frame_height": st.integers(1, 10000),
        "frame_rate": rate,
    },
    optional={
        "vfr": st.just(False),
        "bit_depth": st.integers(1, 64),
        "aspect_ratio": ratio,
        "init_segments": st.booleans(),
        "avc_parameters": st.fixed_dictionaries(
            {name: st.integers(0, 255) for name in ("profile", "level", "flags")},
            optional={"x": extension},
        ),
    },
)
flow_bodies = st.fixed_dictionaries(
    {
        "id": st.just(F1),
        "source_id": st.just(S1),
        "format": st.just("urn:x-nmos:format:video"),
        "codec": st.just("video/h264"),
        "essence_parameters": video_essence,
    },
    optional={
        "label": text,
        "description": text,
        "container": st.just("video/mp4"),
        "created_by": text,
        "generation": st.integers(0, 2**63 - 1),
        "status": st.sampled_from(["ingesting", "closed_complete"]),
        "avg_bit_rate": st.integers(0, 2**63 - 1),
        "segment_duration": rate,
        "container_mapping": st.fixed_dictionaries({"track_index": st.integers(0, 9)}),
        "x_extension": extension,
        "x_other": st.fixed_dictionaries({"codec": extension}),
    },
)


def test_f31_whatever_a_client_says_comes_back(engine: Engine) -> None:
    @examples(engine, duckdb=60, vast=15)
    @given(body=flow_bodies)
    def comes_back(body: dict[str, Any]) -> None:
        put_flow(engine, copy.deepcopy(body))

        got = entities.flow(engine.ask, F1)
        assert {name: got.get(name) for name in body} == body
        assert said_by_client(got).keys() == said_by_client(body).keys()

    comes_back()
