"""Every operation of the API: how long it takes, and what it asks of the store and of a cluster.

Times are of a million segments in a DuckDB file. Requests and bytes are what the VAST peer of the
tests was sent and answered, at a hundred thousand: figures of the protocol, not of the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tams_analytics as ta
from bench.operations import STEPS, Step, names
from bench.serving import Counters, Line, Served, request, served
from bench.single_writes import writable_flow
from bench.stores import kept_newsroom
from bench.timing import median
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import VastStores

QUESTION = "each operation: milliseconds, questions and statements; requests and bytes on VAST"
SEGMENTS, SEGMENTS_ON_VAST = 1_000_000, 100_000
ROUNDS, ROUNDS_OF_HEAD = 50, 10
HOOKS = {"TAMS_WEBHOOK_ALLOW_PRIVATE": "192.0.2.0/24"}
"""Where nobody is; nothing is delivered."""
ONCE = 2
"""On VAST: the first round brings what is asked once for all, the second is counted."""


def run() -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        os.environ |= {"TAMS_MEDIA": f"file://{folder}/media", **HOOKS}
        with _on_duckdb(Path(folder)) as asked:
            refuse_forgotten(asked)
            rows = [asked.measured(step) for step in STEPS]
        with _on_vast() as (asked, peer):
            counts = [asked.counted(step, peer) for step in STEPS]
    return [row | count for row, count in zip(rows, counts, strict=True)]


@dataclass(frozen=True)
class Asked:
    """A server, a connection to it, and the names of each round."""

    server: Served
    line: Line
    names: list[dict[str, str]]

    def send(self, step: Step, number: int) -> float:
        """Seconds that the answer to a round's request took, which has to be the right one."""
        named = self.names[number]
        sent = step.request(named)
        started = time.perf_counter()
        status, said = self.line.ask(sent)
        taken = time.perf_counter() - started
        assert status == step.expected, (step.operation, step.what, status, said[:500])
        step.note(named, said)
        return taken

    def measured(self, step: Step) -> dict[str, Any]:
        """Medians of a step and of its HEAD, and what the server did for one request."""
        before, taken = self.timed(step, ROUNDS)
        done = self.server.counted().since(before, len(taken))
        heads = self.timed(step.head, ROUNDS_OF_HEAD)[1] if step.method == "GET" else None
        return {
            "operation": step.operation,
            "what": step.what,
            "p50 ms": median(taken) * 1e3,
            "p95 ms": sorted(taken)[int(len(taken) * 0.95)] * 1e3,
            "HEAD p50 ms": median(heads) * 1e3 if heads else None,
            "cpu ms": done.cpu_s * 1e3,
            "asks": done.asks,
            "statements": done.statements,
        }

    def timed(self, step: Step, most: int) -> tuple[Counters, list[float]]:
        """The first round is not counted: it compiles what is asked."""
        self.send(step, 0)
        before = self.server.counted()
        rounds = range(1, min(step.rounds or most, most) + 1)
        return before, [self.send(step, number) for number in rounds]

    def counted(self, step: Step, peer: VastPeer) -> dict[str, Any]:
        for number in range(ONCE):
            mark = peer.log.mark()
            self.send(step, number)
        entries = peer.log.since(mark)
        sent = sum(entry.request_bytes + entry.response_bytes for entry in entries)
        return {"VAST requests": len(entries), "VAST kB": sent / 1e3}


@contextlib.contextmanager
def _asking(url: str, room_flow: str, rounds: int) -> Iterator[Asked]:
    with served(url) as server, contextlib.closing(Line(server.port)) as line:
        yield Asked(server, line, [names(number, room_flow) for number in range(rounds)])


@contextlib.contextmanager
def _on_duckdb(folder: Path) -> Iterator[Asked]:
    with kept_newsroom(SEGMENTS) as kept:
        path, room_flow = kept.url, writable_flow(kept)
    copy = shutil.copy(path, folder / "x.duckdb")
    with _asking(str(copy), room_flow, ROUNDS + 1) as asked:
        yield asked
    copy.unlink()


@contextlib.contextmanager
def _on_vast() -> Iterator[tuple[Asked, VastPeer]]:
    with VastStores() as stores:
        with ta.examples.newsroom(segments=SEGMENTS_ON_VAST, defects=False) as store:
            url, room_flow = stores.filled(store), writable_flow(store)
        with _asking(url, room_flow, ONCE) as asked:
            yield asked, stores.peer


def refuse_forgotten(asked: Asked) -> None:
    """The steps are all operations that are served, and no others."""
    document = json.loads(asked.line.ask(request("GET", "/openapi.json"))[1])
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    measured = {step.operation for step in STEPS}
    measured |= {step.head.operation for step in STEPS if step.method == "GET"}
    assert measured == operations, measured ^ operations
