"""The page that a timeline is exported as: one file, no network, and a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from tams_analytics.display import StoreCard, text
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import GAP, KINDS, OVERLAP

if TYPE_CHECKING:
    from tams_analytics.widgets.timeline import Timeline

LISTED = 50
"""A table of findings lists at most this many, the longest first."""

NextStep = tuple[str, str]
"""What to type, and what it does."""


def page(
    timelines: Sequence[tuple[str, Timeline]],
    *,
    title: str,
    intro: str = "",
    card: StoreCard | None = None,
    next_steps: Sequence[NextStep] = (),
) -> str:
    """One HTML document with each timeline under its heading, its figures and its findings.

    Every text is escaped. The document asks for nothing outside itself: its policy refuses that,
    and any script but its own.
    """
    sections = [_section(heading, shown, n) for n, (heading, shown) in enumerate(timelines)]
    boot = own_file("page.js")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(boot)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{own_file('page.css')}</style></head><body><main>",
            f"<header><h1>{escape(title)}</h1>{_paragraph(intro)}"
            f"{'' if card is None else _paragraph(card.line)}</header>",
            *sections,
            _next(next_steps),
            "" if card is None else _about(card),
            "<footer>Made by tams_analytics. This file is complete: it asks for nothing else."
            "</footer></main>",
            f'<script type="application/json" id="tams-module">{inlined(own_file("timeline.js"))}'
            "</script>",
            f'<script type="module">{boot}</script>',
            "</body></html>\n",
        ]
    )


def inlined(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it can end or nest that element."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (
        dumped.replace("</", "<\\/")
        .replace("<!--", "\\u003c!--")
        .replace("<script", "\\u003cscript")
    )


def own_file(name: str) -> str:
    """A file of this package as text."""
    return (resources.files("tams_analytics") / "widgets" / name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Only this very script runs, and the module that it makes of the page's own text."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _section(heading: str, shown: Timeline, number: int) -> str:
    state = shown.state()
    state["bars"] = {k: base64.b64encode(v).decode() for k, v in state["bars"].items()}
    return "\n".join(
        [
            f"<section><h2>{escape(heading)}</h2>",
            f'<p class="soft">{escape(shown.summary)} {escape(shown.clock)}</p>',
            _figures(shown),
            f'<div data-tams-state="tams-state-{number}">{shown.picture()}</div>',
            f'<script type="application/json" id="tams-state-{number}">{inlined(state)}</script>',
            f"{_gaps(shown)}{_overlaps(shown)}</section>",
        ]
    )


def _figures(shown: Timeline) -> str:
    items = [
        f'<li class="{escape(kind)}"><b>{escape(value)}</b><span>{escape(name)}</span></li>'
        for kind, value, name in shown.figures()
    ]
    return f'<ul class="figures">{"".join(items)}</ul>'


def _gaps(shown: Timeline) -> str:
    total = sum(lane.gaps for lane in shown.lanes)
    return _findings(shown, GAP, "Longest gaps", total) if "gaps" in shown.show else ""


def _overlaps(shown: Timeline) -> str:
    total = sum(lane.overlaps for lane in shown.lanes)
    return _findings(shown, OVERLAP, "Overlaps", total) if "overlaps" in shown.show else ""


def _findings(shown: Timeline, kind: int, heading: str, total: int) -> str:
    found = shown.longest(kind, LISTED)
    if not found:
        return f'<h3>{heading}</h3><p class="soft">None.</p>'
    rows = "".join(_row(shown, bar) for bar in found)
    listed = "" if len(found) >= total else f", {len(found)} of them listed"
    return (
        f'<h3>{heading} <span class="soft">{text.count(total)}{listed}</span></h3>'
        '<div class="wide"><table><thead><tr>'
        f'<th>{escape(shown.by.capitalize())}</th><th class="number">Length</th>'
        f"{'<th>From, UTC</th>' if shown.clock else ''}<th>Timerange</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(shown: Timeline, bar: int) -> str:
    row = shown.bars.slice(bar, 1).to_pylist()[0]
    timerange = TimeRange.from_ns(row["start_ns"], row["end_ns"])
    where = escape(shown.lanes[row["lane"]].label)
    note = f' title="{escape(row["note"])}"' if row["note"] else ""
    kind = KINDS[row["kind"]]
    return (
        f'<tr><td class="name" title="{where}">{where}</td>'
        f'<td class="number">{escape(text.duration(row["end_ns"] - row["start_ns"]))}</td>'
        f"{_since(shown, row['start_ns'])}"
        f'<td><button type="button" data-tams-bar="{bar}" aria-label="Show this {kind}"{note}>'
        f"{escape(str(timerange))}</button></td></tr>"
    )


def _since(shown: Timeline, start_ns: int) -> str:
    """When, where the media is on the wall clock."""
    since = escape(text.utc(start_ns).removesuffix(" UTC"))
    return f"<td>{since}</td>" if shown.clock else ""


def _next(steps: Sequence[NextStep]) -> str:
    if not steps:
        return ""
    items = "".join(
        f"<dt><code>{escape(typed)}</code></dt><dd>{escape(does)}</dd>" for typed, does in steps
    )
    return f'<section><h2>What to type next</h2><dl class="next">{items}</dl></section>'


def _about(card: StoreCard) -> str:
    return f"<details><summary>About this store</summary>{card.to_html()}</details>"


def _paragraph(words: str) -> str:
    return f'<p class="soft">{escape(words)}</p>' if words else ""
