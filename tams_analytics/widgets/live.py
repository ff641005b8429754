"""A timeline that goes on asking: the picture and the session look at the same time and bar.

The page sends back where it looks, as two numbers, and the index of a bar; never a time and never
SQL. Everything that is exact is looked up here. Needs the extra ``[notebook]``.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import anywidget
import ibis.expr.types as ir
import traitlets

from tams_analytics.errors import BadParameter, NotFound, TamsError
from tams_analytics.span import span
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    TimeRange,
    TimeRangeLike,
    as_timerange,
    tr,
)
from tams_analytics.widgets import frame, timeline
from tams_analytics.widgets.bars import Bar, buffers
from tams_analytics.widgets.hearing import is_said
from tams_analytics.widgets.looking import Look, Looks
from tams_analytics.widgets.timeline import Timeline

FINEST = 2_000
"""What is selected is shown with at least this part of the whole on each side."""
NEEDED = ("flow_id", "object_id", "start_ns", "end_ns")


class TimelineWidget(anywidget.AnyWidget):
    """`Timeline` in a notebook. ``timerange``, ``selected`` and ``expr`` are two-way.

    ``timerange`` is what is looked at: it follows the picture, and setting it moves the picture.
    ``selected`` is a `Bar` (``kind, key, label, timerange, note``) or None; `select` finds one.
    ``expr`` is the lazy table of the segments in view, or of the selected bar; setting it draws
    those segments instead. ``observe`` tells of the first two. All else is as in `Timeline`,
    which ``shown`` is.
    """

    _esm = frame.own_file("timeline.js")

    shown = traitlets.Instance(Timeline)
    timerange = traitlets.Any()
    selected = traitlets.Any(None, allow_none=True).tag(
        sync=True,
        to_json=lambda bar, self: -1 if bar is None else self._looks.index(bar),
        from_json=lambda index, self: self._heard(index),
    )
    lanes = traitlets.Any().tag(sync=True, to_json=lambda lanes, _: [one.label for one in lanes])
    bars = traitlets.Any().tag(
        sync=True, to_json=lambda bars, self: buffers(bars, self.shown.t0_ns)
    )
    detail = traitlets.Any(None, allow_none=True).tag(
        sync=True, to_json=lambda look, self: self._told(look)
    )
    t0_ns, now_ns, scale, noun, summary, caption, problem = (
        traitlets.Unicode().tag(sync=True) for _ in range(7)
    )
    details: Any = traitlets.List().tag(sync=True)
    notes: Any = traitlets.List().tag(sync=True)
    extent: Any = traitlets.List().tag(sync=True)
    window: Any = traitlets.List().tag(sync=True)
    seen: Any = traitlets.List().tag(sync=True)
    leaps: Any = traitlets.List().tag(sync=True)
    timecode = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, shown: Timeline) -> None:
        self._looks = Looks(shown)
        self._is_heard = False  # the page moved by itself, and needs not be told
        self._pointed_at: Bar | None = None  # by the page
        super().__init__(timerange=shown.timerange, **_traits(shown))

    # ---- what it is --------------------------------------------------------------------------

    @property
    def by(self) -> str:
        """What the lanes are: flow, source or collection."""
        return self.shown.by

    @property
    def show(self) -> tuple[str, ...]:
        """What is drawn."""
        return self.shown.show

    @property
    def max_gap_ns(self) -> int:
        """Gaps so long or shorter are drawn as covered, until one looks closer."""
        return self.shown.max_gap_ns

    @property
    def unseen(self) -> int:
        """How many lanes were too many."""
        return self.shown.unseen

    @property
    def expr(self) -> ir.Table | None:
        """The segments in view, or those of the selected bar: ``lane, flow_id, object_id, …``.

        Of a gap those that it lies between.
        """
        rows, bar = self.shown.expr, self.selected
        if rows is None or bar is None:
            return None if rows is None else rows.filter(span.overlaps(self.timerange))
        lane = rows.lane.isnull() if bar.key is None else rows.lane == bar.key
        touched = _clamped(bar.start_ns - 1, bar.end_ns + 1)
        return rows.filter(lane, span.overlaps(touched if bar.kind == "gap" else bar.timerange))

    @expr.setter
    def expr(self, segments: ir.Table) -> None:
        columns = getattr(segments, "columns", type(segments).__name__)
        if not isinstance(segments, ir.Table) or not {*NEEDED} <= {*columns}:
            expected = f"a table of segments with {', '.join(NEEDED)}"
            raise BadParameter("expr", columns, "cannot be drawn", expected)
        self._ask_again(segments=segments)

    def to_html(self, path: str | Path | None = None, *, title: str = "Timeline") -> str:
        """As `Timeline.to_html`: all of it, as one file that needs nothing else."""
        return self.shown.to_html(path, title=title)

    def picture(self) -> str:
        """As `Timeline.picture`."""
        return self.shown.picture()

    def __str__(self) -> str:
        return str(self.shown)

    def __repr__(self) -> str:
        return f"TimelineWidget({self.summary!r})"

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        """The widget, and for a host without widgets its picture and its text."""
        data, metadata = super()._repr_mimebundle_(**asked) or ({}, {})
        return {**data, "text/plain": str(self), "text/html": self.picture()}, metadata

    # ---- what can be done --------------------------------------------------------------------

    def select(self, lane: str | None, at: TimeRangeLike) -> Bar:
        """Select what is at this time in a lane (an id or a label), look at it, and give its bar.

        The bar of that very timerange, else the one there that tells most: an overlap before a gap
        before what is covered. Raises `NotFound`, `BadTimeRange`, and `BadParameter` for a time
        that is not in the timeline.
        """
        wanted, number = as_timerange(at), self._looks.lane(lane)
        inside = wanted.intersection(self.shown.timerange)
        if inside.is_empty:
            whole = self.shown.timerange
            raise BadParameter("at", str(wanted), "is not in it", f"a part of {whole}")
        self._look_at(inside, number)
        found = self._looks.best(wanted, number)
        if found is None:
            raise NotFound("bar", f"{self.lanes[number].label}@{wanted}")
        if found.kind != "covered" and not self.timerange.contains(found.timerange):
            self._look_at(found.timerange, number)
        self.selected = found
        return found

    def refresh(self) -> None:
        """Ask again, as media may have come: a view that ended with the media goes on doing so."""
        self._ask_again()

    # ---- the page looks elsewhere, or is made to ---------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page says of where it looks and what is clicked; all else is left out.

        A page of another version, or none of ours, has nothing more to say to this session.
        """
        super().set_state({name: said for name, said in sync_data.items() if is_said(name, said)})

    @traitlets.validate("timerange")
    def _inside(self, proposal: Any) -> TimeRange:
        whole, wanted = self.shown.timerange, as_timerange(proposal["value"])
        start = whole.start_ns if wanted.start_ns is None else wanted.start_ns
        end = whole.end_ns if wanted.end_ns is None else wanted.end_ns
        closed = TimeRange.from_ns(start, end)
        if not closed.overlaps(whole):
            raise BadParameter("timerange", str(wanted), "is not in it", f"a part of {whole}")
        return closed

    @traitlets.validate("selected")
    def _of_here(self, proposal: Any) -> Bar | None:
        bar = proposal["value"]
        if not isinstance(bar, Bar | None):
            raise BadParameter("selected", bar, "is no bar", "a bar of it, or None; see select")
        if bar is None or bar is self._pointed_at or self._looks.index(bar, drawn=True) >= 0:
            return bar
        self._look_at(bar.timerange, self._looks.lane(bar.key))
        if self._looks.index(bar, drawn=True) < 0:
            raise NotFound("bar", str(bar))
        return bar

    @traitlets.observe("timerange")
    def _placed(self, change: Any) -> None:
        if not self._is_heard and change["old"] is not traitlets.Undefined:
            self.window = _window(self.shown, change["new"])

    @traitlets.observe("window")
    def _moved(self, _change: Any) -> None:
        start, end = (round(at * 1e9) + self.shown.t0_ns for at in self.window)
        view = _clamped(start, max(end, start + 1)).intersection(self.shown.timerange)
        if self.window != _window(self.shown, self.timerange) and not view.is_empty:
            self._is_heard = True
            try:
                self.timerange = view
            finally:  # also where who observes it fails
                self._is_heard = False
        self._look_closer()

    @traitlets.observe("seen")
    def _scrolled(self, _change: Any) -> None:
        self._look_closer()

    def _look_closer(self) -> None:
        """Ask for what the whole leaves out, where the page looks; what fails is told there."""
        numbers = [number for number in self.seen if 0 <= number < len(self.lanes)]
        try:
            found = self.shown.around(self.timerange, numbers) if numbers else None
        except TamsError as error:
            self.problem = str(error)
            return
        self.problem = ""
        if found is None or not found.lanes:
            self._looks.leave()
            self.detail = None
        else:
            self.detail = self._looks.add(found)

    def _look_at(self, wanted: TimeRange, number: int) -> None:
        """Have this in the middle of what is seen, and its lane among it."""
        whole_ns = self.shown.timerange.duration_ns or 0
        margin = max(2 * (wanted.duration_ns or 0), whole_ns // FINEST, 1_000)
        start, end = (wanted.start_ns or 0) - margin, (wanted.end_ns or 0) + margin
        self.timerange = _clamped(start, end)
        self.seen = [*dict.fromkeys([number, *self.seen])]

    def _heard(self, index: int) -> Bar | None:
        self._pointed_at = self._looks.bar(index)
        return self._pointed_at

    def _told(self, look: Look | None) -> dict[str, Any] | None:
        return None if look is None else look.closer.state(self.shown.t0_ns, look.first)

    # ---- other bars --------------------------------------------------------------------------

    def _ask_again(self, **other: Any) -> None:
        before, asked = self.shown, self.shown.asked
        if asked is None:
            problem, expected = "was not asked of a store", "one of store.timeline(…)"
            raise BadParameter("timeline", before.summary, problem, expected)
        now = timeline.of(dataclasses.replace(asked, **other), before.rate)
        bar, view = self.selected, _view(self.timerange, before.timerange, now.timerange)
        with self.hold_sync():
            self._looks = Looks(now)
            with self.hold_trait_notifications():
                for name, value in {**_traits(now), "window": _window(now, view)}.items():
                    self.set_trait(name, value)
                self.timerange = view
            self._look_closer()
            if bar is not None and self._looks.index(bar) >= 0:
                self.selected = bar


def _clamped(start_ns: int, end_ns: int) -> TimeRange:
    """What of it int64 holds; empty for what lies outside."""
    inside = max(start_ns, LOWEST_NS), min(end_ns, HIGHEST_NS)
    return TimeRange.from_ns(*inside) if inside[0] < inside[1] else TimeRange.never()


def _traits(shown: Timeline) -> dict[str, Any]:
    """The traits of a timeline of which all is in view."""
    now_ns = str(tr.last("1s").end_ns) if shown.clock else ""
    drawn = {"shown": shown, "lanes": shown.lanes, "bars": shown.bars, "detail": None}
    return {**shown.state(), **drawn, "selected": None, "now_ns": now_ns}


def _window(shown: Timeline, view: TimeRange) -> list[float]:
    """Where the page is to look; all of it has a margin."""
    return shown.first_view if view == shown.timerange else shown.seconds(view)


def _view(view: TimeRange, before: TimeRange, now: TimeRange) -> TimeRange:
    """Where to look when the whole of it is another: at all, at its end, or where one looked."""
    if view == before:
        return now
    moved = (now.end_ns or 0) - (before.end_ns or 0)
    if view.end_ns == before.end_ns:
        return view.shift(moved)
    return view if view.overlaps(now) else now
