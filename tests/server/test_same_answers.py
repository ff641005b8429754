"""REST, the library and SQL say the same of one store (§249, §255 to §257, §259, §260)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics import _, tr
from tams_server.app import create_app
from tests.server.worlds import F1, F2, make_flow

ODD_NS = 1694429247_040000001


@pytest.fixture(scope="module")
def newsroom() -> Iterator[ta.Store]:
    with ta.examples.newsroom(segments=2_000, defects=False) as store:
        yield store


@pytest.fixture(scope="module")
def asked(newsroom: ta.Store) -> Iterator[TestClient]:
    with TestClient(create_app(newsroom)) as client:
        yield client


def all_of(client: TestClient, path: str, **query: Any) -> list[Any]:
    """All pages of a listing."""
    found: list[Any] = []
    answer = client.get(path, params={"limit": 300, **query})
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()
        if "next" not in answer.links:
            return found
        answer = client.get(answer.links["next"]["url"])


def test_flows_their_extents_and_their_segments(newsroom: ta.Store, asked: TestClient) -> None:
    """§249, §257: ids, counts and extents."""
    segments = newsroom.segments
    extents = segments.group_by("flow_id").agg(
        rows=_.count(), first=_.start_ns.min(), last=_.end_ns.max()
    )
    by_library = {row["flow_id"]: row for row in extents.to_pyarrow().to_pylist()}
    ids = sorted(flow["id"] for flow in all_of(asked, "/flows"))

    assert ids == sorted(newsroom.flows.id.to_list())
    for flow in ids[:5]:
        row = by_library.get(flow, {"rows": 0})
        shown = asked.get(f"/flows/{flow}", params={"include_timerange": "true"}).json()
        assert len(all_of(asked, f"/flows/{flow}/segments")) == row["rows"]
        if row["rows"]:
            extent = tr(shown["timerange"])
            assert (extent.start_ns, extent.end_ns) == (row["first"], row["last"])


def test_tags_select_the_same_flows(newsroom: ta.Store, asked: TestClient) -> None:
    """§255, §256: by the library's tables as by the API's filters, in the API's order."""
    tags = newsroom.tags.filter(_.entity_type == "flows")
    [tag] = tags.limit(1).to_pyarrow().to_pylist()
    having = tags.filter(_.name == tag["name"], _.value == tag["value"]).select("entity_id")
    flows = newsroom.flows.filter(_.id.isin(having.entity_id))
    ordered = flows.order_by(_.created.desc(), _.id).id.to_list()

    by_api = all_of(asked, "/flows", **{f"tag.{tag['name']}": tag["value"]})
    assert ordered
    assert [flow["id"] for flow in by_api] == ordered


@pytest.mark.parametrize("engine_name", ["duckdb", "vast"], indirect=True)
def test_a_nanosecond_survives_every_way(client: TestClient, store: ta.Store) -> None:
    """§242, §259: JSON, Arrow, pandas, and a duration that is exact."""
    make_flow(store, F1)
    timerange = "[1694429247:40000001_1694429248:40000002)"
    posted = {"object_id": "x", "timerange": timerange}
    assert client.post(f"/flows/{F1}/segments", json=posted).status_code == 201

    [shown] = json.loads(client.get(f"/flows/{F1}/segments").content)
    assert shown["timerange"] == timerange
    rows = store.segments.mutate(length=ta.span.duration)
    assert rows.to_pyarrow()["start_ns"].to_pylist() == [ODD_NS]
    assert ta.to_pandas(rows)["start_ns"].tolist() == [ODD_NS]
    assert rows.to_pyarrow()["length"].to_pylist() == [1_000_000_001]


def test_a_plain_duckdb_reads_the_same_nanosecond(tmp_path: Any) -> None:
    """§242: SQL without the library."""
    with ta.connect(str(tmp_path / "x.duckdb")) as store:
        make_flow(store, F1)
        posted = {"object_id": "x", "timerange": "[1694429247:40000001_1694429248:0)"}
        store.writes.create_segments(F1, posted)
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as plain:
        assert plain.sql("SELECT start_ns FROM segments").fetchall() == [(ODD_NS,)]


@pytest.mark.parametrize("engine_name", ["duckdb", "vast"], indirect=True)
def test_what_is_deleted_is_counted_nowhere(client: TestClient, store: ta.Store) -> None:
    """§260, R13."""
    for flow in (F1, F2):
        make_flow(store, flow)
        posted = {"object_id": f"of {flow}", "timerange": "[0:0_1:0)"}
        client.post(f"/flows/{flow}/segments", json=posted)
    assert client.delete(f"/flows/{F2}").status_code == 204

    assert store.segments.flow_id.to_list() == [F1]
    assert store.flows.id.to_list() == [F1]
    assert [flow["id"] for flow in client.get("/flows", params={"timerange": "_"}).json()] == [F1]
    covered = ta.coverage(store.segments, by="flow_id").to_pyarrow().to_pylist()
    assert [row["covered_ns"] for row in covered] == [10**9]
