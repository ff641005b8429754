"""Room on the disk for what DuckDB writes.

DuckDB 1.3.2 has half of a commit in memory for which there was no room: it crashes when the same
ids come again, and a checkpoint spoils the table, which then takes no rows any more. So some room
is left alone, and after such a commit nothing more of this process goes into the file.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tams_analytics.errors import EngineFailed

SPARE_BYTES = 32 << 20
UNWRITTEN = "Could not write file"


class Room:
    """Whether a file may be written to, by any of the stores that have it open."""

    def __init__(self, file: Path | None) -> None:
        self._folder = None if file is None else file.parent
        self._unwritten: str | None = None
        """Why a commit could not be written."""

    def refuse_none(self) -> None:
        """Raise `EngineFailed` where there is none."""
        if self._unwritten is not None:
            raise EngineFailed(
                "duckdb", "writing", self._unwritten, "open it anew once there is room"
            )
        if self._folder is None or not self._folder.exists():
            return
        free = shutil.disk_usage(self._folder).free
        if free < SPARE_BYTES:
            reason = f"its disk has {free >> 20} MiB left, and needs {SPARE_BYTES >> 20}"
            raise EngineFailed("duckdb", "writing", reason, "make room there")

    def lacked(self, error: EngineFailed, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Whether a commit failed for that; then the file is left as it is."""
        is_commit = isinstance(error.__cause__, duckdb.TransactionException)
        if not is_commit or UNWRITTEN not in error.reason:
            return False
        self._unwritten = error.reason
        cursor.execute("PRAGMA disable_checkpoint_on_shutdown")
        return True
