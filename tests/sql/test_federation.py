"""``sql/federation``: each file answers its question on planted rows, and reads well on Trino."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from tams_analytics.queries import inventory
from tams_analytics.tables import TABLES, Tables
from tests.support import federated, shipped_sql, sql_lint
from tests.support.federated import DAY, GB, SECOND, at

FILES = shipped_sql.files("federation")
LATE = 6 * 86400 * SECOND
STANDARD, GLACIER = "STANDARD", "GLACIER"

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "bytes_nobody_knows": [
        ("media", "lost", 1000, STANDARD, at("2026-08-01")),
        ("archive", "a1", 100, GLACIER, at("2026-08-22")),
    ],
    "bytes_missing_or_different": [
        ("missing", "media", "k4", "o4", 400, None),
        ("other size", "media", "k5", "o5", 500, 555),
        ("size unknown to the store", "media", "k6", "o6", None, 60),
    ],
    "growth_by_day": [
        ("archive", GLACIER, dt.date(2026, 8, 22), 2, 300, 300),
        ("media", GLACIER, dt.date(2026, 8, 21), 1, 300 * GB, 300 * GB),
        ("media", STANDARD, dt.date(2026, 8, 1), 1, 1000, 1000),
        ("media", STANDARD, dt.date(2026, 8, 20), 2, 300, 1300),
        ("media", STANDARD, dt.date(2026, 8, 21), 1, 10, 1310),
        ("media", STANDARD, dt.date(2026, 8, 22), 3, 695, 2005),
        ("media", STANDARD, dt.date(2026, 8, 29), 1, 7, 2012),
    ],
    "growth_between_listings": [
        ("archive", GLACIER, at("2026-08-30"), 2, 300, None, None),
        ("media", GLACIER, at("2026-08-29"), 0, 0, None, None),
        ("media", GLACIER, at("2026-08-30"), 1, 300 * GB, 1, 300 * GB),
        ("media", STANDARD, at("2026-08-29"), 3, 350, None, None),
        ("media", STANDARD, at("2026-08-30"), 8, 2012, 5, 1662),
    ],
    # o3 is the clip's alone and oi initialises nothing else; o1 is used by a flow that goes on
    "cost_of_expired_clips": [
        ("media", GLACIER, 1, 300 * GB, Decimal("1.20")),
        ("media", STANDARD, 1, 10, 0),
    ],
    # o4 lies half in the day
    "segments_by_rights_owner": [
        ("League", 6, 55 * SECOND, 6, 300 * GB + 1000),
        ("Agency", 4, 40 * SECOND, 3, 300 * GB + 300),
        (None, 2, 2 * SECOND, 2, 201),
    ],
    "same_objects_in_two_stores": [
        ("o1", 100, 100, True, False, at("2026-08-20"), at("2026-08-20")),
        ("o2", 200, 201, False, True, at("2026-08-20"), at("2026-08-20")),
    ],
    "same_bytes_in_two_stores": [("e1", 100, 2, 100, "o1", "o1")],
    "hot_and_cold": [
        ("f1", "News HD", STANDARD, "hot", 3, at("2026-08-26T10:00"), 2, 300),
        ("f2", "News clip", STANDARD, "hot", 3, at("2026-08-26T10:00"), 1, 100),
        ("f3", "Match HD", STANDARD, "warm", 1, at("2026-08-30T23:59:59.999999"), 2, 615),
        ("f2", "News clip", GLACIER, "cold", 0, None, 1, 300 * GB),
        ("f4", "Sport promo", STANDARD, "cold", 0, None, 1, 200),
    ],
    "gaps_against_schedule": [
        ("one", "Match", "f3", (DAY + 15) * SECOND, (DAY + 30) * SECOND, 15 * SECOND),
        ("one", "Match", "f3", (DAY + 50) * SECOND, (DAY + 60) * SECOND, 10 * SECOND),
        ("two", "Ghosts", "f5", (DAY + 21600) * SECOND, (DAY + 21630) * SECOND, 30 * SECOND),
    ],
    # all were made known as the buckets were listed, six days after the day began
    "late_segments": [
        ("f3", 4, 4, LATE - 5 * SECOND, "o4"),
        ("f1", 2, 2, LATE - 10 * SECOND, "o1"),
        ("f2", 2, 2, LATE - 110 * SECOND, "o1"),
        ("f4", 1, 1, LATE - 201 * SECOND, "o2"),
        ("f6", 1, 1, LATE - 301 * SECOND, "o11"),
    ],
    "bytes_by_source": [
        ("s1", "News", 3, 3, 300 * GB + 300, 300 * GB + 400),
        ("s2", "Sport", 3, 3, 815, 815),
    ],
    "bytes_by_backend": [
        ("Main", "media", GLACIER, 1, 300 * GB),
        (None, "media", STANDARD, 2, 1007),
        ("Main", "media", STANDARD, 6, 1005),
        (None, "archive", GLACIER, 2, 300),
    ],
    "uncontrolled_urls_by_host": [("cdn.example.com", 2, 1), ("old.example.org", 1, 0)],
}


@pytest.fixture(scope="module")
def duck() -> Iterator[federated.OnDuckDB]:
    with federated.on_duckdb() as planted:
        yield planted


def test_each_file_has_its_answer_here() -> None:
    assert [f"federation/{name}.sql" for name in sorted(ANSWERS)] == FILES


@pytest.mark.parametrize("file", FILES)
def test_the_first_line_is_the_question(file: str) -> None:
    assert shipped_sql.text(file).startswith("-- ")
    assert shipped_sql.question(file).endswith("?")


@pytest.mark.parametrize("file", FILES)
def test_trino_can_run_it_and_run_it_well(file: str) -> None:
    assert [] == sql_lint.complaints(shipped_sql.text(file))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_has_its_answer(name: str, duck: federated.OnDuckDB) -> None:
    assert ANSWERS[name] == duck.rows(shipped_sql.text(f"federation/{name}.sql"))


@pytest.fixture(scope="module")
def library(duck: federated.OnDuckDB) -> tuple[Tables, ir.Table]:
    """The same rows, to be asked by the library's own questions."""
    tables = {
        name: ibis.memtable(duck.connection.table(f'vast."tams/meta".{name}').arrow())
        for name in (table.name for table in TABLES)
    }
    listing = duck.connection.table("objects.s3.objects").arrow()
    return Tables(**tables), ibis.memtable(listing)


def test_the_library_knows_the_same_bytes_to_be_nobodys(
    library: tuple[Tables, ir.Table],
) -> None:
    found = inventory.unknown(*library).to_pyarrow().to_pylist()

    places = {(bucket, key) for bucket, key, *_ in ANSWERS["bytes_nobody_knows"]}
    assert places == {(row["bucket"], row["key"]) for row in found}


def test_the_library_misses_the_same_bytes(library: tuple[Tables, ir.Table]) -> None:
    tables, listing = library
    lost = inventory.missing(tables, listing, buckets=["media", "archive"]).to_pyarrow()
    other = inventory.of_other_size(tables, listing, or_unknown=True).to_pyarrow()

    said = [
        (row["bucket"], row["key"], row["object_id"], row["size"], None) for row in lost.to_pylist()
    ]
    said += [
        (row["bucket"], row["key"], row["object_id"], row["size"], row["stored_size"])
        for row in other.to_pylist()
    ]
    assert sorted(row[1:] for row in ANSWERS["bytes_missing_or_different"]) == sorted(said)


def test_the_library_sees_the_same_growth(library: tuple[Tables, ir.Table]) -> None:
    found = inventory.growth(library[1], by=("bucket", "storage_class")).to_pyarrow()

    assert ANSWERS["growth_by_day"] == [tuple(row.values()) for row in found.to_pylist()]
