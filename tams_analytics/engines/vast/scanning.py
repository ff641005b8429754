"""One scan: the rows of a table that fulfil what was pushed, drained, and what they cost."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Any

import pyarrow as pa
from vastdb.config import QueryConfig
from vastdb.table import TableInTransaction

from tams_analytics.engines.vast.absent import (
    absent_columns,
    default,
    refuse_predicate,
    with_absent,
)
from tams_analytics.engines.vast.api import Tally, counted
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.errors import translated
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.planning.plan import PLACEHOLDER
from tams_analytics.engines.vast.stopping import Stop, Stopped, results
from tams_analytics.errors import BadParameter

ROW_ID = "$row_id"
"""VAST's own column: which row it is, for updates and deletes."""
ROWS_A_SPLIT = 4_000_000
"""A table is read in parts of so many rows (the SDK's own figure) ..."""
MOST_AT_ONCE = 8
"""... and so many of them at once."""
ROWS_AN_ANSWER = 128 * 1024
"""Then the rest is asked for (the SDK's own figure); where rows are only counted, after a part."""
ROWS_A_STREAM = 128 * 1024
"""A table of no more rows is read in one stream: each of several has a frame of every column."""
STREAMS = 4
"""In so many each part of others is read (the SDK's own figure)."""


@dataclass(frozen=True)
class Asked:
    """What a scan asks; ``predicate`` in the shape that the SDK takes.

    ``is_narrow``: few rows are expected, so that reading in several streams only costs frames.
    """

    place: Place
    columns: tuple[str, ...]
    predicate: Any = None
    limit: int | None = None
    is_narrow: bool = False


@dataclass(frozen=True)
class Cut:
    """How a table is read: in so many parts, each in so many streams.

    They are dealt blocks of ``row_groups``; only of its default the cluster reads projections.
    After so many rows of a stream an answer ends.
    """

    parts: int
    streams: int
    row_groups: int = 8
    rows_an_answer: int = ROWS_AN_ANSWER


@dataclass(frozen=True)
class Scanned:
    """The rows, in no order, with what was answered for them. Without columns: `PLACEHOLDER`."""

    rows: pa.Table
    requests: int
    bytes: int

    def and_also(self, other: Scanned | None) -> Scanned:
        """These rows, with what ``other`` cost beside them."""
        if other is None:
            return self
        return Scanned(self.rows, self.requests + other.requests, self.bytes + other.bytes)


def together(answers: Sequence[Scanned], limit: int | None = None) -> Scanned:
    """The answers to the parts of one question as one, of no more than ``limit`` rows."""
    if len(answers) == 1:
        return answers[0]
    rows = pa.concat_tables([answer.rows for answer in answers]).slice(0, limit)
    return Scanned(rows, sum(each.requests for each in answers), sum(e.bytes for e in answers))


def scan(transaction: OpenTransaction, asked: Asked, stop: Stop | None = None) -> Scanned:
    """The rows of one table. Raises `EngineFailed`, `NotFound`, `BadParameter`, `Stopped`.

    One part is read in this thread, several in threads of their own. A part whose connection was
    lost is read again, as nothing changes by it.
    """
    stop = stop or Stop()
    whole, table = asked, table_of(transaction, asked)
    asked = present(table, asked)
    cut = _cut(table, asked)
    tally = Tally()
    stop.watch(tally)
    read = functools.partial(read_part, table, asked, cut, tally, stop)
    with translated(reading(asked)):
        try:
            found = [read(0)] if cut.parts == 1 else _together(read, cut.parts, tally)
        except BaseException:
            tally.close()
            stop.check()
            transaction.connection.forget(asked.place)  # it may have been made anew
            raise
    if asked.limit is None:
        tally.release()
    else:  # what is left of the answers may be long
        tally.close()
    rows = _joined(found, asked)
    if asked is not whole:
        rows = with_absent(rows, asked.place, whole.columns)
    return Scanned(rows, tally.requests, tally.bytes)


def reading(asked: Asked) -> str:
    """What is done, for an error."""
    return f"reading {asked.place} (a request that changes nothing)"


def present(table: TableInTransaction, asked: Asked) -> Asked:
    """What of it the table can be asked for; `absent` knows the rest."""
    absent = absent_columns(asked.place, table.arrow_schema.names)
    refuse_predicate(asked.place, asked.predicate, absent)
    if absent.isdisjoint(asked.columns):
        return asked
    return replace(asked, columns=tuple(name for name in asked.columns if name not in absent))


def _cut(table: TableInTransaction, asked: Asked) -> Cut:
    rows = rows_of(table)
    is_small = table.stats is not None and rows <= ROWS_A_STREAM
    streams = 1 if asked.is_narrow or is_small else STREAMS
    return Cut(1 if asked.is_narrow else max(1, rows // ROWS_A_SPLIT), streams)


def rows_of(table: TableInTransaction) -> int:
    """How many rows it had a while ago; 0 where nobody tells."""
    return table.stats.num_rows if table.stats else 0


def _together(read: Callable[[int], pa.Table], parts: int, tally: Tally) -> list[pa.Table]:
    pool = ThreadPoolExecutor(min(parts, MOST_AT_ONCE), "vast-part")
    try:
        return results([pool.submit(read, number) for number in range(parts)])
    except BaseException:
        tally.stop()  # the other parts
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def read_part(
    table: TableInTransaction, asked: Asked, cut: Cut, tally: Tally, stop: Stop, number: int
) -> pa.Table:
    """One of the parts of the rows, tried again as the SDK itself does it."""

    def read() -> pa.Table:
        stop.check()
        if tally.is_stopped:
            raise Stopped
        readers = table.select_splits(
            columns=[name for name in asked.columns if name != ROW_ID],  # the SDK changes this list
            predicate=asked.predicate,
            config=_config(table, asked, cut),
            internal_row_id=ROW_ID in asked.columns,
            limit_rows=asked.limit,
        )
        return _drained(readers[number], asked, stop)

    with counted(tally):
        found: pa.Table = table._tx._rpc.api._backoff_decorator(read)()
    return found


def _drained(reader: pa.RecordBatchReader, asked: Asked, stop: Stop) -> pa.Table:
    batches: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        stop.check()
        batches.append(batch)
        rows += batch.num_rows
        if asked.limit is not None and rows >= asked.limit:
            break
    if asked.columns:
        return pa.Table.from_batches(batches, reader.schema)
    return pa.table({PLACEHOLDER: pa.nulls(rows, pa.int8())})


def _joined(parts: Sequence[pa.Table], asked: Asked) -> pa.Table:
    """The columns in the order asked for, and no more rows than were."""
    rows = parts[0] if len(parts) == 1 else pa.concat_tables(parts)
    if asked.columns:
        rows = rows.select(list(asked.columns))
    return rows if asked.limit is None else rows.slice(0, asked.limit)


def table_of(transaction: OpenTransaction, asked: Asked) -> TableInTransaction:
    """The table; of one that lacks a column it is asked again what it has."""
    table = transaction.table(asked.place)
    if _missing(table, asked):
        transaction.connection.forget(asked.place)
        table = transaction.table(asked.place)
    missing = _missing(table, asked)
    for name in missing:
        if name in absent_columns(asked.place, table.arrow_schema.names):
            default(asked.place, name)
            continue
        known = ", ".join(table.arrow_schema.names)
        raise BadParameter(str(asked.place), name, "is no column of it", f"one of {known}")
    return table


def _missing(table: TableInTransaction, asked: Asked) -> list[str]:
    return [n for n in asked.columns if n != ROW_ID and n not in table.arrow_schema.names]


def _config(table: TableInTransaction, asked: Asked, cut: Cut) -> QueryConfig:
    return QueryConfig(
        num_splits=cut.parts,
        num_sub_splits=cut.streams,
        num_row_groups_per_sub_split=cut.row_groups,
        limit_rows_per_sub_split=cut.rows_an_answer if asked.columns else ROWS_A_SPLIT,
        data_endpoints=_endpoints(table),
    )


def _endpoints(table: TableInTransaction) -> list[str]:
    """The cluster's addresses in any order; the one that was named where it tells none."""
    context = table._session_context
    addresses: Sequence[str] = table.stats.vips if table.stats else ()
    urls = [context._url_template.create(address) for address in addresses]
    return SystemRandom().sample(urls, len(urls)) or [context.endpoint]
