"""Tables in memory as rows of Python's, of values that Trino has texts for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis.expr.datatypes as idt
import pyarrow as pa

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.types import parts
from tams_analytics.errors import BadParameter, Unsupported

MOST_ROWS = 20_000
"""Rows of a table in memory that go along in the SQL, of which Trino takes a million characters."""
WAY_OUT = "join it on DuckDB: ta.localize(expression) brings the other side there"


def rows_of(table: pa.Table, kinds: dict[str, idt.DataType]) -> list[dict[str, Any]]:
    """Raises `Unsupported` for too many of them, and for types that Trino does not take."""
    if len(table) > MOST_ROWS:
        raise Unsupported(ENGINE, f"be sent a table of {len(table)} rows in memory", WAY_OUT)
    for name, kind in kinds.items():
        _refuse_untold(name, kind)
    rows: list[dict[str, Any]] = _with_times_as_texts(table).to_pylist()
    for name, kind in kinds.items():
        if any(isinstance(each, idt.Map) for each in _all(kind)):
            for row in rows:
                row[name] = _with_maps(name, row[name], kind)
    return rows


def _refuse_untold(name: str, kind: idt.DataType) -> None:
    for each in _all(kind):
        if each.is_interval():
            raise Unsupported(ENGINE, f"be sent {name}, an interval", "send a number of its units")
        if isinstance(each, idt.Map) and each.key_type.is_nested():
            raise Unsupported(ENGINE, f"be sent {name}, a map by keys of several values", WAY_OUT)


def _all(kind: idt.DataType) -> Iterator[idt.DataType]:
    """A type, and those that it is made of."""
    yield kind
    for inner in parts(kind):
        yield from _all(inner)


def _with_maps(name: str, value: Any, kind: idt.DataType) -> Any:
    """Arrow gives the entries of a map as pairs. Raises `BadParameter` for a key that is twice."""
    if value is None:
        return None
    if isinstance(kind, idt.Array):
        return [_with_maps(name, each, kind.value_type) for each in value]
    if isinstance(kind, idt.Struct):
        return {key: _with_maps(name, value[key], inner) for key, inner in kind.items()}
    if not isinstance(kind, idt.Map):
        return value
    found = {key: _with_maps(name, each, kind.value_type) for key, each in value}
    if len(found) < len(value):
        raise BadParameter(name, value, "is a map with one key twice", "each key once")
    return found


def _with_times_as_texts(rows: pa.Table) -> pa.Table:
    """Python's times of day have no nanoseconds."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_time(field.type):
            rows = rows.set_column(place, field.name, rows[place].cast(pa.string()))
    return rows
