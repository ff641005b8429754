"""What requests to the server ask of a VAST cluster, in a flow of each length.

The cluster is the peer of the tests, in this process; the server is one of its own. Counted are
requests, and bytes both ways: figures of the protocol, which do not depend on the machine. The last
row is what a client without the server reads for one window: the flow, through VAST's SDK.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

import tams_analytics as ta
from bench.serving import Line, request, served
from tams_analytics.engines.rows import completed
from tams_analytics.tables import BY_NAME
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

QUESTION = "requests and kB on VAST for one request, with 100 thousand and a million segments"
SIZES = (100_000, 1_000_000)
SECOND = 10**9
FLOW = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
SOURCE = "99999999-9999-4999-8999-999999999999"
FLAT = {"codec": "video/h264", "frame_width": 1, "frame_height": 1, "frame_rate": "25/1"}
SEGMENTS = f"/flows/{FLOW}/segments"


@dataclass(frozen=True)
class Asked:
    """A request of which each asking differs by its number, and what it answers."""

    method: str
    path: Callable[[int], str]
    status: int = 200
    body: Callable[[int], Any] = field(default=lambda number: None)

    def request(self, number: int) -> bytes:
        body = self.body(number)
        sent = b"" if body is None else json.dumps(body).encode()
        return request(self.method, self.path(number), sent)


def window(first: int, seconds: int = 10) -> str:
    return f"?timerange=[{first}:0_{first + seconds}:0)"


def _behind(number: int, name: str = "new") -> dict[str, str]:
    """A segment after all others."""
    start = 10**7 + number
    return {"object_id": f"{name}-{number}", "timerange": f"[{start}:0_{start + 1}:0)"}


def questions(size: int) -> dict[str, Asked]:
    """What is asked of a flow of so many segments; the deletes of segments come last."""
    places = {"start": 1000, "middle": size // 2, "end": size - 1000}
    return {
        **{
            f"GET of a window, {name}": Asked(
                "GET", lambda n, at=at: SEGMENTS + window(at + 20 * n)
            )
            for name, at in places.items()
        },
        "the same window again": Asked("GET", lambda n: SEGMENTS + window(500)),
        "GET of a page of 100 in a window": Asked(
            "GET", lambda n: f"{SEGMENTS}{window(2000 + 200 * n, 100)}&limit=100"
        ),
        "GET of an object": Asked("GET", lambda n: f"/objects/o{size // 2 + n}"),
        "GET of a flow": Asked("GET", lambda n: f"/flows/{FLOW}"),
        "DELETE of an object, refused": Asked("DELETE", lambda n: f"/objects/o{n}", 409),
        "DELETE of a window, refused": Asked(
            "DELETE", lambda n: f"{SEGMENTS}{window(3000 + 20 * n)}&cascade=false", 409
        ),
        "DELETE of the flow, refused": Asked(
            "DELETE", lambda n: f"/flows/{FLOW}?cascade=false", 409
        ),
        "DELETE of the source, refused": Asked(
            "DELETE", lambda n: f"/sources/{SOURCE}?cascade=false", 409
        ),
        "POST of a segment": Asked("POST", lambda n: SEGMENTS, 201, _behind),
        "POST of 500 segments": Asked(
            "POST",
            lambda n: SEGMENTS,
            201,
            lambda n: [_behind(1000 * (n + 1) + at, "many") for at in range(500)],
        ),
        "DELETE of a segment": Asked("DELETE", lambda n: SEGMENTS + window(4000 + n, 1), 204),
        "DELETE of 10 segments": Asked("DELETE", lambda n: SEGMENTS + window(5000 + 20 * n), 204),
        "DELETE of 100 segments": Asked(
            "DELETE", lambda n: SEGMENTS + window(6000 + 200 * n, 100), 204
        ),
    }


def run() -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder, VastStores() as stores:
        os.environ |= {"TAMS_MEDIA": f"file://{folder}/media"}
        counts = {size: dict(_counts(stores, size)) for size in SIZES}
    small, large = counts.values()
    return [_row(what, small[what], large[what]) for what in small]


def _row(what: str, small: Count, large: Count) -> dict[str, Any]:
    return {
        "what": what,
        "requests, 100k": small.requests,
        "requests, 1M": large.requests,
        "kB, 100k": small.bytes / 1e3,
        "kB, 1M": large.bytes / 1e3,
        "bytes, 1M / 100k": large.bytes / small.bytes,
    }


def _counts(stores: VastStores, size: int) -> Iterator[tuple[str, Count]]:
    url = filled(stores, size)
    with served(url) as server, contextlib.closing(Line(server.port)) as line:
        for what, asked in questions(size).items():

            def ask(number: int, asked: Asked = asked) -> None:
                status, said = line.ask(asked.request(number))
                assert status == asked.status, (asked, status, said[:500])

            yield what, counted(stores.peer, ask)
    yield (
        "window, by the SDK alone",
        counted(stores.peer, lambda _number: _by_sdk(stores.peer, url)),
    )


@dataclass(frozen=True)
class Count:
    """Requests to a cluster, and bytes of them and of their answers."""

    requests: int
    bytes: int


def counted(peer: VastPeer, ask: Callable[[int], None]) -> Count:
    """Of the second asking; the first brings what is asked once for all: layouts, columns."""
    ask(0)
    mark = peer.log.mark()
    ask(1)
    entries = peer.log.since(mark)
    sent = sum(each.request_bytes + each.response_bytes for each in entries)
    return Count(len(entries), sent)


def _by_sdk(peer: VastPeer, url: str) -> None:
    with peer.connect().transaction() as tx:
        table = tx.bucket(BUCKET).schema(url.rpartition("/")[2]).table("segments")
        rows = table.select(predicate=table["flow_id"] == FLOW).read_all()
    assert rows.num_rows


def filled(stores: VastStores, size: int) -> str:
    """The URL of a store with so many seconds on one flow, each an object with an instance."""
    url = stores.new_url()
    with ta.connect(url) as store:
        backend = store.writes.ensure_default_backend()["id"]
        store.writes.create_flow({"id": FLOW, "source_id": SOURCE, **FLAT})
        store.writes.create_flow({"id": OTHER, "source_id": SOURCE, **FLAT})
        store.writes.create_segments(FLOW, {"object_id": "first", "timerange": "[-1:0_0:0)"})
    for name, rows in _tables(size, backend).items():
        stores.peer.load(BUCKET, url.rpartition("/")[2], name, completed(BY_NAME[name], rows))
    return url


def _tables(size: int, backend: str) -> dict[str, pa.Table]:
    ids = pa.array([f"o{number}" for number in range(size)])
    start = np.arange(size) * SECOND
    flow = pa.repeat(pa.scalar(FLOW), size)
    texts = [f"[{number}:0_{number + 1}:0)" for number in range(size)]
    placed = {"flow_id": flow, "object_id": ids, "timerange": texts}
    registered = pa.repeat(pa.scalar(0, pa.timestamp("us")), size)
    known = {"id": ids, "storage_path": ids, "first_flow_id": flow, "registered_at": registered}
    return {
        "objects": pa.table(known),
        "object_instances": pa.table(
            {"object_id": ids, "storage_id": pa.repeat(pa.scalar(backend), size)}
        ),
        "segments": pa.table(placed | {"start_ns": start, "end_ns": start + SECOND}),
    }
