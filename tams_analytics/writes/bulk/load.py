"""The bulk path: Arrow rows into a table, checked as a whole, in one transaction.

    store.writes.load("segments", table)

Rows come as anything that speaks Arrow's stream interface: a `pyarrow.Table`, a
`pyarrow.RecordBatchReader`, a frame of pandas or polars. They are checked
`CHUNK_ROWS` at a time, so a stream need never be in memory as a whole. What is taken does not
depend on where chunks end, nor on the order of the rows; that decides only who is first: which flow
an object belongs to, whose label a new source has, how the timerange of an object is written.

What is written is one transaction, and memory grows with it: measured 0.4 GB for a chunk, and
0.6 kB for each segment that brings an object. Of these 0.5 kB are the Arrow rows themselves: DuckDB
lets go of what it was lent inside a transaction when that ends (`test_upstream`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from tqdm.auto import tqdm

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, Refused
from tams_analytics.tables import BY_NAME, OF_RUNS
from tams_analytics.writes.bulk.collections import refuse_circles
from tams_analytics.writes.bulk.entities import load_entities
from tams_analytics.writes.bulk.inits import refuse_bad_inits
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.objects import finish_objects
from tams_analytics.writes.bulk.segments import load_segments
from tams_analytics.writes.bulk.types import typed

CHUNK_ROWS = 1_000_000
"""So many rows are checked at once."""

OWN_TABLES = (
    "discarded_instances",
    "events",
    "flow_fences",
    "store_metadata",
    *(table.name for table in OF_RUNS),
)
"""What the library keeps for itself."""


def load(engine: Engine, name: str, rows: Any, *, progress: bool = False) -> int:
    """Add rows to a table, all or none; how many there were. Missing columns take their default.

    ``segments`` need ``flow_id``, ``object_id`` and either ``timerange`` (read as in a
    registration) or ``start_ns, end_ns``. Their objects are registered, those that are not stored
    as unverified ones (R14). ``flows`` bring the sources that are not there. ``objects`` without a
    ``storage_path`` get one (R8); what initialises one is there or comes with it. Controlled
    ``object_instances`` without a ``storage_id`` are in the default storage backend.

    What a row names is loaded before it: storage backends and profiles, flows, objects, instances
    and segments, then tags and collections. A flow may come ``read_only``, but one that is so in
    the store takes no segments, tags and members: a whole store is restored with its flows
    writable, and `set_flow_read_only` closes them at the end. No webhook hears of what is loaded.

    Raises `BadParameter` (an unknown column), `BadTimeRange`, `NotFound` (a flow, an object, what
    is tagged), `ReadOnlyFlow`, `SegmentsOverlap`, `AlreadyExists`, `Refused`; the message names
    the first row.
    """
    if not isinstance(name, str) or name not in BY_NAME or name in OWN_TABLES:
        loadable = [table for table in BY_NAME if table not in OWN_TABLES]
        raise BadParameter("name", name, "cannot be loaded", "one of " + ", ".join(loadable))
    chunks = _chunks(rows)

    def work(tx: Transaction) -> int:
        count = 0
        loading = Loading(now(), engine.settings.strict)
        with tqdm(unit=" rows", unit_scale=True, disable=not progress, desc=f"load {name}") as bar:
            for chunk in chunks():
                _load_chunk(tx, name, chunk, count, loading)
                count += chunk.num_rows
                bar.update(chunk.num_rows)
        finish_objects(tx, loading)
        refuse_bad_inits(tx, loading)
        refuse_circles(tx, loading)
        return count

    return engine.transact(work)


def _load_chunk(
    tx: Transaction, name: str, rows: pa.Table, first_row: int, loading: Loading
) -> None:
    rows = typed(BY_NAME[name], rows, first_row)
    if name == "segments":
        load_segments(tx, rows, first_row, loading)
    else:
        load_entities(tx, BY_NAME[name], rows, first_row, loading)


def _chunks(rows: Any) -> Callable[[], Iterator[pa.Table]]:
    """What gives the rows, a chunk at a time; again from the start where they can be read again."""
    if isinstance(rows, pa.RecordBatch):
        rows = pa.Table.from_batches([rows])
    if isinstance(rows, pa.Table):
        return lambda: _slices(rows)
    if isinstance(rows, pa.RecordBatchReader):
        return _read_once(rows)
    if hasattr(rows, "__arrow_c_stream__"):
        return lambda: _gathered(_stream(rows))
    expected = "a pyarrow.Table, a RecordBatchReader, or what has __arrow_c_stream__"
    raise BadParameter("rows", type(rows).__name__, "holds no Arrow data", expected)


def _stream(rows: Any) -> pa.RecordBatchReader:
    """A frame's stream; what the frame's own library cannot send is refused in its words."""
    try:
        return pa.RecordBatchReader.from_stream(rows)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise BadParameter("rows", type(rows).__name__, f"cannot be read: {error}") from error


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(table.num_rows, 1), CHUNK_ROWS):
        yield table.slice(start, CHUNK_ROWS)


def _read_once(reader: pa.RecordBatchReader) -> Callable[[], Iterator[pa.Table]]:
    readers = [reader]

    def chunks() -> Iterator[pa.Table]:
        if not readers:
            reason = "another writer was faster, and a stream cannot be read again"
            raise Refused("loading the stream", reason, "load it again from its origin")
        return _gathered(readers.pop())

    return chunks


def _gathered(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The batches of a stream as chunks of at least `CHUNK_ROWS` rows, the last one smaller."""
    batches: list[pa.RecordBatch] = []
    for batch in reader:
        batches.append(batch)
        if sum(each.num_rows for each in batches) >= CHUNK_ROWS:
            yield pa.Table.from_batches(batches, reader.schema)
            batches = []
    yield pa.Table.from_batches(batches, reader.schema)
