"""Answers about segments that are kept while they are true, within bounded memory.

Two kinds: all segments of a flow as columns, of which any window is cut without asking the store;
and single answers, each for the one question that it answers. Both are kept under the stamp of the
flow that was read *before* the store was asked. A write changes the stamp before it returns, so
that no answer which begins after it is older than it.

A flow is read whole once single answers about it, with one and the same stamp, have taken as long
as that takes. So a flow that is written to all the time is not read whole for each write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import pyarrow as pa

from tams_analytics.errors import TamsError
from tams_analytics.queries import segments
from tams_analytics.representations.columns import SegmentColumns, joined
from tams_analytics.representations.finding import Timeline
from tams_analytics.representations.pages import AskedSegments, SegmentPage
from tams_analytics.representations.urls import Backends

LOG = logging.getLogger(__name__)
MOST_BYTES = 512 << 20
"""So much of memory is used by default; a million segments take about 230 MB."""
MOST_ANSWERS = 20_000
"""Of both kinds, whatever they take."""
BYTES_OF_ONE = 16 << 10
"""What an answer takes beside its columns: objects, buffers and what lies unused between them.

The process grew by 12 to 17 KB for each of 1500 answers with none to four segments.
"""
CHUNK = 100_000
"""So many segments are read at once when a flow is read whole."""
SECONDS_EACH = 20e-6
"""What reading a segment takes when a flow is read whole."""
BYTES_EACH = 250
SMALL = 1000
"""Of a flow with so few segments reading all is worth it at once, after `FEWEST` answers."""
FEWEST = 8
NO_FLOW = ""
"""Whose stamp changes only with what any flow may show."""
MOST_FLOWS = 10_000
"""Of so many flows it is known what answers about them took."""


class Asking(Protocol):
    """A store, as far as it is asked here."""

    @property
    def stamps_are_local(self) -> bool:
        """`stamp` asks nobody."""

    def stamp(self, flow_id: str) -> Hashable | None:
        """What changes with each change of what a flow's segments show."""

    def ask(self, question: Callable[..., object], /, **arguments: object) -> pa.Table:
        """The answer to a question."""


@dataclass(frozen=True)
class Kept:
    """An answer, and the stamp of its flow from before it was asked for."""

    stamp: Hashable
    answer: Timeline | SegmentPage
    size_bytes: int


@dataclass
class Spent:
    """What single answers about a flow have taken while its stamp was this one."""

    stamp: Hashable
    answers: int = 0
    seconds: float = 0.0
    needed: float = SMALL * SECONDS_EACH
    """When that is spent, it is looked again whether the flow is to be read whole."""


class KeptSegments:
    """Answers about the segments of one store; safe in all threads."""

    def __init__(self, store: Asking, most_bytes: int = MOST_BYTES) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str | AskedSegments, Kept] = OrderedDict()
        self._size_bytes = 0
        self._spent: OrderedDict[str, Spent] = OrderedDict()
        self._backends: tuple[Hashable, Backends] | None = None
        self._lock = threading.Lock()
        self._is_closed = False
        self._reader = ThreadPoolExecutor(1, "kept-segments")

    @property
    def size_bytes(self) -> int:
        """What is kept now."""
        return self._size_bytes

    def at_once(self, asked: AskedSegments) -> SegmentPage | None:
        """The answer, where it is kept and nobody has to be asked whether it is still true."""
        if not self._store.stamps_are_local:
            return None
        return self._found(asked, self._store.stamp(asked.flow_id))

    def page(self, asked: AskedSegments) -> SegmentPage:
        """The answer, kept or asked for."""
        stamp = self._store.stamp(asked.flow_id)
        found = self._found(asked, stamp)
        if found is None:
            found = self._asked(asked, stamp)
        return found

    def read_whole(self, flow_id: str) -> None:
        """Keep all segments of a flow, unless it changes meanwhile. Raises `EngineFailed`."""
        stamp = self._store.stamp(flow_id)
        if stamp is None:
            return
        columns = self._whole(flow_id)
        if self._store.stamp(flow_id) == stamp:  # all chunks are of one state
            timeline = Timeline.of(columns)
            self._keep(flow_id, Kept(stamp, timeline, timeline.size_bytes + BYTES_OF_ONE))

    def close(self) -> None:
        """Read no flow whole any more; the one that is being read ends alone, or with the store."""
        self._is_closed = True
        self._reader.shutdown(wait=False, cancel_futures=True)

    def settle(self) -> None:
        """Wait until no flow is being read."""
        self._reader.submit(int).result()

    def _found(self, asked: AskedSegments, stamp: Hashable | None) -> SegmentPage | None:
        if stamp is None:
            return None
        whole = self._valid(asked.flow_id, stamp)
        if whole is not None and isinstance(whole.answer, Timeline):
            return whole.answer.page(asked)
        single = self._valid(asked, stamp)
        return single.answer if single and isinstance(single.answer, SegmentPage) else None

    def _valid(self, key: str | AskedSegments, stamp: Hashable) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found.stamp != stamp:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return found

    def _asked(self, asked: AskedSegments, stamp: Hashable | None) -> SegmentPage:
        began = time.perf_counter()
        columns = self._columns(asked)
        page = SegmentPage.of_all(columns, asked.limit)
        if stamp is not None:
            self._keep(asked, Kept(stamp, page, columns.size_bytes + BYTES_OF_ONE))
            self._spend(asked.flow_id, stamp, time.perf_counter() - began)
        return page

    def _keep(self, key: str | AskedSegments, kept: Kept) -> None:
        """Unless it has no segments: anybody may ask for any number of flows that are not."""
        if kept.size_bytes > self._most_bytes or not len(kept.answer.columns):
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._size_bytes += kept.size_bytes
            while self._size_bytes > self._most_bytes or len(self._kept) > MOST_ANSWERS:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: str | AskedSegments) -> None:
        kept = self._kept.pop(key, None)
        self._size_bytes -= kept.size_bytes if kept else 0

    def _spend(self, flow_id: str, stamp: Hashable, seconds: float) -> None:
        """Only where nobody has to be asked for stamps: a cluster is not read whole."""
        if self._is_closed or not self._store.stamps_are_local:
            return
        with self._lock:
            spent = self._spent.get(flow_id)
            if spent is None or spent.stamp != stamp:
                spent = self._spent[flow_id] = Spent(stamp)
            self._spent.move_to_end(flow_id)
            if len(self._spent) > MOST_FLOWS:
                self._spent.popitem(last=False)
            spent.answers += 1
            spent.seconds += seconds
            is_due = spent.answers >= FEWEST and spent.seconds >= spent.needed
            if is_due:
                spent.needed = float("inf")  # until it is known how many segments there are
        if is_due:
            self._reader.submit(self._read, flow_id, spent)

    def _read(self, flow_id: str, spent: Spent) -> None:
        """Read a flow whole, if it is worth it by now."""
        try:
            amount = self._store.ask(segments.amount, flow_id=flow_id)["segments"][0].as_py()
            if amount * BYTES_EACH > self._most_bytes:
                return
            if spent.seconds < amount * SECONDS_EACH:
                spent.needed = amount * SECONDS_EACH
                return
            self.read_whole(flow_id)
        except TamsError as error:  # whoever asks next hears of it
            if self._is_closed:
                return
            LOG.warning("flow %s could not be read whole: %s", flow_id, error)

    def _whole(self, flow_id: str) -> SegmentColumns:
        asked = AskedSegments.whole(flow_id, CHUNK)
        chunks: list[SegmentColumns] = []
        while True:
            page = SegmentPage.of_all(self._columns(asked), asked.limit)
            chunks.append(page.columns.first_of(len(page)))
            if page.next is None:
                return joined(chunks)
            asked = replace(asked, after=page.next)

    def _columns(self, asked: AskedSegments) -> SegmentColumns:
        """What the store answers; storage backends that are known already are half of the work."""
        if not self._store.stamps_are_local:
            return SegmentColumns.of(self._store.ask(segments.shown, **asked.arguments))
        stamp = self._store.stamp(NO_FLOW)
        known = self._backends if self._backends and self._backends[0] == stamp else None
        question = asked.arguments | {"backends": known is None}
        columns = SegmentColumns.of(
            self._store.ask(segments.shown, **question), known[1] if known else None
        )
        if known is None and len(columns):
            self._backends = (stamp, columns.backends)
        return columns
