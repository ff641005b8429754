"""The files of checks on DuckDB: each finds what was planted, as the library does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tams_analytics import checks, examples
from tams_analytics.store import Store
from tests.support import shipped_sql

RUN = [check.id for check in checks.CHECKS if not check.needs_objects]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Store]:
    with examples.newsroom(segments=2000) as store:
        yield store


@pytest.mark.parametrize("id", RUN)
def test_it_finds_what_was_planted(id: str, newsroom: Store) -> None:
    planted = examples.defects(newsroom).to_pyarrow().to_pylist()

    found = newsroom.con.sql(shipped_sql.text(f"duckdb/check_{id}.sql")).to_pyarrow().to_pylist()

    assert sorted((row["check"], row["entity"], row["id"]) for row in found) == sorted(
        (row["check"], row["entity"], row["id"]) for row in planted if row["check"] == id
    )
    assert {row["severity"] for row in found} <= {
        check.severity for check in checks.CHECKS if check.id == id
    }
    assert all(row["detail"] for row in found)


def test_each_check_has_a_file_for_each_engine() -> None:
    for dialect in ("duckdb", "trino"):
        named = {name for name in shipped_sql.files(dialect) if "/check_" in name}
        assert {f"{dialect}/check_{check.id}.sql" for check in checks.CHECKS} == named
