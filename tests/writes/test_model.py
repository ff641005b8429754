"""Any sequence of changes leaves the store as a small model of the rules says (R3, R4, R5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.engines import Engine
from tams_analytics.errors import TamsError
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage import allocate_storage
from tests.writes.conftest import examples

FLOWS = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
Segment = tuple[str, str, int, int]
Use = tuple[str, str, int, int]


@dataclass
class Thing:
    """An object: ``allocated``, ``registered`` or ``released``."""

    state: str
    flow: str
    start: int = 0
    end: int = 0


@dataclass
class Model:
    """What the rules make of a sequence of changes; each returns whether it is allowed."""

    segments: set[Segment] = field(default_factory=set)
    objects: dict[str, Thing] = field(default_factory=dict)

    def allocate(self, flow: str, id: str) -> bool:
        if id in self.objects:
            return False
        self.objects[id] = Thing("allocated", flow)
        return True

    def create(self, flow: str, id: str, start: int, length: int, offset: int) -> bool:
        end, known = start + length, self.objects.get(id)
        taken = any(f == flow and s < end and start < e for f, _, s, e in self.segments)
        foreign = known is not None and known.state == "allocated" and known.flow != flow
        fixed = known is not None and known.state == "registered"
        if taken or foreign:
            return False
        if fixed and known and not (known.start <= start - offset and end - offset <= known.end):
            return False
        if not fixed:
            first = known.flow if known else flow
            self.objects[id] = Thing("registered", first, start - offset, end - offset)
        self.segments.add((flow, id, start, end))
        return True

    def delete(self, flow: str, start: int, end: int, cascade: bool) -> bool:
        chosen = {
            each
            for each in self.segments
            if each[0] == flow and start <= each[2] and each[3] <= end
        }
        left = {id for _, id, _, _ in self.segments - chosen}
        lost = {id for _, id, _, _ in chosen} - left
        if lost and not cascade:
            return False
        self.segments -= chosen
        for id in lost:
            self.objects[id].state = "released"
        return True

    def give_back(self, id: str) -> bool:
        if id not in self.objects or self.objects[id].state == "registered":
            return False
        del self.objects[id]
        return True


flow = st.sampled_from(FLOWS)
thing = st.sampled_from("abcd")
instant = st.integers(0, 12)
change = st.one_of(
    st.tuples(
        st.just("create"), flow, thing, instant, st.integers(1, 4), st.sampled_from([0, 0, 3, -2])
    ),
    st.tuples(st.just("allocate"), flow, thing),
    st.tuples(st.just("delete"), flow, instant, st.integers(0, 16), st.booleans()),
    st.tuples(st.just("give_back"), thing),
)


def perform(engine: Engine, name: str, *given: Any) -> None:
    if name == "create":
        flow_id, id, start, length, offset = given
        stretch = f"[0:{start}_0:{start + length})"
        moved = f"{'-' if offset < 0 else ''}0:{abs(offset)}"
        create_segments(
            engine, flow_id, {"object_id": id, "timerange": stretch, "ts_offset": moved}
        )
    elif name == "allocate":
        allocate_storage(engine, given[0], {"object_ids": [given[1]]})
    elif name == "delete":
        flow_id, start, end, cascade = given
        stretch = f"[0:{start}_0:{end})"
        delete_segments(engine, flow_id, timerange=stretch, cascade=cascade)
    else:
        delete_object(engine, *given)


def is_allowed(engine: Engine, change: tuple[Any, ...]) -> bool:
    try:
        perform(engine, *change)
    except TamsError:
        return False
    return True


def stored(engine: Engine) -> Model:
    """The store as a model, by one transaction."""

    def read(tx: Any) -> tuple[Any, Any]:
        return tx.rows(tx.tables.segments).to_pylist(), tx.rows(tx.tables.objects).to_pylist()

    segments, objects = engine.transact(read)
    return Model(
        {(row["flow_id"], row["object_id"], row["start_ns"], row["end_ns"]) for row in segments},
        {row["id"]: as_thing(row) for row in objects},
    )


def as_thing(row: dict[str, Any]) -> Thing:
    state = "registered" if row["released_at"] is None else "released"
    state = state if row["registered_at"] is not None else "allocated"
    return Thing(state, row["first_flow_id"], row["start_ns"] or 0, row["end_ns"] or 0)


@pytest.fixture
def used(engine: Engine) -> Engine:
    """One store for all sequences, emptied before each."""
    flows = {"id": FLOWS, "source_id": ["s", "s"], "format": ["urn:x-nmos:format:video"] * 2}
    load(engine, "flows", pa.table(flows | {"container": ["video/mp4"] * 2}))
    return engine


def empty(tx: Any) -> None:
    for table in ("segments", "objects", "object_instances"):
        tx.delete(table, {})


def test_r3_r4_r5_any_sequence_of_changes_leaves_the_store_as_the_model_says(used: Engine) -> None:
    @examples(used, duckdb=40, vast=10)
    @given(changes=st.lists(change, max_size=20))
    def is_as_the_model(changes: list[tuple[Any, ...]]) -> None:
        used.transact(empty)
        model = Model()

        for each in changes:
            name, *given = each
            expected = getattr(model, name)(*given)
            assert expected == is_allowed(used, each), each

        assert model == stored(used)

    is_as_the_model()


uses = st.tuples(flow, thing, instant, st.integers(1, 4))


def test_164_177_a_load_is_refused_exactly_where_the_model_allows_no_order_of_its_rows(
    used: Engine,
) -> None:
    @examples(used, duckdb=30, vast=10)
    @given(rows=st.lists(uses, min_size=1, max_size=6), before=st.lists(uses, max_size=4))
    def is_refused(rows: list[Use], before: list[Use]) -> None:
        is_loaded_as_the_model_says(used, rows, before)

    is_refused()


def is_loaded_as_the_model_says(used: Engine, rows: list[Use], before: list[Use]) -> None:
    used.transact(empty)
    model = Model()
    for row in before:
        model.create(*row, 0)
        is_allowed(used, ("create", *row, 0))
    spans: dict[str, list[int]] = {}
    for _, id, start, length in rows:
        if id not in model.objects:
            spans[id] = [*spans.get(id, []), start, start + length]
    for id, span in spans.items():  # a load registers an object with all its uses
        model.objects[id] = Thing("registered", FLOWS[0], min(span), max(span))

    created = [model.create(*row, 0) for row in rows]
    expected = all(created)

    columns = zip(*rows, strict=True)
    named = dict(zip(("flow_id", "object_id", "start_ns", "length"), columns, strict=True))
    ends = [start + length for _, _, start, length in rows]
    batch = pa.table({**named, "end_ns": ends}).drop_columns(["length"])
    try:
        load(used, "segments", batch)
    except TamsError:
        assert not expected
        return
    assert expected
    assert model.segments == stored(used).segments
    for id, thing in stored(used).objects.items():
        assert (thing.start, thing.end) == (model.objects[id].start, model.objects[id].end)
