"""A timeline of a store: its flows, sources or collections as lanes, what they cover and what not.

`build` asks the verbs, each kind of bar once, and gives a `Timeline`: a value that shows itself in
a notebook and in a terminal, and that writes itself as a page. ``timeline.js`` draws it.
"""

from __future__ import annotations

import difflib
import functools
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from tams_analytics.display import StoreCard, text
from tams_analytics.errors import BadParameter
from tams_analytics.tables import Tables
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    RateLike,
    TimeRange,
    TimeRangeLike,
    as_timerange,
)
from tams_analytics.timerange.timecode import as_rate
from tams_analytics.widgets import frame, page, picture
from tams_analytics.widgets.asking import answered
from tams_analytics.widgets.bars import Lane, buffers, details, leap_table
from tams_analytics.widgets.closer import Closer, closer
from tams_analytics.widgets.due import Due
from tams_analytics.widgets.question import Question
from tams_analytics.widgets.rates import timecode_state, usual_rate

if TYPE_CHECKING:
    from tams_analytics.widgets.live import TimelineWidget

SHOWN = ("segments", "gaps", "overlaps", "coverage")
GROUPS = ("flow", "source", "collection")


def build(
    segments: ir.Table,
    flows: ir.Table,
    sources: ir.Table | None = None,
    collections: ir.Table | None = None,
    *,
    by: str = "flow",
    during: TimeRangeLike | None = None,
    show: Iterable[str] = ("segments", "gaps", "overlaps"),
    rate: RateLike | None = None,
    **unknown: Any,
) -> Timeline:
    """The timeline of these entity tables, with at most 20,000 bars whatever their size.

    A lane for each flow, source or collection (``by``); ``during`` clips, and makes a gap of what
    is missing at its edges, also where a lane has nothing at all. But nothing is expected of flows
    that are ``closed_complete`` before their first media and after their last. Where there are too
    many gaps the shortest are left out and said to be (``max_gap_ns``). ``show``: of segments,
    where they are many, what they cover together; coverage is that alone. ``rate``: frames a second
    for labels in timecode; by default the one that most flows have. Reads each kind of bar once.
    Raises `BadParameter` for an unknown keyword, group, rate or thing to show; `BadTimeRange`.
    """
    _refuse(unknown)
    shown = _shown(show)
    if by not in GROUPS:
        raise BadParameter("by", by, "is not a kind of lane", _or(GROUPS))
    if by == "collection" and collections is None:
        raise BadParameter("by", by, "needs the table of collections", "collections=")
    window = TimeRange.eternity() if during is None else as_timerange(during)
    exact = None if rate is None else as_rate(rate)
    return of(Question(segments, flows, sources, collections, by, window, shown), exact)


def of_tables(tables: Tables, **how: Any) -> Timeline:
    """`build` for the tables of a store, with its keywords."""
    return build(tables.segments, tables.flows, tables.sources, tables.collections, **how)


def of(asked: Question, rate: Fraction | None = None) -> Timeline:
    """The timeline that answers a question, its timecode at this rate."""
    answer = answered(asked)
    return Timeline(
        asked.by,
        asked.show,
        answer.lanes,
        answer.bars,
        answer.window,
        answer.max_gap_ns,
        answer.unseen,
        asked.rows(),
        asked,
        answer.is_all,
        rate or usual_rate(asked.flows),
        answer.due,
    )


@dataclass(frozen=True)
class Timeline:
    """Lanes and bars in a window.

    ``bars`` has the columns of `widgets.bars.BARS`; ``max_gap_ns``: gaps so long or shorter are
    drawn as covered; ``unseen`` counts the lanes that were too many; ``expr`` is the lazy table of
    the segments that are shown; ``asked`` asks for them; ``is_all`` where nothing was left out;
    ``rate`` is that of labels in timecode, None for none; ``due`` says when media is expected.
    """

    by: str
    show: tuple[str, ...]
    lanes: tuple[Lane, ...]
    bars: pa.Table
    timerange: TimeRange
    max_gap_ns: int = 0
    unseen: int = 0
    expr: ir.Table | None = None
    asked: Question | None = None
    is_all: bool = True
    rate: Fraction | None = None
    due: Due = field(default_factory=Due)
    selected: ClassVar[None] = None
    """Nobody can select anything in what is not live."""

    def closer(self, window: TimeRange, lanes: Iterable[int]) -> Closer | None:
        """These lanes in a part of the time, with what the timeline as a whole leaves out.

        None where that is nothing. At most 6,000 bars, and the first 1,000 of the lanes as they are
        given; asks for these lanes and this time alone.
        """
        inside = window.intersection(self.timerange)
        if self.is_all or self.asked is None or inside.is_empty:
            return None
        return closer(self, self.asked, inside, lanes)

    def around(self, view: TimeRange, lanes: Iterable[int]) -> Closer | None:
        """`closer` for a view, and for half as much on each side of it, so that it can be moved.

        None for more than half of the time: the whole timeline is made for that.
        """
        length, whole = view.duration_ns or 0, self.timerange.duration_ns or 0
        if 2 * length > whole:
            return None
        start, end = (view.start_ns or 0) - length // 2, (view.end_ns or 0) + length // 2
        within = TimeRange.from_ns(max(start, LOWEST_NS), min(end, HIGHEST_NS))
        return self.closer(within, lanes)

    def live(self) -> Timeline | TimelineWidget:
        """The same as a widget that goes on asking; itself where anywidget is not installed."""
        if importlib.util.find_spec("anywidget") is None:
            return self
        from tams_analytics.widgets.live import TimelineWidget  # noqa: PLC0415 - only where it shows

        return TimelineWidget(self)

    @functools.cached_property
    def t0_ns(self) -> int:
        """The origin: bars are sent as offsets from it.

        The start of the window, unless an offset from there would leave int64.
        """
        start, end = self.timerange.start_ns or 0, self.timerange.end_ns or 0
        lowest = min([start, *self.bars["start_ns"].to_pylist()])
        highest = max([end, *self.bars["end_ns"].to_pylist()])
        fits = start - lowest <= HIGHEST_NS and highest - start <= HIGHEST_NS
        return start if fits else (lowest + highest) // 2

    @property
    def summary(self) -> str:
        """What there is to see, in a sentence; the text alternative of the picture."""
        with_gaps = sum(lane.gaps > 0 for lane in self.lanes)
        overlaps = sum(lane.overlaps for lane in self.lanes)
        return (
            f"{text.plural(len(self.lanes) + self.unseen, self.by)} in {self.timerange}: "
            f"{text.plural(sum(lane.gaps for lane in self.lanes), 'gap')} in {with_gaps} of them, "
            f"{text.plural(overlaps, 'overlap')}."
        )

    @property
    def clock(self) -> str:
        """The window in UTC, or nothing where the media is not on the wall clock."""
        start, end = self.timerange.start_ns or 0, self.timerange.end_ns or 0
        if not text.is_wall_clock(start):
            return ""
        return f"{text.utc(start).removesuffix(' UTC')} to {text.utc(end)}."

    @property
    def caption(self) -> str:
        """What was left out, and of what gaps are gaps; or nothing."""
        short = f"Gaps of {text.duration(self.max_gap_ns)} and less are drawn as covered."
        many = f"{text.plural(self.unseen, self.by)} with the best coverage are not drawn."
        whole = (
            f"All of the window is expected of each {self.by}; of what is closed_complete, no more "
            "than from its first to its last media."
        )
        told = {short: self.max_gap_ns > 0, many: self.unseen > 0, whole: self._is_of_window}
        return " ".join(sentence for sentence, is_so in told.items() if is_so)

    @property
    def _is_of_window(self) -> bool:
        """There are gaps, and they are what is missing of a window that somebody asked for.

        Some flow may have ended in it as it should; `expecting.as_expected` asks nothing any more.
        """
        bounded = self.asked is not None and self.asked.window.is_bounded
        return bounded and any(lane.gaps for lane in self.lanes)

    def figures(self) -> list[tuple[str, str, str]]:
        """Key figures as (class, value, name): the sums over all lanes."""
        start, end = self.timerange.start_ns or 0, self.timerange.end_ns or 0
        covered, missing = (
            sum(getattr(lane, name) for lane in self.lanes) for name in ("covered_ns", "gap_ns")
        )
        expected = covered + missing
        gaps, overlaps = (
            sum(getattr(lane, name) for lane in self.lanes) for name in ("gaps", "overlaps")
        )
        return [
            ("", text.count(len(self.lanes) + self.unseen), f"{self.by}s"),
            ("", text.roughly(end - start), "from first to last"),
            ("", text.roughly(covered), f"covered, {self.by}s added up"),
            ("", text.percent(covered / expected if expected else None), "of what is expected"),
            ("gap" if gaps else "", text.count(gaps), f"gaps, {text.roughly(missing)} in all"),
            ("overlap" if overlaps else "", text.count(overlaps), "overlaps"),
        ]

    def longest(self, kind: int, limit: int) -> list[int]:
        """Indices of the longest bars of a kind."""
        which = np.flatnonzero(self.bars["kind"].to_numpy() == kind).tolist()
        starts, ends = (self.bars[name].to_pylist() for name in ("start_ns", "end_ns"))
        return sorted(which, key=lambda bar: (starts[bar] - ends[bar], starts[bar], bar))[:limit]

    def state(self) -> dict[str, Any]:
        """What ``timeline.js`` reads by ``model.get``; ``bars`` are buffers."""
        t0_ns = self.t0_ns
        return {
            "lanes": [lane.label for lane in self.lanes],
            "details": details(self.lanes),
            "t0_ns": str(t0_ns),
            "bars": buffers(self.bars, t0_ns),
            "notes": self.bars["note"].to_pylist(),
            "extent": self.seconds(self.timerange),
            "window": self.first_view,
            "selected": -1,
            "leaps": leap_table(),
            "scale": "utc" if self.clock else "tams",
            "timecode": None if self.rate is None else timecode_state(self.rate),
            "noun": self.by,
            "summary": self.summary,
            "caption": self.caption,
        }

    def seconds(self, timerange: TimeRange) -> list[float]:
        """A timerange as a page has it: two numbers of seconds after `t0_ns`, not the same."""
        start = (timerange.start_ns or 0) - self.t0_ns
        end = max((timerange.end_ns or 0) - self.t0_ns, start + 1_000)
        return [start / 1e9, end / 1e9]

    @property
    def first_view(self) -> list[float]:
        """The whole of it with a margin, in the same way."""
        first, last = self.seconds(self.timerange)
        margin = (last - first) / 100
        return [first - margin, last + margin]

    def to_html(
        self,
        path: str | Path | None = None,
        *,
        title: str = "Timeline",
        card: StoreCard | None = None,
        next_steps: Sequence[frame.NextStep] = (),
    ) -> str:
        """The timeline as one complete HTML document, written to ``path`` if one is given."""
        heading = f"Coverage and gaps by {self.by}"
        made = page.page([(heading, self)], title=title, card=card, next_steps=next_steps)
        if path is not None:
            Path(path).write_text(made, encoding="utf-8")
        return made

    def picture(self) -> str:
        """The timeline as inline SVG, without a script: its first lanes and widest bars."""
        return picture.svg(self)

    def _repr_html_(self) -> str:
        return picture.svg(self)

    def __str__(self) -> str:
        return picture.plain(self)

    def __repr__(self) -> str:
        return f"Timeline({self.summary!r})"


def _refuse(unknown: dict[str, Any]) -> None:
    for name, value in unknown.items():
        known = ("by", "during", "show", "rate", "segments", "flows", "sources", "collections")
        close = difflib.get_close_matches(name, known, 1, 0.4) or ["by, during, show or rate"]
        raise BadParameter(name, value, "is an unknown keyword", close[0])


def _shown(show: Iterable[str]) -> tuple[str, ...]:
    wanted = (show,) if isinstance(show, str) else tuple(show)
    for name in wanted:
        if name not in SHOWN:
            raise BadParameter("show", name, "cannot be shown", _or(SHOWN))
    return wanted


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
