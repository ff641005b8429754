"""Many clients at once, over real connections (F90, §168, mission R7)."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import pairwise
from typing import Any

import pytest

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.serving import serving
from tests.server.worlds import F1, F2, make_flow

SECOND = 1_000_000_000
CLIENTS = 8
MANY = {"duckdb": 1000, "vast": 40}


Post = Callable[[str, Any], int]


@contextlib.contextmanager
def poster(store: ta.Store) -> Iterator[Post]:
    """A function that posts segments to a flow on its thread's own connection: the status."""
    own, opened = threading.local(), []

    def post(flow_id: str, posted: Any) -> int:
        if not hasattr(own, "line"):
            own.line = HTTPConnection("127.0.0.1", served.port, timeout=60)
            opened.append(own.line)
        kind = {"content-type": "application/json"}
        own.line.request("POST", f"/flows/{flow_id}/segments", json.dumps(posted), kind)
        answer = own.line.getresponse()
        answer.read()
        return int(answer.status)

    with serving(create_app(store)) as served:
        yield post
        for line in opened:
            line.close()


@pytest.fixture
def flows(store: ta.Store) -> ta.Store:
    for each in (F1, F2):
        make_flow(store, each)
    return store


def test_f90_segments_posted_in_parallel_are_all_there_once(
    flows: ta.Store, engine_name: str
) -> None:
    """Every fifth one by two clients, to two flows: exactly one of the two wins (§168, §182)."""
    count = MANY[engine_name]
    posted = [
        ((F1, F2)[n % 2], {"object_id": f"o{n}-{by}", "timerange": f"[{n}:0_{n + 1}:0)"})
        for n in range(count)
        for by in (("left", "right") if n % 5 == 0 else ("alone",))
    ]
    with poster(flows) as post, ThreadPoolExecutor(CLIENTS) as threads:
        statuses = Counter(threads.map(lambda each: post(*each), posted))

    assert statuses == {201: count, 400: count // 5}
    for place, flow_id in enumerate((F1, F2)):
        rows = flows.ask(ta.queries.segments.listing, flow_id=flow_id).to_pylist()
        assert [row["start_ns"] // SECOND for row in rows] == [*range(place, count, 2)]
        assert all(one["end_ns"] <= other["start_ns"] for one, other in pairwise(rows))
    assert flows.objects.count().to_pyarrow().as_py() == count  # refusals leave no object


def test_two_clients_race_for_one_stretch(flows: ta.Store) -> None:
    """Batches that overlap each other, at the same moment: no time is taken twice (§168)."""
    barrier = threading.Barrier(2)
    with poster(flows) as post, ThreadPoolExecutor(2) as threads:

        def race(name: str) -> list[int]:
            statuses = []
            for turn in range(10):
                batch = [
                    {"object_id": f"{name}-{turn}-{n}", "timerange": f"[{n}:0_{n + 1}:0)"}
                    for n in range(10 * turn, 10 * turn + 10)
                ]
                barrier.wait(30)
                statuses.append(post(F1, batch))
            return statuses

        left, right = threads.map(race, ("left", "right"))

    rows = flows.ask(ta.queries.segments.listing, flow_id=F1).to_pylist()
    assert len(rows) == 100
    assert all(one["end_ns"] <= other["start_ns"] for one, other in pairwise(rows))
    for turn, outcome in enumerate(zip(left, right, strict=True)):
        winners = {
            row["object_id"].partition("-")[0]
            for row in rows
            if row["start_ns"] // (10 * SECOND) == turn
        }
        assert outcome == ((201, 200) if winners == {"left"} else (200, 201))
