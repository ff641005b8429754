"""The page that a timeline is exported as: one file, no network, and a strict content policy."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from tams_analytics.display import StoreCard, text
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import frame
from tams_analytics.widgets.bars import GAP, KINDS, OVERLAP
from tams_analytics.widgets.frame import NextStep

if TYPE_CHECKING:
    from tams_analytics.widgets.timeline import Timeline

LISTED = 50
"""A table of findings lists at most this many, the longest first."""


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
    module = inlined(frame.own_file("timeline.js"))
    return frame.framed(
        [*sections, frame.next_steps(next_steps), "" if card is None else _about(card)],
        title=title,
        lines=[intro, "" if card is None else card.line],
        script=frame.own_file("model.js") + frame.own_file("page.js"),
        beside=f'<script type="application/json" id="tams-module">{module}</script>',
    )


def as_json(shown: Timeline) -> dict[str, Any]:
    """`Timeline.state` as JSON can say it: its buffers in base64."""
    return in_base64(shown.state())


def in_base64(state: dict[str, Any]) -> dict[str, Any]:
    """A state, or a part of one, with its buffers ``bars`` as texts."""
    return {**state, "bars": {k: base64.b64encode(v).decode() for k, v in state["bars"].items()}}


def inlined(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it can end or nest that element."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (
        dumped.replace("</", "<\\/")
        .replace("<!--", "\\u003c!--")
        .replace("<script", "\\u003cscript")
    )


def _section(heading: str, shown: Timeline, number: int) -> str:
    state = as_json(shown)
    return "\n".join(
        [
            f"<section><h2>{escape(heading)}</h2>",
            f'<p class="soft">{escape(shown.summary)} {escape(shown.clock)}</p>',
            frame.figures(shown.figures()),
            f'<div data-tams-state="tams-state-{number}">{shown.picture()}</div>',
            f'<script type="application/json" id="tams-state-{number}">{inlined(state)}</script>',
            f"{_gaps(shown)}{_overlaps(shown)}</section>",
        ]
    )


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


def _about(card: StoreCard) -> str:
    return f"<details><summary>About this store</summary>{card.to_html()}</details>"
