"""Checks of objects look at suspects only, and find what they find among all objects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tams_analytics as ta
from tams_analytics.checks import CHECKS
from tams_analytics.checks.running import MEETING
from tams_analytics.store import Store
from tests.reports.worlds import Rows, fill, world

MEETING_OBJECTS = [check.id for check in CHECKS if check.meets_objects]


def broken(seed: int) -> Rows:
    """A world in which also times, places and initialisation objects differ."""
    rows = world(seed)
    for n, flow in enumerate(rows["flows"]):
        flow["init_segments"] = (None, True, False)[n % 3]
    for n, each in enumerate(rows["objects"]):
        end_ns = (1, None, 10**19 // 4)[n % 3]
        text = None if end_ns is None else f"[0:0_{end_ns}:0)"
        each |= {"start_ns": 0 if text else None, "end_ns": end_ns, "timerange": text}
    for n, each in enumerate(rows["object_instances"]):
        odd = ({"key": f"elsewhere/{n}"}, {"bucket": None}, {"url": "s3://b/k"}, {}, {})
        each.update(odd[n % 5])
    for n, each in enumerate(rows["segments"]):
        each["ts_offset_ns"] = (0, each["start_ns"], -(2**62) - n)[n % 3]
    return rows


@pytest.fixture(params=[3, 5, 8])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with ta.connect(":memory:") as made:
        fill(made, broken(request.param))
        yield made


def test_together_they_find_what_each_finds_alone(store: Store) -> None:
    assert len(MEETING_OBJECTS) > MEETING > 1

    together = store.check(only=MEETING_OBJECTS).checks
    alone = [store.check(only=[id]).checks[0] for id in MEETING_OBJECTS]

    assert [_found(each) for each in together] == [_found(each) for each in alone]
    # of a few dozen rows by chance one kind of defect may be missing
    assert sum(bool(each["failures"]) for each in together) >= len(together) - 1


def test_nothing_of_it_is_left(store: Store) -> None:
    store.check(only=MEETING_OBJECTS)
    store.check(only=MEETING_OBJECTS, max_runtime=0.001)

    left = store.con.con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary")
    assert [name for (name,) in left.fetchall() if name.startswith("kept_")] == []


def test_a_flawed_store_is_told_of_by_numbers_as_well(flawed: Store) -> None:
    planted = ta.examples.defects(flawed).to_pyarrow().to_pylist()

    told = {each["id"]: each["failures"] for each in flawed.check().checks}

    for id in MEETING_OBJECTS:
        assert told[id] == sum(each["check"] == id for each in planted), id


def _found(told: object) -> tuple[object, ...]:
    return tuple(told[name] for name in ("id", "failures", "sample"))  # type: ignore[index]
