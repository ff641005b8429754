"""Pages of other origins (§13), and the public URL."""

from __future__ import annotations

import pytest
from fastapi import Request, Response

from tests.server.served import served

ORIGIN = {"Origin": "https://page.example"}
PREFLIGHT = {
    **ORIGIN,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.mark.parametrize("path", ["/flows", "/nothing", "/service/webhooks"])
def test_a_preflight_is_answered_before_anybody_says_who_they_are(path: str) -> None:
    """§13: browsers send no credential with it."""
    with served(TAMS_AUTH_TOKENS="t") as client:
        answer = client.options(path, headers=PREFLIGHT)
        assert 200 == answer.status_code
        assert "*" == answer.headers["access-control-allow-origin"]
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert "authorization" in answer.headers["access-control-allow-headers"]


def test_links_and_pages_are_exposed_also_of_refusals() -> None:
    """§13."""
    with served(TAMS_AUTH_TOKENS="t") as client:
        for headers in (ORIGIN, {**ORIGIN, "Authorization": "Bearer t"}):
            answer = client.get("/", headers=headers)
            assert "*" == answer.headers["access-control-allow-origin"]
            exposed = {
                name.strip().lower()
                for name in answer.headers["access-control-expose-headers"].split(",")
            }
            pages = {"limit", "nextkey", "count", "reverse-order", "timerange"}
            assert {"link", *(f"x-paging-{name}" for name in pages)} <= exposed


def test_origins_can_be_few() -> None:
    with served(CORS="https://page.example, https://other.example") as client:
        allowed = client.get("/", headers=ORIGIN)
        assert "https://page.example" == allowed.headers["access-control-allow-origin"]
        refused = client.get("/", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in refused.headers
        assert 400 == client.options("/", headers={**PREFLIGHT, "Origin": "https://e"}).status_code


def test_behind_a_proxy_links_name_the_proxy() -> None:
    """§23: a Link is absolute, and leads to where clients are; the route is found without it."""

    def links(request: Request) -> Response:
        return Response(str(request.url))

    with served(TAMS_PUBLIC_URL="https://tams.example/api/") as client:
        client.app.add_api_route("/links/{name}", links)
        assert "https://tams.example/api/links/a?b=1" == client.get("/links/a?b=1").text
        assert 404 == client.get("/api/nothing").status_code
        assert 200 == client.get("/").status_code
