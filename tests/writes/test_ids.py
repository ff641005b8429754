"""Ids that a caller names, of every change alike (statement 4, mission R6)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tams_analytics import writes
from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, NotFound

GOOD: dict[str, Any] = {
    "label": "x",
    "description": "x",
    "read_only": True,
    "max_bit_rate": 1,
    "avg_bit_rate": 1,
    "name": "x",
    "value": "x",
    "tags": {},
    "flow_collection": [],
    "posted": {"object_id": "a", "timerange": "0:0_1:0"},
    "body": {"url": "u", "label": "l"},
}
"""What each parameter beside the id takes."""


def changes() -> Iterator[Any]:
    """Every change of one entity, as a function of engine and id."""
    for write in writes.WRITES:
        names = [*inspect.signature(write).parameters.values()][1:]
        if names[:1] and names[0].name in ("flow_id", "source_id", "object_id"):
            needed = {each.name for each in names[1:] if each.default is each.empty}
            given = {name: GOOD[name] for name in needed}
            if write is writes.delete_instance:
                given["label"] = "x"
            yield pytest.param(write, names[0].name, given, id=write.__name__)


CHANGES = [*changes()]


@pytest.mark.parametrize(("write", "name", "given"), CHANGES)
@pytest.mark.parametrize("id", [None, 5, b"x", ["x"], {}])
def test_r6_what_is_no_text_is_a_bad_id(
    engine: Engine, write: Callable[..., Any], name: str, given: dict[str, Any], id: Any
) -> None:
    with pytest.raises(BadParameter, match=f"{name}: .* is no text"):
        write(engine, id, **given)


@pytest.mark.parametrize(("write", "name", "given"), CHANGES)
@pytest.mark.parametrize("id", ["", "x", "a\0b", "\ud800", "' or true --"])
def test_4_a_text_that_names_nothing_is_not_found(
    engine: Engine, write: Callable[..., Any], name: str, given: dict[str, Any], id: str
) -> None:
    if write is writes.allocate_storage:
        given = {}
    with pytest.raises(NotFound, match=name.removesuffix("_id")):
        write(engine, id, **given)


@pytest.mark.parametrize("value", [5, b"x", "\0", "\ud800", ["a"]])
def test_r6_what_narrows_a_delete_is_a_text(world: Any, value: Any) -> None:
    with pytest.raises(BadParameter, match="object_id"):
        writes.delete_segments(world.engine, world.F1, object_id=value)
    for name in ("storage_id", "label"):
        with pytest.raises(BadParameter, match=name):
            writes.delete_instance(world.engine, "a", **{name: value})


@pytest.mark.parametrize("name", [None, 5])
def test_r6_the_name_of_a_tag_is_a_text(world: Any, name: Any) -> None:
    for delete in (writes.delete_flow_tag, writes.delete_source_tag):
        with pytest.raises(BadParameter, match="name"):
            delete(world.engine, world.F1, name)
    with pytest.raises(BadParameter):
        writes.set_flow_tag(world.engine, world.F1, name, "x")


def test_r6_the_id_in_a_path_is_a_text(engine: Engine) -> None:
    id = "11111111-1111-4111-8111-111111111111"
    flow = {"id": id, "source_id": id, "format": "urn:x-nmos:format:multi"}
    with pytest.raises(BadParameter, match="flow_id"):
        writes.put_flow(engine, flow, flow_id=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("principal", [5, b"x", "\0", "\ud800"])
def test_20_who_changes_is_named_by_a_text(world: Any, principal: Any) -> None:
    with pytest.raises(BadParameter, match="principal"):
        writes.set_flow_label(world.engine, world.F1, "x", principal=principal)
