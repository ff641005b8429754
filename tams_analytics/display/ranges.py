"""Rows with a timerange as they are looked at: its text, when it starts, how long, and where.

The columns ``start_ns, end_ns`` become ``timerange``, ``start`` (UTC, where the media is on the
wall clock), ``length`` and a bar that shows where the row lies among the rows that are shown.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pyarrow as pa

from tams_analytics.display import tables, text
from tams_analytics.display.readable import Readable, readable
from tams_analytics.display.tables import BOUNDS
from tams_analytics.timerange import TimeRange, format_timestamp

CELLS = 24
"""A bar has so many places in a text; in HTML it is as wide as so many letters."""
TIMERANGE, START, LENGTH, WHERE = "timerange", "start UTC", "length", "where"
GAP = "  "
"""What stands between two columns of a text."""
_DOTS, _BLOCK = "·", "█"


@dataclass(frozen=True)
class RangeRows:
    """The first rows of a table with ``start_ns, end_ns``; ``is_all`` where there are no more."""

    rows: pa.Table
    is_all: bool = True

    def to_text(self, width: int | None = None) -> str:
        """A table of text; in front of all other columns what fits into ``width`` whole.

        Those of the timerange always stand there; what does not fit is named below.
        """
        found = self._told()
        bars = [_blocks(*each) for each in self._places()]
        columns = {name: [row[n] for row in found.rows] for n, name in enumerate(found.columns)}
        columns[self._own(WHERE)] = bars
        own = {TIMERANGE, *map(self._own, (START, LENGTH, WHERE))}
        shown = [*columns] if width is None else _fitting(columns, own, width)
        rows = list(zip(*(columns[name] for name in shown), strict=True))
        lines = tables.plain(shown, rows, right=found.right, nothing=text.DASH)
        left = [name for name in columns if name not in shown]
        named = f"not shown: {', '.join(map(tables.one_line, left))}" if left else ""
        return "\n".join(filter(None, [lines, self.caption, named]))

    def to_html(self) -> str:
        """The same as HTML with ids in full: no script, every text in it escaped."""
        found = self._told(short=False)
        head = "".join(f"<th{_side(name, found)}>{escape(name)}</th>" for name in found.columns)
        body = "".join(
            f"<tr>{_cells(row, found)}<td>{_track(*place)}</td></tr>"
            for row, place in zip(found.rows, self._places(), strict=True)
        )
        return (
            '<table style="font-variant-numeric:tabular-nums"><thead>'
            f"<tr>{head}<th>{escape(self._own(WHERE))}</th></tr></thead><tbody>{body}</tbody></table>"
            f'<p style="opacity:.7;margin:4px 0">{escape(self.caption)}</p>'
        )

    @property
    def caption(self) -> str:
        """Which time the bars are of, and whether there are more rows."""
        spread = self._spread()
        said = [] if spread is None else [f"bars: {spread}"]
        more = [] if self.is_all else [f"the first {text.plural(self.rows.num_rows, 'row')}"]
        return "; ".join([*more, *said])

    def _told(self, short: bool = True) -> Readable:
        """The rows as texts, the columns of the timerange together."""
        found = readable(self.rows.drop_columns([*BOUNDS]), short=short)
        whole = tables.timeranges(self.rows.select([*BOUNDS]))[TIMERANGE].to_pylist()
        texts = [said or _half(*each) for said, each in zip(whole, self._bounds(), strict=True)]
        spread = self._spread()
        is_clock = spread is not None and text.is_wall_clock(spread.start_ns or 0)
        starts = [None if start is None else _moment(start) for start, _ in self._bounds()]
        lengths = [_length(*each) for each in self._bounds()]
        told: dict[str, Sequence[Any]] = {TIMERANGE: texts}
        if is_clock:
            told[self._own(START)] = starts
        told[self._own(LENGTH)] = lengths
        return _placed(found, told, self._own(LENGTH), self.rows.column_names)

    def _own(self, name: str) -> str:
        """What a column of ours is called: another name where the table shows one of that name."""
        return f"{name} of timerange" if name in self._heads else name

    @functools.cached_property
    def _heads(self) -> list[str]:
        """How the columns of the table itself are headed."""
        return readable(self.rows.slice(0, 0).drop_columns([*BOUNDS])).columns

    def _bounds(self) -> list[tuple[int | None, int | None]]:
        return list(zip(*(self.rows[name].to_pylist() for name in BOUNDS), strict=True))

    def _spread(self) -> TimeRange | None:
        """From the first to the last of what is shown."""
        known = [(a, b) for a, b in self._bounds() if a is not None and b is not None and a < b]
        if not known:
            return None
        return TimeRange.from_ns(min(a for a, _ in known), max(b for _, b in known))

    def _places(self) -> list[tuple[float, float] | tuple[None, None]]:
        """Of each row the parts of the spread at which it starts and ends."""
        spread = self._spread()
        if spread is None:
            return [(None, None)] * self.rows.num_rows
        first, length = spread.start_ns or 0, spread.duration_ns or 1
        return [
            (None, None)
            if a is None or b is None or b <= a
            else ((a - first) / length, (b - first) / length)
            for a, b in self._bounds()
        ]


def _fitting(columns: dict[str, list[Any]], own: set[str], width: int) -> list[str]:
    """The columns of the timerange, and of the others those that fit beside them, in order."""
    sizes = {name: _width(name, values) + len(GAP) for name, values in columns.items()}
    room = width + len(GAP) - sum(size for name, size in sizes.items() if name in own)
    shown = []
    for name, size in sizes.items():
        if name in own or size <= room:
            shown.append(name)
            room -= 0 if name in own else size
    return shown


def _width(name: str, values: Sequence[Any]) -> int:
    told = [text.DASH if value is None else tables.one_line(value) for value in values]
    return max(map(tables.len_shown, [name, *told]))


def _placed(
    found: Readable, told: dict[str, Sequence[Any]], right: str, columns: Sequence[str]
) -> Readable:
    """The columns of the timerange where the first of them was."""
    before = columns.index(next(name for name in columns if name in (*BOUNDS, TIMERANGE)))
    others = {name: [row[n] for row in found.rows] for n, name in enumerate(found.columns)}
    others.pop(TIMERANGE, None)
    names = [*others]
    names[before:before] = told
    every = {**others, **told}
    rows = list(zip(*(every[name] for name in names), strict=True))
    return Readable(names, rows, found.right | {right})


def _half(start: int | None, end: int | None) -> str | None:
    """What is known of a range of which a bound is not: no timerange, but more than nothing."""
    if start is None and end is None:
        return None
    first, last = (text.DASH if ns is None else format_timestamp(ns) for ns in (start, end))
    return f"[{first}_{last})"


def _moment(ns: int) -> str:
    return text.utc(ns).removesuffix(" UTC")


def _length(start: int | None, end: int | None) -> str | None:
    return None if start is None or end is None else text.duration(end - start)


def _blocks(start: float | None, end: float | None) -> str:
    """A line of dots, and blocks where the row lies; at least one."""
    if start is None or end is None:
        return ""
    first = min(CELLS - 1, int(start * CELLS))
    last = max(first + 1, min(CELLS, round(end * CELLS)))
    return _DOTS * first + _BLOCK * (last - first) + _DOTS * (CELLS - last)


def _track(start: float | None, end: float | None) -> str:
    if start is None or end is None:
        return ""
    left, width = f"{100 * start:.2f}%", f"max(2px,{100 * (end - start):.2f}%)"
    return (
        f'<div style="position:relative;width:{CELLS / 2:g}em;height:.8em;background:#8883">'
        f'<div style="position:absolute;left:{left};width:{width};height:100%;background:#3f74b5">'
        "</div></div>"
    )


def _side(name: str, found: Readable) -> str:
    return f' style="text-align:{"right" if name in found.right else "left"}"'


def _cells(row: Sequence[Any], found: Readable) -> str:
    told = [text.DASH if value is None else tables.one_line(value) for value in row]
    return "".join(
        f"<td{_side(name, found)}>{escape(value)}</td>"
        for name, value in zip(found.columns, told, strict=True)
    )
