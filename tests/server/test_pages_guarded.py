"""What stands around ``/ui``: who may look, what a browser may do, errors that can be read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest

import tams_analytics as ta
from tams_analytics.tables.formats import MULTI
from tams_command.words import INSTANTS, SPELLINGS
from tests.server.served import served
from tests.server.worlds import F1, UNKNOWN, S, make_flow

PATHS = ("/ui", "/ui/sources", f"/ui/flows/{F1}", "/ui/timeline", "/ui/integrity")
HOSTILE = "</script><script>alert(1)</script><b style='color:red'>\"'&"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TOKEN = "to+ken/="  # noqa: S105 - of these tests
SHARED = {"TAMS_AUTH_TOKENS": f"{TOKEN}=read,other=write"}


class Links(HTMLParser):
    """Where a page leads and what it loads; and what strict policies refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.refused: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.addresses += [value for name in ("href", "src") if (value := said.get(name))]
        self.refused += [name for name in said if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in said):
            self.refused += [] if said.get("type") == "application/json" else [tag]


@pytest.fixture
def hostile() -> Any:
    """A store whose every text is meant to break out of a page."""
    with ta.connect(":memory:") as store:
        make_flow(store, F1, label=HOSTILE, description=HOSTILE, tags={HOSTILE: HOSTILE})
        store.writes.set_source_label(S, HOSTILE)
        segment = {"object_id": HOSTILE, "timerange": "[0:0_1:0)"}
        given = [{"url": "https://media.example/x", "label": "x"}]
        store.writes.create_segments(F1, {**segment, "get_urls": given})
        yield store


def test_a_browser_is_sent_to_the_pages_and_others_get_the_list() -> None:
    """§12."""
    with served() as client:
        for head in (client.get, client.head):
            sent = head("/", headers=BROWSER, follow_redirects=False)
            assert (303, "/ui") == (sent.status_code, sent.headers["location"])
        for accept in ("*/*", "application/json, text/html", "text/htmlx", ""):
            answer = client.get("/", headers={"Accept": accept}, follow_redirects=False)
            assert (200, "Accept") == (answer.status_code, answer.headers["vary"])
            assert "flows" in answer.json()


def test_behind_a_proxy_a_browser_is_sent_below_its_prefix() -> None:
    with served(TAMS_PUBLIC_URL="https://media.example/tams") as client:
        sent = client.get("/?access_token=a%2Bb", headers=BROWSER, follow_redirects=False)
        page = client.get("/ui/sources")
    assert "/tams/ui?access_token=a%2Bb" == sent.headers["location"]
    assert "https://media.example/tams/sources?" in page.text
    here = "https://media.example/tams/ui/sources"
    for address in Links(page.text).addresses:
        assert urljoin(here, address).startswith(("https://media.example/tams/", "data:,"))


def test_pages_can_be_switched_off() -> None:
    with served(TAMS_UI="0") as client:
        assert [404] * len(PATHS) == [client.get(path).status_code for path in PATHS]
        assert "application/json" == client.get("/ui").headers["content-type"]
        answer = client.get("/", headers=BROWSER, follow_redirects=False)
        assert (200, "application/json") == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_a_strict_policy_and_holds_nothing_that_it_refuses(
    hostile: ta.Store, path: str
) -> None:
    with served(hostile) as client:
        page, other = client.get(path), client.get(path)
    policies = [each.headers["content-security-policy"] for each in (page, other)]
    found = re.findall(r"'nonce-([\w-]{22})'", " ".join(policies))
    assert 2 == len({*found})
    assert (
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…'; img-src 'self' data:;"
        " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ) == policies[0].replace(found[0], "…")
    assert "nosniff" == page.headers["x-content-type-options"]
    assert "no-referrer" == page.headers["referrer-policy"]
    assert "no-store" == page.headers["cache-control"]
    assert [] == Links(page.text).refused
    assert "<script>alert" not in page.text


def test_no_page_says_where_it_is_but_in_what_is_copied(hostile: ta.Store) -> None:
    with served(hostile) as client:
        for path in PATHS:
            for address in Links(client.get(path).text).addresses:
                assert not urljoin("/", address).startswith(("http", "//")), path


@pytest.mark.parametrize("path", [*PATHS, "/ui.json", "/ui/timeline.js", "/ui/style.css"])
def test_pages_want_the_credential_that_the_api_wants(hostile: ta.Store, path: str) -> None:
    with served(hostile, **SHARED) as client:
        refused = client.get(path)
        assert (401, 'Bearer realm="TAMS"') == (
            refused.status_code,
            refused.headers["www-authenticate"],
        )
        assert 403 == client.get(path, headers={"Authorization": "Bearer other"}).status_code
        assert 200 == client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code
        assert 200 == client.get(path, params={"access_token": TOKEN}).status_code


def test_who_shows_nothing_is_told_how_on_a_page() -> None:
    with served(**SHARED) as client:
        refused = client.get("/ui")
        assert "text/html; charset=utf-8" == refused.headers["content-type"]
        assert "access_token" in refused.text
        assert "application/json" == client.get("/ui.json").headers["content-type"]
    with served(TAMS_AUTH_BASIC="ann:geheim=read") as client:
        assert 'Basic realm="TAMS"' == client.get("/ui").headers["www-authenticate"]
        assert 200 == client.get("/ui", auth=("ann", "geheim")).status_code


@pytest.mark.parametrize("path", PATHS)
def test_links_keep_the_token_and_texts_to_copy_do_not(hostile: ta.Store, path: str) -> None:
    with served(hostile, **SHARED) as client:
        page = client.get(path, params={"access_token": TOKEN})
        twin = client.get(f"{path}.json", params={"access_token": TOKEN})
        own = [each for each in Links(page.text).addresses if not each.startswith(("#", "data:"))]
        assert own
        for address in own:
            assert 200 == client.get(urljoin(path, address)).status_code, address
    assert TOKEN not in twin.text
    for copy in twin.json()["copy_as"]:
        assert copy["curl"].startswith('curl -H "Authorization: Bearer $TAMS_TOKEN" ')


def test_errors_are_pages_that_say_what_there_is() -> None:
    with served() as client:
        for path, status, said in (
            ("/ui/nothing", 404, "there is no path /ui/nothing"),
            (f"/ui/flows/{UNKNOWN}", 404, UNKNOWN),
            ("/ui/timeline?timerange=junk", 400, "is not a TAMS timerange"),
            ("/ui/timeline?timerange=2026-08-31", 400, SPELLINGS),
            ("/ui/timeline?view=20:00", 400, SPELLINGS),
            (f"/ui/flows/{UNKNOWN}?at=20:00", 400, INSTANTS),
            ("/ui/timeline?view=_", 400, "has no two bounds"),
            ("/ui/timeline?by=day", 400, "is not a kind of lane"),
            (
                "/ui/timeline?timerage=_",
                400,
                "timerage: &#39;_&#39; is no parameter of this request",
            ),
            ("/ui/timeline?timerage=_", 400, "expected one of timerange, by, flow, source, view"),
            ("/ui/sources?tag.a=b&limits=9&offset=1", 400, "and neither are limits, offset"),
            (f"/ui/flows/{UNKNOWN}?around=0:0", 400, "around"),
            ("/ui?at=0:0", 400, "it takes no parameter"),
            ("/ui/sources?limit=x", 400, "is no whole number"),
            ("/ui/sources?page=x", 400, "is no key of this listing"),
            ("/ui/flows?key=nobody", 404, "nobody"),
        ):
            page = client.get(path)
            assert (status, "text/html; charset=utf-8") == (
                page.status_code,
                page.headers["content-type"],
            ), path
            assert said in page.text, path
            assert "content-security-policy" in page.headers
            assert ("an overview" in page.text) == (status == 404)


def test_the_error_of_a_twin_is_that_of_the_api() -> None:
    with served() as client:
        refused = client.get("/ui/timeline.json?timerange=junk")
        missing = client.get(f"/ui/flows/{UNKNOWN}.json")
        script = client.get("/ui/other.js")
    assert (400, "BadTimeRange") == (refused.status_code, refused.json()["type"])
    assert (404, "NotFound") == (missing.status_code, missing.json()["type"])
    assert (404, "NotFound") == (script.status_code, script.json()["type"])


def test_pages_only_read() -> None:
    with served() as client:
        for path in ("/ui", "/ui.json", "/ui/integrity", "/ui/sources.json"):
            for ask in (client.post, client.put, client.delete):
                refused = ask(path)
                assert (405, "GET, HEAD, OPTIONS") == (
                    refused.status_code,
                    refused.headers["allow"],
                )
            head = client.head(path)
            assert (200, b"") == (head.status_code, head.content)


def test_a_flow_is_found_by_its_label_or_the_beginning_of_its_id(hostile: ta.Store) -> None:
    with served(hostile) as client:
        for key in (HOSTILE, F1[:5], F1):
            sent = client.get("/ui/flows", params={"key": key}, follow_redirects=False)
            assert (303, f"/ui/flows/{F1}") == (sent.status_code, sent.headers["location"])


def test_a_label_in_an_address_leads_to_the_page_that_is_meant() -> None:
    with ta.connect(":memory:") as store, served(store) as client:
        make_flow(store, F1, label="Camera 1")
        store.writes.set_source_label(S, "Studio 1")
        for path, there in (
            ("/ui/flows/Camera 1", f"/ui/flows/{F1}"),
            ("/ui/flows/Camera%201.json?at=0:0", f"/ui/flows/{F1}.json?at=0%3A0"),
            (f"/ui/flows/{F1[:6]}?access_token=x", f"/ui/flows/{F1}?access_token=x"),
            ("/ui/sources/Studio 1", f"/ui/sources?source={S}"),
            (f"/ui/sources/{S}", f"/ui/sources?source={S}"),
        ):
            sent = client.get(path, follow_redirects=False)
            assert (303, there) == (sent.status_code, sent.headers["location"])
            assert 200 == client.get(path).status_code
        for path, near in (("/ui/flows/camera 2", "Camera 1"), ("/ui/sources/studio", "Studio 1")):
            missing = client.get(path)
            assert 404 == missing.status_code
            assert f"labels like it: {near}" in missing.text.replace("&#39;", "")


def test_what_has_neither_label_nor_description_has_its_pages() -> None:
    with ta.connect(":memory:") as store, served(store) as client:
        store.writes.put_flow({"id": F1, "source_id": S, "format": MULTI, "container": "video/mp4"})
        for path in (*PATHS, f"/ui/sources/{S}", "/ui/timeline?by=source&timerange=_"):
            assert 200 == client.get(path).status_code, path
        assert S in client.get("/ui/sources").text


def test_a_slash_behind_the_first_page_is_taken_away() -> None:
    with served(TAMS_PUBLIC_URL="https://media.example/tams") as client:
        sent = client.get("/ui/?access_token=a%2Bb", follow_redirects=False)
    assert (308, "/tams/ui?access_token=a%2Bb") == (sent.status_code, sent.headers["location"])


def test_the_api_knows_nothing_of_the_pages() -> None:
    with served() as client:
        assert [] == [path for path in client.get("/openapi.json").json()["paths"] if "/ui" in path]


@pytest.mark.parametrize("path", ["/ui.json", "/ui/sources.json"])
def test_the_data_of_a_page_is_guarded_like_the_page(hostile: ta.Store, path: str) -> None:
    with served(hostile) as client:
        headers = client.get(path).headers
    assert "no-store" == headers["cache-control"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "content-security-policy" in headers
