"""Listings of buckets with planted rows, as files that a store can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

import tams_analytics as ta
from tams_analytics.tables import S3_OBJECTS, arrow_schema

LISTED_AT = dt.datetime(2026, 11, 23, 12)
LONG_AGO = LISTED_AT - dt.timedelta(days=30)
JUST_NOW = LISTED_AT - dt.timedelta(hours=1)
ALIKE = {
    "bucket": "media",
    "size": 100,
    "etag": "e",
    "storage_class": "STANDARD",
    "last_modified": LONG_AGO,
    "listed_at": LISTED_AT,
}


def listing(store: ta.Store, file: Path, rows: Sequence[Mapping[str, Any]]) -> ir.Table:
    """These rows, each of which says at least its ``key``, as ``s3_objects`` of a store."""
    table = pa.Table.from_pylist([{**ALIKE, **row} for row in rows], arrow_schema(S3_OBJECTS))
    pq.write_table(table, file)
    return store.s3_objects(str(file))
