"""The timeline without a script: inline SVG for hosts that strip scripts, blocks for terminals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from tams_analytics.display import text
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import COVERED, GAP, KINDS, OVERLAP, SEGMENT

if TYPE_CHECKING:
    from tams_analytics.widgets.timeline import Timeline

MOST_LANES = 30
MOST_FINDINGS = 1_500
FINEST = 250
"""Covered stretches that are nearer than this part of the window are drawn as one."""
WIDTH, NAME, NUMBERS, LANE, HEAD = 1_000, 250, 60, 26, 30
TICKS = 4

_COVERED, _GAP, _OVERLAP = "#3f74b5", "#c44e00", "#8a2a83"
_FILL = (_COVERED, _COVERED, "url(#tams-hatch)", _OVERLAP)
_HATCH = (
    '<defs><pattern id="tams-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff1e6"/>'
    f'<rect width="1.6" height="5" fill="{_GAP}"/></pattern></defs>'
)
_COVERS = (SEGMENT, COVERED)
_FULL, _NONE, _MISSING, _PARTLY, _TWICE = "█", " ", "·", "▒", "\u2573"


Mark = tuple[str | None, int, int]
"""What is pointed at: the key of a lane, the first nanosecond, and the one after the last."""


def svg(shown: Timeline, marks: Iterable[Mark] = ()) -> str:
    """A figure of the first lanes; every text in it is escaped, no script and no style sheet.

    ``marks`` are framed, over all that lies there.
    """
    lanes = shown.lanes[:MOST_LANES]
    height = HEAD + LANE * len(lanes) + 6
    drawn = "".join(_lane_svg(shown, n, bars) for n, bars in enumerate(_bars_by_lane(shown)))
    drawn += "".join(_mark_svg(shown, mark) for mark in marks)
    more = len(shown.lanes) + shown.unseen - len(lanes)
    rest = f" {text.plural(more, shown.by)} more." if more else ""
    caption = f"{shown.summary}{rest} {shown.caption}".strip()
    alternative = f"{shown.summary} {shown.caption}".strip()
    return (
        f'<figure style="margin:0"><svg role="img" aria-label="{escape(alternative)}" '
        f'viewBox="0 0 {WIDTH} {height}" width="100%" style="max-width:{WIDTH}px;'
        'font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums" '
        f'xmlns="http://www.w3.org/2000/svg">{_HATCH}{_ticks(shown, height)}{drawn}</svg>'
        f'<figcaption style="font-size:12px;opacity:.75">{escape(caption)}</figcaption></figure>'
    )


def plain(shown: Timeline, width: int = 60) -> str:
    """A line for each of the first lanes: blocks are covered, dots missing, crosses doubled."""
    names = [lane.label[:28] for lane in shown.lanes[:MOST_LANES]]
    room = max([4, *map(len, names)])
    lines = [
        f"{name:<{room}}  {_blocks(shown, bars, width)}  {text.percent(lane.ratio):>7}"
        f"  {text.plural(lane.gaps, 'gap'):>8}"
        for name, lane, bars in zip(names, shown.lanes, _bars_by_lane(shown), strict=False)
    ]
    more = len(shown.lanes) + shown.unseen - len(names)
    rest = [f"… {text.plural(more, shown.by)} more"] if more else []
    return "\n".join([shown.summary, *lines, *rest, *filter(None, [shown.caption])])


def _bars_by_lane(shown: Timeline) -> list[list[dict[str, Any]]]:
    """The bars of the first lanes: what is covered joined up, and of too many findings the longest.

    A covered bar may not be left out, it would look as if nothing had been there.
    """
    few = shown.bars.take(np.flatnonzero(shown.bars["lane"].to_numpy() < MOST_LANES)).to_pylist()
    lanes = [_joined(bars, _scale(shown)[1] // FINEST) for bars in _by_lane(shown, few, _COVERS)]
    findings = [bar for bar in few if bar["kind"] not in _COVERS]
    longest = sorted(findings, key=lambda bar: bar["start_ns"] - bar["end_ns"])[:MOST_FINDINGS]
    for lane, found in zip(lanes, _by_lane(shown, longest, (GAP, OVERLAP)), strict=True):
        lane.extend(sorted(found, key=lambda bar: (bar["kind"], bar["start_ns"])))
    return lanes


def _by_lane(
    shown: Timeline, bars: list[dict[str, Any]], kinds: tuple[int, ...]
) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = [[] for _lane in shown.lanes[:MOST_LANES]]
    for bar in bars:
        if bar["kind"] in kinds:
            found[bar["lane"]].append(bar)
    return found


def _joined(bars: list[dict[str, Any]], nearer_ns: int) -> list[dict[str, Any]]:
    """Covered bars as runs: what is hardly apart becomes one, named as covered."""
    runs: list[dict[str, Any]] = []
    for bar in sorted(bars, key=lambda bar: (bar["start_ns"], bar["end_ns"])):
        if runs and bar["start_ns"] - runs[-1]["end_ns"] <= nearer_ns:
            end = max(runs[-1]["end_ns"], bar["end_ns"])
            runs[-1] = {**runs[-1], "kind": COVERED, "end_ns": end, "note": ""}
        else:
            runs.append(bar)
    return runs


def _scale(shown: Timeline) -> tuple[int, int]:
    start, end = shown.timerange.start_ns or 0, shown.timerange.end_ns or 0
    return start, max(1, end - start)


def _lane_svg(shown: Timeline, number: int, bars: list[dict[str, Any]]) -> str:
    lane, top = shown.lanes[number], HEAD + number * LANE
    label = lane.label if len(lane.label) <= 36 else f"{lane.label[:35]}…"
    boxes = "".join(_bar_svg(shown, bar, top) for bar in bars)
    track = WIDTH - NAME - NUMBERS
    return (
        f'<text x="0" y="{top + 17}" fill="currentColor">{escape(label)}'
        f"<title>{escape(lane.label)} {escape(lane.sub)}</title></text>"
        f'<rect x="{NAME}" y="{top + 4}" width="{track}" height="{LANE - 8}" fill="#8884" '
        f'opacity=".35"/>{boxes}<text x="{WIDTH}" y="{top + 17}" text-anchor="end" '
        f'fill="currentColor">{text.percent(lane.ratio)}</text>'
    )


def _x(shown: Timeline, at_ns: int) -> float:
    start, length = _scale(shown)
    return NAME + max(0, min(length, at_ns - start)) * (WIDTH - NAME - NUMBERS) / length


def _mark_svg(shown: Timeline, mark: Mark) -> str:
    """A frame round a stretch of a lane, or nothing where that lane is not drawn."""
    key, start_ns, end_ns = mark
    keys = [lane.key for lane in shown.lanes[:MOST_LANES]]
    if key not in keys:
        return ""
    left, right = _x(shown, start_ns), _x(shown, end_ns)
    top = HEAD + keys.index(key) * LANE
    return (
        f'<rect x="{left - 2:.2f}" y="{top + 1}" width="{right - left + 4:.2f}" '
        f'height="{LANE - 2}" rx="3" fill="none" stroke="currentColor" stroke-width="2"/>'
    )


def _bar_svg(shown: Timeline, bar: dict[str, Any], top: int) -> str:
    left, right = _x(shown, bar["start_ns"]), _x(shown, bar["end_ns"])
    least = {GAP: 1.5, OVERLAP: 2.5}.get(bar["kind"], 0.5)
    width, edge = max(least, right - left), f' stroke="{_GAP}"' if bar["kind"] == GAP else ""
    fill = _GAP if bar["kind"] == GAP and width < 4 else _FILL[bar["kind"]]
    timerange = TimeRange.from_ns(bar["start_ns"], bar["end_ns"])
    said = f"{KINDS[bar['kind']]} {timerange} {bar['note']}".strip()
    return (
        f'<rect x="{left:.2f}" y="{top + 4}" width="{width:.2f}" height="{LANE - 8}" '
        f'fill="{fill}"{edge}><title>{escape(said)}</title></rect>'
    )


def _ticks(shown: Timeline, height: int) -> str:
    start, length = _scale(shown)
    drawn = []
    for n in range(TICKS):
        at = start + length * n // TICKS
        x = NAME + (WIDTH - NAME - NUMBERS) * n / TICKS
        drawn.append(
            f'<line x1="{x}" x2="{x}" y1="18" y2="{height}" stroke="currentColor" opacity=".2"/>'
            f'<text x="{x + 3}" y="12" fill="currentColor" opacity=".75">'
            f"{escape(_when(shown, at))}</text>"
        )
    return "".join(drawn)


def _when(shown: Timeline, ns: int) -> str:
    """A tick's label: UTC, or TAMS seconds where the media is not on the wall clock."""
    whole = ns // text.SECOND_NS
    return text.utc(whole * text.SECOND_NS) if shown.clock else f"{whole} s"


def _blocks(shown: Timeline, bars: list[dict[str, Any]], width: int) -> str:
    """One character for each part of the window: what is wrong there wins over what is right."""
    start, length = _scale(shown)
    covered = [0.0] * width
    marks: dict[int, str] = {}
    for bar in bars:
        first, last = (
            max(0, min(length, bar[name] - start)) * width / length
            for name in ("start_ns", "end_ns")
        )
        if bar["kind"] in (GAP, OVERLAP):
            for cell in range(int(first), max(int(first) + 1, math.ceil(last))):
                marks[cell] = _TWICE if bar["kind"] == OVERLAP else _MISSING
        else:
            for cell in range(int(first), min(width, math.ceil(last))):
                covered[cell] += min(last, cell + 1) - max(first, cell)
    return "".join(_cell(covered[cell], marks.get(cell)) for cell in range(width))


def _cell(covered: float, mark: str | None) -> str:
    if mark == _MISSING:
        return _MISSING if covered < 0.05 else _PARTLY
    return mark or (_FULL if covered > 0.5 else _PARTLY if covered else _NONE)
