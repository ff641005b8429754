"""Rows as people read them: lengths, moments, shares and bytes as text, ids by their beginning.

A column's name says what it holds: ``…_ns`` is a length, but for `INSTANTS`; ``…_ratio`` a share;
``size`` and ``…bytes`` are bytes; ``…_id`` and ``key`` ids. A ``value`` beside its ``unit`` is told
with it. NULL is a dash, as in measures. Headings say where clocks are in UTC, since days may be of
another time zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tams_analytics.display import tables, text

INSTANTS = ("start_ns", "end_ns", "first_ns", "last_ns")
"""Columns that hold a time; the first two come as one timerange."""
MEASURED = ("value", "unit")
"""Columns that are told as one, where a table has both."""
SHORT_ID = 8
"""So many characters of an id are shown: a prefix that `Store.flow` takes."""

_is_uuid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_is_urn = re.compile(r"urn:[a-z0-9:-]*:format:[a-z]+").fullmatch


@dataclass(frozen=True)
class Readable:
    """Cells by row under ``columns``; those that are to stand ``right``."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    right: frozenset[str]

    def plain(self, width: int | None = None) -> str:
        """As `tables.plain`."""
        return tables.plain(
            self.columns, self.rows, width=width, right=self.right, nothing=text.DASH
        )

    def html(self) -> str:
        """As `tables.html`."""
        return tables.html(self.columns, self.rows, right=self.right, nothing=text.DASH)


def readable(found: pa.Table, *, short: bool = True) -> Readable:
    """The rows of a table for people, each column by its name; ``short``: ids too."""
    columns: dict[str, Sequence[Any]] = {}
    right: set[str] = set()
    is_measured = all(name in found.column_names for name in MEASURED)
    for name in found.column_names:
        values = found[name].to_pylist()
        if name == "end_ns" and "start_ns" in found.column_names:
            columns |= {"timerange": tables.timeranges(found)["timerange"].to_pylist()}
        elif name.endswith("_ns") or _teller(name):
            head = _headed(name, values)
            columns[head] = [_told(name, value) for value in values]
            right |= set() if name in INSTANTS else {head}
        elif name in MEASURED and is_measured:
            columns |= {"value": [*map(_measured, *(found[each].to_pylist() for each in MEASURED))]}
            right |= {"value"}
        else:
            is_moment = pa.types.is_timestamp(found.schema.field(name).type)
            told = _shortened(name, values) if short else [_shown(value) for value in values]
            columns[f"{name} UTC" if is_moment else name] = told
    rows = list(zip(*columns.values(), strict=True))
    return Readable(list(columns), rows, frozenset(right))


def length(ns: int) -> str:
    """A length, exact below a minute, then to the millisecond, from an hour on to the second."""
    for least, unit in ((3_600, text.SECOND_NS), (60, text.SECOND_NS // 1_000)):
        if abs(ns) >= least * text.SECOND_NS:
            return text.duration(ns // unit * unit)
    return text.duration(ns)


def moment(ns: int) -> str:
    """A stored time in UTC, to the millisecond; a length, where it is not on the wall clock."""
    if not text.is_wall_clock(ns):
        return length(ns)
    milli = text.SECOND_NS // 1_000
    return text.utc(ns // milli * milli).removesuffix(" UTC")


def _headed(name: str, values: Sequence[Any]) -> str:
    """The heading of a time or length; a time that is on no wall clock has no zone."""
    clocks = name in INSTANTS and any(value and text.is_wall_clock(value) for value in values)
    return f"{name.removesuffix('_ns')}{' UTC' if clocks else ''}"


def _told(name: str, value: Any) -> Any:
    tell = _teller(name) or length
    return None if value is None else tell(value)


def _teller(name: str) -> Callable[[Any], str] | None:
    """How values of a column with this name are told, if not as they are."""
    if name in INSTANTS:
        return moment
    if name == "ratio" or name.endswith("_ratio"):
        return text.percent
    return text.size if name == "size" or name.endswith("bytes") else None


def _measured(value: float | None, unit: str | None) -> str | None:
    """A number with its unit. ``1`` is that of a share: what is counted has columns of its own."""
    if value is None:
        return None
    if unit == "1":
        return text.percent(value)
    if unit == "bytes":
        return text.size(round(value))
    return f"{round(value, 3):.12g} {unit or ''}".rstrip()


def _shortened(name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Ids by their beginning, where that tells them apart; all else as it is."""
    if name in ("key", "id") or (name.endswith("_id") and name != "object_id"):
        short = [value[:SHORT_ID] if _is_id(value) else value for value in values]
        return short if len({*short}) == len({*values}) else values
    return [_shown(value) for value in values]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _is_uuid(value) is not None


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, str) and _is_urn(value):
        return value.rpartition(":")[2]
    return value
