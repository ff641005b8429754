"""``sql/``: its generated part is what the library says now, the rest is known here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import check_snapshots, question_snapshots, sql_lint, sql_snapshots

WRITTEN_BY_HAND = (
    "duckdb/functions.sql",
    "trino/functions.sql",
    "duckdb/check_collection_cycle.sql",
    "trino/check_collection_cycle.sql",
    "federation/",
    "etc/",
)
"""Tested in ``tests/sql``."""
ROUNDED = ("a division",)
"""Of a whole number of seconds, rounded to one: `checks.texts.plain_timestamp` says why."""
READ_TEXTS: dict[str, tuple[str, ...]] = {
    "trino/check_segment_bounds_differ_from_text.sql": ("a wrapped column", *ROUNDED),
    "trino/check_object_bounds_differ_from_text.sql": ("a wrapped column", *ROUNDED),
    "trino/check_ts_offset_differs_from_text.sql": ROUNDED,
    "trino/check_last_duration_odd.sql": ("STRPOS",),
}
"""They read all rows, to write or read texts: what of that may be said of them."""


@pytest.mark.parametrize("name", sql_snapshots.FILES)
def test_a_file_is_the_generated_one(name: str, root: Path) -> None:
    assert sql_snapshots.text(name) == (root / "sql" / name).read_text("utf-8"), (
        "`make sql` rewrites it"
    )


@pytest.mark.parametrize(
    "name",
    [name for name in (*question_snapshots.FILES, *check_snapshots.FILES) if "trino/" in name],
)
def test_trino_can_run_a_question_and_run_it_well(name: str) -> None:
    complaints = sql_lint.complaints(sql_snapshots.text(name))
    allowed = READ_TEXTS.get(name, ())
    assert [] == [each for each in complaints if not any(said in each for said in allowed)]


def test_nothing_else_lies_there(root: Path) -> None:
    there = {str(path.relative_to(root / "sql")) for path in (root / "sql").rglob("*.*")}
    by_hand = {path for path in there if path.startswith(WRITTEN_BY_HAND)}

    assert set(sql_snapshots.FILES) == there - by_hand
