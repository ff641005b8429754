"""DELETE of a flow's segments over HTTP, in three ways and of three sizes, half of it shared.

Of every second object another flow has a segment too. So bare and with ``cascade=true`` half of the
objects lose their last reference, and ``cascade=false`` is refused; where all objects are shared it
deletes. Meanwhile another client registers segments elsewhere: how long it waits at most is how
long a delete holds the writer.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

import tams_analytics as ta
from bench.serving import Line, Served, request, served
from bench.stores import kept_newsroom
from bench.timing import median

QUESTION = "a delete of segments, shared objects among them, in a store with a million segments"
SEGMENTS = 1_000_000
SIZES = {10: 10, 1_000: 4, 100_000: 1}
"""How many segments a flow has, and how many flows are deleted in each way."""
WAYS = {"": 0.5, "cascade=true": 0.5, "cascade=false": 1.0, "cascade=false, refused": 0.5}
"""What the request says, and the share of the objects that another flow has as well."""
SECOND = 10**9
FLAT = {"codec": "video/h264", "frame_width": 1, "frame_height": 1, "frame_rate": "25/1"}
LOOKED_EVERY_S = 0.05
ELSEWHERE = "22222222-2222-4222-8222-222222222222"
SHARING = "33333333-3333-4333-8333-333333333333"
SOURCE = "99999999-9999-4999-8999-999999999999"


@dataclass(frozen=True)
class Case:
    """Flows to delete the segments of, in one way."""

    way: str
    size: int
    flows: tuple[str, ...]

    @property
    def path(self) -> str:
        return "/flows/{}/segments?" + self.way.partition(",")[0]

    @property
    def expected(self) -> int:
        if "refused" in self.way:
            return 409
        return 202 if self.size > 1_000 else 204


def run() -> list[dict[str, Any]]:
    with kept_newsroom(SEGMENTS) as kept:
        path = kept.url
    with TemporaryDirectory() as folder:
        os.environ |= {"TAMS_MEDIA": f"file://{folder}/media"}
        copy = shutil.copy(path, Path(folder) / "x.duckdb")
        with ta.connect(str(copy)) as store:
            first, *cases = filled(store)
        with served(str(copy), "background") as server:
            _row(server, first)  # what is asked is compiled now
            return [_row(server, case) for case in cases]


def filled(store: ta.Store) -> Iterator[Case]:
    """Flows for each case, the first one twice, and a flow that has what they share."""
    for flow in (ELSEWHERE, SHARING):
        store.writes.create_flow({"id": flow, "source_id": SOURCE, **FLAT})
    shared_until = 0
    wanted = [(size, flows, way) for size, flows in SIZES.items() for way in WAYS]
    for size, flows, way in [wanted[0], *wanted]:
        case = Case(way, size, tuple(str(uuid.uuid4()) for _ in range(flows)))
        for flow in case.flows:
            store.writes.create_flow({"id": flow, "source_id": SOURCE, **FLAT})
            ids = [f"{flow}/{number}" for number in range(size)]
            _load(store, flow, ids, 0)
            shared = ids[:: round(1 / WAYS[way])]
            _load(store, SHARING, shared, shared_until)
            shared_until += len(shared)
        yield case


def _load(store: ta.Store, flow: str, object_ids: list[str], first: int) -> None:
    start = np.arange(first, first + len(object_ids)) * SECOND
    placed = {"flow_id": [flow] * len(object_ids), "object_id": object_ids}
    ends = {"start_ns": start, "end_ns": start + SECOND, "ts_offset_ns": start}
    store.writes.load("segments", pa.table(placed | ends))


def _row(server: Served, case: Case) -> dict[str, Any]:
    before = server.counted()
    with contextlib.closing(Line(server.port)) as line, _writing(server.port) as waits:
        taken = [_deleted(line, case, flow) for flow in case.flows]
    done = server.counted().since(before, len(taken) * case.size)
    answered, whole = ([each[at] for each in taken] for at in (0, 1))
    return {
        "segments": case.size,
        "way": case.way or "bare",
        "answered ms": median(answered) * 1e3,
        "done ms": median(whole) * 1e3,
        "segments/s": case.size / median(whole) if case.expected < 400 else None,
        "cpu µs / segment": done.cpu_s * 1e6,
        "another's POST waits, ms": max(waits) * 1e3,
    }


def _deleted(line: Line, case: Case, flow: str) -> tuple[float, float]:
    """Seconds until it was answered, and until it was done."""
    started = time.perf_counter()
    status, said = line.ask(request("DELETE", case.path.format(flow)))
    answered = time.perf_counter() - started
    assert status == case.expected, (case, status, said)
    if status == 202:
        _wait_for(line, json.loads(said)["id"])
    return answered, time.perf_counter() - started


def _wait_for(line: Line, deletion: str) -> None:
    asked = request("GET", f"/flow-delete-requests/{deletion}")
    while (found := json.loads(line.ask(asked)[1])["status"]) != "done":
        assert found != "error"
        time.sleep(LOOKED_EVERY_S)


@contextlib.contextmanager
def _writing(port: int) -> Iterator[list[float]]:
    """Another client registers segments, one by one; the seconds that each took."""
    waits: list[float] = []
    ends = threading.Event()
    writer = threading.Thread(target=_register, args=(port, waits, ends))
    writer.start()
    try:
        yield waits
    finally:
        ends.set()
        writer.join()


_seconds = count()


def _register(port: int, waits: list[float], ends: threading.Event) -> None:
    with contextlib.closing(Line(port)) as line:
        while not (ends.is_set() and waits):
            at = next(_seconds)
            body = {"object_id": f"elsewhere-{at}", "timerange": f"[{at}:0_{at + 1}:0)"}
            sent = request("POST", f"/flows/{ELSEWHERE}/segments", json.dumps(body).encode())
            started = time.perf_counter()
            status, said = line.ask(sent)
            waits.append(time.perf_counter() - started)
            assert status == 201, said
            time.sleep(0.01)
