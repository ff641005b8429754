"""Initialisation objects in bulk: what a load may name as one, and what a delete leaves of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, Refused, StillReferenced, TamsError
from tams_analytics.writes import releasing
from tams_analytics.writes.bulk import load as loading
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.segments import create_segments
from tests.writes.conftest import F1, F2, World, WorldOf, two_flows

MOMENT = datetime(2026, 1, 1)
MOMENTS = pa.timestamp("us")
URL = [{"label": "l", "url": "https://example.org/m"}]


@pytest.fixture
def world(world_of: WorldOf) -> World:
    """F1 needs initialisation objects, F2 has none; ``media`` lies on F2 and has a URL."""
    return world_of(media_on_one)


def media_on_one(engine: Engine) -> None:
    two_flows(engine)
    engine.transact(lambda tx: tx.update("flows", {"id": F1}, {"init_segments": True}))
    media = {"object_id": "media", "timerange": "0:0_1:0", "get_urls": URL}
    create_segments(engine, F2, media)


def objects(*given: tuple[str, str | None], **more: Any) -> pa.Table:
    ids, inits = zip(*given, strict=True)
    return pa.table({"id": ids, "init_object_id": pa.array(inits, pa.string()), **more})


def moments(*values: Any) -> pa.Array:
    return pa.array(values, MOMENTS)


def segment(object_id: str, start: int, **more: Any) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": f"{start}:0_{start + 1}:0", **more}


def rows_of(flow_id: str, object_id: str, start: int) -> pa.Table:
    named = {name: [value] for name, value in segment(object_id, start).items()}
    return pa.table({"flow_id": [flow_id], **named})


@pytest.fixture(params=["create", "load"])
def register(request: pytest.FixtureRequest) -> Any:
    """Put an object on a flow, by a single write or in bulk."""

    def single(engine: Engine, flow_id: str, object_id: str, start: int) -> None:
        create_segments(engine, flow_id, segment(object_id, start))

    def bulk(engine: Engine, flow_id: str, object_id: str, start: int) -> None:
        load(engine, "segments", rows_of(flow_id, object_id, start))

    return single if request.param == "create" else bulk


@pytest.mark.parametrize("chunk_rows", [1, 1000])
@pytest.mark.parametrize("init", ["media", "nothing", "allocated", "spanned", "other", "released"])
def test_179_a_load_names_as_initialisation_object_what_can_be_one(
    world: Any, monkeypatch: pytest.MonkeyPatch, init: str, chunk_rows: int
) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", chunk_rows)
    given = objects(
        ("fine", None), ("allocated", None), ("spanned", None), ("other", "fine"),
        ("released", None), ("new", init),
        registered_at=moments(MOMENT, None, MOMENT, MOMENT, MOMENT, MOMENT),
        released_at=moments(None, None, None, None, MOMENT, None),
        timerange=[None, None, "0:0_1:0", None, None, None],
    )  # fmt: skip

    with pytest.raises(BadParameter, match=r"objects\.init_object_id.*row 5"):
        load(world.engine, "objects", given)
    assert [("media",)] == world.rows("objects", "id")


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("chunk_rows", [1, 1000])
def test_an_initialisation_object_may_stand_anywhere_in_the_load(
    world: Any, monkeypatch: pytest.MonkeyPatch, turn: int, chunk_rows: int
) -> None:
    monkeypatch.setattr(loading, "CHUNK_ROWS", chunk_rows)

    assert 2 == load(world.engine, "objects", objects(*[("i", None), ("a", "i")][::turn]))
    assert 1 == load(world.engine, "objects", objects(("b", "i")))


@pytest.mark.parametrize("init", ["nothing", "media"])
def test_r5_what_initialised_a_released_object_is_not_asked_for(world: Any, init: str) -> None:
    given = objects(("a", init), released_at=moments(MOMENT))

    assert 1 == load(world.engine, "objects", given)


def allocated(world: Any) -> None:
    """``waits`` is allocated, and needs ``i`` once it is registered."""
    nothing = moments(None, None)
    load(world.engine, "objects", objects(("waits", "i"), ("i", None), registered_at=nothing))


def test_179_what_has_become_media_initialises_no_allocated_object(
    world: Any, register: Any
) -> None:
    allocated(world)
    register(world.engine, world.F2, "i", 5)

    with pytest.raises(Refused, match=r"using object i .*179|it is a media object"):
        register(world.engine, world.F1, "waits", 0)


def test_the_initialisation_object_of_an_allocated_object_is_registered_with_it(
    world: Any, register: Any
) -> None:
    allocated(world)

    register(world.engine, world.F1, "waits", 0)

    assert world.object("i")["registered_at"] is not None
    with pytest.raises(TamsError, match="initialis"):
        register(world.engine, world.F2, "i", 5)


def test_a_missing_initialisation_object_of_an_allocated_object_becomes_unverified(
    world: Any, register: Any
) -> None:
    allocated(world)
    delete_object(world.engine, "i")

    register(world.engine, world.F1, "waits", 0)

    found = world.object("i")
    assert found["registered_at"] is not None
    assert (found["first_flow_id"], found["content_type"]) == (world.F1, "video/mp4")


def test_r14_strict_refuses_a_missing_initialisation_object(world: Any, register: Any) -> None:
    allocated(world)
    delete_object(world.engine, "i")
    world.set_strict()

    with pytest.raises(TamsError, match="never allocated"):
        register(world.engine, world.F1, "waits", 0)


def test_173_an_initialisation_object_is_not_allocated_for_another_flow(
    world: Any, register: Any
) -> None:
    bound = [world.F1, world.F2]
    given = objects(("waits", "i"), ("i", None), registered_at=moments(None, None))
    load(world.engine, "objects", given.append_column("first_flow_id", [bound]))

    with pytest.raises(Refused, match="allocated for"):
        register(world.engine, world.F1, "waits", 0)


def needing_media(world: Any, count: int) -> None:
    """Objects on F1 that are told, behind the rules' back, to need ``media``."""
    names = [f"o{n}" for n in range(count)]
    load(world.engine, "objects", objects(("i", None), *((name, "i") for name in names)))
    create_segments(world.engine, world.F1, [segment(name, n) for n, name in enumerate(names)])
    world.engine.transact(
        lambda tx: tx.update("objects", {"id": names}, {"init_object_id": "media"})
    )


@pytest.mark.parametrize("count", [1, releasing.FEW_OBJECTS + 1])
def test_r3_a_delete_spares_an_initialisation_object_that_has_segments(
    world: Any, count: int
) -> None:
    needing_media(world, count)
    urls = world.rows("object_instances", "object_id", "url")

    delete_segments(world.engine, world.F1)

    assert world.object("o0")["released_at"] is not None
    assert world.object("media")["released_at"] is None
    assert urls == world.rows("object_instances", "object_id", "url") == [("media", URL[0]["url"])]


def test_179_an_object_whose_initialisation_object_is_media_is_not_used_again(world: Any) -> None:
    needing_media(world, 1)

    again = segment("o0", 7, ts_offset="7:0")
    with pytest.raises(Refused, match="object media"):
        create_segments(world.engine, world.F1, again)


def test_r5_what_a_registered_object_needs_is_not_given_back(world: Any) -> None:
    load(world.engine, "objects", objects(("i", None), ("a", "i")))

    with pytest.raises(StillReferenced) as refused:
        delete_object(world.engine, "i")
    assert {"objects": {"count": 1, "sample": ["a"]}} == refused.value.dependents
    delete_object(world.engine, "a")
    delete_object(world.engine, "i")
