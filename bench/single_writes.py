"""One registration and one delete at a time, in a large store, beside bare hand-written SQL.

The bare transactions do the least that the rules need (flow, fence, neighbours, object; the rows),
without checking a body, without a choice of cases, on the same store and in the same rounds.
"""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ibis import _

import tams_analytics as ta
from bench.stores import kept_newsroom
from bench.timing import in_turns, median

SEGMENTS = 5_000_000
ROUNDS = 100
DELETES = 20
SECOND = 1_000_000_000
FIRST_S = 3_000_000_000
"""After all that a newsroom has."""
SEED = uuid.UUID("f0cacc1a-0000-4000-8000-000000000001")
REFERENCES = "SELECT count(*) FROM segments WHERE object_id = $object"


def run(segments: int = SEGMENTS) -> list[dict[str, Any]]:
    """Rows of `bench.writes`, by the median of the rounds."""
    with kept_newsroom(segments) as kept:
        path = kept.url
    with TemporaryDirectory() as folder:
        copy = shutil.copy(path, Path(folder) / "x.duckdb")
        with ta.connect(str(copy)) as store:
            return [*_rows(store, segments)]


def _rows(store: ta.Store, segments: int) -> Iterator[dict[str, Any]]:
    flow = writable_flow(store)
    bare = Bare(store, flow)
    ours, theirs = Places(flow, "ours"), Places(flow, "theirs", offset_s=10**8)

    def register() -> None:
        store.writes.create_segments(flow, ours.next_body())

    def delete() -> None:
        store.writes.delete_segments(flow, timerange=ours.last_timerange())

    taken = in_turns(
        {
            "bare register": lambda: bare.register(*theirs.next_row()),
            "register": register,
        },
        ROUNDS,
    )
    taken |= in_turns(
        {
            "bare delete": lambda: bare.delete(*theirs.last_row()),
            "delete": delete,
            "bare scan for an id": lambda: bare.references(theirs.last_row()[0]),
        },
        DELETES,
    )
    for name, seconds in taken.items():
        row = {"what": f"{name}, one by one, {segments:,} segments", "rows/s": 1 / median(seconds)}
        if f"bare {name}" in taken:
            row["x bare"] = median(seconds) / median(taken[f"bare {name}"])
        yield row


def writable_flow(store: ta.Store) -> str:
    """A flow that takes segments without initialisation objects."""
    flows = store.flows.filter(
        ~_.read_only, _.container.notnull(), ~_.init_segments.fill_null(False)
    )
    return str(flows.order_by("id").limit(1).to_pyarrow()["id"][0])


class Places:
    """Where new segments go: one after the other; the last one is the first to be deleted."""

    def __init__(self, flow: str, name: str, offset_s: int = 0) -> None:
        self.name = name
        self._flow = flow
        self._start_s = FIRST_S + offset_s
        self._made = count()
        self._rows: list[tuple[str, int, int]] = []

    def next_row(self) -> tuple[str, int, int]:
        at = next(self._made)
        start = (self._start_s + 2 * at) * SECOND
        object_id = str(uuid.uuid5(SEED, f"{self.name}-{at}"))  # among all others, not after them
        self._rows.append((object_id, start, start + 2 * SECOND))
        return self._rows[-1]

    def next_body(self) -> dict[str, Any]:
        object_id, start, end = self.next_row()
        return {"object_id": object_id, "timerange": _text(start, end)}

    def last_row(self) -> tuple[str, int, int]:
        return self._rows.pop()

    def last_timerange(self) -> str:
        _object, start, end = self.last_row()
        return _text(start, end)


def _text(start: int, end: int) -> str:
    return f"[{start // SECOND}:0_{end // SECOND}:0)"


class Bare:
    """The least that a registration and a delete need, in SQL."""

    def __init__(self, store: ta.Store, flow: str) -> None:
        self._cursor = store.segments.get_backend().new_cursor()
        self._flow = flow

    def _run(self, sql: str, **values: Any) -> list[Any]:
        rows: list[Any] = self._cursor.execute(sql, values).fetchall()
        return rows

    def references(self, object_id: str) -> int:
        return int(self._run(REFERENCES, object=object_id)[0][0])

    def _in_transaction(self, work: Callable[[dt.datetime], None]) -> None:
        self._cursor.begin()
        work(dt.datetime.now(dt.timezone.utc).replace(tzinfo=None))
        self._cursor.commit()

    def register(self, object_id: str, start: int, end: int) -> None:
        def work(now: dt.datetime) -> None:
            longest = self._standing()
            self._run(
                "SELECT start_ns FROM segments WHERE flow_id = $flow AND start_ns < $end "
                "AND end_ns > $start AND start_ns > $low",
                flow=self._flow,
                start=start,
                end=end,
                low=start - longest,
            )
            self._run("SELECT * FROM objects WHERE id = $object", object=object_id)
            named = {"flow": self._flow, "object": object_id, "start": start, "end": end}
            named |= {"text": _text(start, end), "now": now}
            self._run(
                "INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange, "
                "ts_offset_ns, created, body) "
                "VALUES ($flow, $object, $start, $end, $text, 0, $now, '{}')",
                **named,
            )
            self._run(
                "INSERT INTO objects (id, storage_path, start_ns, end_ns, timerange, "
                "first_flow_id, created, registered_at) "
                "VALUES ($object, $object, $start, $end, $text, $flow, $now, $now)",
                **named,
            )
            self._touch(now)

        self._in_transaction(work)

    def delete(self, object_id: str, start: int, end: int) -> None:
        def work(now: dt.datetime) -> None:
            self._standing()
            assert self.references(object_id) == 1
            self._run(
                "DELETE FROM segments WHERE flow_id = $flow AND start_ns >= $start "
                "AND end_ns <= $end",
                flow=self._flow,
                start=start,
                end=end,
            )
            self._run(
                "UPDATE objects SET released_at = $now WHERE id = $object",
                now=now,
                object=object_id,
            )
            self._touch(now)

        self._in_transaction(work)

    def _standing(self) -> int:
        """The flow and its fence; the length of its longest segment."""
        assert self._run("SELECT id, read_only FROM flows WHERE id = $flow", flow=self._flow)
        rows = self._run(
            "SELECT max_segment_ns FROM flow_fences WHERE flow_id = $flow", flow=self._flow
        )
        return int(rows[0][0])

    def _touch(self, now: dt.datetime) -> None:
        self._run("UPDATE flow_fences SET epoch = epoch + 1 WHERE flow_id = $flow", flow=self._flow)
        self._run(
            "UPDATE flows SET segments_updated = $now WHERE id = $flow", now=now, flow=self._flow
        )
