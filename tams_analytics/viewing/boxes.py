"""The box in which a notebook shows a playlist, pictures or an edit: HTML without a script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_BOX = (
    "font:13px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums;"
    "border:1px solid #8886;border-radius:8px;padding:10px 14px;max-width:900px;margin:10px 0"
)
_KEY = "opacity:.7;padding:1px 18px 1px 0;text-align:left;vertical-align:top;font-weight:400"
_TEXT = "font:12px/1.4 ui-monospace,monospace;white-space:pre;overflow:auto;max-height:320px"


def boxed(
    heading: str,
    facts: Iterable[tuple[str, str]],
    notes: Iterable[str] = (),
    inside: Iterable[str] = (),
) -> str:
    """A heading, facts as a table, notes as a list, then ``inside``, which is HTML already."""
    rows = "".join(
        f'<tr><th style="{_KEY}">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in facts
    )
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    listed = f'<ul style="margin:6px 0;padding-left:20px">{items}</ul>' if items else ""
    return (
        f'<div style="{_BOX}">'
        f'<div style="font-weight:600;margin-bottom:4px">{escape(heading)}</div>'
        f'<table style="border-collapse:collapse">{rows}</table>{listed}{"".join(inside)}</div>'
    )


def copyable(name: str, lines: str) -> str:
    """A text that opens on a click, to be selected and copied."""
    return (
        f"<details><summary>{escape(name)}</summary>"
        f'<pre style="{_TEXT}">{escape(lines)}</pre></details>'
    )
