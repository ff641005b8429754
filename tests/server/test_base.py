"""What the server's URLs begin with."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request

from tams_server.base import base_url

HOST = [(b"accept", b"*/*"), (b"host", b"tams.example:8000")]


@pytest.mark.parametrize(
    "seen",
    [
        {"headers": HOST},
        {"headers": HOST, "scheme": "https", "server": ("10.0.0.1", 443)},
        {"headers": HOST, "root_path": "/tams/v8", "path": "/tams/v8/flows"},
        {"headers": HOST, "root_path": "/a/b", "app_root_path": "/a", "path": "/a/b/flows"},
        {"headers": [(b"host", b"two.example"), (b"host", b"other.example")]},
        {"headers": [], "server": ["10.0.0.1", 8000]},
        {"headers": [], "server": ("10.0.0.1", 80)},
        {"headers": [], "server": ("/run/socket", None)},
        {"headers": []},
    ],
)
def test_it_is_starlette_s(seen: dict[str, Any]) -> None:
    scope = {"type": "http", "scheme": "http", "path": "/flows", "query_string": b"a=b", **seen}

    assert base_url(scope) == str(Request(dict(scope)).base_url)
