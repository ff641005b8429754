"""Collections: order, members, circles, what follows from them (F27, statements 86, 123 to 128)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, NotFound, ReadOnlyFlow
from tams_analytics.queries import entities
from tams_analytics.writes import (
    create_flows,
    delete_flow_collection,
    put_flow,
    set_flow_collection,
    set_flow_read_only,
)
from tams_analytics.writes.collection_rows import leave_collections
from tests.writes.conftest import Prepare, examples

MULTI = "urn:x-nmos:format:multi"


def flow_id(number: int) -> str:
    return f"4f1cd6e2-0a3b-4c57-9d6a-{number:012x}"


def source_id(number: int) -> str:
    return f"a0456629-b25d-4c4b-b631-{number:012x}"


A, B, C, D = (flow_id(number) for number in range(1, 5))
UNKNOWN = flow_id(99)


def body(number: int, *members: str, **more: Any) -> dict[str, Any]:
    """A flow of its own source that collects ``members``."""
    common = {"id": flow_id(number), "source_id": source_id(number), "format": MULTI}
    collection = {"flow_collection": [{"id": id} for id in members]} if members else {}
    return {**common, **collection, **more}


@pytest.fixture
def four(engine: Engine, prepare: Prepare) -> Engine:
    """Four flows that collect nothing."""
    return prepare(engine, four_flows)


def four_flows(engine: Engine) -> None:
    create_flows(engine, [body(number) for number in range(1, 5)])


def collection(engine: Engine, id: str) -> list[dict[str, Any]]:
    return entities.collection_of(engine.ask, id)


def test_123_a_collection_keeps_its_order(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": D}, {"id": B}, {"id": C}])

    assert [member["id"] for member in collection(four, A)] == [D, B, C]


def test_124_items_keep_role_mapping_and_what_else_they_hold(four: Engine) -> None:
    items = [
        {"id": B, "role": "sound", "container_mapping": {"mp2ts_container": {"pid": 257, "x": 1}}},
        {"id": C, "container_mapping": {}},
        {"id": D, "x_extension": [None]},
        {"id": B, "role": ""},
    ]
    set_flow_collection(four, A, items)

    assert collection(four, A) == items
    assert entities.flow(four.ask, A)["flow_collection"] == items


def test_124_a_member_that_is_no_flow_is_refused_by_its_place(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])

    with pytest.raises(BadParameter, match=r"^flow_collection\.1\.id: .* is no flow"):
        set_flow_collection(four, A, [{"id": C}, {"id": UNKNOWN}])
    with pytest.raises(BadParameter, match=r"^flow_collection\.0\.id"):
        put_flow(four, body(1, UNKNOWN))
    assert collection(four, A) == [{"id": B}]


@pytest.mark.parametrize("value", [None, {}, "x", [B], [{"role": "x"}], [{"id": B, "role": None}]])
def test_124_what_is_no_collection_is_refused(four: Engine, value: Any) -> None:
    with pytest.raises(BadParameter, match=r"^flow_collection"):
        set_flow_collection(four, A, value)


def test_127_no_flow_collects_itself(four: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^flow_collection\.1\.id: .* collect itself"):
        set_flow_collection(four, A, [{"id": B}, {"id": A}])
    with pytest.raises(BadParameter, match="collect itself"):
        create_flows(four, [body(9, flow_id(9))])


def test_127_no_circle_is_closed(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    set_flow_collection(four, B, [{"id": D}, {"id": C}])

    with pytest.raises(BadParameter, match="collect itself"):
        set_flow_collection(four, C, [{"id": A}])
    with pytest.raises(BadParameter, match="collect itself"):
        put_flow(four, body(3, D, A))
    assert collection(four, C) == []


def test_127_no_circle_is_closed_within_a_batch(engine: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^0\.flow_collection\.0\.id: .* collect itself"):
        create_flows(engine, [body(1, B), body(2, C), body(3, A)])
    assert engine.tables.flows.count().execute() == 0


def test_127_what_two_collect_is_no_circle(four: Engine) -> None:
    set_flow_collection(four, B, [{"id": D}])
    set_flow_collection(four, C, [{"id": D}])
    set_flow_collection(four, A, [{"id": B}, {"id": C}, {"id": D}])

    assert entities.flow(four.ask, D)["collected_by"] == [A, B, C]


def test_127_a_new_collection_may_turn_the_old_one_round(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    delete_flow_collection(four, A)
    set_flow_collection(four, B, [{"id": A}])

    assert entities.flow(four.ask, A)["collected_by"] == [B]


def test_86_87_125_sources_collect_as_their_flows_do(four: Engine) -> None:
    mapping = {"track_index": 0}
    items = [{"id": D, "role": "b", "container_mapping": mapping}, {"id": B}, {"id": C}]
    set_flow_collection(four, A, items)

    assert entities.source(four.ask, source_id(1))["source_collection"] == [
        {"id": source_id(4), "role": "b"},
        {"id": source_id(2)},
        {"id": source_id(3)},
    ]
    assert entities.source(four.ask, source_id(4))["collected_by"] == [source_id(1)]
    assert entities.flow(four.ask, D)["collected_by"] == [A]


def test_86_two_flows_of_a_source_say_the_same_once(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    twin = {**body(5, B), "source_id": source_id(1)}
    create_flows(four, [twin])

    assert entities.source(four.ask, source_id(1))["source_collection"] == [{"id": source_id(2)}]
    assert entities.source(four.ask, source_id(2))["collected_by"] == [source_id(1)]


def test_126_deleting_a_collection_frees_its_members(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    delete_flow_collection(four, A)

    assert "flow_collection" not in entities.flow(four.ask, A)
    assert "collected_by" not in entities.flow(four.ask, B)
    assert "collected_by" not in entities.source(four.ask, source_id(2))


def test_95_a_put_without_collection_removes_it(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    put_flow(four, body(1))

    assert collection(four, A) == []


def test_100_a_collection_is_metadata_of_its_collector_alone(four: Engine) -> None:
    before = {id: entities.row(four.ask, "flow", id) for id in (A, B)}
    set_flow_collection(four, A, [{"id": B}], principal="bob")
    after = {id: entities.row(four.ask, "flow", id) for id in (A, B)}

    assert after[A]["metadata_version"] != before[A]["metadata_version"]
    assert after[A]["metadata_updated"] > before[A]["metadata_updated"]
    assert after[A]["updated_by"] == "bob"
    assert after[B] == before[B]


def test_deleting_no_collection_is_no_change(four: Engine) -> None:
    before = entities.row(four.ask, "flow", A)
    delete_flow_collection(four, A)

    assert entities.row(four.ask, "flow", A) == before


def test_118_a_read_only_flow_keeps_its_collection(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}])
    set_flow_read_only(four, A, True)

    with pytest.raises(ReadOnlyFlow):
        set_flow_collection(four, A, [])
    with pytest.raises(ReadOnlyFlow):
        delete_flow_collection(four, A)
    assert collection(four, A) == [{"id": B}]


def test_a_collection_of_an_unknown_flow_is_not_found(four: Engine) -> None:
    with pytest.raises(NotFound):
        set_flow_collection(four, UNKNOWN, [{"id": A}])
    with pytest.raises(NotFound):
        delete_flow_collection(four, UNKNOWN)


def test_r2_a_flow_leaves_all_collections_and_moves_their_metadata(four: Engine) -> None:
    set_flow_collection(four, A, [{"id": B}, {"id": D}, {"id": C}])
    set_flow_collection(four, B, [{"id": D}])
    set_flow_read_only(four, B, True)
    before = {id: entities.row(four.ask, "flow", id) for id in (A, B, C)}

    assert four.transact(lambda tx: leave_collections(tx, D)) == [A, B]

    after = {id: entities.row(four.ask, "flow", id) for id in (A, B, C)}
    assert [member["id"] for member in collection(four, A)] == [B, C]
    assert collection(four, B) == []
    for collector in (A, B):
        assert after[collector]["metadata_version"] != before[collector]["metadata_version"]
        assert after[collector]["metadata_updated"] > before[collector]["metadata_updated"]
        assert after[collector]["updated_by"] == before[collector]["updated_by"]
    assert after[C] == before[C]


def test_r2_a_flow_that_nothing_collects_leaves_nothing(four: Engine) -> None:
    assert four.transact(lambda tx: leave_collections(tx, D)) == []


def test_the_specifications_collection_round_trips(engine: Engine, shared: Path) -> None:
    items = json.loads((shared / "examples" / "flow-collection-put.json").read_text("utf-8"))
    members = [{**body(at), "id": item["id"]} for at, item in enumerate(items, start=10)]
    create_flows(engine, [body(1), *members])
    set_flow_collection(engine, A, items)

    assert collection(engine, A) == items


NUMBERS = range(1, 7)


edges = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)), max_size=10)


def test_127_whatever_is_tried_no_circle_comes_to_be(engine: Engine) -> None:
    create_flows(engine, [body(number) for number in NUMBERS])

    @examples(engine, duckdb=25, vast=6)
    @given(wanted=edges)
    def comes_to_be(wanted: list[tuple[int, int]]) -> None:
        held: dict[int, set[int]] = {number: set() for number in NUMBERS}
        for number in NUMBERS:
            delete_flow_collection(engine, flow_id(number))
        for collector, member in wanted:
            members = sorted(held[collector] | {member})
            closes = collector in reached(member, held)
            try:
                items = [{"id": flow_id(number)} for number in members]
                set_flow_collection(engine, flow_id(collector), items)
            except BadParameter:
                assert closes
            else:
                assert not closes
                held[collector].add(member)

    comes_to_be()


def reached(start: int, held: dict[int, set[int]]) -> set[int]:
    """``start`` and all that it collects, directly or not."""
    found = {start}
    for _ in NUMBERS:
        found |= {member for number in found for member in held[number]}
    return found
