"""The last segments of a flow, as far as this process can know them.

What is registered behind all others, or among the last ones, as several clients at once do, is
compared with these, and nothing is read. Who else may write to the store (VAST) has none.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from tams_analytics.engines import Transaction
from tams_analytics.engines.topics import TIMELINE, Topic
from tams_analytics.queries import segments as questions
from tams_analytics.timerange import LOWEST_NS

MOST_RANGES = 64
"""So many segments of a flow are remembered: 1 KB."""


class Tail(NamedTuple):
    """Where all segments lie that end after ``since_ns``, in order."""

    since_ns: int
    starts: array[int] = array("q")
    ends: array[int] = array("q")

    def with_more(self, ranges: Iterable[tuple[int, int]]) -> Tail:
        """The tail after segments were added that overlap none."""
        known = [*zip(self.starts, self.ends, strict=True)]
        known += [each for each in ranges if each[1] > self.since_ns]
        known.sort()
        left, kept = known[:-MOST_RANGES], known[-MOST_RANGES:]
        return Tail(
            left[-1][1] if left else self.since_ns,
            array("q", [start for start, _end in kept]),
            array("q", [end for _start, end in kept]),
        )


def known_tail(tx: Transaction, flow_id: str) -> Tail | None:
    """What is remembered of the flow, or else that it ends somewhere; ``None`` on VAST."""
    if not tx.is_alone:
        return None
    topic = Topic(TIMELINE, flow_id)
    known: Tail | None = tx.recall(topic)
    if known is None:
        end = tx.few(questions.end_of, flow_id=flow_id)[0]["end_ns"]
        known = Tail(LOWEST_NS if end is None else int(end))
        tx.remember(topic, known)
    return known


def remember_tail(tx: Transaction, flow_id: str, tail: Tail) -> None:
    """Said of the flow after segments were added, of all that it has."""
    tx.remember(Topic(TIMELINE, flow_id), tail)
