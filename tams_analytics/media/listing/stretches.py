"""Stretches of keys: what of a bucket is listed, and what is left."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from tams_analytics.media.listing.pages import Cut, Page

PAGES_BETWEEN_CUTS = 2
"""A stretch that ends sooner is not worth a question where to cut it."""
NOTHING_KNOWN = Cut(None)


class Stretch(NamedTuple):
    """All keys behind ``after``, up to and with ``end``; ``None``: to the last one."""

    after: str
    end: str | None


def left(listed: Iterable[Stretch]) -> list[Stretch]:
    """What of a bucket is not in any of these, which share nothing."""
    found: list[Stretch] = []
    at = ""
    for each in sorted(listed):
        if each.after > at:
            found.append(Stretch(at, each.after))
        if each.end is None:
            return found
        at = each.end
    return [*found, Stretch(at, None)]


@dataclass
class Open:
    """A stretch that one thread lists; all that use it hold the exporter's lock."""

    bucket: str
    at: str
    """Keys up to here are taken."""
    end: str | None
    begun: str = ""
    """``rows`` are what lies behind this."""
    rows: list[pa.RecordBatch] = field(default_factory=list)
    count: int = 0
    pages: int = 0
    """Taken since it was cut last."""
    known: Cut = NOTHING_KNOWN
    patience: int = PAGES_BETWEEN_CUTS
    """So many pages are waited for until it may be cut; more where that could not be done."""
    is_done: bool = False
    is_being_cut: bool = False

    def __post_init__(self) -> None:
        self.begun = self.at

    def take(self, page: Page) -> int:
        """The page's keys up to the end; how many. The end may have moved since it was asked."""
        count = len(page.keys) if self.end is None else bisect_right(page.keys, self.end)
        if count:
            self.rows.append(page.rows.slice(0, count))
            self.at = page.keys[count - 1]
        self.count += count
        self.pages += 1
        self.is_done = page.is_last or count < len(page.keys) or self.at == self.end
        return count

    def give(self) -> tuple[Stretch, list[pa.RecordBatch]]:
        """What was taken since the last time, and which stretch that is."""
        stretch = Stretch(self.begun, self.end if self.is_done else self.at)
        rows, self.rows, self.count, self.begun = self.rows, [], 0, self.at
        return stretch, rows

    @property
    def is_worth_cutting(self) -> bool:
        return self.pages >= self.patience and not self.is_being_cut and not self.is_done

    def cut_at(self, found: Cut) -> Open | None:
        """The part behind the cut, which is no longer in this one."""
        middle = found.middle
        self.known = found._replace(middle=None)
        self.is_being_cut = False
        self.pages = 0
        is_behind = self.end is not None and middle is not None and middle >= self.end
        if self.is_done or middle is None or middle <= self.at or is_behind:
            self.patience *= 2
            return None
        other = Open(self.bucket, middle, self.end, known=self.known)
        self.end = middle
        return other
