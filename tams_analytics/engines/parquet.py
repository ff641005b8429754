"""Local Parquet files as ibis tables: of which files, and with which columns."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter, NotFound

HINT = "a Parquet file, a folder of them, or a pattern as in listings/*.parquet"


def parquet_files(source: str) -> list[str]:
    """The files that a path, a folder or a pattern names, in order.

    Raises `NotFound`, and `BadParameter` for nothing, which would be this process's folder.
    """
    if not source:
        raise BadParameter("source", source, "names no listing", HINT)
    path = Path(source)
    if path.is_dir():
        found = sorted(map(str, path.glob("*.parquet")))
    else:
        found = [source] if path.is_file() else sorted(glob.glob(source, recursive=True))
    if not found:
        raise NotFound("listing", source, HINT)
    return found


def schema_of(files: Sequence[str]) -> pa.Schema:
    """The columns that any of these files has. Raises `BadParameter`."""
    schemas = [_schema(file) for file in files]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").remove_metadata()
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        problem = f"have columns that do not go together: {error}"
        raise BadParameter("files", list(files), problem) from error


def _schema(file: str) -> pa.Schema:
    try:
        return pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadParameter("file", file, "is no Parquet file", HINT) from error
