"""Measures of a newsroom, with all that is planted in it, are what plain SQL finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.examples import newsroom
from tests.conftest import ENGINES
from tests.support.vast_stores import VastStores

ASKED = ["hours_covered", "gap_hours", "segments", "flows", "objects", "stored_bytes"]
SQL = """
WITH known AS (SELECT id, any_value(source_id) AS source_id FROM flows GROUP BY id),
of_source AS (
    SELECT known.source_id, s.* FROM segments AS s LEFT JOIN known ON s.flow_id = known.id
),
ordered AS (
    SELECT source_id, start_ns, end_ns, max(end_ns) OVER (
        PARTITION BY source_id ORDER BY start_ns, end_ns
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS until_ns FROM of_source
),
times AS (
    SELECT
        source_id,
        sum(greatest(end_ns - greatest(start_ns, coalesce(until_ns, start_ns)), 0)) AS covered,
        coalesce(sum(start_ns - until_ns) FILTER (start_ns > until_ns), 0) AS missing
    FROM ordered GROUP BY source_id
),
uses AS (
    SELECT source_id, object_id FROM of_source
    UNION
    SELECT source_id, init_object_id FROM of_source JOIN objects ON objects.id = object_id
),
held AS (
    SELECT source_id, object_id FROM uses
    UNION
    SELECT NULL, id FROM objects WHERE id NOT IN (
        SELECT object_id FROM uses WHERE object_id IS NOT NULL
    )
),
bytes AS (
    SELECT source_id, count(*) AS objects, sum(size) AS stored
    FROM held JOIN (SELECT id, any_value(size) AS size FROM objects GROUP BY id) ON object_id = id
    GROUP BY source_id
),
groups AS (
    SELECT id AS source_id FROM sources
    UNION SELECT source_id FROM known
    UNION SELECT source_id FROM of_source
)
SELECT
    groups.source_id,
    coalesce(covered, 0) / 3600e9 AS hours_covered,
    coalesce(missing, 0) / 3600e9 AS gap_hours,
    (SELECT count(*) FROM of_source AS o
     WHERE o.source_id IS NOT DISTINCT FROM groups.source_id) AS segments,
    (SELECT count(*) FROM known AS k
     WHERE k.source_id IS NOT DISTINCT FROM groups.source_id) AS flows,
    coalesce(objects, 0) AS objects,
    coalesce(stored, 0)::BIGINT AS stored_bytes
FROM groups
LEFT JOIN times ON times.source_id IS NOT DISTINCT FROM groups.source_id
LEFT JOIN bytes ON bytes.source_id IS NOT DISTINCT FROM groups.source_id
"""


@pytest.fixture(scope="module")
def made() -> Iterator[ta.Store]:
    with newsroom(segments=2_000) as store:
        yield store


@pytest.fixture(params=ENGINES)
def asked(
    made: ta.Store, vast_stores: VastStores, request: pytest.FixtureRequest
) -> Iterator[ta.Store]:
    """The same rows on each engine."""
    if request.param == "duckdb":
        yield made
    else:
        with ta.connect(vast_stores.filled(made)) as store:
            yield store


def keyed(rows: list[dict[str, Any]]) -> dict[str | None, Any]:
    assert len({row["source_id"] for row in rows}) == len(rows)
    return {
        row["source_id"]: [pytest.approx(row[name], rel=1e-12) for name in ASKED] for row in rows
    }


def test_measures_by_source_are_what_plain_sql_finds(made: ta.Store, asked: ta.Store) -> None:
    expected = keyed(made.con.sql(SQL).to_pyarrow().to_pylist())

    found = keyed(asked.measure(ASKED, by="source").to_pyarrow().to_pylist())

    assert None in expected
    assert expected == found
