"""The files of checks on a real Trino: the rows that the library finds there."""

from __future__ import annotations

import pytest

from tams_analytics import checks, examples
from tests.support import shipped_sql
from tests.trino.conftest import Both

pytestmark = pytest.mark.trino
RUN = [check.id for check in checks.CHECKS if not check.needs_objects]


@pytest.mark.parametrize("id", RUN)
def test_it_finds_what_was_planted(id: str, newsroom: Both) -> None:
    planted = examples.defects(newsroom.duckdb).to_pyarrow().to_pylist()

    asked = newsroom.trino.con.sql(shipped_sql.text(f"trino/check_{id}.sql"))
    found = asked.to_pyarrow().to_pylist()

    assert sorted((row["check"], row["entity"], row["id"]) for row in found) == sorted(
        (row["check"], row["entity"], row["id"]) for row in planted if row["check"] == id
    )
