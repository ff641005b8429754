"""The tables that the benchmarks read: made once, kept in a cache folder, same seed, same rows."""

from __future__ import annotations

import os
import tempfile
import uuid
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

SEGMENTS = """create table segments (
    flow_id varchar not null, object_id varchar not null,
    start_ns bigint not null, end_ns bigint not null)"""
EPOCH_NS = 1_756_000_000_000_000_000
SECOND = 1_000_000_000
YEAR = 365 * 86_400 * SECOND
BATCH_FLOWS = 100


def segments_file(rows: int, *, flows: int = 1_000, seed: int = 1) -> Path:
    """A DuckDB file with ``segments`` by flow and start: 3 % gaps, 1 % overlaps, text ids."""
    path = folder() / f"segments-{rows}-{flows}-{seed}.duckdb"
    if not path.exists():
        unfinished = path.with_suffix(".partial")
        unfinished.unlink(missing_ok=True)
        with duckdb.connect(str(unfinished)) as connection:
            fill_segments(connection, rows, flows, seed)
        unfinished.rename(path)
    return path


def fill_segments(connection: duckdb.DuckDBPyConnection, rows: int, flows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    connection.execute(SEGMENTS)
    names = sorted(str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(flows))
    share = rows // flows
    for first in range(0, flows, BATCH_FLOWS):
        batch = pa.concat_tables(
            flow(name, share, rng) for name in names[first : first + BATCH_FLOWS]
        )
        connection.register("batch", batch)
        connection.execute("insert into segments select * from batch")
        connection.unregister("batch")


def flow(name: str, rows: int, rng: np.random.Generator) -> pa.Table:
    start_ns, end_ns = axis(rows, rng)
    return pa.table(
        {
            "flow_id": pa.repeat(name, rows),
            "object_id": object_ids(rows, rng),
            "start_ns": start_ns,
            "end_ns": end_ns,
        }
    )


def axis(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Segments of 2 to 10 s one after the other; 3 % begin late, 1 % begin early."""
    length = rng.integers(2 * SECOND, 10 * SECOND, rows)
    kind = rng.random(rows)
    shift = np.where(kind < 0.03, rng.integers(1, 60 * SECOND, rows), 0)
    shift = np.where(kind > 0.99, -rng.integers(1, 2 * SECOND, rows), shift)
    start_ns = EPOCH_NS + np.cumsum(length + shift) - length
    return start_ns, start_ns + length


def object_ids(rows: int, rng: np.random.Generator) -> pa.Array:
    """Random UUIDs as text."""
    digits = np.frombuffer(rng.bytes(16 * rows).hex().encode(), dtype="S1").reshape(rows, 32)
    dash = np.full((rows, 1), b"-", dtype="S1")
    parts = (digits[:, :8], dash, digits[:, 8:12], dash, digits[:, 12:16], dash)
    parts += (digits[:, 16:20], dash, digits[:, 20:])
    text = np.ascontiguousarray(np.concatenate(parts, axis=1)).view("S36").reshape(rows)
    return pa.array(text).cast(pa.string())


def folder() -> Path:
    """``TAMS_CACHE``, else a folder for temporary files."""
    path = Path(os.environ.get("TAMS_CACHE") or tempfile.gettempdir()) / "tams-bench"
    path.mkdir(parents=True, exist_ok=True)
    return path
