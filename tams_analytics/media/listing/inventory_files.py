"""The files of S3 Inventory, in CSV, Parquet or ORC, as listings."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tams_analytics.media.listing.pages import LISTING

NAMES = {
    "bucket": ("bucket", "Bucket"),
    "key": ("key", "Key"),
    "size": ("size", "Size"),
    "etag": ("e_tag", "ETag"),
    "storage_class": ("storage_class", "StorageClass"),
    "last_modified": ("last_modified_date", "LastModifiedDate"),
    "is_latest": ("is_latest", "IsLatest"),
    "is_delete_marker": ("is_delete_marker", "IsDeleteMarker"),
}
"""What Parquet and ORC call a column, and what CSV does."""
FLAGS = ("is_latest", "is_delete_marker")
PLACE = ("bucket", "key")
"""Without these no row is of use."""
UTC = pa.timestamp("us", "UTC")


def _csv(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    """Without a header; keys are encoded, so no line breaks in one."""
    _refuse_lacking(columns)
    with gzip.open(file) as stream:
        if file.stat().st_size and not stream.read(1):
            return  # which pyarrow takes for no CSV
    how = pyarrow.csv.ReadOptions(column_names=columns)
    kinds = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    with pa.input_stream(file, compression="gzip") as stream:
        for batch in pyarrow.csv.open_csv(stream, how, convert_options=kinds):
            rows = pa.Table.from_batches([batch])
            keys = [None if key is None else unquote_plus(key) for key in rows["Key"].to_pylist()]
            at = columns.index("Key")
            yield rows.set_column(at, "Key", pa.array(keys, pa.string()))


def _parquet(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    with pq.ParquetFile(file) as found:
        for batch in found.iter_batches():
            yield pa.Table.from_batches([batch])


def _orc(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    from pyarrow import orc  # noqa: PLC0415 - not every build of pyarrow has it

    found = orc.ORCFile(file)
    for stripe in range(found.nstripes):
        yield pa.Table.from_batches([found.read_stripe(stripe)])


Reader = Callable[[Path, list[str]], Iterator[pa.Table]]
READERS: Mapping[str, Reader] = {"CSV": _csv, "Parquet": _parquet, "ORC": _orc}


def as_listing(rows: pa.Table, listed_at: dt.datetime) -> pa.Table:
    """As a listing; of several versions of a key the one that a GET gives, if any.

    Raises `ValueError`, as pyarrow does, for what is none.
    """
    _refuse_lacking(rows.column_names)
    said = {name: _column(rows, name) for name in NAMES}
    is_latest, is_deleted = (said.pop(name) for name in FLAGS)
    said["etag"] = None if said["etag"] is None else pc.utf8_trim(said["etag"], '"')
    said["listed_at"] = pa.repeat(pa.scalar(listed_at, UTC), rows.num_rows)
    columns = [_cast(said[field.name], field.type, rows.num_rows) for field in LISTING]
    listing = pa.Table.from_arrays(columns, schema=LISTING)
    is_there = pc.and_(
        _flag(is_latest, True, rows.num_rows),
        pc.invert(_flag(is_deleted, False, rows.num_rows)),
    )
    return listing.filter(is_there)


def _refuse_lacking(columns: list[str]) -> None:
    """Raises `ValueError` for columns that name no place, or one twice."""
    for name, spelt in NAMES.items():
        found = [each for each in columns if each in spelt]
        if len(found) > 1 or (name in PLACE and not found):
            number = "two" if found else "none"
            raise ValueError(f"of its columns {number} is the {name}: {', '.join(columns)}")


def _column(rows: pa.Table, name: str) -> Any:
    for each in NAMES[name]:
        if each in rows.column_names:
            return rows[each]
    return None


def _flag(column: Any, default: bool, rows: int) -> Any:
    """A column of yes and no, which CSV has as text."""
    if column is None:
        return pa.repeat(pa.scalar(default), rows)
    if not pa.types.is_boolean(column.type):
        column = pc.equal(pc.utf8_lower(column), "true")
    return pc.fill_null(column, default)


def _cast(column: Any, kind: pa.DataType, rows: int) -> Any:
    """Moments lose their zone, which is UTC."""
    if column is None:
        return pa.nulls(rows, kind)
    if pa.types.is_timestamp(kind) and column.type != kind:
        column = column.cast(UTC)
    return column.cast(kind)
