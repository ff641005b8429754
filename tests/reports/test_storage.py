"""What backends, sources and foreign hosts have, against plain Python over the same rows."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import storage
from tams_analytics.store import Store
from tests.reports.conftest import Refilled
from tests.reports.worlds import ODD_URLS, Row, Rows, world

NOWHERE: Row = {"label": None, "provider": None, "region": None, "bucket": None}


def sizes(rows: Rows) -> dict[str, int | None]:
    return {row["id"]: row["size"] for row in rows["objects"]}


def amounts(rows: Rows, ids: set[str]) -> tuple[int, int, int]:
    """How many they are, their bytes, and how many have no known size."""
    known = [sizes(rows).get(id) for id in ids]
    return len(ids), sum(size or 0 for size in known), known.count(None)


def expected_backends(rows: Rows) -> dict[str | None, Row]:
    copies: dict[Any, set[tuple[str, ...]]] = {row["id"]: set() for row in rows["storage_backends"]}
    for row in rows["object_instances"]:
        if row["controlled"]:
            place = (row["object_id"], row["bucket"], row["key"])
            copies.setdefault(row["storage_id"], set()).add(place)
    ids = {backend: {each[0] for each in places} for backend, places in copies.items()}
    found = {}
    for backend, here in ids.items():
        elsewhere = set().union(*(ids[other] for other in ids if other != backend))
        objects, size, unknown = amounts(rows, here)
        only, only_size, _unknown = amounts(rows, here - elsewhere)
        said = [row for row in rows["storage_backends"] if row["id"] == backend]
        found[backend] = {
            **({name: said[0][name] for name in NOWHERE} if said else NOWHERE),
            "objects": objects,
            "instances": len(copies[backend]),
            "bytes": size,
            "unknown": unknown,
            "only_objects": only,
            "only_bytes": only_size,
        }
    return found


def host(url: str | None) -> str | None:
    """As Python reads it; of what it refuses or has no host, none."""
    try:
        parts = urlsplit(url or "")
        _port = parts.port
    except ValueError:
        return None
    name = parts.hostname if parts.scheme else None
    return f"[{name}]" if name and ":" in name else name


def expected_hosts(rows: Rows) -> dict[str | None, tuple[int, ...]]:
    urls: dict[str | None, set[tuple[str, str]]] = defaultdict(set)
    kept = {row["object_id"] for row in rows["object_instances"] if row["controlled"]}
    for row in rows["object_instances"]:
        if not row["controlled"]:
            urls[host(row["url"])].add((row["object_id"], row["url"]))
    ids = {at: {id for id, _url in pairs} for at, pairs in urls.items()}
    return {at: (len(urls[at]), *amounts(rows, ids[at]), len(ids[at] - kept)) for at in urls}


def by(table: pa.Table, key: str) -> dict[Any, Row]:
    rows = table.to_pylist()
    found = {row.pop(key): row for row in rows}
    assert len(rows) == len(found)
    return found


def hosts(table: pa.Table) -> dict[Any, tuple[int, ...]]:
    return {at: tuple(row.values()) for at, row in by(table, "host").items()}


def odd(rows: Rows) -> Rows:
    """With a backend that nobody knows, one that has nothing, and an instance in neither."""
    for_one = next(row for row in rows["object_instances"] if row["storage_id"] == "one")
    moved = [
        {**for_one, "storage_id": storage_id, "bucket": bucket}
        for storage_id, bucket in [("gone", "b"), ("one", "moved"), (None, "b")]
    ]
    new = {**rows["storage_backends"][0], "id": "new", "label": "New"}
    return {
        **rows,
        "object_instances": [*rows["object_instances"], *moved],
        "storage_backends": [*rows["storage_backends"], new],
    }


@pytest.fixture(scope="module")
def tables(small: Store) -> dict[str, pa.Table]:
    found = small.report("storage", by="tag:genre").tables
    return {name: found[name].to_pyarrow() for name in found}


def test_q19_a_backend_has_objects_once_and_what_it_alone_has(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    table = tables["backends"]

    assert expected_backends(rows) == by(table, "storage_id")
    assert sorted(table["bytes"].to_pylist(), reverse=True) == table["bytes"].to_pylist()
    assert any(table["only_bytes"].to_pylist())


@pytest.mark.parametrize("seed", range(20))
def test_q19_q23_in_other_worlds_too(seed: int, refilled: Refilled) -> None:
    rows = odd(world(seed + 200))
    store = refilled(rows)

    assert expected_backends(rows) == by(store.ask(storage.by_backend), "storage_id")
    assert expected_hosts(rows) == hosts(store.ask(storage.uncontrolled))


def test_q23_foreign_urls_are_counted_by_host(tables: dict[str, pa.Table], rows: Rows) -> None:
    found = hosts(tables["uncontrolled"])

    assert expected_hosts(rows) == found
    assert {None, "bucket", "[2001:db8::1]", "cdn0.example.org", "cdn1.example.org"} == {*found}
    assert any(re.match("see ", url) for url in ODD_URLS)  # a URL in a text is no host


def test_q19_an_object_is_once_in_each_group(tables: dict[str, pa.Table], rows: Rows) -> None:
    inits = {row["id"]: row["init_object_id"] for row in rows["objects"]}
    shown: dict[Any, set[str]] = defaultdict(set)
    for row in rows["segments"]:
        media = row["object_id"]
        shown[row["flow_id"]] |= {media, inits.get(media)} & sizes(rows).keys()
    flows = {row["id"]: row for row in rows["flows"]}
    for name, column in [("by_source", "source_id"), ("by_codec", "codec")]:
        groups: dict[Any, set[str]] = {row[column]: set() for row in flows.values()}
        if column == "source_id":
            groups |= {row["id"]: groups.get(row["id"], set()) for row in rows["sources"]}
        groups.setdefault(None, set())
        for flow, ids in shown.items():
            groups[flows[flow][column] if flow in flows else None] |= ids
        groups[None] |= sizes(rows).keys() - set().union(*shown.values())
        found = by(tables[name], column)
        asked = ("objects", "stored_bytes", "objects_of_unknown_size")
        told = {at: tuple(row[each] for each in asked) for at, row in found.items()}

        assert {at: amounts(rows, ids) for at, ids in groups.items()} == told, name
    assert {"news", "sport", None} == {*tables["groups"]["genre"].to_pylist()}


def test_only_backends_count_objects_whose_own_row_is_gone(refilled: Refilled, rows: Rows) -> None:
    kept = {row["object_id"] for row in rows["object_instances"] if row["storage_id"] == "one"}
    lost = min(kept & sizes(rows).keys())
    objects = [row for row in rows["objects"] if row["id"] != lost]
    store = refilled({**rows, "objects": objects})

    reported = store.report("storage")
    told = by(reported.tables["backends"].to_pyarrow(), "storage_id")["one"]["objects"]
    measured = by(store.measure("objects", by="storage_backend").to_pyarrow(), "storage_id")

    assert 1 <= told - measured["one"]["objects"]
    assert "whose own row is gone (instance_without_object)" in reported.look


def test_q21_with_a_listing_buckets_are_told_too() -> None:
    with ta.examples.newsroom(segments=1000) as store:
        listing = ta.examples.s3_objects(store)
        without, told = (store.report("storage", objects=each) for each in (None, listing))
        used = told.tables["usage"].to_pyarrow().to_pylist()
        total = listing.size.sum().to_pyarrow().as_py()

    assert ["backends", "by_source", "by_codec", "uncontrolled"] == [*without.tables]
    assert ["usage"] == [name for name in told.tables if name not in without.tables]
    assert total == sum(row["size"] for row in used) > 0


def test_what_is_no_group_of_flows_is_refused(small: Store) -> None:
    with pytest.raises(BadParameter, match="by: 'day' is nothing of flows; expected one of source"):
        small.report("storage", by="day")
    with pytest.raises(BadParameter, match="'colour' is no dimension"):
        small.report("storage", by="colour")
