"""One request to one flow inside its transaction: what is there, the rules, then the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import SegmentsOverlap
from tams_analytics.queries import objects
from tams_analytics.queries import segments as questions
from tams_analytics.queries.documents import Document, date_text
from tams_analytics.span import Window
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange
from tams_analytics.watching import Accepted, tell
from tams_analytics.writes.events import segments_added
from tams_analytics.writes.given_urls import GivenUrls
from tams_analytics.writes.overlaps import Timeline
from tams_analytics.writes.registry import Registry, Use, kept_init
from tams_analytics.writes.rows import found, insert
from tams_analytics.writes.segment_rows import (
    segment_document,
    segment_row,
    update_objects,
)
from tams_analytics.writes.stamps import TICK
from tams_analytics.writes.standing import remember_standing
from tams_analytics.writes.tails import Tail, known_tail, remember_tail
from tams_analytics.writes.waiting import stored_objects

MOST_WINDOWS = 4
"""How many stretches of a flow are read for one request."""


class SegmentBatch:
    """One request to one flow, inside its transaction."""

    def __init__(
        self, tx: Transaction, flow: dict[str, Any], uses: Sequence[Use], *, strict: bool
    ) -> None:
        self._tx = tx
        self._flow = flow
        self._now = now()
        self._tail = known_tail(tx, flow["id"])
        self._timeline = _timeline(tx, flow, uses, self._tail)
        self._registry = _registry(tx, flow, uses, self._now, strict=strict)
        self._urls = GivenUrls.of(tx, uses)
        self._rows: list[dict[str, Any]] = []

    def register(self, use: Use) -> Document:
        """The segment's document; one that is refused leaves no trace. Raises `TamsError`."""
        self._refuse_overlap(use)
        self._registry.refuse(use)
        self._urls.refuse(use)
        row = segment_row(use, self._flow["id"], self._created())
        self._timeline.add(use.start_ns, use.end_ns)
        self._urls.take(use)
        self._rows.append(row)
        return segment_document(row, self._registry.use(use))

    def _refuse_overlap(self, use: Use) -> None:
        other = self._timeline.overlapped(use.start_ns, use.end_ns)
        if other is not None:
            raise SegmentsOverlap(self._flow["id"], use.text, str(TimeRange.from_ns(*other)))

    def _created(self) -> dt.datetime:
        """Later than what a deletion under way may still take (R2, R4)."""
        asked = self._flow["open_request"]
        return self._now if asked is None else max(self._now, asked + TICK)

    def write(self) -> None:
        """Store what was registered."""
        if self._registry.accepted_unknown:
            tell(Accepted("§172", self._registry.accepted_unknown))
        if not self._rows:
            return
        tx, registry = self._tx, self._registry
        insert(tx, "segments", self._rows)
        insert(tx, "objects", registry.written(registry.new))
        update_objects(tx, registry.written(registry.changed))
        if registry.shows_anew:
            tx.shows_anew()
        insert(tx, "object_instances", self._urls.instances(self._now))
        self._touch_flow()
        segments_added(tx, self._flow["id"], self._rows)
        if self._tail is not None:
            added = [(row["start_ns"], row["end_ns"]) for row in self._rows]
            remember_tail(tx, self._flow["id"], self._tail.with_more(added))

    def _touch_flow(self) -> None:
        """Set ``segments_updated``, whose text has whole seconds (F13), where that would differ."""
        before = self._flow["segments_updated"]
        if before is None or date_text(before) != date_text(self._now):
            values = {"segments_updated": self._now}
            self._tx.update("flows", {"id": self._flow["id"]}, values)
            remember_standing(self._tx, self._flow | values)


def _timeline(
    tx: Transaction,
    flow: Mapping[str, Any],
    uses: Sequence[Use],
    tail: Tail | None,
) -> Timeline:
    """What the flow has where the new segments are to lie; its tail need not be read."""
    timeline = Timeline() if tail is None else Timeline(tail.starts, tail.ends)
    unread = [
        (use.start_ns, use.end_ns) for use in uses if tail is None or use.start_ns < tail.since_ns
    ]
    for start, end in _windows(sorted(unread)):
        rows = tx.few(
            questions.taken,
            flow_id=flow["id"],
            timerange=Window(start, end),
            starting_after=_low(flow, start),
        )
        for row in rows:
            timeline.add(row["start_ns"], row["end_ns"])
    return timeline


def _low(flow: Mapping[str, Any], start: int) -> int | None:
    """What overlaps ``start`` begins after this; a fence at its end says nothing (`length`)."""
    longest: int | None = flow["max_segment_ns"]
    if longest is None or longest >= HIGHEST_NS or start - longest < LOWEST_NS:
        return None
    return start - longest


def _windows(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A few windows that hold the ranges and little else: cut at the widest gaps between them."""
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    covered = sum(end - start for start, end in joined)
    gaps = sorted(((after[0] - before[1], after[0]) for before, after in pairwise(joined)))
    cuts = {start for gap, start in gaps[-(MOST_WINDOWS - 1) :] if gap > covered}
    windows: list[tuple[int, int]] = []
    for start, end in joined:
        if windows and start not in cuts:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _registry(
    tx: Transaction,
    flow: Mapping[str, Any],
    uses: Sequence[Use],
    moment: dt.datetime,
    *,
    strict: bool,
) -> Registry:
    """The objects of the request as they are stored, and what initialises them."""
    ids = {use.object_id for use in uses} | {
        use.init_object_id for use in uses if use.init_object_id is not None
    }
    rows = stored_objects(tx, ids)
    inits = {init for row in rows.values() if (init := kept_init(row)) is not None} - ids
    rows |= stored_objects(tx, inits)
    return Registry(
        flow["id"],
        flow["container"],
        bool(flow["init_segments"]),
        strict,
        moment,
        rows,
        _init_ids(tx, [rows[use.object_id] for use in uses if use.object_id in rows]),
    )


def _init_ids(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Which of these are initialisation objects; only what has no timerange can be one."""
    suspects = [
        row["id"] for row in rows if row["start_ns"] is None and row["registered_at"] is not None
    ]
    return {row["id"] for row in found(tx, objects.users_of_init, "ids", suspects)}
