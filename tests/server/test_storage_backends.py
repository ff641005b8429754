"""Storage backends over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.catalogue import ask, ids, numbered, pages

PATH = "/service/storage-backends"


def test_storage_backends_are_listed_by_label(client: TestClient, store: ta.Store) -> None:
    """§30, §42, §44, §45, §47, §52, §66, §67, F3."""
    for label, more in (
        ("b", {"tags": {"tier": ["hot", "near"]}, "region": "r", "default_storage": True}),
        ("a", {"tags": {"tier": "cold"}}),
        (None, {}),
        ("c", {}),
    ):
        number = {"b": 1, "a": 2, None: 3, "c": 4}[label]
        body = {"id": numbered(number), "provider": "p", "store_product": "s", **more}
        named = {} if label is None else {"label": label}
        store.writes.put_storage_backend({**body, **named})
    by_label = [numbered(number) for number in (2, 1, 4, 3)]
    shown = ask(client, "GET", PATH, 200)
    assert [each["id"] for each in shown] == by_label
    assert shown[1] == {
        "id": numbered(1),
        "label": "b",
        "store_type": "http_object_store",
        "provider": "p",
        "store_product": "s",
        "region": "r",
        "default_storage": True,
        "tags": {"tier": ["hot", "near"]},
    }
    assert [each["default_storage"] for each in shown] == [False, True, False, False]
    for is_reversed, wanted in (("false", by_label), ("true", by_label[::-1])):
        found = pages(client, PATH, limit=3, reverse_order=is_reversed)
        assert [each["id"] for page in found for each in page.json()] == wanted
        assert [page.headers["x-paging-count"] for page in found] == ["3", "1"]
        assert {page.headers["x-paging-reverse-order"] for page in found} == {is_reversed}
    assert ids(client, PATH, **{"tag.tier": "near,cold"}) == [numbered(2), numbered(1)]
    assert ids(client, PATH, **{"tag_exists.tier": "false"}) == [numbered(4), numbered(3)]
    for bad in ({"tag_exists.tier": "x"}, {"reverse_order": "x"}, {"limit": "0"}, {"page": "x"}):
        ask(client, "GET", PATH, 400, params=bad)
