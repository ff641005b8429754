"""How fast a newsroom is written to a file, beside the bare copy of its rows in the same run."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import tams_analytics as ta
from bench.stores import asked_sizes
from tams_analytics.tables import OBJECT_INSTANCES, OBJECTS, SEGMENTS, duckdb_ddl

QUESTION = "a newsroom with objects and instances into a file: at least 250,000 segments/s"
WANTED_PER_S = 250_000
ROW_GROUP = 122_880
COPIED = (SEGMENTS, OBJECTS, OBJECT_INSTANCES)
SIZES = {1_000_000: 3, 10_000_000: 1}
"""How many rounds of each size; the best one counts. Sizes that are asked for get one."""


def run() -> list[dict[str, Any]]:
    rounds = {size: SIZES.get(size, 1) for size in asked_sizes() or SIZES}
    with tempfile.TemporaryDirectory() as folder:
        return [row for size in rounds for row in compared(size, rounds[size], folder)]


def compared(size: int, rounds: int, folder: str) -> list[dict[str, Any]]:
    """The newsroom, and where it is small enough its rows copied from memory by DuckDB alone."""
    best = min((written(size, folder) for _ in range(rounds)), key=lambda row: row["s"])
    if rounds == 1:
        return [best]
    made = {table.name: rows_of(table.name, folder) for table in COPIED}
    bare = min((copied(made, folder) for _ in range(rounds)), key=lambda row: row["s"])
    return [best | {"of bare": best["s"] / bare["s"]}, bare]


def written(size: int, folder: str) -> dict[str, Any]:
    path = fresh(folder, "newsroom")
    clock = Clock()
    with ta.connect(str(path)) as store:
        ta.examples.newsroom(store, segments=size)
    return clock.row(f"newsroom {size:,}", size)


def rows_of(name: str, folder: str) -> pa.Table:
    """Its rows in pieces of DuckDB's row groups, which it copies nearly twice as fast as others."""
    path = Path(folder) / "newsroom.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(f"from {name}").fetch_arrow_table()
    return pa.Table.from_batches(rows.to_batches(max_chunksize=ROW_GROUP), rows.schema)


def copied(made: dict[str, pa.Table], folder: str) -> dict[str, Any]:
    path = fresh(folder, "bare")
    clock = Clock()
    with duckdb.connect(str(path)) as connection:
        for table in COPIED:
            connection.execute(duckdb_ddl(table))
            connection.register("made", made[table.name])
            connection.execute(f"insert into {table.name} select * from made")  # noqa: S608 - ours
            connection.unregister("made")
    count = made["segments"].num_rows
    return clock.row(f"bare copy {count:,}", count)


def fresh(folder: str, name: str) -> Path:
    path = Path(folder) / f"{name}.duckdb"
    path.unlink(missing_ok=True)
    return path


class Clock:
    """Wall and processor time since it was made."""

    def __init__(self) -> None:
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def row(self, what: str, segments: int) -> dict[str, Any]:
        """Rates of this work; where others load the machine, look at the processor's."""
        wall = time.perf_counter() - self.wall
        processor = time.process_time() - self.processor
        return {
            "what": what,
            "s": wall,
            "segments/s": segments / wall,
            "processor s": processor,
            "segments/processor s": segments / processor,
            "of wanted": segments / wall / WANTED_PER_S,
            "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
