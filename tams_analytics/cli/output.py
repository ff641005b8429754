"""Rows in the format that was asked for, to a file or to stdout.

``json`` (a list of objects, one a line), ``csv`` and ``parquet`` are written batch by batch with
every row, every column and every nanosecond; ``table`` and ``html`` are for people.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import click
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from tqdm.auto import tqdm

from tams_analytics.cli import moments
from tams_analytics.cli.destination import STORES, destination, open_stdout
from tams_analytics.errors import BadParameter
from tams_command.words import FORMATS

READABLE = ("table", "html")
"""The formats for people."""
ROWS_IN_A_TABLE = 50
"""How many rows a table shows on stdout when nobody said how many; all else has them all."""
SUFFIXES = {f".{name}": name for name in FORMATS} | {".htm": "html", ".pq": "parquet"}


@dataclass(frozen=True)
class Output:
    """Where rows go: the format that was named, a path (None or ``-``: stdout), the most rows."""

    named: str | None = None
    path: str | None = None
    limit: int | None = None

    @property
    def format(self) -> str:
        """As named, else as the path ends."""
        suffix = Path(self.path).suffix.lower() if self.path else ""
        return self.named or SUFFIXES.get(suffix, "table")

    @property
    def most(self) -> int | None:
        """At most so many rows are shown to people; None: every row, as of a file or a page."""
        if self.limit is not None:
            return self.limit
        return ROWS_IN_A_TABLE if self.is_stdout and self.format == "table" else None

    @property
    def is_stdout(self) -> bool:
        return self.path in (None, "-")

    @property
    def is_terminal(self) -> bool:
        return self.is_stdout and sys.stdout is not None and sys.stdout.isatty()


def refuse_unknown(output: Output) -> None:
    """Raises `BadParameter` for a name that ends as no format does, unless a format is named."""
    suffix = Path(output.path).suffix.lower() if output.path else ""
    if output.named is None and suffix and suffix not in (*SUFFIXES, *STORES):
        expected = f"{', '.join(SUFFIXES)}, or --format"
        raise BadParameter("output", output.path, f"ends in {suffix}, no format", expected)


def write_rows(rows: pa.RecordBatchReader, output: Output) -> int:
    """All of ``rows``, in a format for machines; gives how many there were.

    Raises `BadParameter` for binary on a terminal.
    """
    total = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal total
        for batch in _counted(rows, output):
            total += batch.num_rows
            yield batch

    if output.format == "parquet" and output.is_terminal:
        raise BadParameter("format", "parquet", "is not for a terminal", "-o FILE, or a pipe")
    with destination(output.path) as stream:
        try:
            WRITERS[output.format](rows.schema, batches(), stream)
        except pa.ArrowNotImplementedError as error:
            problem = f"cannot hold these rows: {error}"
            raise BadParameter("format", output.format, problem, "a CAST to text") from error
    return total


def write_text(text: str, output: Output) -> None:
    """A text for people, with a line end."""
    if output.is_stdout:
        open_stdout()
        click.echo(text)
        return
    with destination(output.path) as stream:
        stream.write(text.encode() + b"\n")


def _counted(rows: pa.RecordBatchReader, output: Output) -> Iterator[pa.RecordBatch]:
    """The batches, in the types that their schema says: DuckDB sums to wider ones.

    A bar counts the rows where nothing else is on the terminal.
    """
    hidden = True if output.is_terminal or sys.stderr is None else None
    with tqdm(unit=" rows", unit_scale=True, disable=hidden, leave=False) as bar:
        for batch in rows:
            yield batch.cast(rows.schema)
            bar.update(batch.num_rows)


def batches_as_json(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], stream: IO[bytes]
) -> None:
    """A list of objects, one a line."""
    before = b"[\n"
    is_nested = any(pa.types.is_nested(kind) for kind in schema.types)
    for batch in batches:
        for row in plain(batch).to_pylist():
            stream.write(before + _dumped(_finite(row) if is_nested else row).encode())
            before = b",\n"
    stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")


def _csv(schema: pa.Schema, batches: Iterator[pa.RecordBatch], stream: IO[bytes]) -> None:
    flat = plain(schema.empty_table(), nested=False).schema
    with pyarrow.csv.CSVWriter(stream, flat) as writer:
        for batch in batches:
            writer.write_batch(plain(batch, nested=False).cast(flat))


def _parquet(schema: pa.Schema, batches: Iterator[pa.RecordBatch], stream: IO[bytes]) -> None:
    with pyarrow.parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


Writer = Callable[[pa.Schema, Iterator[pa.RecordBatch], IO[bytes]], None]
WRITERS: dict[str, Writer] = {"json": batches_as_json, "csv": _csv, "parquet": _parquet}


def plain(rows: Any, *, nested: bool = True) -> Any:
    """The same rows (a table or a batch) with what JSON has no type for as text.

    Moments become ``2026-09-01T00:00:00.000000Z``, what is no number NULL; with ``nested`` off,
    lists and structs become JSON, and bytes hexadecimal digits, as they are in JSON.
    """
    columns = [_plain(moments.text(column), nested) for column in rows.columns]
    return type(rows).from_arrays(columns, names=rows.schema.names)


def _plain(column: Any, nested: bool) -> Any:
    kind = column.type
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(column), column, None)
    if (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)) and not nested:
        return pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())
    if pa.types.is_nested(kind) and not nested:
        texts = [None if v is None else _dumped(_finite(v)) for v in column.to_pylist()]
        return pa.array(texts, pa.string())
    return column


def _finite(value: Any) -> Any:
    """JSON has no number for what is none: null."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any) -> Any:
    """What JSON has no type for; decimals are numbers, whole ones exactly."""
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else str(value)


_dumped = json.JSONEncoder(ensure_ascii=False, default=_text, allow_nan=False).encode
