"""The generated part of ``sql/`` is what the library says now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import sql_snapshots


@pytest.mark.parametrize("name", sql_snapshots.FILES)
def test_a_file_is_the_generated_one(name: str, root: Path) -> None:
    assert sql_snapshots.text(name) == (root / "sql" / name).read_text("utf-8"), (
        "`make sql` rewrites it"
    )


def test_nothing_else_lies_there(root: Path) -> None:
    there = {str(path.relative_to(root / "sql")) for path in (root / "sql").rglob("*.*")}

    assert set(sql_snapshots.FILES) == there
