"""Tables of rows as people read them: TAMS texts beside the integers, and columns of plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from html import escape
from typing import Any

import pyarrow as pa

from tams_analytics.timerange import timerange_texts

BOUNDS = ("start_ns", "end_ns")
ELLIPSIS = "…"


def timeranges(table: pa.Table) -> pa.Table:
    """The table with a column ``timerange`` of canonical TAMS texts in front of its bounds.

    A ``timerange`` that is there already is replaced, in its place: a segment's own text may be
    written otherwise. A table without ``start_ns, end_ns`` comes back as it is; NULL bounds give
    NULL.
    """
    if not all(name in table.column_names for name in BOUNDS):
        return table
    texts = timerange_texts(table["start_ns"], table["end_ns"])
    field = pa.field("timerange", pa.string())
    if "timerange" in table.column_names:
        return table.set_column(table.column_names.index("timerange"), field, texts)
    return table.add_column(table.column_names.index("start_ns"), field, texts)


def plain(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    width: int | None = None,
    right: Collection[str] = (),
    nothing: str = "",
) -> str:
    """Aligned columns with a heading; numbers and ``right`` to the right, NULL as ``nothing``.

    Nothing in a cell can move the cursor or start a new line. With ``width`` the widest columns are
    cut until a line fits.
    """
    cells = [[nothing if value is None else one_line(value) for value in row] for row in rows]
    to_right = _to_right(columns, rows, right)
    heads = [one_line(name) for name in columns]
    widths = [
        max([len_shown(head), *(len_shown(row[n]) for row in cells)])
        for n, head in enumerate(heads)
    ]
    widths = widths if width is None else fitted(widths, width)
    lines = [heads, ["─" * size for size in widths], *cells]
    return "\n".join(_line(line, widths, to_right) for line in lines)


def html(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    right: Collection[str] = (),
    nothing: str = "",
) -> str:
    """The same as an HTML table without a script; every text in it is escaped."""
    sides = _to_right(columns, rows, right)
    head = "".join(_cell("th", name, to) for name, to in zip(columns, sides, strict=True))
    told = [[nothing if value is None else value for value in row] for row in rows]
    body = "".join(
        f"<tr>{''.join(_cell('td', value, to) for value, to in zip(row, sides, strict=True))}</tr>"
        for row in told
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def one_line(value: Any) -> str:
    """A value as text that stays on its line: control characters are shown as codes."""
    if value is None:
        return ""
    return "".join(_harmless(letter) for letter in str(value))


def len_shown(text: str) -> int:
    """How many cells of a terminal a text takes: wide letters two, combining marks none."""
    return sum(_cells(letter) for letter in text)


def fitted(widths: Sequence[int], room: int, gap: int = 2, least: int = 6) -> list[int]:
    """Column widths that fit into ``room``: the widest give way first, none below ``least``."""
    found = list(widths)
    while sum(found) + gap * (len(found) - 1) > room and max(found, default=0) > least:
        found[found.index(max(found))] -= 1
    return found


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [_padded(*each) for each in zip(cells, widths, right, strict=True)]
    return "  ".join(padded).rstrip()


def _padded(cell: str, width: int, to_the_right: bool) -> str:
    shown = _cut(cell, width)
    blanks = " " * (width - len_shown(shown))
    return f"{blanks}{shown}" if to_the_right else f"{shown}{blanks}"


def _cut(cell: str, width: int) -> str:
    if len_shown(cell) <= width:
        return cell
    kept = ""
    for letter in cell:
        if len_shown(kept + letter) >= width:
            break
        kept += letter
    return f"{kept}{ELLIPSIS}"


def _cells(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _harmless(letter: str) -> str:
    """Control and direction-changing characters as codes, all others as they are."""
    if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return f"\\u{ord(letter):04x}"
    return letter


def _to_right(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Collection[str]
) -> list[bool]:
    """For each column, whether its cells stand to the right."""
    return [
        name in right or _is_numeric([row[place] for row in rows])
        for place, name in enumerate(columns)
    ]


def _is_numeric(values: Sequence[Any]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in present
    )


def _cell(tag: str, value: Any, to_the_right: bool) -> str:
    style = f' style="text-align:{"right" if to_the_right else "left"}"'
    return f"<{tag}{style}>{escape(one_line(value))}</{tag}>"
