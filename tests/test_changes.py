"""What `ta.changes` says of two stores, of a store and its snapshot, and of random rows."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.queries.differences import HAD, HAS, KEYS, counted, paired, unequal
from tams_analytics.tables import OF_RUNS, TABLES
from tests.support.vast_stores import BUCKET, VastStores

SOURCE = "20000000-0000-4000-8000-000000000001"
FLOW, OTHER, THIRD = (f"10000000-0000-4000-8000-00000000000{n}" for n in range(3))

Keep = Callable[[ta.Store], ta.Store]


def body(id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "source_id": SOURCE,
        "format": "urn:x-nmos:format:data",
        "codec": "text/plain",
        "container": "text/plain",
        "essence_parameters": {"data_type": "urn:x-tam:data:other"},
        **more,
    }


def segment(object_id: str, start: int) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": f"[{start}:0_{start + 1}:0)"}


def copied(store: ta.Store) -> ta.Store:
    """A store in memory with the same rows."""
    copy = ta.connect(":memory:")
    for name in KEYS:
        rows = getattr(store, name).to_pyarrow()
        copy._engine.transact(lambda tx, name=name, rows=rows: tx.insert(name, rows))
    return copy


@pytest.fixture
def keep(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Keep]:
    """Gives a store as it is now, and goes on doing so: a snapshot where the engine has them."""
    if engine_name == "duckdb":
        yield copied
        return
    stores: VastStores = request.getfixturevalue("vast_stores")

    def snapshot(store: ta.Store) -> ta.Store:
        stores.peer.snapshot(BUCKET, "kept")
        return store.at("kept")

    yield snapshot
    stores.peer.database.snapshots.pop((BUCKET, "kept"), None)


@pytest.fixture
def two_flows(store: ta.Store) -> ta.Store:
    """Two flows; three segments on the first."""
    store.writes.put_flow(body(FLOW, label="first", tags={"a": "1", "b": ["x", "y"]}))
    store.writes.put_flow(body(OTHER, label="second"))
    store.writes.create_segments(FLOW, [segment(f"o{n}", n) for n in range(3)])
    return store


def counts(changes: Any) -> dict[str, tuple[int, int, int]]:
    """What has changed: added, removed, modified."""
    rows = {row.pop("entity"): tuple(row.values()) for row in changes.summary.to_pylist()}
    return {name: row for name, row in rows.items() if any(row)}


def test_nothing_is_different_after_nothing(two_flows: ta.Store, keep: Keep) -> None:
    found = ta.changes(keep(two_flows), two_flows)

    assert {} == counts(found)
    assert not found
    assert [*KEYS] == found.summary["entity"].to_pylist()


def test_what_writers_did_is_found(two_flows: ta.Store, keep: Keep) -> None:
    before = keep(two_flows)
    two_flows.writes.put_flow(body(THIRD))
    two_flows.writes.delete_flow(OTHER)
    two_flows.writes.delete_segments(FLOW, timerange="[0:0_1:0)")
    two_flows.writes.create_segments(FLOW, [segment("o9", 9), segment("o8", 8)])
    two_flows.writes.set_flow_label(FLOW, "renamed")

    found = ta.changes(before, two_flows)
    assert found
    assert {
        "flows": (1, 1, 1),
        "segments": (2, 1, 0),
        "objects": (2, 0, 1),
    } == {name: row for name, row in counts(found).items() if name != "sources"}
    assert [THIRD] == found.added["flows"].to_pyarrow()["id"].to_pylist()
    assert [OTHER] == found.removed["flows"].to_pyarrow()["id"].to_pylist()
    assert {"o8", "o9"} == set(found.added["segments"].to_pyarrow()["object_id"].to_pylist())
    (row,) = found.modified["flows"].to_pyarrow().to_pylist()
    assert ("first", "renamed") == (row["label_before"], row["label_after"])
    assert {"label", "metadata_updated"} <= {*row["changed"]}
    assert all((row[f"{n}_before"] == row[f"{n}_after"]) != (n in row["changed"]) for n in ROWS)


ROWS = [
    c.name for table in TABLES if table.name == "flows" for c in table.columns if c.name != "id"
]


def test_what_was_removed_and_added_looks_as_in_the_store(two_flows: ta.Store, keep: Keep) -> None:
    before, gone = keep(two_flows), two_flows.segments.filter(_.object_id == "o0").to_pyarrow()
    two_flows.writes.delete_segments(FLOW, timerange="[0:0_1:0)")

    then = ta.changes(before, two_flows).removed["segments"]
    again = ta.changes(two_flows, before).added["segments"]
    for rows in (then, again):
        assert rows.columns == two_flows.segments.columns
        assert gone.to_pylist() == rows.to_pyarrow().to_pylist()


def test_a_tag_is_known_by_its_name_and_place(two_flows: ta.Store, keep: Keep) -> None:
    before = keep(two_flows)
    two_flows.writes.set_flow_tag(FLOW, "a", "2")
    two_flows.writes.set_flow_tag(FLOW, "b", ["x"])

    found = ta.changes(before, two_flows)
    assert (0, 1, 1) == counts(found)["tags"]
    (row,) = found.modified["tags"].to_pyarrow().to_pylist()
    assert ("a", None, "1", "2", ["value"]) == tuple(
        row[n] for n in ("name", "position", "value_before", "value_after", "changed")
    )


def test_a_null_that_gets_a_value_is_a_change(two_flows: ta.Store, keep: Keep) -> None:
    before = keep(two_flows)
    two_flows._engine.transact(
        lambda tx: tx.update("segments", {"object_id": "o1"}, {"sample_count": 5})
    )

    (row,) = ta.changes(before, two_flows).modified["segments"].to_pyarrow().to_pylist()
    assert (["sample_count"], None, 5) == (
        row["changed"],
        row["sample_count_before"],
        row["sample_count_after"],
    )
    (back,) = ta.changes(two_flows, before).modified["segments"].to_pyarrow().to_pylist()
    assert (["sample_count"], 5, None) == (
        back["changed"],
        back["sample_count_before"],
        back["sample_count_after"],
    )


def test_an_id_that_is_there_twice_is_counted_twice(two_flows: ta.Store, keep: Keep) -> None:
    rows = two_flows.flows.filter(_.id == OTHER).to_pyarrow()
    before = keep(two_flows)
    two_flows._engine.transact(lambda tx: tx.insert("flows", rows))
    two_flows._engine.transact(lambda tx: tx.insert("flows", rows))

    found = ta.changes(before, two_flows)
    assert {"flows": (2, 0, 0)} == counts(found)
    assert [OTHER, OTHER] == found.added["flows"].to_pyarrow()["id"].to_pylist()


def test_stores_on_different_engines_are_compared(two_flows: ta.Store) -> None:
    copy = copied(two_flows)
    copy.writes.set_flow_label(FLOW, "elsewhere")

    assert {"flows": (0, 0, 1)} == counts(ta.changes(two_flows, copy))
    with pytest.raises(BadParameter, match="limit"):
        ta.changes(two_flows, copy, limit=2).added["segments"]


def test_changes_tell_their_counts(two_flows: ta.Store, keep: Keep) -> None:
    before = keep(two_flows)
    two_flows.writes.create_segments(FLOW, segment("o7", 7))

    found = ta.changes(before, two_flows)
    assert f"Changes from {before.url} to {two_flows.url}" == repr(found).splitlines()[0]
    assert ["segments", "1", "0", "0"] == next(
        line.split() for line in repr(found).splitlines() if line.startswith("segments")
    )
    assert '<td style="text-align:left">segments</td>' in found._repr_html_()


def test_every_entity_has_its_rows_and_nothing_else(store: ta.Store) -> None:
    added = ta.changes(store, store).added

    internal = {"discarded_instances", "events", "flow_fences", "store_metadata"}
    internal |= {table.name for table in OF_RUNS}
    assert {table.name for table in TABLES} - internal == {*added}
    assert "flows" in added
    assert "films" not in added
    with pytest.raises(NotFound, match="one of sources, flows"):
        added["films"]


def test_what_is_no_store_is_refused(store: ta.Store) -> None:
    with pytest.raises(BadParameter, match="after"):
        ta.changes(store, "monday")  # type: ignore[arg-type]


Row = tuple[Any, ...]


def expected(before: list[Row], after: list[Row]) -> Counter[str]:
    """How many, told row by row."""
    left, right = Counter(before) - Counter(after), Counter(after) - Counter(before)
    by_key: dict[Row, list[int]] = defaultdict(lambda: [0, 0])
    for side, rows in enumerate((left, right)):
        for row in rows.elements():
            by_key[row[:2]][side] += 1
    told: Counter[str] = Counter()
    for had, has in by_key.values():
        told["modified"] += min(had, has)
        told["removed"] += max(0, had - has)
        told["added"] += max(0, has - had)
    return told


def kind(row: dict[str, Any]) -> str:
    return {(False, True): "added", (True, False): "removed", (True, True): "modified"}[
        row[HAD], row[HAS]
    ]


def test_random_rows_are_told_apart_as_python_does() -> None:
    rng = random.Random(4)  # noqa: S311 - no secret
    schema = pa.schema({"k": pa.string(), "n": pa.int64(), "x": pa.string(), "y": pa.int64()})
    there = None

    def some() -> list[Row]:
        values = ((None, "a", "b"), (None, 0), (None, "", "x"), (None, 0, 1))
        return [tuple(map(rng.choice, values)) for _each in range(rng.randrange(12))]

    for _round in range(20):
        sides = []
        rows = (some(), some())
        for each in rows:
            columns = zip(*each, strict=True) if each else ([],) * 4
            table = pa.table(list(columns), schema=schema)
            there = ta.localize(ibis.memtable(table), into=there)
            sides.append(there)
        differing = unequal(*sides)
        found = paired(differing, ("k", "n")).to_pyarrow().to_pylist()
        (told,) = counted(differing, ("k", "n")).to_pyarrow().to_pylist()
        assert expected(*rows) == Counter(told), rows
        assert expected(*rows) == Counter(map(kind, found)), rows
