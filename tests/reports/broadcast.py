"""Three days of a broadcaster, in ticks of half a minute, with all that makes counting hard.

Flows and sources that are there twice or have no label, segments of a flow that is gone, flows
without segments, media in the flow that collects and on a clock of its own, shared objects, and
parts of them. What is asked of it, `tests.reports.oracle` counts in sets of ticks.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import tams_analytics as ta
from tams_analytics.timerange import TimeRange

Row = dict[str, Any]
Rows = dict[str, list[Row]]

SECOND = 10**9
TICK = 30 * SECOND
FIRST = dt.datetime(2026, 3, 28)  # UTC; on the 29th London's clocks are put forward
FIRST_NS = (int(FIRST.replace(tzinfo=dt.timezone.utc).timestamp()) + 37) * SECOND
"""TAI is 37 s ahead of UTC."""
DAY = 24 * 120
"""Ticks."""
NOW = FIRST + dt.timedelta(days=2, hours=20)
NOW_TICK = DAY * 2 + 20 * 120
WINDOW = TimeRange.from_ns(FIRST_NS, FIRST_NS + 3 * DAY * TICK)
VIDEO, AUDIO, MULTI = (f"urn:x-nmos:format:{each}" for each in ("video", "audio", "multi"))


def ns(tick: int) -> int:
    """Stored nanoseconds of a tick."""
    return FIRST_NS + tick * TICK


def utc(tick: int) -> dt.datetime:
    """The clock on the wall at a tick."""
    return FIRST + dt.timedelta(seconds=30 * tick)


def world(seed: int = 1) -> Rows:
    """The rows of each table."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    flows = _flows()
    segments = list(_segments(chance))
    sources = [{"id": id, "format": VIDEO, "label": id.upper()} for id in ("s1", "s2", "s3")]
    return {
        "sources": [*sources, {**sources[0]}, {"id": "s4", "format": VIDEO}],
        "flows": [*flows, {**flows[0]}],
        "segments": segments,
        "objects": _objects(chance, segments),
        "collections": [
            *(_member("e", id, n, id) for n, id in enumerate(["a", "b", "c", "nobody", "m"])),
            _member("m", "x", 0, None),
            _member("m", "c", 1, "sound"),
            _member("m", "c", 2, "commentary"),
        ],
        "tags": [
            _tag("flows", "a", None, "One"),
            _tag("flows", "c", None, "Two"),
            _tag("flows", "c", None, "x", name="other"),
            *(_tag("sources", "s1", n, value) for n, value in enumerate(("One", "Uno"))),
            _tag("sources", "s3", 0, None),
        ],
    }


def fill(store: ta.Store, rows: Rows) -> None:
    """Put them into an empty store, behind the rules' back."""

    def insert(tx: Any) -> None:
        for name, each in rows.items():
            alike: dict[tuple[str, ...], list[Row]] = {}
            for row in each:  # an insert is of rows with the same columns
                alike.setdefault(tuple(sorted(row)), []).append(row)
            for some in alike.values():
                tx.insert(name, some)

    store._engine.transact(insert)


def _flows() -> list[Row]:
    live = {"status": "ingesting", "format": VIDEO, "codec": "video/h264", "frame_width": 1920}
    target = {"segment_duration_num": 60, "segment_duration_den": 1}
    rates = {"avg_bit_rate": 100, "max_bit_rate": 120}
    audio = {"format": AUDIO, "codec": "audio/aac", "sample_rate": 48_000, "channels": 2}
    fps = {"frame_rate_num": 25, "frame_rate_den": 1}
    ntsc = {"frame_rate_num": 30_000, "frame_rate_den": 1001}
    return [
        _flow("a", "s1", -DAY, **live, **target, **rates, **fps, label="A"),
        _flow("b", "s1", 500, **live, **ntsc, segment_duration_num=45, segment_duration_den=1),
        _flow("c", "s2", -DAY, **audio, **rates, label="C", status="closed_complete"),
        _flow("d", "s2", DAY, **audio, status="ingesting", label="D"),
        _flow("e", "s3", -DAY, format=MULTI, status="ingesting", label="E"),
        _flow("m", "s4", -DAY, format=MULTI, status="ingesting", label="M", avg_bit_rate=0),
        _flow("x", "s4", -DAY, **live, label="X"),
        _flow("z", "s5", -DAY, **live, **target, label="Z"),
    ]


def _flow(id: str, source_id: str, made: int, **columns: Any) -> Row:
    moments = {"created": utc(made), "metadata_updated": utc(made)}
    return {"id": id, "source_id": source_id, "read_only": False, **moments, **columns}


SPANS = {"a": (-40, 3 * DAY - 900), "b": (640, 3 * DAY - 2), "c": (900, DAY + 1500)}
SPANS |= {"m": (200, 1200), "gone": (100, 160)}
"""From when to when flows on the wall clock have media, in ticks."""


def _segments(chance: random.Random) -> Any:
    number = 0
    for flow_id, (first, last) in SPANS.items():
        at = first
        while at < last:
            length = chance.choice([1, 2, 2, 2, 3, 20])
            number += 1
            yield _segment(chance, flow_id, f"o{number}", at, at + length)
            at += length + chance.choice([0, 0, 0, 0, 0, 1, 7, 240, -1 if flow_id == "c" else 0])
    yield _segment(chance, "c", "o1", 2 * DAY, 2 * DAY + 1)  # an object of a, and a long gap
    yield _segment(chance, "c", "o1", 2 * DAY + 1, 2 * DAY + 2)
    for n in range(3):  # on a clock of its own
        bounds = {"start_ns": n * 60 * SECOND, "end_ns": (n + 1) * 60 * SECOND}
        yield {**_segment(chance, "z", f"z{n}", n, n + 2), **bounds}


def _segment(chance: random.Random, flow_id: str, object_id: str, start: int, end: int) -> Row:
    lag = dt.timedelta(microseconds=chance.choice([-2, 1, 3, 8, 20, 31, 600]) * 1_000_003)
    return {
        "flow_id": flow_id,
        "object_id": object_id,
        "start_ns": ns(start),
        "end_ns": ns(end),
        "timerange": f"[{start}:0_{end}:0)",
        "created": utc(end) + lag,
    }


def _objects(chance: random.Random, segments: list[Row]) -> list[Row]:
    """One for each that is shown, but for one; some longer than what is shown, some of no size."""
    found: dict[str, Row] = {}
    for row in segments:
        length = row["end_ns"] - row["start_ns"]
        longer = chance.choice([0, 0, 0, 0, TICK])
        size = chance.choice([None, *(length // SECOND * rate * 125 for rate in (90, 100, 130))])
        bounds = chance.choice([{}, {"start_ns": 0, "end_ns": length + longer}])
        id = row["object_id"]
        found.setdefault(id, {"id": id, "storage_path": id, "size": size, **bounds})
    del found["o5"]
    return [*found.values(), {**found["o2"]}, {**found["o1"]}]


def _member(flow_id: str, member_id: str, position: int, role: str | None) -> Row:
    return {"flow_id": flow_id, "member_id": member_id, "position": position, "role": role}


def _tag(kind: str, id: str, position: int | None, value: str | None, name: str = "channel") -> Row:
    tagged = {"entity_type": kind, "entity_id": id}
    return {**tagged, "name": name, "position": position, "value": value}
