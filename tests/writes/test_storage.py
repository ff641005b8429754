"""Allocation of storage and the storage backends (W4, statements 192 to 201)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tams_analytics.engines import open_engine
from tams_analytics.errors import AlreadyExists, BadParameter, NotFound, ReadOnlyFlow
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage import allocate_storage
from tams_analytics.writes.storage_backends import ensure_default_backend, put_storage_backend

B1 = "b1111111-1111-4111-8111-111111111111"
B2 = "b2222222-2222-4222-8222-222222222222"


def backend(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "provider": "here", "store_product": "disk", **more}


def test_w4_objects_are_allocated_in_order_with_a_place_and_an_instance(world: Any) -> None:
    allocated = allocate_storage(world.engine, world.F1, {"object_ids": ["b", "a/x"], "limit": 10})

    assert [each.object_id for each in allocated] == ["b", "a/x"]
    assert allocated[1].storage_path.startswith(f"{world.F1}/")
    assert allocated[1].storage_path.endswith("/a/x")
    assert {each.content_type for each in allocated} == {"video/mp4"}
    assert world.rows("object_instances", "object_id", "key", "controlled", "url") == [
        ("a/x", allocated[1].storage_path, True, None),
        ("b", allocated[0].storage_path, True, None),
    ]
    assert world.rows("objects", "id", "registered_at", "first_flow_id") == [
        ("a/x", None, world.F1),
        ("b", None, world.F1),
    ]


def test_195_without_a_body_the_default_number_of_objects_is_allocated(world: Any) -> None:
    bodies: tuple[Any, ...] = (None, {})
    for body in bodies:
        assert (
            len({each.object_id for each in allocate_storage(world.engine, world.F1, body)}) == 10
        )


def test_193_limit_is_the_number_of_objects_and_strict_refuses_it_beside_object_ids(
    world: Any,
) -> None:
    assert len(allocate_storage(world.engine, world.F1, {"limit": 3})) == 3
    world.set_strict()

    with pytest.raises(BadParameter, match="limit"):
        allocate_storage(world.engine, world.F1, {"limit": 3, "object_ids": ["a"]})


def test_33_a_limit_above_the_maximum_is_lowered(world: Any) -> None:
    assert len(allocate_storage(world.engine, world.F1, {"limit": 5000})) == 1000


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": "1"},
        {"object_ids": ["a", "a"]},
        {"object_ids": [""]},
        {"object_ids": "a"},
        {"object_ids": ["a/../../b"]},
        {"object_ids": ["/a"]},
        {"content_type": "mp4"},
        {"storage_id": "x"},
        [],
    ],
)
def test_5_a_body_that_breaks_its_schema_is_refused(world: Any, body: Any) -> None:
    with pytest.raises(BadParameter):
        allocate_storage(world.engine, world.F1, body)


def test_194_an_id_that_is_taken_refuses_all_whatever_took_it(world: Any) -> None:
    allocate_storage(world.engine, world.F1, {"object_ids": ["allocated"]})
    posted = {"object_id": "registered", "timerange": "0:0_1:0"}
    create_segments(world.engine, world.F1, posted)

    for taken in ("allocated", "registered"):
        with pytest.raises(AlreadyExists) as refused:
            allocate_storage(world.engine, world.F2, {"object_ids": ["new", taken]})
        assert refused.value.specified
        assert refused.value.keys == [taken]
    assert world.rows("objects", "id") == [("allocated",), ("registered",)]


def test_196_the_content_type_of_an_init_object_may_differ(world: Any) -> None:
    [place] = allocate_storage(
        world.engine, world.F1, {"object_ids": ["i"], "content_type": "video/iso.segment"}
    )

    assert place.content_type == world.object("i")["content_type"] == "video/iso.segment"


def test_199_unknown_read_only_deleted_and_containerless_flows_are_refused(world: Any) -> None:
    with pytest.raises(NotFound):
        allocate_storage(world.engine, "f0000000-0000-4000-8000-000000000000")
    world.set_flow(world.F1, container=None)
    with pytest.raises(BadParameter, match=f"^container of flow {world.F1} is not set"):
        allocate_storage(world.engine, world.F1)
    world.set_flow(world.F1, read_only=True)
    with pytest.raises(ReadOnlyFlow):
        allocate_storage(world.engine, world.F1)
    world.request_deletion(world.F2, delete_flow=True)
    with pytest.raises(ReadOnlyFlow, match="being deleted"):
        allocate_storage(world.engine, world.F2)


def test_197_the_default_backend_is_taken_and_an_unknown_one_refused(world: Any) -> None:
    put_storage_backend(world.engine, backend(B1, bucket="one"))
    with pytest.raises(BadParameter, match="no default"):
        allocate_storage(world.engine, world.F1)
    put_storage_backend(world.engine, backend(B2, bucket="two", default_storage=True))

    assert allocate_storage(world.engine, world.F1, {"limit": 1})[0].bucket == "two"
    chosen = allocate_storage(world.engine, world.F1, {"limit": 1, "storage_id": B1})
    assert (chosen[0].storage_id, chosen[0].bucket) == (B1, "one")
    with pytest.raises(BadParameter, match="storage_id"):
        allocate_storage(world.engine, world.F1, {"storage_id": world.S})


def test_67_a_new_default_takes_the_place_of_the_old_one(world: Any) -> None:
    for id in (B1, B2):
        put_storage_backend(world.engine, backend(id, default_storage=True, tags={"a": "b"}))

    assert world.rows("storage_backends", "id", "default_storage") == [(B1, False), (B2, True)]
    assert world.rows("tags", "entity_id", "name") == [(B1, "a"), (B2, "a")]


def test_a_label_is_that_of_one_backend_and_putting_again_replaces(world: Any) -> None:
    put_storage_backend(world.engine, backend(B1, label="near"))
    put_storage_backend(world.engine, backend(B1, label="near", region="north"))

    with pytest.raises(BadParameter, match="label"):
        put_storage_backend(world.engine, backend(B2, label="near"))
    assert world.rows("storage_backends", "id", "region") == [(B1, "north")]


def test_178_211_a_backend_cannot_take_the_label_of_a_clients_url(world: Any) -> None:
    url = {"url": "https://example.org/a", "label": "there"}
    posted = {"object_id": "a", "timerange": "0:0_1:0", "get_urls": [url]}
    create_segments(world.engine, world.F1, posted)

    with pytest.raises(BadParameter, match="label: 'there'"):
        put_storage_backend(world.engine, backend(B1, label="there"))
    put_storage_backend(world.engine, backend(B1, label="here"))
    with pytest.raises(BadParameter, match="label: 'there'"):
        put_storage_backend(world.engine, backend(B1, label="there"))
    assert world.rows("storage_backends", "label") == [("here",)]


def test_178_the_label_of_the_backend_that_a_store_begins_with_is_taken_before_it_is_made(
    world: Any,
) -> None:
    url = {"url": "https://example.org/a", "label": "default"}
    posted = {"object_id": "a", "timerange": "0:0_1:0", "get_urls": [url]}

    with pytest.raises(BadParameter, match="label"):
        create_segments(world.engine, world.F1, posted)


def test_66_an_item_of_the_specification_can_be_put(world: Any) -> None:
    put_storage_backend(world.engine, backend(B1, store_type="http_object_store"))

    assert world.rows("storage_backends", "id", "store_type") == [(B1, "http_object_store")]
    with pytest.raises(BadParameter, match="store_type"):
        put_storage_backend(world.engine, backend(B1, store_type="tape"))


def test_f43_68_the_default_backend_of_a_file_is_a_folder_beside_it_and_stays(file: Path) -> None:
    engine = open_engine(str(file))
    made = ensure_default_backend(engine)
    engine.close()

    engine = open_engine(str(file))
    again = ensure_default_backend(engine)
    engine.close()

    assert made["id"] == again["id"] == engine.settings.default_storage_backend_id
    assert (again["label"], again["bucket"]) == ("default", "store-media")


def test_f43_a_store_with_s3_settings_has_its_bucket_as_default(world: Any) -> None:
    world.engine.settings = dataclasses.replace(world.engine.settings, s3_bucket_name="media")

    assert ensure_default_backend(world.engine)["bucket"] == "media"
