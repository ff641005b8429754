"""The generated part of ``sql/``: ``python -m tests.support.sql_snapshots`` rewrites it."""

from __future__ import annotations

from pathlib import Path

from tests.support import (
    check_snapshots,
    question_snapshots,
    table_snapshots,
    verb_snapshots,
    view_snapshots,
)

FOLDER = Path(__file__).resolve().parents[2] / "sql"


WHOLE = {**table_snapshots.texts(), **view_snapshots.texts()}
COMPILED = {
    **dict.fromkeys(verb_snapshots.FILES, verb_snapshots.text),
    **dict.fromkeys(question_snapshots.FILES, question_snapshots.text),
    **dict.fromkeys(check_snapshots.FILES, check_snapshots.text),
}
FILES = (*WHOLE, *COMPILED)
"""Each generated file by its path below ``sql/``."""


def text(file: str) -> str:
    """What is in a file."""
    return WHOLE.get(file) or COMPILED[file](file)


def main() -> None:
    for file in FILES:
        path = FOLDER / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(file))


if __name__ == "__main__":
    main()
