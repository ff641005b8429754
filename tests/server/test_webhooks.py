"""Webhooks over HTTP (F4, statements 42 to 60 and 220 to 232)."""

from __future__ import annotations

import dataclasses
import logging
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.contract.specification import Specification
from tests.server.worlds import UNKNOWN

PATH = "/service/webhooks"
KEY = "Bearer 5f3c-very-secret"
WHOLE = {
    "url": "https://hook.example.com/a",
    "api_key_name": "Authorization",
    "events": ["flows/created", "flows/segments_added"],
    "flow_ids": [UNKNOWN],
    "source_ids": [],
    "flow_collected_by_ids": [],
    "source_collected_by_ids": [UNKNOWN],
    "accept_get_urls": ["a", "b"],
    "accept_storage_ids": [UNKNOWN],
    "presigned": False,
    "verbose_storage": True,
    "include_object_timerange": True,
    "tags": {"team": ["a", "b"], "none": []},
}
LEAST = {"url": "https://hook.example.com/b", "events": ["sources/deleted"]}
ON_DUCKDB = pytest.mark.parametrize("engine_name", ["duckdb"])


def made(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={**LEAST, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_220_a_webhook_is_made_read_replaced_and_deleted(client: TestClient, shared: Path) -> None:
    """§220, §223, §225, §4: every field round trips, but for the key."""
    validator = Specification(shared).validator("webhook-get.json")
    first = client.post(PATH, json={**WHOLE, "api_key_value": KEY})
    assert first.status_code == 201
    document = first.json()
    validator.validate(document)
    assert document == {**WHOLE, "id": document["id"], "status": "created"}
    own = f"{PATH}/{document['id']}"
    assert client.get(own).json() == document
    assert client.head(own).status_code == 200

    put = client.put(own, json={**LEAST, "id": document["id"], "status": "disabled"})
    assert (201, {**LEAST, "id": document["id"], "status": "disabled"}) == (
        put.status_code,
        put.json(),
    )
    assert client.get(own).json() == put.json()

    assert (client.delete(own).status_code, client.delete(own).status_code) == (204, 404)
    missing = [client.get(own), client.head(own), client.put(own, json=put.json())]
    missing += [client.get(f"{PATH}/no-uuid"), client.delete(f"{PATH}/{UNKNOWN.upper()}A")]
    assert [404] * 5 == [answer.status_code for answer in missing]


def test_f4_the_key_is_kept_and_never_told(
    client: TestClient, store: ta.Store, caplog: pytest.LogCaptureFixture
) -> None:
    """§220, §223, L3: a PUT of what GET gave keeps the key, one with a key replaces it."""
    caplog.set_level(logging.DEBUG, logger="tams_analytics.audit")
    id = made(client, api_key_name="X-Key", api_key_value=KEY)["id"]
    own = f"{PATH}/{id}"

    def stored() -> Any:
        return store.webhooks.api_key_value.execute().tolist()

    client.put(own, json=client.get(own).json())
    assert [KEY] == stored()
    client.put(own, json={**client.get(own).json(), "api_key_value": "another"})
    assert ["another"] == stored()
    answers = [client.get(own), client.get(PATH), client.put(own, json=client.get(own).json())]
    assert all("api_key_value" not in answer.text for answer in answers)
    bad = client.post(PATH, json={**LEAST, "api_key_value": f"{KEY}\r\nHost: x"})
    assert bad.status_code == 400
    assert KEY not in bad.text + caplog.text


BAD: dict[str, dict[str, Any]] = {
    "unknown event": {"events": ["flows/renamed"]},
    "no events": {"events": None},
    "ftp": {"url": "ftp://hook.example.com"},
    "no host": {"url": "https://"},
    "a bad port": {"url": "https://hook.example.com:banana/"},
    "a host that is no name": {"url": "http://☃.example/x"},
    "a host of another alphabet": {"url": "http://bücher.example/x"},
    "a user": {"url": "http://u:p@hook.example.com/"},
    "a user without name": {"url": "http://@hook.example.com/"},
    "a control character": {"url": "http://hook.example.com/\x01"},
    "no text": {"url": 7},
    "an unknown filter": {"flow_tags": {"a": "b"}},
    "an unknown transformation": {"with_thumbnails": True},
    "no id": {"flow_ids": ["A"]},
    "no list": {"accept_get_urls": "a,b"},
    "no flag": {"presigned": "true"},
    "a header of ours": {"api_key_name": "Host"},
    "no header": {"api_key_name": "a b"},
    "error": {"status": "error"},
    "started": {"status": "started"},
    "null": {"source_ids": None},
    "bad tags": {"tags": {"a": 1}},
    "a loop": {"url": "http://127.0.0.1:9/"},
    "a loop by name": {"url": "http://localhost/"},
    "a loop in six": {"url": "http://[::ffff:127.0.0.1]/"},
    "a loop in NAT64": {"url": "http://[64:ff9b::7f00:1]/"},
    "a loop as a number": {"url": "http://2130706433/"},
    "private": {"url": "https://10.1.2.3/"},
    "link-local": {"url": "http://169.254.169.254/latest/meta-data"},
    "unique local": {"url": "http://[fd00::1]/"},
    "multicast": {"url": "http://224.0.0.1/"},
    "nowhere": {"url": "http://0.0.0.0/"},
}


@ON_DUCKDB
@pytest.mark.parametrize("why", BAD)
def test_221_222_232_what_is_wrong_or_not_supported_is_400(client: TestClient, why: str) -> None:
    """§221, §222, §232, F37."""
    good = made(client)
    for answer in (
        client.post(PATH, json={**LEAST, **BAD[why]}),
        client.put(f"{PATH}/{good['id']}", json={**good, **BAD[why]}),
    ):
        assert (400, "BadParameter") == (answer.status_code, answer.json()["type"])
    assert [good] == client.get(PATH).json()


@ON_DUCKDB
@pytest.mark.parametrize("missing", ["url", "events"])
def test_221_url_and_events_are_required(client: TestClient, missing: str) -> None:
    """§221."""
    body = {name: value for name, value in LEAST.items() if name != missing}
    assert client.post(PATH, json=body).status_code == 400


@ON_DUCKDB
def test_223_a_put_needs_id_and_status(client: TestClient) -> None:
    """§223: another id than that of the path is 404."""
    good = made(client)
    own = f"{PATH}/{good['id']}"
    for name in ("id", "status"):
        body = {key: value for key, value in good.items() if key != name}
        assert client.put(own, json=body).status_code == 400
    assert client.put(own, json={**good, "id": UNKNOWN}).status_code == 404


@ON_DUCKDB
def test_224_what_is_in_error_is_enabled_again_and_not_disabled(
    client: TestClient, store: ta.Store
) -> None:
    """§224."""
    error = '{"type":"ConnectError","summary":"no","time":"2026-09-01T00:00:00Z"}'
    id = made(client)["id"]
    own = f"{PATH}/{id}"
    store._engine.transact(
        lambda tx: tx.update("webhooks", {"id": id}, {"status": "error", "error": error})
    )
    document = client.get(own).json()
    assert (document["status"], document["error"]["summary"]) == ("error", "no")

    assert client.put(own, json={**document, "status": "disabled"}).status_code == 400
    again = client.put(own, json={**document, "status": "created"})
    assert (201, "created") == (again.status_code, again.json()["status"])
    assert "error" not in client.get(own).json()
    disabled = client.put(own, json={**again.json(), "status": "disabled"})
    assert (201, "disabled") == (disabled.status_code, disabled.json()["status"])


@ON_DUCKDB
def test_232_a_setting_allows_networks(client: TestClient, store: ta.Store) -> None:
    """§232."""
    allowed = (ip_network("127.0.0.0/8"),)
    engine = store._engine
    engine.settings = dataclasses.replace(engine.settings, webhook_allow_private=allowed)
    made(client, url="http://127.0.0.1:9/")
    assert client.post(PATH, json={**LEAST, "url": "http://10.0.0.1/"}).status_code == 400


def test_43_webhooks_are_listed_by_url_with_tags_and_pages(client: TestClient) -> None:
    """F4, §21, §22, §24, §25, §28, §29, §31, §32, §43, §45 to §54."""
    urls = [f"https://hook.example.com/{name}" for name in "cabd"]
    for at, url in enumerate(urls):
        made(client, url=url, tags={"n": [str(at), "x"], **({"odd": ""} if at % 2 else {})})

    def asked(query: str = "") -> list[str]:
        answer = client.get(f"{PATH}?{query}")
        assert answer.headers["X-Paging-Count"] == str(len(answer.json()))
        return [each["url"][-1] for each in answer.json()]

    assert asked() == ["a", "b", "c", "d"]
    assert asked("reverse_order=true") == ["d", "c", "b", "a"]
    assert asked("tag.n=0,2") == ["b", "c"]
    assert asked("tag.n=x&tag_exists.odd=true") == ["a", "d"]
    assert asked("tag_exists.odd=false&reverse_order=true") == ["c", "b"]

    pages, query = [], "limit=3&tag.n=x&reverse_order=true"
    while query:
        answer = client.get(f"{PATH}?{query}")
        pages.append([each["url"][-1] for each in answer.json()])
        query = answer.links["next"]["url"].partition("?")[2] if answer.links else ""
    assert [["d", "c", "b"], ["a"]] == pages
    for bad in ("limit=0", "page=nonsense", "reverse_order=1", "tag_exists.odd=maybe"):
        assert client.get(f"{PATH}?{bad}").status_code == 400
