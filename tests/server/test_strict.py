"""Parameters that nobody knows, and names that are percent-encoded in a path."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Query
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server import errors
from tams_server.app import create_app
from tams_server.context import Context
from tams_server.filters import MOST_TAGS, MOST_VALUES, padded
from tams_server.parameters import AskedTags, Name, ObjectId, TagFilters
from tams_server.paths import EncodedPaths
from tams_server.strict import refuse_bad_query


@pytest.fixture
def app() -> FastAPI:
    """Two routes that show what they were given; the first has one parameter and tag filters."""
    app = FastAPI(dependencies=[Depends(refuse_bad_query)])

    @app.get("/tags/{name}")
    async def show(
        name: Name,
        tags: Annotated[AskedTags, Depends(TagFilters("flow_tag"))],
        known: Annotated[str | None, Query()] = None,
    ) -> Any:
        return {"name": name, "values": tags.values, "exists": tags.exists}

    @app.get("/objects/{objectId:path}/instances")
    async def instances(object_id: ObjectId) -> str:
        return object_id

    app.state.context = Context(ta.connect(":memory:"))
    app.add_middleware(EncodedPaths)
    errors.install(app)
    return app


@pytest.fixture
def asked(app: FastAPI) -> TestClient:
    return TestClient(app)


def strict(app: FastAPI) -> None:
    engine = app.state.context.store._engine
    engine.settings = dataclasses.replace(engine.settings, strict=True)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/tags/a%2Fb", "a/b"),
        ("/tags/a%252Fb", "a%2Fb"),
        ("/tags/50%25", "50%"),
        ("/tags/caf%C3%A9%20%E2%82%AC", "café €"),
        ("/tags/a+b.c", "a+b.c"),
    ],
)
def test_a_name_in_a_path_is_decoded_once(asked: TestClient, path: str, name: str) -> None:
    """§11, §53."""
    assert asked.get(path).json()["name"] == name


def test_a_slash_that_is_encoded_ends_nothing(asked: TestClient) -> None:
    """§11, §200."""
    assert asked.get("/tags/a/b").status_code == 404
    assert asked.get("/objects/x%2Fy/instances").json() == "x/y"
    assert asked.get("/objects/x/y/instances").json() == "x/y"
    assert asked.get("/objects/x%2Finstances/instances").json() == "x/instances"


def test_unknown_parameters_are_ignored_or_refused(app: FastAPI, asked: TestClient) -> None:
    """§8, R14, F48."""
    unknown = {"unknown": "1"}
    assert asked.get("/tags/a", params=unknown).status_code == 200
    strict(app)
    answer = asked.get("/tags/a", params=unknown)
    assert answer.status_code == 400
    assert "known" in answer.json()["summary"]
    for kept in ("known", "access_token", "flow_tag.x"):
        assert asked.get("/tags/a", params={kept: "true"}).status_code == 200
    assert asked.get("/tags/a", params={"tag.x": "true"}).status_code == 400


def test_tag_filters_are_read_by_name(asked: TestClient) -> None:
    """§47, §52, §53."""
    query = "flow_tag.a.b%2Fc=1,2&flow_tag.empty=&flow_tag_exists.caf%C3%A9=false"
    found = asked.get(f"/tags/x?{query}").json()
    assert found["values"] == {"a.b/c": ["1", "2"], "empty": [""]}
    assert found["exists"] == {"café": False}
    for bad in ("flow_tag.x=1,,2", "flow_tag_exists.x=yes", "flow_tag_exists.x="):
        assert asked.get(f"/tags/x?{bad}").status_code == 400, bad


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 100])
def test_values_are_padded_to_few_sizes(size: int) -> None:
    """What is repeated changes no answer, and few statements are compiled."""
    given = [str(each) for each in range(size)]
    found = padded(given)
    assert found[:size] == given
    assert {*found} == {*given}
    assert len(found) in {0, 1, 2, 4, 8, 128}


def test_more_filters_than_a_statement_should_have_are_refused() -> None:
    """Of one request, however short its names; what is less is answered."""
    client = TestClient(create_app(ta.connect(":memory:")))
    one, many = str(uuid.uuid4()), MOST_VALUES + 1
    assert client.get("/flows", params={"collected_by_ids": ",".join([one] * 3)}).json() == []
    for bad in (
        {"collected_by_ids": ",".join([one] * many)},
        {"tag.x": ",".join(["1"] * many)},
        {f"tag.{each}": "1" for each in range(MOST_TAGS + 1)},
        {f"tag_exists.{each}": "true" for each in range(MOST_TAGS + 1)},
    ):
        assert client.get("/flows", params=bad).status_code == 400


def test_strict_holds_for_the_routes_that_are_served() -> None:
    """§8, R14: ``cascade`` and filters by tags are known."""
    store = ta.connect(":memory:")
    engine = store._engine
    engine.settings = dataclasses.replace(engine.settings, strict=True)
    client = TestClient(create_app(store))
    for path in ("/flows", "/sources", "/service/storage-backends"):
        known = {"limit": "1", "tag.x": "1", "tag_exists.y": "true", "reverse_order": "true"}
        assert client.get(path, params=known).status_code == 200
        assert client.get(path, params={"flow_tag.x": "1"}).status_code == 400
        assert client.get(path, params={"offset": "1"}).status_code == 400
    unknown = str(uuid.uuid4())
    assert client.delete(f"/flows/{unknown}", params={"cascade": "false"}).status_code == 404
    assert client.delete(f"/flows/{unknown}", params={"cascades": "x"}).status_code == 400
