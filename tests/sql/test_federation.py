"""``sql/federation``: each file answers its question on planted rows, and reads well on Trino."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tams_analytics.cli import shipped
from tests.support import federated, federated_growth, shipped_sql, sql_lint
from tests.support.federated import DAY, GB, LISTED, LONG_AGO, SECOND, at

FILES = shipped_sql.files("federation")
LATE = 6 * 86400 * SECOND
MS, MIDNIGHT = 10**6, (DAY + 86400) * SECOND
STANDARD, GLACIER = "STANDARD", "GLACIER"
NOT_LISTED = "missing: nothing of its bucket is listed"

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "bytes_nobody_knows": [
        ("media", "lost", 1000, STANDARD, at("2026-08-01")),
        ("archive", "a1", 100, GLACIER, at("2026-08-22")),
        ("archive", "never", 10, None, None),
        ("archive", "without etag too", 10, STANDARD, LONG_AGO),
        ("media", "kept twice", 10, STANDARD, LONG_AGO),
        ("timeless", "nobody's", 10, STANDARD, LISTED),
    ],
    # neither what just came, nor what is about to go, nor a size that nobody tells; but shared,
    # which a flow that stays has too
    "bytes_missing_or_different": [
        ("missing", "media", "k4", "o4", "main", 400, None),
        ("missing", "media", "shared", "shared", "main", 10, None),
        (NOT_LISTED, "unlisted", "elsewhere", "elsewhere", "main", 10, None),
        ("other size", "media", "k5", "o5", "main", 500, 555),
        ("other size", "media", "two copies", "two copies", "main", 10, 11),
        ("size unknown to the store", "media", "k6", "o6", "main", None, 60),
    ],
    "growth_by_day": [
        ("archive", GLACIER, dt.date(2026, 8, 22), 2, 300, 300),
        ("archive", STANDARD, dt.date(2026, 8, 20), 2, 20, 20),
        ("media", GLACIER, dt.date(2026, 8, 21), 1, 300 * GB, 300 * GB),
        ("media", STANDARD, dt.date(2026, 8, 1), 1, 1000, 1000),
        ("media", STANDARD, dt.date(2026, 8, 20), 9, 361, 1361),
        ("media", STANDARD, dt.date(2026, 8, 21), 1, 10, 1371),
        ("media", STANDARD, dt.date(2026, 8, 22), 3, 695, 2066),
        ("media", STANDARD, dt.date(2026, 8, 29), 1, 7, 2073),
        ("media", STANDARD, dt.date(2026, 8, 30), 1, 10, 2083),
        ("timeless", STANDARD, dt.date(2026, 8, 20), 1, 10, 10),
        ("timeless", STANDARD, dt.date(2026, 8, 30), 1, 10, 20),
    ],
    "growth_between_listings": [
        ("archive", GLACIER, LISTED, 2, 300, None, None),
        ("archive", STANDARD, LISTED, 2, 20, None, None),
        ("archive", None, LISTED, 1, 10, None, None),
        ("media", GLACIER, at("2026-08-29"), 0, 0, None, None),
        ("media", GLACIER, LISTED, 1, 300 * GB, 1, 300 * GB),
        ("media", STANDARD, at("2026-08-29"), 3, 350, None, None),
        ("media", STANDARD, LISTED, 16, 2083, 13, 1733),
    ],
    # o3 is the clip's alone and oi initialises nothing else; o1 is used by a flow that goes on, as
    # is init, which the other clip needs
    "cost_of_expired_clips": [
        ("media", GLACIER, 1, 300 * GB, Decimal("1.20")),
        ("media", STANDARD, 2, 20, 0),
    ],
    # o4 lies half in the day, and so does shared
    "segments_by_rights_owner": [
        ("League", 6, 55 * SECOND, 6, 300 * GB + 1000),
        ("Agency", 5, 50 * SECOND, 4, 300 * GB + 310),
        (None, 6, 6 * SECOND, 6, 241),
    ],
    "same_objects_in_two_stores": [
        ("o1", 100, 100, True, False, LONG_AGO, LONG_AGO),
        ("o2", 200, 201, False, True, LONG_AGO, LONG_AGO),
        ("unknown in both", None, None, True, True, LONG_AGO, LONG_AGO),
    ],
    "same_bytes_in_two_stores": [("e1", 100, 2, 100, "o1", "o1")],
    "hot_and_cold": [
        ("f1", "News HD", STANDARD, "hot", 3, at("2026-08-26T10:00"), 2, 300),
        ("f2", "News clip", STANDARD, "hot", 3, at("2026-08-26T10:00"), 1, 100),
        ("f3", "Match HD", STANDARD, "warm", 1, at("2026-08-30T23:59:59.999999"), 2, 615),
        ("two copies", "two copies", STANDARD, "hot", 1, LONG_AGO, 1, 21),
        ("expired", "expired", STANDARD, "cold", 0, None, 1, 10),
        ("f2", "News clip", GLACIER, "cold", 0, None, 1, 300 * GB),
        ("f4", "Sport promo", STANDARD, "cold", 0, None, 1, 200),
        ("ongoing", "ongoing", STANDARD, "cold", 0, None, 1, 10),
    ],
    # what is planned over midnight lacks its first 40 ms alone
    "gaps_against_schedule": [
        ("one", "Match", "f3", (DAY + 15) * SECOND, (DAY + 30) * SECOND, 15 * SECOND),
        ("one", "Match", "f3", (DAY + 50) * SECOND, (DAY + 60) * SECOND, 10 * SECOND),
        ("three", "Midnight", "late", MIDNIGHT - 10_040 * MS, MIDNIGHT - 10_000 * MS, 40 * MS),
        ("two", "Ghosts", "f5", (DAY + 21600) * SECOND, (DAY + 21630) * SECOND, 30 * SECOND),
    ],
    # all were made known as the buckets were listed, six days after the day began
    "late_segments": [
        ("f3", 4, 4, LATE - 5 * SECOND, "o4"),
        ("f1", 2, 2, LATE - 10 * SECOND, "o1"),
        ("f2", 2, 2, LATE - 110 * SECOND, "o1"),
        ("f4", 1, 1, LATE - 201 * SECOND, "o2"),
        ("f6", 2, 2, LATE - 301 * SECOND, "o11"),
        ("expired", 1, 1, LATE - 86001 * SECOND, "clip"),
        ("ongoing", 1, 1, LATE - 86001 * SECOND, "init"),
        ("two copies", 1, 1, LATE - 86001 * SECOND, "two copies"),
        ("late", 1, 1, LATE - 86410 * SECOND, "shared"),
    ],
    "bytes_by_source": [
        ("s1", "News", 3, 3, 300 * GB + 300, 300 * GB + 400),
        ("s2", "Sport", 3, 3, 815, 815),
        ("s3", None, 3, 4, 41, 31),
    ],
    "bytes_by_backend": [
        ("Main", "media", GLACIER, 1, 300 * GB),
        ("Main", "media", STANDARD, 11, 1046),
        (None, "media", STANDARD, 4, 1027),
        ("Deep", "archive", GLACIER, 1, 200),
        (None, "archive", GLACIER, 1, 100),
        ("Deep", "archive", STANDARD, 1, 10),
        ("Main", "timeless", STANDARD, 1, 10),
        ("removed", "media", STANDARD, 1, 10),
        (None, "archive", STANDARD, 1, 10),
        (None, "archive", None, 1, 10),
        (None, "timeless", STANDARD, 1, 10),
    ],
    "uncontrolled_urls_by_host": [
        ("[2001:db8::1]", 2, 1, 1),
        ("cdn.example.com", 2, 2, 1),
        ("old.example.org", 1, 1, 0),
    ],
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
def test_what_asks_about_a_time_says_about_which(file: str) -> None:
    """Who runs it on a store of another year gets no rows, and the window with them."""
    sql = shipped_sql.text(file)
    of_a_time = re.search(r"\b17\d{17}\b|'2026-", sql) is not None

    assert of_a_time == (len(shipped.windows(sql)) == 1)


def test_a_moment_is_told_as_the_sql_has_it() -> None:
    sql = shipped_sql.text("federation/cost_of_expired_clips.sql")

    (said,) = shipped.windows(sql)
    (moment,) = re.findall(r"TIMESTAMP '(\S+) 00:00:00.000000'", sql)
    assert said.endswith(f" by {moment}T00:00:00Z")


@pytest.mark.parametrize("file", FILES)
def test_trino_can_run_it_and_run_it_well(file: str) -> None:
    assert [] == sql_lint.complaints(shipped_sql.text(file))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_has_its_answer(name: str, duck: federated.OnDuckDB) -> None:
    assert ANSWERS[name] == duck.rows(shipped_sql.text(f"federation/{name}.sql"))


def test_a_bucket_that_became_empty_shrank(duck: federated.OnDuckDB) -> None:
    assert federated_growth.GROWTH == duck.rows(federated_growth.asked())


@pytest.fixture(scope="module", params=["equal", "differing"])
def twice(request: pytest.FixtureRequest) -> Iterator[federated.OnDuckDB]:
    with federated.on_duckdb(request.param) as planted:
        yield planted


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_counts_twice_that_is_there_twice(name: str, twice: federated.OnDuckDB) -> None:
    assert ANSWERS[name] == twice.rows(shipped_sql.text(f"federation/{name}.sql"))
