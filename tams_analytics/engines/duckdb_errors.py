"""DuckDB's errors as ours, in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from tams_analytics.errors import EngineFailed

CALLERS_MISTAKE = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.NotImplementedException,
)


@contextlib.contextmanager
def translated(doing: str) -> Iterator[None]:
    """DuckDB's errors as ours, the original chained."""
    try:
        yield
    except duckdb.Error as error:
        raise EngineFailed("duckdb", doing, first_line(error)) from error


def first_line(error: duckdb.Error) -> str:
    """What happened, without DuckDB's suggestions."""
    return str(error).strip().splitlines()[0]
