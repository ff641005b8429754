"""The verbs on 10 million segments: on a real Trino, and on DuckDB, side by side."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from bench.data import segments_file
from tams_analytics import intervals
from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.trino.backend import Backend
from tams_analytics.errors import EngineFailed
from tams_analytics.settings import Settings
from tests.support import trino_catalogs
from tests.support.trino_server import running

QUESTION = (
    "each verb on Trino (6 GB heap, Parquet in place) beside DuckDB: at most 120 s, same rows"
)
ROWS = 10_000_000
LIMIT_S = 120
FLOWS_EACH = 10_000
CLIPS = 50
"""Every so-manieth segment is a clip, that the others are joined with."""

Verb = Callable[[ir.Table, ir.Table], ir.Table]
VERBS: dict[str, Verb] = {
    "merge": lambda rows, _clips: intervals.merge(rows, "flow_id"),
    "gaps": lambda rows, _clips: intervals.gaps(rows, "flow_id"),
    "coverage": lambda rows, _clips: intervals.coverage(rows, "flow_id"),
    "depth": lambda rows, _clips: intervals.depth(rows, "flow_id"),
    "overlaps": lambda rows, _clips: intervals.overlaps(rows, "flow_id"),
    "join_overlaps": lambda rows, clips: intervals.join_overlaps(rows, clips, "flow_id"),
    "join_overlaps anti": lambda rows, clips: intervals.join_overlaps(
        rows, clips, "flow_id", how="anti"
    ),
    "subtract": lambda rows, clips: intervals.subtract(rows, clips, "flow_id"),
    "closest": lambda rows, clips: intervals.closest(clips, rows, "flow_id"),
}


def run(rows: int = ROWS) -> list[dict[str, Any]]:
    """One row for each verb: seconds on each, rows and sums the same."""
    file = segments_file(rows, flows=max(1, rows // FLOWS_EACH))
    with duckdb.connect(str(file), read_only=True) as connection, served(connection) as trino:
        connection.execute("set enable_progress_bar = false")
        here = ibis.duckdb.from_connection(connection).table("segments")
        there = trino.table("segments")
        return [row_of(name, verb, here, there) for name, verb in VERBS.items()]


def row_of(name: str, verb: Verb, here: ir.Table, there: ir.Table) -> dict[str, Any]:
    expected, duckdb_s = timed(lambda: summed(asked(verb, here)))
    try:
        found, trino_s = timed(lambda: summed(asked(verb, there)))
    except EngineFailed as error:
        return {"verb": name, "DuckDB s": duckdb_s, "Trino s": f"refused: {error.reason}"}
    assert expected == found, f"{name}: {expected} on DuckDB, {found} on Trino"
    return {
        "verb": name,
        "rows": expected["rows"],
        "DuckDB s": duckdb_s,
        "Trino s": trino_s,
        "Trino/DuckDB": trino_s / duckdb_s,
        "of the limit": trino_s / LIMIT_S,
    }


def asked(verb: Verb, rows: ir.Table) -> ir.Table:
    return verb(rows, rows.filter(rows.start_ns % CLIPS == 0))


def summed(found: ir.Table) -> dict[str, Any]:
    """A row that no column can be left out of: how many, and the sum of each number."""
    kinds = found.schema().items()
    sums = {
        name: (found[name] % 1_000_003).sum().cast("int64")
        for name, kind in kinds
        if kind.is_integer()
    }
    answer: pa.Table = found.agg(rows=found.count(), **sums).to_pyarrow()
    (row,) = answer.to_pylist()
    return row  # type: ignore[no-any-return]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    found = work()
    return found, time.perf_counter() - started


@contextmanager
def served(connection: duckdb.DuckDBPyConnection) -> Iterator[Backend]:
    """A Trino whose catalog reads these segments from a file of Parquet."""
    folder = Path(tempfile.mkdtemp(prefix="tams-bench-"))
    try:
        (folder / "segments").mkdir()
        connection.execute(
            f"COPY segments TO '{folder}/segments/rows.parquet' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"
        )
        catalogs = {"files": trino_catalogs.files(folder, None)}
        memory = {"query.max-memory": "4GB", "query.max-memory-per-node": "4GB"}
        with running(catalogs, heap="6G", config=memory, quick=False) as server:
            server.execute("CREATE SCHEMA files.bench")
            server.execute(
                "CREATE TABLE files.bench.segments (flow_id varchar, object_id varchar, "
                "start_ns bigint, end_ns bigint) "
                "WITH (format = 'PARQUET', external_location = 'local:///segments')"
            )
            url = f"{server.url('files', 'bench')}?max_run_time={LIMIT_S}s"
            backend: Backend = Backend().connect(Address.parse(url, Settings()))
            summed(backend.table("segments"))  # the first query of a server compiles for seconds
            yield backend
    finally:
        shutil.rmtree(folder, ignore_errors=True)
