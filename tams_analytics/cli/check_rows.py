"""The rows that checks found, as Parquet files beside what is told of them."""

from __future__ import annotations

import io
from urllib.parse import quote

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from tams_analytics.checks import Deadline
from tams_analytics.cli.check_run import Kept, Run
from tams_analytics.cli.folder import ROWS, Folder

FIRST = ("id", "detail")
"""Columns that every failing row has; by them rows are ordered first."""


def keep_rows(run: Run, folder: Folder, most: int, deadline: Deadline) -> dict[str, Kept]:
    """Write the failing rows of each check that found any; at most so many, the first by id.

    Where the time is over, the checks that are left have none.
    """
    found = [each["id"] for each in run.checked.checks if each["failures"]] if most else []
    kept: dict[str, Kept] = {}

    def write() -> None:
        for id in found:
            rows = _first(run.checked.failures[id], most + 1)
            name = file_of(id)
            folder.write(name, _parquet(rows.slice(0, most)))
            kept[id] = Kept(name, min(most, rows.num_rows), rows.num_rows > most)

    deadline.run(write)
    return kept


def file_of(id: str) -> str:
    """In the folder of a run; whatever a check of others is called, it is one name there."""
    return f"{ROWS}/{quote(id, safe='')}.parquet"


def _first(rows: ir.Table, most: int) -> pa.Table:
    """The first rows, the same ones whenever nothing has changed."""
    order = [*FIRST, *(name for name in rows.columns if name not in FIRST)]
    return rows.order_by(order).limit(most).to_pyarrow()


def _parquet(rows: pa.Table) -> bytes:
    with io.BytesIO() as file:
        pq.write_table(rows, file, compression="zstd")
        return file.getvalue()
