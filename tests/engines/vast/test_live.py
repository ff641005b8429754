"""What only a cluster can prove, and the same on the peer, so that the test itself is sound.

``TAMS_TEST_VAST=vast://host/bucket/schema`` arms it, with the keys in the environment: it makes a
schema of its own beside the named one, and drops it. Its first step is the probe on which all
writing rests. `python -m pytest -m vast -s` prints what sort keys and projections save there.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics import span
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.errors import translated
from tams_analytics.engines.vast.holds import PASSED
from tams_analytics.engines.vast.schema import Schema
from tams_analytics.errors import SegmentsOverlap
from tams_analytics.settings import load

SEGMENTS = int(os.environ.get("TAMS_TEST_VAST_SEGMENTS", "20000"))


@pytest.fixture(params=["peer", pytest.param("cluster", marks=pytest.mark.vast)])
def address(request: pytest.FixtureRequest) -> Address:
    """A schema that is not there yet."""
    name = f"tams_live_{uuid.uuid4().hex[:8]}"
    if request.param == "peer":
        url = request.getfixturevalue("vast_stores").url(name)
    elif os.environ.get("TAMS_TEST_VAST"):
        url = f"{os.environ['TAMS_TEST_VAST'].rpartition('/')[0]}/{name}"
    else:
        pytest.skip("TAMS_TEST_VAST names no cluster")
    return Address.parse(url, load())


@pytest.fixture
def schema(address: Address) -> Iterator[Schema]:
    """The administrator's view of it; dropped at the end."""
    settings = load()
    connection = Connection(address, settings.vast_timeout)
    made = Schema(connection, address, settings)
    yield made
    list(made.drop())
    with connection.begin() as transaction, translated("dropping the schema"):
        transaction.sdk.bucket(address.bucket).schema(address.schema).drop()
    connection.close()


def test_a_store_lives_on_a_cluster(schema: Schema, address: Address) -> None:
    steps = list(schema.apply())
    found = schema.probe()
    assert found.startswith(PASSED), found  # or nothing below means anything

    embedded = ta.examples.newsroom(segments=SEGMENTS)
    with ta.connect(address.url) as store:
        ta.examples.newsroom(store, segments=SEGMENTS)
        agrees(store, embedded)
        refuses_overlaps(store)
        tells_what_it_costs(store)
    assert all(finding.is_well for finding in schema.status()), list(schema.status())
    print("\n".join(steps))  # noqa: T201 - with -s


def agrees(store: ta.Store, embedded: ta.Store) -> None:
    """The same rows come from a cluster and from DuckDB."""
    flow = busiest(embedded)
    for ask in QUESTIONS:
        rows = [ask(each, flow).to_pyarrow() for each in (store, embedded)]
        ordered = [sorted(map(str, table.to_pylist())) for table in rows]
        assert ordered[0] == ordered[1]
        assert ordered[0]


def busiest(store: ta.Store) -> str:
    counted = store.segments.group_by("flow_id").agg(n=_.count()).order_by(_.n.desc(), "flow_id")
    return str(counted.limit(1).to_pyarrow()["flow_id"][0])


WINDOW = "[1788219000:0_1788219600:0)"
QUESTIONS: list[Callable[[ta.Store, str], Any]] = [
    lambda store, flow: store.segments.filter(_.flow_id == flow, span.overlaps(WINDOW)).select(
        "flow_id", "object_id", "start_ns", "end_ns"
    ),
    lambda store, flow: ta.coverage(store.segments, by="flow_id"),
    lambda store, flow: ta.overlaps(store.segments, by="flow_id").select("flow_id", "start_ns"),
    lambda store, flow: store.segments.inner_join(
        store.flows.filter(_.id == flow), _.flow_id == store.flows.id
    ).select("flow_id", "object_id", "source_id"),
]


def refuses_overlaps(store: ta.Store) -> None:
    flow = busiest(store)
    row = store.segments.filter(_.flow_id == flow).limit(1).to_pyarrow().to_pylist()[0]
    with pytest.raises(SegmentsOverlap):
        store.writes.create_segments(
            flow, {"object_id": "live-test", "timerange": row["timerange"]}
        )


def tells_what_it_costs(store: ta.Store) -> None:
    """A point question along the sort key, along a projection, and along neither."""
    flow = busiest(store)
    object_id = store.segments.limit(1).to_pyarrow()["object_id"][0].as_py()
    for name, condition in {
        "flow_id (sort key)": _.flow_id == flow,
        "object_id (projection)": _.object_id == object_id,
        "timerange (neither)": _.timerange == "[0:0_1:0)",
    }.items():
        question = store.segments.filter(condition).select("flow_id", "start_ns")
        began = time.perf_counter()
        scans = ta.explain(question, run=True).scans
        took = time.perf_counter() - began
        print(f"{name}: {scans[0].rows} rows, {scans[0].bytes} bytes, {1000 * took:.1f} ms")  # noqa: T201 - with -s
