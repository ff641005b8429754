"""What each write tells webhooks, in its transaction (F80, R7, statements 90, 227 to 231)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics import writes
from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import BadParameter, NotFound, SegmentsOverlap
from tams_analytics.queries import entities
from tams_analytics.writes import events
from tams_analytics.writes.bodies.webhook import EVENTS
from tams_analytics.writes.outbox import LONGEST_PART
from tests.server.contract.specification import Specification

VIDEO = "urn:x-nmos:format:video"
F1 = "11111111-1111-4111-8111-111111111111"
F2 = "22222222-2222-4222-8222-222222222222"
F3 = "33333333-3333-4333-8333-333333333333"
S = "99999999-9999-4999-8999-999999999999"
S2 = "88888888-8888-4888-8888-888888888888"
S3 = "77777777-7777-4777-8777-777777777777"
URL = "https://hook.example.com/tams"

Told = list[tuple[str, dict[str, Any]]]
ALL = [*EVENTS]


def flow(id: str = F1, source_id: str = S, **more: Any) -> dict[str, Any]:
    essence = {"frame_width": 1920, "frame_height": 1080, "frame_rate": {"numerator": 25}}
    said = {"id": id, "source_id": source_id, "format": VIDEO, "codec": "video/h264"}
    return {**said, "container": "video/mp4", "essence_parameters": essence, **more}


def source(id: str = S) -> dict[str, Any]:
    return {"id": id, "format": VIDEO, "label": "studio"}


def segment(object_id: str, timerange: str) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": timerange, "get_urls": [url_of(object_id)]}


def url_of(object_id: str) -> dict[str, Any]:
    return {"url": f"https://there.example/{object_id}", "label": "there"}


def listen(engine: Engine, events: Iterable[str] = ALL, **filters: Any) -> str:
    body = {"url": URL, "events": [*events], **filters}
    return str(writes.create_webhook(engine, body)["id"])


def told(engine: Engine, webhook_id: str | None = None) -> Told:
    """What waits, in order; it is forgotten then."""
    rows = engine.ask(lambda tables: tables.events).to_pylist()
    rows.sort(key=lambda row: (row["created"], row["position"], row["id"], row["part"]))
    engine.transact(lambda tx: tx.delete("events", {}))
    mine = [row for row in rows if webhook_id in (None, row["webhook_id"])]
    joined = [[*parts] for _id, parts in groupby(mine, key=lambda row: row["id"])]
    return [
        (parts[0]["event_type"], json.loads("".join(part["payload"] for part in parts)))
        for parts in joined
    ]


def types(events: Told) -> list[str]:
    return [event_type for event_type, _payload in events]


Step = tuple[Callable[[Engine], object], list[str]]

STEPS: dict[str, Step] = {
    "a source": (lambda engine: writes.create_source(engine, source()), ["sources/created"]),
    "sources": (lambda engine: writes.create_sources(engine, [source(S2)]), ["sources/created"]),
    "its label": (lambda engine: writes.set_source_label(engine, S, "a"), ["sources/updated"]),
    "no label": (lambda engine: writes.delete_source_label(engine, S), ["sources/updated"]),
    "no label again": (lambda engine: writes.delete_source_label(engine, S), []),
    "its description": (
        lambda engine: writes.set_source_description(engine, S, "b"), ["sources/updated"]
    ),
    "no description": (
        lambda engine: writes.delete_source_description(engine, S), ["sources/updated"]
    ),
    "its tag": (lambda engine: writes.set_source_tag(engine, S, "c", "d"), ["sources/updated"]),
    "no tag": (lambda engine: writes.delete_source_tag(engine, S, "c"), ["sources/updated"]),
    "its tags": (lambda engine: writes.set_source_tags(engine, S, {}), ["sources/updated"]),
    "a flow": (lambda engine: writes.create_flow(engine, flow()), ["flows/created"]),
    "a flow of a new source": (
        lambda engine: writes.put_flow(engine, flow(F2, S3)), ["sources/created", "flows/created"]
    ),
    "flows": (lambda engine: writes.create_flows(engine, [flow(F3)]), ["flows/created"]),
    "the flow again": (lambda engine: writes.put_flow(engine, flow()), ["flows/updated"]),
    "label": (lambda engine: writes.set_flow_label(engine, F1, "e"), ["flows/updated"]),
    "unlabel": (lambda engine: writes.delete_flow_label(engine, F1), ["flows/updated"]),
    "describe": (lambda engine: writes.set_flow_description(engine, F1, "f"), ["flows/updated"]),
    "forget": (lambda engine: writes.delete_flow_description(engine, F1), ["flows/updated"]),
    "max rate": (lambda engine: writes.set_flow_max_bit_rate(engine, F1, 9), ["flows/updated"]),
    "no max": (lambda engine: writes.delete_flow_max_bit_rate(engine, F1), ["flows/updated"]),
    "avg rate": (lambda engine: writes.set_flow_avg_bit_rate(engine, F1, 9), ["flows/updated"]),
    "no avg": (lambda engine: writes.delete_flow_avg_bit_rate(engine, F1), ["flows/updated"]),
    "close": (lambda engine: writes.set_flow_read_only(engine, F1, True), ["flows/updated"]),
    "open": (lambda engine: writes.set_flow_read_only(engine, F1, False), ["flows/updated"]),
    "tag": (lambda engine: writes.set_flow_tag(engine, F1, "g", ["h"]), ["flows/updated"]),
    "untag": (lambda engine: writes.delete_flow_tag(engine, F1, "g"), ["flows/updated"]),
    "untag again": (lambda engine: writes.delete_flow_tag(engine, F1, "g"), []),
    "tags": (lambda engine: writes.set_flow_tags(engine, F1, {"i": "j"}), ["flows/updated"]),
    "collect": (
        lambda engine: writes.set_flow_collection(engine, F2, [{"id": F1, "role": "video"}]),
        ["flows/updated"],
    ),
    "segments": (
        lambda engine: writes.create_segments(
            engine, F1, [segment("a", "0:0_1:0"), segment("b", "1:0_2:0"), segment("c", "5:0_6:0")]
        ),
        ["flows/segments_added"],
    ),
    "no segments": (
        lambda engine: writes.delete_segments(engine, F1, timerange="[7:0_8:0)"), []
    ),
    "less segments": (
        lambda engine: writes.delete_segments(engine, F1, timerange="[0:0_4:0)"),
        ["flows/segments_deleted"],
    ),
    "no collected flow": (
        lambda engine: writes.delete_flow(engine, F1),
        ["flows/segments_deleted", "flows/deleted", "flows/updated"],
    ),
    "no collection": (lambda engine: writes.delete_flow_collection(engine, F2), []),
    "no flow of an implicit source": (
        lambda engine: writes.delete_flow(engine, F2), ["flows/deleted", "sources/deleted"]
    ),
    "no source": (
        lambda engine: writes.delete_source(engine, S), ["flows/deleted", "sources/deleted"]
    ),
    "what has no event": (
        lambda engine: writes.create_profile(
            engine, {"id": S3, "flow_metadata": {"format": VIDEO, "codec": "video/h264",
            "essence_parameters": flow()["essence_parameters"]}}
        ),
        [],
    ),
    "what is loaded": (
        lambda engine: writes.load.load(
            engine, "sources", pa.table({"id": [S3], "format": [VIDEO]})
        ),
        [],
    ),
}  # fmt: skip
"""Each write in turn, and the events of its transaction."""


def test_227_each_write_tells_its_events_as_the_specification_has_them(
    engine: Engine, shared: Path
) -> None:
    """§227, §90, F80, R7."""
    specification = Specification(shared)
    listen(engine)
    for name, (write, expected) in STEPS.items():
        write(engine)
        heard = told(engine)
        assert (name, expected) == (name, types(heard))
        for event_type, payload in heard:
            place = event_type.replace("/", "~1")
            steps = f"#/webhooks/{place}/post/requestBody/content/application~1json/schema"
            said = {"event_type": event_type, "event_timestamp": "2026-09-01T00:00:00Z"}
            if event_type != "flows/segments_added":  # which is completed when it is delivered
                specification.validator(steps).validate({**said, "event": payload})


def test_every_write_that_changes_has_its_step() -> None:
    """The others have none (objects, webhooks, runs), or are the same another way."""
    without = {
        "add_instance", "allocate_storage", "delete_instance", "delete_object",
        "create_webhook", "put_webhook", "delete_webhook", "update_service",
        "ensure_default_backend", "prepare_storage_backends", "put_storage_backend",
        "work_deletion_requests", "create_segments_together", "upload_segment", "register_instance",
        "object_at", "object_to_fill", "prolong", "filling",
        "remember_checks", "remember_measures", "forget_runs",
        "acknowledge", "withdraw_acknowledgement",
    }  # fmt: skip
    used = {name for write, _events in STEPS.values() for name in write.__code__.co_names}
    assert {each.__name__ for each in writes.WRITES} <= used | without


def test_documents_are_those_of_a_get(engine: Engine) -> None:
    listen(engine)
    tags = {"genre": ["news", "sport"], "none": []}
    writes.put_flow(engine, flow(tags=tags))
    writes.create_flow(engine, flow(F2, S2, flow_collection=[{"id": F1, "role": "video"}]))

    made = dict(told(engine)[-2:])
    assert made["flows/created"]["flow"] == entities.flow(engine.ask, F2)
    assert made["sources/created"]["source"] == entities.source(engine.ask, S2)
    assert made["sources/created"]["source"]["source_collection"] == [{"id": S, "role": "video"}]
    writes.set_flow_label(engine, F1, "now")
    [(_updated, payload)] = told(engine)
    assert payload["flow"] == entities.flow(engine.ask, F1)
    assert (payload["flow"]["collected_by"], payload["flow"]["tags"]) == ([F2], tags)


def test_a_write_that_fails_tells_nothing(engine: Engine) -> None:
    listen(engine)
    writes.put_flow(engine, flow())
    writes.create_segments(engine, F1, segment("a", "0:0_1:0"))
    told(engine)

    with pytest.raises(SegmentsOverlap):
        writes.create_segments(engine, F1, segment("b", "0:0_1:0"))
    with pytest.raises(BadParameter):
        writes.put_flow(engine, flow(profile_id=S3))
    assert [] == told(engine)


def test_229_what_is_deleted_starts_and_ends_at_deleted_segments(engine: Engine) -> None:
    """§229."""
    listen(engine, ["flows/segments_deleted"])
    writes.put_flow(engine, flow())
    spans = ["0:0_1:0", "2:0_3:0", "4:0_5:0", "8:0_9:0"]
    writes.create_segments(engine, F1, [segment(f"o{at}", each) for at, each in enumerate(spans)])

    writes.delete_segments(engine, F1, timerange="[1:0_8:500000000)")
    assert [("flows/segments_deleted", {"flow_id": F1, "timerange": "[2:0_5:0)"})] == told(engine)
    writes.delete_segments(engine, F1, object_id="o3")
    assert [("flows/segments_deleted", {"flow_id": F1, "timerange": "[8:0_9:0)"})] == told(engine)


def test_f69_no_url_is_kept_and_a_hundred_segments_are_told_at_once(engine: Engine) -> None:
    listen(engine, ["flows/segments_added"])
    writes.put_flow(engine, flow())
    writes.create_segments(
        engine, F1, [segment(f"o{at}", f"{at}:0_{at + 1}:0") for at in range(250)]
    )

    heard = told(engine)
    assert [100, 100, 50] == [len(payload["segments"]) for _type, payload in heard]
    ids = [each["object_id"] for _type, payload in heard for each in payload["segments"]]
    assert [f"o{at}" for at in range(250)] == ids
    assert "there.example" not in json.dumps(heard)


def test_what_no_cell_holds_is_kept_in_parts(engine: Engine) -> None:
    listen(engine, ["flows/created"])
    tags = {f"t{at}": "\U0001f3ac" * 10_000 for at in range(12)}
    writes.put_flow(engine, flow(tags=tags))

    parts = engine.ask(lambda tables: tables.events).column("payload").to_pylist()
    assert len(parts) > 3
    assert max(map(len, parts)) == LONGEST_PART
    [(_created, payload)] = told(engine)
    assert tags == payload["flow"]["tags"]


def test_deletes_in_the_background_tell_each_batch_and_the_end(engine: Engine) -> None:
    """R2, R7, 231: a batch is a transaction; the flow goes once, with the collections of before."""
    writes.put_flow(engine, flow())
    writes.put_flow(engine, flow(F2, S2, flow_collection=[{"id": F1}]))
    writes.create_segments(engine, F1, [segment(f"o{at}", f"{at}:0_{at + 1}:0") for at in range(5)])
    everything = listen(engine)
    collected = listen(engine, flow_collected_by_ids=[F2], source_collected_by_ids=[S2])
    replace(engine, async_deletion_threshold=4)

    assert writes.delete_flow(engine, F1) is not None
    assert [] == told(engine)  # only asked for
    writes.work_deletion_requests(engine, batch=2)

    rows = engine.ask(lambda tables: tables.events).to_pylist()
    mine = [row["event_type"] for row in rows if row["webhook_id"] == collected]
    assert sorted(["flows/segments_deleted"] * 3 + ["flows/deleted", "sources/deleted"]) == sorted(
        mine
    )
    heard = told(engine, everything)
    assert ["[0:0_2:0)", "[2:0_4:0)", "[4:0_5:0)"] == [
        payload["timerange"] for type_, payload in heard if type_ == "flows/segments_deleted"
    ]
    assert ["flows/deleted", "flows/updated", "sources/deleted"] == types(heard)[3:]


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "none": ({}, ["s S", "f F1", "s S2", "f F2", "a F1", "a F2", "d F1", "d F2"]),
    "flow_ids": ({"flow_ids": [F1]}, ["s S", "f F1", "s S2", "a F1", "d F1"]),
    "no flow": ({"flow_ids": []}, ["s S", "s S2"]),
    "source_ids": ({"source_ids": [S]}, ["s S", "f F1", "a F1", "d F1"]),
    "collected flows": (
        {"flow_collected_by_ids": [F2, F3]}, ["s S", "s S2", "a F1", "d F1"]
    ),
    "uncollected flows": (
        {"flow_collected_by_ids": []}, ["s S", "f F1", "s S2", "f F2", "a F2", "d F2"]
    ),
    "collected sources": ({"source_collected_by_ids": [S2]}, ["a F1", "d F1"]),
    "uncollected sources": (
        {"source_collected_by_ids": []}, ["s S", "f F1", "s S2", "f F2", "a F2", "d F2"]
    ),
    "all agree": (
        {"flow_ids": [F1, F2], "flow_collected_by_ids": [F2]}, ["s S", "s S2", "a F1", "d F1"]
    ),
}  # fmt: skip
"""What is heard of F1 of S, which then F2 of S2 collects: made, segments added, deleted."""
SHORT = {"sources/created": "s", "flows/created": "f", "flows/segments_added": "a",
         "flows/deleted": "d"}  # fmt: skip
NAMES = {F1: "F1", F2: "F2", S: "S", S2: "S2"}


def test_230_filters_are_decided_at_the_moment_of_the_change(engine: Engine) -> None:
    """§230, §231: deletions by the collections as they were before."""
    ids = {name: listen(engine, SHORT, **filters) for name, (filters, _heard) in FILTERS.items()}
    writes.put_flow(engine, flow())
    writes.put_flow(engine, flow(F2, S2, flow_collection=[{"id": F1}]))
    for id in (F1, F2):
        writes.create_segments(engine, id, segment(id, "0:0_1:0"))
    writes.delete_flow(engine, F1)
    writes.delete_flow(engine, F2)

    rows = engine.ask(lambda tables: tables.events).to_pylist()
    rows.sort(key=lambda row: (row["created"], row["position"]))
    for name, (_filters, heard) in FILTERS.items():
        mine = [short(row) for row in rows if row["webhook_id"] == ids[name]]
        assert (name, heard) == (name, mine)


def short(row: dict[str, Any]) -> str:
    payload = json.loads(row["payload"])
    entity = payload.get("flow") or payload.get("source") or {"id": payload.get("flow_id")}
    return f"{SHORT[row['event_type']]} {NAMES[entity['id']]}"


@pytest.mark.parametrize("status", ["disabled", "error"])
def test_225_who_does_not_listen_hears_nothing(engine: Engine, status: str) -> None:
    """§225."""
    id = listen(engine)
    engine.transact(lambda tx: tx.update("webhooks", {"id": id}, {"status": status}))
    writes.put_flow(engine, flow())
    assert [] == told(engine)


def replace(engine: Engine, **settings: Any) -> None:
    engine.settings = dataclasses.replace(engine.settings, **settings)


def test_an_event_is_part_of_its_transaction(engine: Engine) -> None:
    """R7: what is undone was never told."""
    listen(engine)

    def work(tx: Transaction) -> None:
        tx.insert("sources", [{"id": S, "format": VIDEO}])
        events.sources_created(tx, [S])
        assert tx.rows(tx.tables.events).num_rows == 1
        raise NotFound("source", S2)

    with pytest.raises(NotFound):
        engine.transact(work)
    assert [] == told(engine)
