"""The generated part of ``sql/``: ``python -m tests.support.sql_snapshots`` rewrites it."""

from __future__ import annotations

from pathlib import Path

from tests.support import table_snapshots, verb_snapshots, view_snapshots

FOLDER = Path(__file__).resolve().parents[2] / "sql"


WHOLE = {**table_snapshots.texts(), **view_snapshots.texts()}
FILES = (*WHOLE, *verb_snapshots.FILES)
"""Each generated file by its path below ``sql/``."""


def text(file: str) -> str:
    """What is in a file."""
    return WHOLE.get(file) or verb_snapshots.text(file)


def main() -> None:
    for file in FILES:
        path = FOLDER / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(file))


if __name__ == "__main__":
    main()
