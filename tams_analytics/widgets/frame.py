"""The frame of a page that is one file: no network, a strict content policy, one style.

Timelines, checks and reports stand in it. Whatever is a text here is escaped; ``sections`` and what
the other functions give is HTML.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import Any

from tams_analytics.display import tables

NextStep = tuple[str, str]
"""What to type, and what it does."""
Figure = tuple[str, str, str]
"""A class of the style (``gap``, ``overlap`` or nothing), a value, and its name."""


def framed(
    sections: Iterable[str],
    *,
    title: str,
    lines: Iterable[str] = (),
    script: str = "",
    beside: str = "",
) -> str:
    """One HTML document: a heading with ``lines`` under it, then the sections.

    It asks for nothing outside itself: its policy refuses that, and any script but ``script``, of
    which ``beside`` is what it reads (HTML).
    """
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{own_file('page.css')}</style></head><body><main>",
            f"<header><h1>{escape(title)}</h1>{''.join(map(paragraph, lines))}</header>",
            *sections,
            "<footer>Made by tams_analytics. This file is complete: it asks for nothing else."
            "</footer></main>",
            *([beside, f'<script type="module">{script}</script>'] if script else []),
            "</body></html>\n",
        ]
    )


def own_file(name: str) -> str:
    """A file of this package as text."""
    return (resources.files("tams_analytics") / "widgets" / name).read_text(encoding="utf-8")


def paragraph(words: str) -> str:
    """Nothing for no words."""
    return f'<p class="soft">{escape(words)}</p>' if words else ""


def figures(found: Iterable[Figure]) -> str:
    """Key figures, side by side."""
    items = [
        f'<li class="{escape(kind)}"><b>{escape(value)}</b><span>{escape(name)}</span></li>'
        for kind, value, name in found
    ]
    return f'<ul class="figures">{"".join(items)}</ul>'


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, wraps: bool = False) -> str:
    """Rows in a box that scrolls; ``wraps``: the last column is a text of any length."""
    kind = "wide wraps" if wraps else "wide"
    return f'<div class="{kind}">{tables.html(columns, rows)}</div>'


def next_steps(steps: Iterable[NextStep]) -> str:
    """Nothing for none."""
    items = "".join(
        f"<dt><code>{escape(typed)}</code></dt><dd>{escape(does)}</dd>" for typed, does in steps
    )
    heading = "<section><h2>What to type next</h2>"
    return f'{heading}<dl class="next">{items}</dl></section>' if items else ""


def _policy(script: str) -> str:
    """Only this very script runs, and the module that it makes of the page's own text."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"script-src 'sha256-{digest}' blob:; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )
