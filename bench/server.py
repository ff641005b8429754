"""GET of a ten-segment window and of a page of 100, at any place of flows of three lengths.

One worker as `tams serve` runs it, a presigned URL for each segment. ``wrk`` loads it by eight
connections where it is installed (Debian: ``apt install wrk``); without it eight threads of Python
do, which find fewer requests a second than the server could answer. A place's window is asked for
by all of them, as that of a live flow is; ``each another`` are windows of which none is asked for
twice in a second.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pyarrow as pa

import tams_analytics as ta
from bench.serving import HOST, Line, Served, request, served
from bench.stores import cache
from tams_analytics.tables import SCHEMA_VERSION

QUESTION = "windows and pages of one flow's segments a second, and how long each takes"
SIZES = (10_000, 100_000, 1_000_000)
LENGTH_S = 2
ROUNDS = 1000
CONNECTIONS = 8
LOAD_S = 5
LONGEST_WARMING_S = 120
QUICK_S = 0.004
"""What is asked of the store takes longer."""
OTHERS, APART = 9000, 7919
"""So many windows, more than are answered in a second; neighbours are asked for at other times."""
PAGE = "?timerange=[{}:0_&limit=100"
FLOW = "11111111-1111-4111-8111-111111111111"
S3 = {
    "TAMS_MEDIA": "s3",
    "S3_ENDPOINT_URL": "http://127.0.0.1:9000",
    "S3_BUCKET_NAME": "media",
    "S3_ACCESS_KEY_ID": "key",
    "S3_SECRET_ACCESS_KEY": "secret",
}
"""Nothing is asked of it: presigning is local."""


def run() -> list[dict[str, Any]]:
    os.environ |= S3
    return [row for size in SIZES for row in _rows(size)]


def _rows(size: int) -> Iterator[dict[str, Any]]:
    """Places are asked for in turns, as the machine's mood would be taken for a place's."""
    places = {"start": 0, "middle": size // 2, "end": size - ROUNDS - 10}
    with served(str(kept_flow(size))) as server:
        _warm(server, size)
        timed = _timed(server, [*places.values()])
        for (name, at), row in zip(places.items(), timed, strict=False):
            loaded = _loaded(server, [window(at)])
            yield {"segments": size, "asked": f"window, {name}"} | row | loaded
        others = [window(at * APART % (size - 10)) for at in range(OTHERS)]
        yield {"segments": size, "asked": "windows, each another"} | _loaded(server, others)
        yield {"segments": size, "asked": "page of 100"} | timed[-1]
        medians = [row["p50 ms"] for row in timed[:-1]]
        worst = max(medians) / min(medians)
        yield {"segments": size, "asked": "worst / best place", "p50 ms": worst}


def kept_flow(size: int) -> Path:
    """A store with one flow of that many segments, each with an object; made once."""
    path = cache() / f"flow-{SCHEMA_VERSION}-{size}.duckdb"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished.duckdb")
        unfinished.unlink(missing_ok=True)
        with ta.connect(str(unfinished)) as store:
            _fill(store, size)
        unfinished.rename(path)
    return path


def _fill(store: ta.Store, size: int) -> None:
    flat = {"codec": "video/h264", "frame_width": 1, "frame_height": 1, "frame_rate": "25/1"}
    store.writes.create_flow({"id": FLOW, "source_id": FLOW, **flat})
    store.writes.ensure_default_backend()
    bits = np.random.default_rng(1)
    ids = [str(uuid.UUID(bytes=bits.bytes(16), version=4)) for _ in range(size)]
    store.writes.load("objects", pa.table({"id": ids}))
    store.writes.load("object_instances", pa.table({"object_id": ids}))
    start = np.arange(size) * LENGTH_S * 10**9
    ends = {"start_ns": start, "end_ns": start + LENGTH_S * 10**9}
    store.writes.load("segments", pa.table({"flow_id": [FLOW] * size, "object_id": ids, **ends}))


def window(at: int) -> str:
    """What asks for ten segments."""
    return f"?timerange=[{at * LENGTH_S}:0_{(at + 10) * LENGTH_S}:0)"


def _get(asked: str) -> bytes:
    return request("GET", f"/flows/{FLOW}/segments{asked}")


def _warm(server: Served, size: int) -> None:
    """Ask for windows that nobody asked for until the flow is kept."""
    until = time.monotonic() + LONGEST_WARMING_S
    quick = 0
    with contextlib.closing(Line(server.port)) as line:
        for at in count():
            started = time.perf_counter()
            status, said = line.ask(_get(window(at % (size - 10))))
            assert status == 200, said
            assert said.count(b"X-Amz-Signature") == 10, said
            quick = quick + 1 if time.perf_counter() - started < QUICK_S else 0
            if quick == 10 or time.monotonic() > until:
                return


def _timed(server: Served, places: Sequence[int]) -> list[dict[str, Any]]:
    """One connection, windows at all places and pages in turns: milliseconds of each.

    None is asked for twice, as what is asked again in the same second costs next to nothing.
    """
    taken: list[list[float]] = [[] for _ in (*places, PAGE)]
    with contextlib.closing(Line(server.port)) as line:
        for turn in range(ROUNDS):
            asked = [*(window(at + turn) for at in places), PAGE.format(turn * LENGTH_S)]
            for each, found in zip(asked, taken, strict=True):
                started = time.perf_counter()
                line.ask(_get(each))
                found.append(time.perf_counter() - started)
    return [
        {
            "p50 ms": sorted(found)[ROUNDS // 2] * 1e3,
            "p95 ms": sorted(found)[ROUNDS * 95 // 100] * 1e3,
        }
        for found in taken
    ]


def _loaded(server: Served, asked: Sequence[str]) -> dict[str, Any]:
    """Requests a second by all connections, and what the server's threads worked for one.

    ``asked`` are asked for in turns.
    """
    worked = server.cpu_s()
    if shutil.which("wrk") is None:
        asked_s, by = _by_threads(server.port, asked), "Python"
    else:
        asked_s, by = _by_wrk(server.port, asked), "wrk"
    worked_ms = (server.cpu_s() - worked) * 1e3 / (asked_s * LOAD_S)
    return {"requests/s": asked_s, "by": by, "worked ms": worked_ms}


IN_TURNS = """
local paths, at = { %s }, 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""
"""What wrk is told in Lua."""


def _by_wrk(port: int, asked: Sequence[str]) -> float:
    paths = ", ".join(f'"/flows/{FLOW}/segments{each}"' for each in asked)
    with NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(IN_TURNS % paths)
        script.flush()
        load = ["-t1", f"-c{CONNECTIONS}", f"-d{LOAD_S}s", "-s", script.name]
        command = ["wrk", *load, f"http://{HOST}:{port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def _by_threads(port: int, asked: Sequence[str]) -> float:
    until = time.monotonic() + LOAD_S

    def ask(first: int) -> int:
        with contextlib.closing(Line(port)) as line:
            for done in count():
                if time.monotonic() > until:
                    return done
                line.ask(_get(asked[(first + done * CONNECTIONS) % len(asked)]))
        raise AssertionError("counted for ever")

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        futures = [threads.submit(ask, number) for number in range(CONNECTIONS)]
        return sum(future.result() for future in futures) / LOAD_S
