"""What runs where, to look at: an explanation as lines for a terminal and as HTML.

Takes any value with the attributes of `engines.explanation.Explanation`: ``scans`` (each with
``table columns pushed refused limit rows bytes requests``), ``local`` and ``sql``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from tams_analytics.display import text
from tams_analytics.display.tables import one_line

TIMES = "\u00d7"
_MUTED = "opacity:.7"
_CODE = "font-family:ui-monospace,Consolas,monospace;font-size:12px"
_CELL = "text-align:left;vertical-align:top;padding:2px 14px 2px 0"
_COUNTS = (
    ("limit", text.count),
    ("estimated_rows", text.count),
    ("rows", text.count),
    ("bytes", text.size),
    ("requests", text.count),
)


def explanation_text(explanation: Any) -> str:
    """A block for each scan, then what runs locally, then the SQL where there is any.

    What is equal stands there once, with how often it is done.
    """
    blocks = _counted(_scan_text(scan) for scan in explanation.scans)
    local = [*_counted(one_line(str(each)) for each in explanation.local)] or ["nothing"]
    separator = " " if len(local) == 1 else "\n  "
    lines = [*blocks, separator.join(["locally:", *local])]
    if not explanation.scans:
        lines.insert(0, "no scan: nothing can match")
    if explanation.sql:
        lines += ["", str(explanation.sql)]
    return "\n".join(lines)


def explanation_html(explanation: Any) -> str:
    """The same as HTML with ``<details>`` for the SQL: no script, every text in it escaped."""
    scans = "".join(_scan_html(scan) for scan in explanation.scans)
    local = ", ".join(_counted(map(str, explanation.local))) or "nothing"
    sql = ""
    if explanation.sql:
        sql = (
            '<details><summary style="cursor:pointer">SQL</summary>'
            f'<pre style="{_CODE};white-space:pre-wrap">{escape(str(explanation.sql))}</pre>'
            "</details>"
        )
    none = "" if explanation.scans else "<p>No scan: nothing can match.</p>"
    return (
        '<div style="font:13px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums">'
        f'{none}{scans}<p style="margin:6px 0"><span style="{_MUTED}">locally</span> '
        f"{escape(local)}</p>{sql}</div>"
    )


def _counted(texts: Iterable[str]) -> Iterator[str]:
    for each, times in Counter(texts).items():
        yield each if times == 1 else f"{text.count(times)} {TIMES} {each}"


def _scan_text(scan: Any) -> str:
    facts = [(name, value) for name, value in _facts(scan) if value]
    return "\n".join([f"scan of {scan.table}", *(f"  {n:<9}{one_line(v)}" for n, v in facts)])


def _scan_html(scan: Any) -> str:
    rows = "".join(
        f'<tr><th style="{_CELL};font-weight:400;{_MUTED}">{escape(name)}</th>'
        f'<td style="{_CELL};{_CODE}">{escape(one_line(value))}</td></tr>'
        for name, value in _facts(scan)
        if value
    )
    return (
        f'<div style="border-left:3px solid #3f74b5;padding-left:10px;margin:6px 0">'
        f"<b>scan of {escape(one_line(scan.table))}</b>"
        f'<table style="border-collapse:collapse">{rows}</table></div>'
    )


def _facts(scan: Any) -> list[tuple[str, str]]:
    counts = [_count(scan, name, shown) for name, shown in _COUNTS]
    return [
        ("columns", _listed(scan.columns, ", ") or "none"),
        ("pushed", _listed(scan.pushed, " AND ") or "nothing"),
        ("dynamic", _listed(getattr(scan, "dynamic", ()), " AND ")),
        ("refused", _listed(scan.refused, "; ")),
        ("reads", ", ".join(filter(None, counts))),
    ]


def _count(scan: Any, name: str, shown: Any) -> str:
    number = getattr(scan, name, None)
    return "" if number is None else f"{name.replace('_', ' ')} {shown(number)}"


def _listed(values: Iterable[Any], between: str) -> str:
    return between.join(map(str, values))
