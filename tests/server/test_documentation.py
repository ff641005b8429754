"""``/docs``: a page that needs nobody but this server (F25)."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from tests.server.served import served


@pytest.mark.parametrize("query", ["", "?access_token=to%2Bken%3D"])
def test_the_page_asks_this_server_alone(query: str) -> None:
    with served(**({"TAMS_AUTH_TOKENS": "to+ken="} if query else {})) as client:
        page = client.get(f"/docs{query}")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "//" not in page.text
        addresses = re.findall(r"(?:src=\"|stylesheet\" href=\"|url: ['\"])([^'\"]+)", page.text)
        kinds = [kind_of(client, urljoin("/docs", each)) for each in addresses]
    assert sorted(kinds) == ["application/json", "text/css", "text/javascript"]


def kind_of(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.headers["content-type"].partition(";")[0]


def test_a_token_is_no_html() -> None:
    with served() as client:
        page = client.get("/docs", params={"access_token": "\"'><script>x</script>"})
    assert "<script>x" not in page.text
    assert "'>" not in page.text


def test_it_is_protected_like_all_else() -> None:
    with served(TAMS_AUTH_TOKENS="to+ken") as client:
        assert client.get("/docs").status_code == 401
        assert client.get("/docs/swagger-ui.css").status_code == 401
