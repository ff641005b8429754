"""The vocabulary of tags, who made what, and what is locked, in a newsroom."""

from __future__ import annotations

from tams_analytics.store import Store


def test_names_of_tags_are_counted_by_entity_and_by_value(flawed: Store) -> None:
    tables = flawed.report("hygiene").tables

    names = {row["name"]: row for row in tables["tag_names"].to_pyarrow().to_pylist()}

    assert (3, 3) == (names["Channel"]["entities"], names["Channel"]["values"])
    assert names["Channel"]["spelt"] == names["channel"]["spelt"] == "channel"
    assert set(flawed.tags.name.to_pyarrow().to_pylist()) == set(names)


def test_who_made_flows_is_counted_once_for_a_flow_that_is_there_twice(flawed: Store) -> None:
    (writer,) = flawed.report("hygiene").tables["writers"].to_pyarrow().to_pylist()
    flows = set(flawed.flows.id.to_pyarrow().to_pylist())

    assert ("newsroom", len(flows), 0) == (writer["principal"], writer["made"], writer["changed"])


def test_programmes_are_locked(clean: Store) -> None:
    locked = clean.report("hygiene").tables["read_only"].to_pyarrow().to_pylist()

    assert [
        "Programme 1",
        "Programme 1 audio",
        "Programme 1 video",
    ] == [row["label"] for row in locked]
