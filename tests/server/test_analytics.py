"""``/analytics``: rows of the library, integers exact, of this store or of another one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics.queries import analytics
from tests.server.contract.test_asked_once import counted
from tests.server.served import served
from tests.support.trino_server import Trino
from tests.trino.conftest import copied

NAMES = ("coverage", "gaps", "overlaps", "flow-usage", "storage-usage", "time-range-analysis")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[ta.Store]:
    with ta.examples.newsroom(segments=1000) as store:
        yield store


@pytest.fixture(scope="module")
def asked(newsroom: ta.Store) -> Iterator[TestClient]:
    with served(newsroom) as client:
        yield client


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_the_librarys(asked: TestClient, newsroom: ta.Store, name: str) -> None:
    """F24, §249: numbers equal, to the nanosecond."""
    question = getattr(analytics, name.replace("-", "_"))
    flow = newsroom.segments.limit(1).to_pyarrow().to_pylist()[0]["flow_id"]
    window = "[1788200000:0_1788210000:0)"
    for given in ({}, {"flow_id": flow, "timerange": window, "limit": 3}):
        arguments: dict[str, Any] = {"limit": 1000, **given}
        answer = asked.get(f"/analytics/{name}", params=given)
        assert 200 == answer.status_code, answer.text
        assert newsroom.ask(question, **arguments).to_pylist() == answer.json()
        assert str(arguments["limit"]) == answer.headers["x-paging-limit"]


@pytest.mark.parametrize("name", NAMES)
def test_a_store_is_asked_once(asked: TestClient, newsroom: ta.Store, name: str) -> None:
    with counted(newsroom) as questions:
        asked.get(f"/analytics/{name}", params={"format": "urn:x-nmos:format:video"})
    assert [f"ask {analytics.__name__}.{name.replace('-', '_')}"] == questions


def test_what_cannot_be_asked_is_400(asked: TestClient) -> None:
    """R6, §5, §234."""
    for query in (
        "flow_id=no-uuid",
        "source_id=",
        "format=video",
        "timerange=(1:0)",
        "limit=0",
        "min_duration=-1:0",
        "min_duration=" + "9" * 5000,
    ):
        answer = asked.get(f"/analytics/gaps?{query}")
        assert 400 == answer.status_code, query
        assert {"type", "summary", "time", "message"} <= {*answer.json()}


def test_gaps_have_a_least_length(asked: TestClient, newsroom: ta.Store) -> None:
    found = newsroom.ask(analytics.gaps).to_pylist()
    longest = max(row["end_ns"] - row["start_ns"] for row in found)
    for least in (str(longest), f"{longest // 10**9}:{longest % 10**9}"):
        rows = asked.get("/analytics/gaps", params={"min_duration": least}).json()
        assert {longest} == {row["end_ns"] - row["start_ns"] for row in rows}


def test_another_store_can_answer(tmp_path: Path) -> None:
    """The store that ``TAMS_ANALYTICS_URL`` names."""
    file = tmp_path / "other.duckdb"
    ta.examples.newsroom(ta.connect(file), segments=1000).close()
    with served(TAMS_ANALYTICS_URL=str(file)) as client:
        assert [] == client.get("/flows").json()
        assert client.get("/analytics/flow-usage").json()
        kept = client.app.state.context.kept  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="shutdown"):
        kept.settle()


@pytest.mark.trino
def test_trino_answers_instead_with_the_same_rows(newsroom: ta.Store, trino_server: Trino) -> None:
    """TAMS_ANALYTICS_URL; the API's own reads are the store's."""
    with (
        copied(newsroom, trino_server, f"tams/server_{uuid.uuid4().hex[:8]}") as there,
        served(newsroom, TAMS_ANALYTICS_URL=there.url) as client,
    ):
        for name in NAMES:
            question = getattr(analytics, name.replace("-", "_"))
            expected = newsroom.ask(question, limit=1000).to_pylist()
            answer = client.get(f"/analytics/{name}")
            assert 200 == answer.status_code, answer.text
            assert sorted(map(str, expected)) == sorted(map(str, answer.json()))
        metrics = client.get("/metrics").text
        assert 'tams_engine_splits_total{engine="trino"}' in metrics
        with counted(newsroom) as questions:
            assert 200 == client.get("/flows").status_code
        assert 1 == len(questions)
