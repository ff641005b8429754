"""Instances of objects (statements 211 to 215), and which objects a collector may take (R5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, NotFound, Refused
from tams_analytics.queries.collecting import KINDS, Until
from tams_analytics.writes import collecting
from tams_analytics.writes.collected import TAKEN_OVER_AFTER
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.instances import add_instance, delete_instance
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage import allocate_storage
from tams_analytics.writes.storage_backends import put_storage_backend
from tests.writes.conftest import World, WorldOf, two_flows

NEAR = "b1111111-1111-4111-8111-111111111111"
FAR = "b2222222-2222-4222-8222-222222222222"
URL = {"url": "https://example.org/a", "label": "there"}


@pytest.fixture
def media(world_of: WorldOf) -> Any:
    """The object a is registered, with an instance in the backend NEAR; FAR has none."""
    return world_of(with_media)


def with_media(engine: Engine) -> None:
    two_flows(engine)
    for id, label in ((NEAR, "near"), (FAR, "far")):
        backend = {"id": id, "label": label, "provider": "p", "store_product": "s", "bucket": label}
        put_storage_backend(engine, backend | {"default_storage": id == NEAR})
    allocate_storage(engine, World.F1, {"object_ids": ["a", "allocated"]})
    create_segments(engine, World.F1, {"object_id": "a", "timerange": "0:0_1:0"})


def places(world: Any) -> list[Any]:
    rows = world.rows("object_instances", "object_id", "storage_id", "label", "bucket", "url")
    return [row[1:] for row in rows if row[0] == "a"]


def test_211_212_an_instance_is_controlled_at_the_object_s_path_or_a_url(media: Any) -> None:
    made = add_instance(media.engine, "a", {"storage_id": FAR})
    add_instance(media.engine, "a", URL)

    assert made["key"] == media.object("a")["storage_path"]
    assert sorted(places(media), key=str) == [
        (NEAR, None, "near", None),
        (FAR, None, "far", None),
        (None, "there", None, URL["url"]),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        {"storage_id": FAR, **URL},
        {"url": "u"},
        {"label": "l"},
        {"storage_id": "99999999-9999-4999-8999-999999999999"},
        {"storage_id": NEAR},
        URL | {"label": "far"},
        URL | {"label": ""},
    ],
)
def test_211_212_a_bad_instance_is_refused(media: Any, body: Any) -> None:
    with pytest.raises(BadParameter):
        add_instance(media.engine, "a", body)


def test_211_a_label_is_given_once(media: Any) -> None:
    add_instance(media.engine, "a", URL)

    with pytest.raises(BadParameter, match="label"):
        add_instance(media.engine, "a", URL)


def test_202_210_an_object_that_nobody_can_see_has_no_instances_to_change(media: Any) -> None:
    create_segments(media.engine, media.F1, {"object_id": "gone", "timerange": "5:0_6:0"})
    delete_segments(media.engine, media.F1, object_id="gone")

    for id in ("allocated", "unknown", "gone"):
        with pytest.raises(NotFound):
            add_instance(media.engine, id, URL)
        with pytest.raises(NotFound):
            delete_instance(media.engine, id, storage_id=NEAR)


def test_214_an_instance_is_deleted_by_its_backend_or_its_label(media: Any) -> None:
    add_instance(media.engine, "a", {"storage_id": FAR})
    add_instance(media.engine, "a", URL)

    assert delete_instance(media.engine, "a", storage_id=FAR)["bucket"] == "far"
    assert delete_instance(media.engine, "a", label="near")["bucket"] == "near"

    assert places(media) == [(None, "there", None, URL["url"])]
    with pytest.raises(BadParameter):
        delete_instance(media.engine, "a")
    with pytest.raises(NotFound):
        delete_instance(media.engine, "a", label="near")


def test_214_only_the_instance_that_is_named_goes(media: Any) -> None:
    add_instance(media.engine, "a", {"storage_id": FAR})
    media.engine.transact(lambda tx: tx.insert("object_instances", shadow("near")))
    before = places(media)

    with pytest.raises(BadParameter, match="2 instances"):
        delete_instance(media.engine, "a", label="near")

    assert places(media) == before
    assert delete_instance(media.engine, "a", storage_id=NEAR, label="near")["controlled"]
    assert delete_instance(media.engine, "a", label="near")["url"] == "u"
    assert places(media) == [(FAR, None, "far", None)]


def shadow(label: str) -> pa.Table:
    """A URL of a with a backend's label, as older stores may hold it."""
    row = {"object_id": "a", "label": label, "url": "u", "controlled": False}
    return pa.table({name: [value] for name, value in row.items()})


def test_215_the_last_instance_stays(media: Any) -> None:
    with pytest.raises(Refused, match="last instance"):
        delete_instance(media.engine, "a", storage_id=NEAR)

    assert len(places(media)) == 1


def test_r5_201_what_was_never_registered_or_is_released_is_collectable_after_its_time(
    media: Any,
) -> None:
    media.set_flow(media.F2, init_segments=True)
    posted = {"object_id": "gone", "timerange": "5:0_6:0"}
    create_segments(media.engine, media.F1, posted)
    create_segments(
        media.engine, media.F2, {"object_id": "m", "timerange": "0:0_1:0", "init_object_id": "i"}
    )
    delete_segments(media.engine, media.F1, object_id="gone")

    assert collectable(media, dt.timedelta(hours=1)) == ["allocated", "gone"]
    assert collectable(media, -dt.timedelta(hours=1)) == []
    create_segments(media.engine, media.F2, posted | {"init_object_id": "i"})
    assert collectable(media, dt.timedelta(hours=1)) == ["allocated"]


def collectable(world: Any, later: dt.timedelta) -> list[str]:
    before = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None) + later
    until = Until(unused=before, discarded=before, left=before)

    def ask(tx: Any) -> list[str]:
        kinds = [kind(tx.tables.objects, until) for kind in KINDS]
        return sorted(id for rows in kinds for id in tx.rows(rows)["id"].to_pylist())

    result: list[str] = world.engine.transact(ask)
    return result


def test_the_statements_for_discarded_bytes_do_not_grow_with_them(media: Any) -> None:
    """Of two storage backends; an instance that was discarded later is not among them."""
    soon = now() + dt.timedelta(hours=1)
    until = Until(unused=soon, discarded=soon, left=soon)
    later = soon + dt.timedelta(days=1)

    def discard(ids: list[str]) -> None:
        rows = [
            {"object_id": id, "storage_id": each, "key": f"{each}/{id}", "discarded_at": moment}
            for id in ids
            for each, moment in (("near", now()), ("far", later if id == "x1" else now()))
        ]
        media.engine.transact(lambda tx: tx.insert("discarded_instances", rows))

    def collect() -> None:
        marked = collecting.mark_discarded(media.engine, until)
        collecting.forget_discarded(media.engine, marked, list(marked.places))

    discard(["w"])
    collect()
    sent = []
    for ids in (["x1", "x2"], [f"y{at}" for at in range(60)]):
        discard(ids)
        sent.append(media.sent(collect))
    assert len(set(sent)) == 1
    assert media.rows("discarded_instances", "key") == [("far/x1",)]


@pytest.mark.parametrize("only_engine", ["duckdb"], indirect=True)
def test_r5_who_deletes_an_object_is_given_its_discarded_bytes_unless_they_go_already(
    media: Any,
) -> None:
    """Its id is free then: a delete that came later would meet the bytes of a new owner."""
    add_instance(media.engine, "a", {"storage_id": FAR})
    delete_instance(media.engine, "a", storage_id=FAR)
    delete_segments(media.engine, media.F1)
    soon = now() + dt.timedelta(hours=1)
    collecting.mark_discarded(media.engine, Until(soon, soon, soon))

    for refused in (collecting.mark_object, delete_object):
        with pytest.raises(Refused, match="being collected"):
            refused(media.engine, "a")
    left = {"collecting_since": now() - TAKEN_OVER_AFTER}
    media.engine.transact(lambda tx: tx.update("discarded_instances", {"object_id": "a"}, left))
    gone = delete_object(media.engine, "a")

    assert {row["storage_id"] for row in gone} == {NEAR, FAR}
    assert media.rows("discarded_instances", "key") == []
