"""The server beside one that somebody would write first, on the same rows, by the same requests.

Both are one worker and are asked in turns, so that they share the machine's mood. ``x naive`` is
how many times as long the naive one takes.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.server import FLOW, LENGTH_S, S3, kept_flow, window
from bench.serving import Line, Served, request, served
from bench.timing import in_turns, median

QUESTION = "windows, registrations and deletes beside a naive server, 100 thousand segments a flow"
SIZE = 100_000
PATH = f"/flows/{FLOW}/segments"
BEHIND_S = SIZE * LENGTH_S
Ask = Callable[[Line], None]
"""One request; each call is another one."""


def questions() -> dict[str, tuple[Ask, int]]:
    """What is asked, and how often; the deletes take what there is from the front."""
    return {
        "window, start": (functools.partial(_get, at=10), 300),
        "window, middle": (functools.partial(_get, at=SIZE // 2), 300),
        "window, end": (functools.partial(_get, at=SIZE - 10), 300),
        "POST of a segment": (functools.partial(_post, places=count()), 100),
        "DELETE of 10 segments": (functools.partial(_delete, 10, places=count(1_000, 10)), 20),
        "DELETE of 200 segments": (functools.partial(_delete, 200, places=count(5_000, 200)), 3),
    }


def _get(line: Line, at: int) -> None:
    status, said = line.ask(request("GET", PATH + window(at)))
    assert (status, said.count(b"X-Amz-Signature")) == (200, 10), said


def _post(line: Line, places: Any) -> None:
    at = BEHIND_S + next(places)
    body = {"object_id": f"posted-{at}", "timerange": f"[{at}:0_{at + 1}:0)"}
    status, said = line.ask(request("POST", PATH, json.dumps(body).encode()))
    assert status == 201, said


def _delete(segments: int, line: Line, places: Any) -> None:
    start = next(places) * LENGTH_S
    covered = f"?timerange=[{start}:0_{start + segments * LENGTH_S}:0)"
    status, said = line.ask(request("DELETE", PATH + covered))
    assert status == 204, said


def run() -> list[dict[str, Any]]:
    os.environ |= S3
    with TemporaryDirectory() as folder, contextlib.ExitStack() as opened:
        servers = [
            opened.enter_context(served(_copy(folder, name), module=module))
            for name, module in (("ours", "bench.serving"), ("naive", "bench.naive_server"))
        ]
        lines = [opened.enter_context(contextlib.closing(Line(each.port))) for each in servers]
        asked = zip(questions().items(), questions().values(), strict=True)
        return [
            _row(what, (ours, theirs), times, servers, lines)
            for (what, (ours, times)), (theirs, _) in asked
        ]


def _copy(folder: str, name: str) -> str:
    return str(shutil.copy(kept_flow(SIZE), Path(folder) / f"{name}.duckdb"))


def _row(
    what: str, asks: tuple[Ask, Ask], times: int, servers: list[Served], lines: list[Line]
) -> dict[str, Any]:
    before = [each.cpu_s() for each in servers]
    names = ("ours", "naive")
    works = {
        name: functools.partial(ask, line)
        for name, ask, line in zip(names, asks, lines, strict=True)
    }
    taken = {name: median(seconds) * 1e3 for name, seconds in in_turns(works, times).items()}
    worked = [
        (each.cpu_s() - was) * 1e3 / (times + 1) for each, was in zip(servers, before, strict=True)
    ]
    return {
        "what": what,
        "p50 ms": taken["ours"],
        "naive p50 ms": taken["naive"],
        "cpu ms": worked[0],
        "naive cpu ms": worked[1],
        "x naive": taken["naive"] / taken["ours"],
    }
