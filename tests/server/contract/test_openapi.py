"""The served document: the specification's operations under its ids, and what we add by name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.contract.specification import Specification

ANALYSES = (
    *("flow-usage", "storage-usage", "time-range-analysis"),
    *("coverage", "gaps", "overlaps"),
)
EXTENSIONS = {
    *(f"{method}_analytics-{name}" for method in ("GET", "HEAD") for name in ANALYSES),
    *("POST_sources", "POST_sources-batch", "DELETE_sources-sourceId"),
    *("POST_flows", "POST_flows-batch", "DELETE_objects"),
    *("GET_media-storageId-key", "HEAD_media-storageId-key", "PUT_media-storageId-key"),
    *("GET_mgmt-ping", "HEAD_mgmt-ping", "GET_mgmt-health", "HEAD_mgmt-health"),
    *("GET_health", "HEAD_health"),
    *("GET_config-async-deletion-threshold", "HEAD_config-async-deletion-threshold"),
    *("GET_metrics", "HEAD_metrics"),
}
"""Operations that the specification has not."""
MORE = {
    "DELETE_flows-flowId": {("query", "cascade")},
    "DELETE_flows-flowId-segments": {("query", "cascade")},
}
"""Parameters that we add to the specification's operations (R2, R4)."""


@pytest.fixture(scope="module")
def served() -> dict[str, dict[str, Any]]:
    """Each operation of the served document by its id, with its ``method`` and ``path``."""
    with ta.connect(":memory:") as store, TestClient(create_app(store)) as client:
        paths = client.get("/openapi.json").json()["paths"]
    return {
        operation["operationId"]: {**operation, "method": method.upper(), "path": path}
        for path, item in paths.items()
        for method, operation in item.items()
    }


def test_the_specified_operations_are_served_and_named_extensions(
    specification: Specification, served: dict[str, Any]
) -> None:
    """F25; §1 and §82."""
    specified = {each.id: (each.method, each.path) for each in specification.operations.values()}
    found = {id: (each["method"], each["path"]) for id, each in served.items()}

    assert {id: place for id, place in found.items() if id not in EXTENSIONS} == specified
    assert set(found) - set(specified) == EXTENSIONS


def test_their_parameters_are_the_specified_ones(
    specification: Specification, served: dict[str, Any]
) -> None:
    """And ``cascade``, which is ours."""
    for operation in specification.operations.values():
        parameters = served[operation.id].get("parameters", ())
        found = {(each["in"], each["name"]) for each in parameters}
        assert found == operation.parameters | MORE.get(operation.id, set()), operation.id


def test_bodies_are_told_where_the_specification_has_some(
    specification: Specification, served: dict[str, Any]
) -> None:
    """So that whoever tries an operation on ``/docs`` can send one."""
    for operation in specification.operations.values():
        written = specification.document["paths"][operation.path][operation.method.lower()]
        body = served[operation.id].get("requestBody", {})
        assert set(written.get("requestBody", {}).get("content", ())) <= set(
            body.get("content", ())
        ), operation.id
        assert bool(written.get("requestBody")) == bool(body), operation.id


def test_operations_are_in_groups(served: dict[str, Any]) -> None:
    groups = {id: each["tags"] for id, each in served.items()}
    assert groups["GET_flows-flowId-segments"] == groups["POST_flows"] == ["flows"]
    assert groups["GET_root"] == ["service"]


def test_no_number_of_ours_is_in_the_way_of_a_reader() -> None:
    with ta.connect(":memory:") as store:
        told = json.dumps(create_app(store).openapi(), ensure_ascii=False)
    assert [] == re.findall(r"§|mission|\b[FLRTW][0-9]+\b", told)
    assert '"Versions, timeouts, event mechanisms, name and description."' in told
    assert '"A bad timerange is refused also where it is not used."' in told
    assert '"description": ""' not in told
