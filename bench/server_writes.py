"""Segments registered over HTTP in a large store: one by one, by several clients, and in bulk."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.serving import Line, Served, request, served
from bench.single_writes import Places, writable_flow
from bench.stores import kept_newsroom
from bench.timing import median

QUESTION = "segments a second that one worker registers, with five million objects in the store"
SEGMENTS = 5_000_000
SINGLES = 400
WARM = 20
CONNECTIONS = 8
BATCH, BATCHES = 500, 8
BULK_S = 5_000_000_000
"""Where bulk goes on the flow's timeline: the appended half after it, the other before it."""

Post = Callable[[bytes], float]


def run(segments: int = SEGMENTS) -> list[dict[str, Any]]:
    with kept_newsroom(segments) as kept:
        path, flow = kept.url, writable_flow(kept)
    with TemporaryDirectory() as folder:
        copy = shutil.copy(path, Path(folder) / "x.duckdb")
        with served(str(copy)) as server:
            return [*_rows(server, flow)]


def _rows(server: Served, flow: str) -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as opened, ThreadPoolExecutor(CONNECTIONS) as threads:
        lines = [
            opened.enter_context(contextlib.closing(Line(server.port))) for _ in range(CONNECTIONS)
        ]
        posts = [_poster(line, f"/flows/{flow}/segments") for line in lines]
        places = Places(flow, "posted")
        bodies = [_json(places.next_body()) for _ in range(WARM + 2 * SINGLES)]
        _in_turn(posts[0], bodies[:WARM])
        one = bodies[WARM : WARM + SINGLES]
        yield _row("POST, 1 connection", SINGLES, server, lambda: _in_turn(posts[0], one))
        shares = [bodies[WARM + SINGLES + n :: CONNECTIONS] for n in range(CONNECTIONS)]

        def by_all(shares: list[list[bytes]]) -> list[float]:
            return [each for taken in threads.map(_in_turn, posts, shares) for each in taken]

        all_singles = functools.partial(by_all, shares)
        yield _row(f"POST, {CONNECTIONS} connections", SINGLES, server, all_singles)
        for how, order in (("appended", count()), ("in reverse order", count(-1, -1))):
            _in_turn(posts[0], [*_arrays(how, order, 1)])
            bodies = [*_arrays(how, order, BATCHES)]
            work = functools.partial(_in_turn, posts[0], bodies)
            yield _row(f"POST of {BATCH}, {how}", BATCH * BATCHES, server, work)
            shared = [*_arrays(how, order, BATCHES * CONNECTIONS)]
            shares = [shared[n::CONNECTIONS] for n in range(CONNECTIONS)]
            what = f"POST of {BATCH}, {how}, {CONNECTIONS} connections"
            yield _row(
                what, BATCH * BATCHES * CONNECTIONS, server, functools.partial(by_all, shares)
            )


def _arrays(how: str, order: Iterator[int], batches: int) -> Iterator[bytes]:
    for _turn in range(batches):
        yield _json([_bulk(next(order), how) for _ in range(BATCH)])


def _poster(line: Line, path: str) -> Post:
    def post(body: bytes) -> float:
        started = time.perf_counter()
        status, said = line.ask(request("POST", path, body))
        assert status == 201, said
        return time.perf_counter() - started

    return post


def _in_turn(post: Post, bodies: Sequence[bytes]) -> list[float]:
    return [post(body) for body in bodies]


def _row(
    what: str, segments: int, server: Served, work: Callable[[], list[float]]
) -> dict[str, Any]:
    """``cpu ms`` is what the server has worked for one segment."""
    worked, started = server.cpu_s(), time.perf_counter()
    taken = work()
    seconds = time.perf_counter() - started
    return {
        "what": what,
        "segments/s": segments / seconds,
        "p50 ms": median(taken) * 1e3,
        "p95 ms": sorted(taken)[int(len(taken) * 0.95)] * 1e3,
        "cpu ms": (server.cpu_s() - worked) * 1e3 / segments,
    }


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _bulk(at: int, how: str) -> dict[str, Any]:
    start = BULK_S + 2 * at
    return {"object_id": f"{how}-{at}", "timerange": f"[{start}:0_{start + 2}:0)"}
