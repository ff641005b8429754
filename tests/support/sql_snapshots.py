"""The generated part of ``sql/``: ``python -m tests.support.sql_snapshots`` rewrites it."""

from __future__ import annotations

from pathlib import Path

from tests.support import table_snapshots, verb_snapshots

FOLDER = Path(__file__).resolve().parents[2] / "sql"


def texts() -> dict[str, str]:
    """Each generated file by its path below ``sql/``."""
    return {**table_snapshots.texts(), **verb_snapshots.texts()}


def main() -> None:
    for name, text in texts().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
