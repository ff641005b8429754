"""What a page of segments reads of a large DuckDB store: the rows that it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.engines.statement import prepare
from tams_analytics.queries import objects, segments
from tams_analytics.span import Window

SEGMENTS = 20_000
SHOWN = 101
"""Of a page of a hundred, and the one that tells of a next page."""
VECTOR = 2048
"""So many rows come at least of a table in which nothing is looked for."""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ta.Store]:
    with ta.connect(tmp_path_factory.mktemp("large") / "x.duckdb") as store:
        ta.examples.newsroom(store, segments=SEGMENTS, defects=False)
        yield store


def scans(operator: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Each table that a profile scans, how, and how many rows came of it."""
    said = operator.get("extra_info", {})
    if "Table" in said:
        yield said["Table"], said["Type"], operator["operator_cardinality"]
    for below in operator["children"]:
        yield from scans(below)


def scanned(store: ta.Store, folder: Path, question: Any, **asked: Any) -> list[tuple[Any, ...]]:
    """How DuckDB scans objects and their instances for an answer, and what comes of each scan."""
    statement, values = prepare(question, asked)
    cursor = store.segments.get_backend().new_cursor()
    profile = folder / "profile.json"
    cursor.execute(f"PRAGMA enable_profiling = 'json'; SET profiling_output = '{profile}'")
    assert cursor.execute(statement.sql, values).fetchall()
    cursor.close()
    return [
        (how, count)
        for table, how, count in scans(json.loads(profile.read_text()))
        if table in ("objects", "object_instances")
    ]


def test_objects_and_their_instances_are_found_by_id(newsroom: ta.Store, tmp_path: Path) -> None:
    """A page of a hundred of the longest flow; nothing of it was kept before."""
    rows = newsroom.segments.group_by("flow_id").agg(n=newsroom.segments.count())
    flow = rows.order_by(rows.n.desc()).limit(1).to_pyarrow().to_pylist()[0]
    assert flow["n"] > SHOWN
    asked = {"flow_id": flow["flow_id"], "timerange": Window(), "limit": SHOWN, "backends": False}

    of_media = scanned(newsroom, tmp_path, segments.shown, **asked)

    assert len(of_media) == 4
    assert of_media.count(("Index Scan", SHOWN)) == 3
    assert max(count for _how, count in of_media) <= VECTOR  # nothing has an init object


def test_the_object_of_a_place_is_found_by_its_id(newsroom: ta.Store, tmp_path: Path) -> None:
    """GET and PUT of bytes begin with it."""
    (id,) = newsroom.objects.limit(1).id.to_list()
    found = scanned(newsroom, tmp_path, objects.placed, ids=[id, f"31/{id}"])
    assert [how for how, _count in found] == ["Index Scan", "Index Scan"]
