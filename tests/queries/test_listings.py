"""Listings of sources and flows against a plain reading of random catalogues, on each engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.queries import attached, flows, keyset, sources, tags
from tests.support.catalogue import LONG, Catalogue, expected, random_catalogue, random_question
from tests.support.vast_stores import VastStores

LISTINGS = {"flows": flows, "sources": sources}
DOCUMENTS = {"flows": attached.flow_of, "sources": attached.source_of}
QUESTIONS = {"duckdb": 25, "vast": 6}
"""How many of each entity; those on VAST take ten times as long."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return random_catalogue(1)


@pytest.fixture(scope="module", params=QUESTIONS)
def filled(
    request: pytest.FixtureRequest, catalogue: Catalogue, vast_stores: VastStores
) -> Iterator[ta.Store]:
    """The catalogue on each engine."""
    with ta.connect(":memory:") as store:
        catalogue.fill(store)
        if request.param == "duckdb":
            yield store
            return
        with ta.connect(vast_stores.filled(store)) as other:
            yield other


def pages(store: ta.Store, entity: str, asked: dict[str, Any], limit: int) -> list[list[Any]]:
    """All pages of a listing, by the places of their last rows."""
    given = {name: value for name, value in asked.items() if name not in ("values", "exists")}
    given |= tags.asked(asked.get("values", {}), asked.get("exists"))
    order = LISTINGS[entity].ORDERS[asked["sort_by"]]
    found: list[list[Any]] = []
    place: list[Any] = []
    while not found or len(found[-1]) == limit:
        after = keyset.arguments_after(place, order)
        rows = store.ask(LISTINGS[entity].listing, **given, limit=limit, **after).to_pylist()
        found.append(rows)
        if rows:
            place = keyset.place_of(rows[-1], order)
            assert len(str(place)) < 200
    return found


@pytest.mark.parametrize("entity", LISTINGS)
def test_listings_are_what_reading_row_by_row_gives(
    filled: ta.Store, catalogue: Catalogue, entity: str
) -> None:
    """§26, §36, §38 to §41, §44, §45, §47 to §54, §83 to §85, §103 to §109, §128."""
    answered = 0
    for seed in range(QUESTIONS[filled.engine]):
        asked = random_question(seed, catalogue, entity)
        wanted = expected(catalogue, entity, asked)
        limit = random.Random(seed).choice([3, 7, 100])  # noqa: S311 - no secret
        found = pages(filled, entity, asked, limit)
        assert wanted == [row["id"] for rows in found for row in rows], (seed, asked)
        answered += bool(wanted)
    assert answered >= QUESTIONS[filled.engine] // 2


@pytest.mark.parametrize("entity", LISTINGS)
def test_a_row_has_its_tags_and_collections_and_nobody_elses(
    filled: ta.Store, catalogue: Catalogue, entity: str
) -> None:
    """§57, §86, §87, §123, §125."""
    listing, one = LISTINGS[entity].listing, LISTINGS[entity].one
    for row in filled.ask(listing, limit=20).to_pylist():
        document = DOCUMENTS[entity](row)
        id = row["id"]
        assert document.get("tags", {}) == catalogue.tags_of(entity, id)
        collectors = document.get("collected_by", [])
        assert collectors == sorted(catalogue.collectors_of(entity, id))
        if entity == "flows":
            assert document.get("flow_collection", []) == catalogue.members_of_flow(id)
        else:
            members = {item["id"] for item in document.get("source_collection", [])}
            assert all(id in catalogue.collectors_of("sources", each) for each in members)
        (alone,) = filled.ask(one, id=id).to_pylist()
        assert document == DOCUMENTS[entity](alone)


def test_the_extent_of_a_flow_is_that_of_what_overlaps(
    filled: ta.Store, catalogue: Catalogue
) -> None:
    """§111 to §113."""
    for row in catalogue.rows["flows"][: QUESTIONS[filled.engine]]:
        for window in ("_", "[12:0_25:0)", "()"):
            mine = [
                each
                for each in catalogue.rows["segments"]
                if each["flow_id"] == row["id"]
                and ta.tr(window).overlaps(ta.TimeRange.from_ns(each["start_ns"], each["end_ns"]))
            ]
            asked = {"id": row["id"], "with_extent": True, "timerange": window}
            (found,) = filled.ask(flows.one, **asked).to_pylist()
            texts = [each["timerange"] for each in sorted(mine, key=lambda each: each["start_ns"])]
            first_and_last = [texts[0], texts[-1]] if texts else [None, None]
            assert first_and_last == [*(found["extent"] or {"": None, " ": None}).values()]


def test_a_page_goes_on_where_the_last_row_is_gone_or_renamed() -> None:
    """§27, §36: nothing is lost; what has the same long beginning may come again."""
    made = random_catalogue(2)
    order = flows.ORDERS["label"]
    for reverse in (False, True):
        asked = {"sort_by": "label", "reverse": reverse}
        wanted = expected(made, "flows", asked)
        with ta.connect(":memory:") as store:
            made.fill(store)
            rows = store.ask(flows.listing, **asked).to_pylist()
            for at, row in enumerate(rows):
                store._engine.transact(lambda tx, id=row["id"]: tx.delete("flows", {"id": id}))
                place = keyset.place_of(row, order)
                after = keyset.arguments_after(place, order)
                rest = store.ask(flows.listing, **asked, **after)["id"].to_pylist()
                assert rest == wanted[at + 1 :]


def test_a_long_label_that_went_repeats_what_begins_alike() -> None:
    """§36: the row that a page key names is gone, and the key has the label's beginning only."""
    labels = ["a", LONG + "1", LONG + "2", LONG + "3", "b"]
    rows = [
        {"id": str(at), "source_id": "s", "format": "f", "label": label}
        for at, label in enumerate(labels)
    ]
    by_label = sorted(labels)
    order = flows.ORDERS["label"]
    with ta.connect(":memory:") as store:
        Catalogue({"flows": rows}).fill(store)
        (last,) = store.ask(flows.one, id="2").to_pylist()
        store._engine.transact(lambda tx: tx.delete("flows", {"id": "2"}))
        after = keyset.arguments_after(keyset.place_of(last, order), order)
        for reverse in (False, True):
            asked = {"sort_by": "label", "reverse": reverse}
            rest = store.ask(flows.listing, **asked, **after)["label"].to_pylist()
            alike = [LONG + "1", LONG + "3"]
            assert rest == ([*reversed(alike), *reversed(by_label[:2])] if reverse else alike)


@pytest.mark.parametrize("sort_by", ["updated", "segments_updated", "id", "", "CREATED"])
def test_other_orders_are_refused(sort_by: str) -> None:
    """§40."""
    with ta.connect(":memory:") as store, pytest.raises(ta.errors.BadParameter):
        store.ask(flows.listing, sort_by=sort_by)


@pytest.mark.parametrize(
    "place",
    [
        [keyset.WHOLE, "yesterday", "i"],
        [keyset.WHOLE, "2026-09-01", "i"],
        [keyset.CUT, "2026-09-01T12:00:00.000000", "i"],
        [7, "", "i"],
    ],
)
def test_places_that_no_row_has_are_refused(place: list[Any]) -> None:
    """§31."""
    with pytest.raises(ta.errors.BadParameter):
        keyset.arguments_after(place, flows.ORDERS["created"])


def test_no_join_compares_each_flow_with_each(filled: ta.Store) -> None:
    """Without statistics, as of rows from VAST, DuckDB would join by an inequality first."""
    explained = ta.explain(sources.listing(filled.tables, limit=10), run=True)
    joins = [each for each in explained.local if "JOIN" in each]
    assert joins
    assert not [each for each in joins if "NESTED_LOOP" in each or "CROSS" in each]
    only_of_the_page = [each for each in joins if "SEMI" in each]
    assert len(only_of_the_page) == len(attached.of_all_sources(filled.tables))
