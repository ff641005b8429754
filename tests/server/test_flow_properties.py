"""Single properties of a flow over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.server.catalogue import ON_DUCKDB, ask, multi, numbered, put, video
from tests.server.worlds import F1, F2, UNKNOWN

pytestmark = ON_DUCKDB
PATH = f"/flows/{F1}"
OPTIONAL: dict[str, tuple[Any, list[Any]]] = {
    "label": ("né", [1, None, ["a"], {}]),
    "description": ("", [1, None]),
    "max_bit_rate": (0, ["1", 1.5, -1, None, True]),
    "avg_bit_rate": (5000, ["1", 1.5, -1, None, True]),
}
"""A value of each, and values that it cannot have."""


def test_properties_that_may_be_unset(client: TestClient) -> None:
    """§89, §100, §115, §116, F15."""
    put(client, video(F1))
    for name, (value, bad) in OPTIONAL.items():
        path = f"{PATH}/{name}"
        ask(client, "GET", path, 404)
        ask(client, "HEAD", path, 404)
        ask(client, "DELETE", path, 204)
        before = ask(client, "GET", PATH, 200)["metadata_version"]
        ask(client, "PUT", path, 204, json=value)
        assert ask(client, "GET", path, 200) == value
        shown = ask(client, "GET", PATH, 200)
        assert shown[name] == value
        assert shown["metadata_version"] != before
        for each in bad:
            ask(client, "PUT", path, 400, json=each)
        ask(client, "PUT", path, 400, content=b"")
        ask(client, "DELETE", path, 204)
        ask(client, "GET", path, 404)
        for method in ("GET", "PUT", "DELETE"):
            ask(client, method, f"/flows/{UNKNOWN}/{name}", 404, json=value)
            ask(client, method, f"/flows/x/{name}", 404, json=value)


def test_a_read_only_flow_refuses_all_but_its_read_only(client: TestClient) -> None:
    """§117, §118."""
    put(client, video(F1), video(F2))
    path = f"{PATH}/read_only"
    assert ask(client, "GET", path, 200) is False
    for bad in ("true", 1, None):
        ask(client, "PUT", path, 400, json=bad)
    ask(client, "DELETE", path, 405)
    ask(client, "PUT", path, 204, json=True)
    assert ask(client, "GET", path, 200) is True
    values = {name: value for name, (value, _bad) in OPTIONAL.items()}
    values |= {"flow_collection": [{"id": F2}], "tags/t": "x"}
    for name, value in values.items():
        ask(client, "PUT", f"{PATH}/{name}", 403, json=value)
        ask(client, "DELETE", f"{PATH}/{name}", 403)
    ask(client, "PUT", path, 204, json=False)
    ask(client, "PUT", f"{PATH}/label", 204, json="x")
    for method in ("GET", "PUT"):
        ask(client, method, f"/flows/{UNKNOWN}/read_only", 404, json=True)


def test_tags_of_a_flow(client: TestClient) -> None:
    """§11, §55 to §60."""
    put(client, video(F1))
    assert ask(client, "GET", f"{PATH}/tags", 200) == {}
    for name, value in (("a%2Fb", "1"), ("a.b", ["x", "y"]), ("a%252Fb", []), ("a%2Fb", "2")):
        ask(client, "PUT", f"{PATH}/tags/{name}", 204, json=value)
        assert ask(client, "GET", f"{PATH}/tags/{name}", 200) == value
    assert ask(client, "GET", f"{PATH}/tags", 200) == {"a/b": "2", "a.b": ["x", "y"], "a%2Fb": []}
    for bad in (1, None, {}, [1]):
        ask(client, "PUT", f"{PATH}/tags/t", 400, json=bad)
    ask(client, "GET", f"{PATH}/tags/t", 404)
    ask(client, "DELETE", f"{PATH}/tags/t", 204)
    ask(client, "DELETE", f"{PATH}/tags/a%2Fb", 204)
    assert {*ask(client, "GET", f"{PATH}/tags", 200)} == {"a.b", "a%2Fb"}
    for method in ("GET", "PUT", "DELETE"):
        ask(client, method, f"/flows/{UNKNOWN}/tags/t", 404, json="x")
    ask(client, "GET", f"/flows/{UNKNOWN}/tags", 404)


def test_the_collection_of_a_flow(client: TestClient) -> None:
    """§123 to §127, §86."""
    whole = f"/flows/{F2}"
    put(client, video(F1), multi(F2, source_id=numbered(8)))
    put(client, video(numbered(3), source_id=numbered(9)))
    path = f"{whole}/flow_collection"
    assert ask(client, "GET", path, 200) == []
    mapping = {"track_index": 1}
    items = [{"id": numbered(3)}, {"id": F1, "role": "video", "container_mapping": mapping}]
    ask(client, "PUT", path, 204, json=items)
    assert ask(client, "GET", path, 200) == items
    assert ask(client, "GET", whole, 200)["flow_collection"] == items
    assert ask(client, "GET", PATH, 200)["collected_by"] == [F2]
    assert ask(client, "GET", f"/sources/{numbered(9)}", 200)["collected_by"] == [numbered(8)]
    for bad in ([{"id": UNKNOWN}], [{"role": "x"}], {}, "x", [{"id": F2}]):
        ask(client, "PUT", path, 400, json=bad)
    ask(client, "PUT", f"{PATH}/flow_collection", 400, json=[{"id": F2}])
    ask(client, "DELETE", path, 204)
    assert ask(client, "GET", path, 200) == []
    assert "collected_by" not in ask(client, "GET", PATH, 200)
    for method in ("GET", "PUT", "DELETE"):
        ask(client, method, f"/flows/{UNKNOWN}/flow_collection", 404, json=[])
