"""Numbers under the names of F81, with few labels, and the store counted on a schedule."""

from __future__ import annotations

import time

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

import tams_analytics as ta
from tests.server.served import served
from tests.server.worlds import F1, S, make_flow

Labels = tuple[tuple[str, str], ...]


def numbers(client: TestClient) -> dict[tuple[str, Labels], float]:
    """Each sample of a scrape."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def labels(**given: str) -> Labels:
    return tuple(sorted(given.items()))


def test_requests_are_counted_by_route_and_status() -> None:
    """F81: the endpoint is the template, and what no route has is one label."""
    with served() as client:
        client.get(f"/flows/{F1}/segments")
        client.get("/flows/no-uuid/segments")
        client.head(f"/flows/{F1}/segments")
        client.get("/random-1")
        client.get("/random-2")
        client.request("FANCY", "/")
        found = numbers(client)

    def of(method: str, endpoint: str, status: int) -> float:
        named = labels(method=method, endpoint=endpoint, status_code=str(status))
        return found["tams_http_requests_total", named]

    template = "/flows/{flowId}/segments"
    assert (1, 1, 1) == (
        of("GET", template, 200),
        of("GET", template, 404),
        of("HEAD", template, 200),
    )
    assert (2, 1) == (of("GET", "other", 404), of("other", "/", 405))
    took = labels(method="GET", endpoint=template)
    assert 2 == found["tams_http_request_duration_seconds_count", took]
    assert 1 == found["tams_active_connections", ()]  # the scrape itself
    assert F1 not in str(found)


def test_refusals_are_counted_by_class_and_rule() -> None:
    """R14: by the number of the rule; F96: deletes by entity and result."""
    with served() as client:
        make_flow(client.app.state.context.store, F1)
        client.put(f"/flows/{F1}/read_only", json=True)
        client.delete(f"/flows/{F1}")
        client.delete(f"/sources/{S}?cascade=false")
        client.get("/flows?timerange=nonsense")
        client.get(f"/sources/{F1}")
        found = numbers(client)

    def refused(kind: str, rule: str) -> float:
        return found["tams_errors_total", labels(type=kind, rule=rule)]

    assert 1 == refused("ReadOnlyFlow", "§102")
    assert 1 == refused("StillReferenced", "R1")
    assert 1 == refused("BadTimeRange", "R10")
    assert 1 == refused("NotFound", "R6")

    def deleted(entity: str, result: str) -> float:
        return found["tams_deletes_total", labels(entity=entity, result=result)]

    assert (1, 1) == (deleted("flow", "ReadOnlyFlow"), deleted("source", "StillReferenced"))
    changed = labels(operation="set read_only", result="done")
    assert 1 == found["tams_flow_operations_total", changed]
    asked = labels(engine="duckdb", operation="transact")
    assert found["tams_vast_query_duration_seconds_count", asked] >= 3


def test_what_strict_would_refuse_is_counted_by_rule() -> None:
    """R14."""
    with served() as client:
        make_flow(client.app.state.context.store, F1)
        client.get("/flows?unknown=1&other=2&label=x")
        client.get("/flows?label=x&tag.a=b&access_token=c")
        client.post(f"/flows/{F1}/storage", json={"limit": 1, "object_ids": ["a"]})
        segment = {"object_id": "new", "timerange": "[0:0_1:0)"}
        assert 201 == client.post(f"/flows/{F1}/segments", json=segment).status_code
        found = numbers(client)
    accepted = {
        dict(named)["rule"]: value
        for (name, named), value in found.items()
        if name == "tams_lenient_acceptances_total"
    }
    assert {"§8": 1, "§172": 1, "§193": 1} == accepted


def test_the_store_is_counted_on_a_schedule_not_by_a_scrape() -> None:
    """F81."""
    with ta.examples.newsroom(segments=1000) as store:
        with served(store, TAMS_METRICS_INTERVAL="1") as client:
            deadline = time.monotonic() + 30
            while not (found := numbers(client))["tams_segments_total", ()]:
                assert time.monotonic() < deadline
            asked = labels(engine="duckdb", operation="ask")
            assert ("tams_vast_query_duration_seconds_count", asked) not in found
        assert 1000 == found["tams_segments_total", ()]
        assert store.flows.count().to_pyarrow().as_py() == found["tams_flows_total", ()]
        assert store.sources.count().to_pyarrow().as_py() == found["tams_sources_total", ()]
        known = store.objects.size.sum().to_pyarrow().as_py()
        assert known == found["tams_storage_bytes_total", ()]
        assert found["tams_memory_usage_bytes", ()] > 1 << 20


def test_numbers_can_be_left_out() -> None:
    """F53."""
    with served(METRICS_ENABLED="0") as client:
        refused = client.get("/metrics")
        assert (refused.status_code, refused.json()["summary"]) == (
            404,
            "there is no path /metrics",
        )
        assert 200 == client.get("/").status_code
