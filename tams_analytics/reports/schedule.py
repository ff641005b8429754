"""A schedule as it is given to a report: a file or a table, whose rows `queries.plans` judges."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter

KINDS = (".csv", ".parquet", ".pq")


@dataclass(frozen=True)
class Schedule:
    """Rows, and what they are called: a file's name, or that they are a table."""

    name: str
    rows: Any

    def __str__(self) -> str:
        return self.name


def as_schedule(given: Any) -> Schedule:
    """A path, or a table as it is. Raises `BadParameter` for a file that is none of `KINDS`."""
    if not isinstance(given, str | Path):
        return Schedule("a table", given)
    path, suffix = Path(given), Path(given).suffix.lower()
    if suffix not in KINDS:
        raise BadParameter("schedule", str(given), "is no schedule", f"a file {' or '.join(KINDS)}")
    if not path.is_file():
        raise BadParameter("schedule", str(given), "is not there", "a file")
    return Schedule(str(given), _csv(path) if suffix == ".csv" else _parquet(path))


def _csv(path: Path) -> list[dict[str, Any]]:
    """All cells as they are written: what a column means, only its name says."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[dict[str, Any]] = [*csv.DictReader(file, strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadParameter(
            "schedule", str(path), f"cannot be read: {error}", "CSV in UTF-8"
        ) from error
    for number, row in enumerate(rows, 1):
        if None in row:  # DictReader's key for what has no column
            problem = "has more cells than there are columns"
            raise BadParameter(
                f"schedule, row {number}", str(path), problem, "quotes around commas"
            )
    return rows


def _parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise BadParameter("schedule", str(path), "is no Parquet file", "one") from error
