"""Who may ask: every scheme, every scope, and nothing before that is known."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import Response
from fastapi.testclient import TestClient

from tams_analytics.errors import BadParameter
from tams_server.answers import json_answer
from tams_server.principals import Principal
from tams_server.settings import load
from tests.server.served import served
from tests.server.worlds import F1, S

TOKENS = "all-token,reader:read-token=read,writer:write-token=read+write,padded==:".rstrip(":")
BASIC = "ann:pass:word=read,bob:geheim"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with served(TAMS_AUTH_TOKENS=TOKENS, TAMS_AUTH_BASIC=BASIC) as asked:
        yield asked


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/flows"),
        ("GET", "/flows/no-uuid"),
        ("GET", "/nothing"),
        ("PATCH", "/"),
        ("POST", "/sources"),
        ("GET", "/sources?limit=none"),
        ("DELETE", f"/flows/{F1}"),
        ("GET", "/metrics"),
        ("GET", "/_mgmt/health"),
        ("GET", "/openapi.json"),
        ("GET", "/_mgmt%2Fping"),
        ("GET", f"/media/{F1}/a"),
        ("OPTIONS", "/flows"),
    ],
)
def test_without_a_credential_nothing_is_looked_at(
    client: TestClient, method: str, path: str
) -> None:
    """§14: 401 also for what is ill-formed or not there; R6: it comes first; §9."""
    for headers in ({}, bearer("wrong"), {"Authorization": "Digest x"}, {"Authorization": "x"}):
        answer = client.request(method, path, headers=headers)
        assert 401 == answer.status_code
        assert 'Bearer realm="TAMS", Basic realm="TAMS"' == answer.headers["www-authenticate"]
        if method != "HEAD":
            assert {"type", "summary", "time", "message"} <= {*answer.json()}


@pytest.mark.parametrize("token", ["all-token", "read-token", "write-token", "padded=="])
def test_tokens_are_taken_from_the_header_and_from_the_url(client: TestClient, token: str) -> None:
    """§15, §17."""
    assert 200 == client.get("/", headers=bearer(token)).status_code
    assert 200 == client.get("/", headers={"Authorization": f"bearer {token}"}).status_code
    assert 200 == client.get("/", params={"access_token": token}).status_code


def test_users_show_their_password(client: TestClient) -> None:
    """§16, §19; a password may hold a colon."""
    assert 200 == client.get("/", auth=("ann", "pass:word")).status_code
    assert 200 == client.get("/", auth=("bob", "geheim")).status_code
    for wrong in (("ann", "geheim"), ("nobody", "geheim"), ("ann", ""), ("", "")):
        assert 401 == client.get("/", auth=wrong).status_code


def test_a_header_that_is_wrong_is_not_saved_by_the_url(client: TestClient) -> None:
    found = client.get("/", params={"access_token": "all-token"}, headers=bearer("wrong"))
    assert 401 == found.status_code


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        ("read-token", "GET", "/flows/no-uuid", 404),
        ("read-token", "POST", "/sources", 403),
        ("read-token", "PUT", f"/flows/{F1}", 403),
        ("read-token", "DELETE", f"/sources/{S}", 403),
        ("write-token", "DELETE", "/nothing", 403),
        ("write-token", "POST", "/service", 403),
        ("write-token", "GET", "/service/webhooks", 403),
        ("write-token", "POST", "/service/webhooks", 403),
        ("write-token", "POST", "/nothing", 404),
    ],
)
def test_a_scope_that_is_missing_is_403(
    client: TestClient, token: str, method: str, path: str, status: int
) -> None:
    """§19, R6."""
    answer = client.request(method, path, headers=bearer(token))
    assert status == answer.status_code
    assert (status == 403) == ("this needs the scope" in answer.json()["message"])


def test_routes_are_told_who_asks() -> None:
    """§20: what ``created_by`` is taken from."""

    def who(principal: Principal) -> Response:
        return json_answer(principal)

    with served(TAMS_AUTH_TOKENS="writer:t=read,u", TAMS_AUTH_BASIC="ann:p") as client:
        client.app.add_api_route("/who", who)
        assert "writer" == client.get("/who", headers=bearer("t")).json()
        assert "token 2" == client.get("/who", headers=bearer("u")).json()
        assert "ann" == client.get("/who", auth=("ann", "p")).json()


def test_the_ping_and_signed_urls_need_no_credential(client: TestClient) -> None:
    assert 200 == client.get("/_mgmt/ping").status_code
    wrongly_signed = client.get(f"/media/{F1}/a?expires=1&signature=x")
    assert 401 != wrongly_signed.status_code


def test_without_configuration_nobody_has_to_say_who_they_are() -> None:
    """F84."""
    with served() as client:
        assert 200 == client.get("/").status_code
        assert 200 == client.get("/", headers=bearer("whatever")).status_code


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("TAMS_AUTH_TOKENS", "a,geheim=reed", "entry 2"),
        ("TAMS_AUTH_TOKENS", "gehe im", "entry 1"),
        ("TAMS_AUTH_TOKENS", "geheim=read+", "entry 1"),
        ("TAMS_AUTH_BASIC", "geheim", "entry 1"),
        ("TAMS_AUTH_BASIC", "user:geh=eim", "entry 1"),
        ("TAMS_AUTH_JWKS_URL", "https://keys", "TAMS_AUTH_JWT_ISSUER is not set"),
        ("TAMS_AUTH_JWT_ISSUER", "no url", "is no URL"),
        ("TAMS_PUBLIC_URL", "http:///tams", "is no URL"),
        ("TAMS_PUBLIC_URL", "https://:443", "is no URL"),
        ("OTLP_ENDPOINT", "x", r"is no URL; expected http://host\[:port\] or"),
        ("TAMS_PORT", "70000", "is no port"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT"),
        ("CORS", "*", ""),
    ],
)
def test_settings_that_cannot_be_are_named_without_their_secrets(
    name: str, text: str, says: str
) -> None:
    """F52; L3."""
    if not says:
        assert ("*",) == load({name: text}).cors
        return
    with pytest.raises(BadParameter, match=says) as refused:
        load({name: text})
    assert "geh" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("QUERY_THREADS", "; expected TAMS_QUERY_THREADS"),
        ("LOG_LEVLE", "; expected LOG_LEVEL"),
        ("TAMS_S3_POOOL", "; expected TAMS_S3_POOL"),
        ("GET_URLS_MAX", "; expected GET_URLS_MAX_COUNT"),
        ("XYZ", "; expected a name in capitals that the README has"),
    ],
)
def test_a_name_in_the_file_that_nobody_reads_is_refused(
    tmp_path: Path, name: str, right: str
) -> None:
    """F52: it would do nothing, without a word."""
    file = tmp_path / "settings.toml"
    file.write_text("TAMS_S3_POOL = 4\nGET_URLS_MAX_COUNT = 2\nTAMS_AUTH_TOKENS_FILE = '/t'\n")
    with pytest.raises(BadParameter, match="TAMS_AUTH_TOKENS_FILE: '/t' cannot be read"):
        load({}, file)

    file.write_text(f"PORT = 8741\n{name} = 'geheim'\n")
    with pytest.raises(BadParameter, match=f"'{name}' is no setting{right}") as refused:
        load({}, file)
    assert "geheim" not in str(refused.value)


def test_a_variable_that_is_almost_a_setting_is_refused() -> None:
    """One letter less would leave the server open to all; others' variables are theirs."""
    with pytest.raises(BadParameter, match=r"TAMS_AUTH_TOKEN.* is no setting") as refused:
        load({"TAMS_AUTH_TOKEN": "geheim"})
    assert "expected TAMS_AUTH_TOKENS" in str(refused.value)
    assert "geheim" not in str(refused.value)
    load({"TAMS_REQUIRE_S3": "1", "TAMS_CACHE": "x", "TOKENS": "y"})


def test_secrets_show_in_no_repr_and_may_stand_in_a_file(tmp_path: Any) -> None:
    """F40: a file has an entry a line, in which a comma is a comma."""
    file = tmp_path / "users"
    file.write_text("ann:geheim,1\nbob:geheim=read\n")
    settings = load({"TAMS_AUTH_BASIC_FILE": str(file), "TAMS_AUTH_TOKENS": "geheim"})

    assert "geheim" not in repr(settings) + repr(settings.auth_basic)
    assert ["geheim,1", "geheim"] == [each.text for each in settings.auth_basic]
    with pytest.raises(BadParameter, match="TAMS_AUTH_TOKENS_FILE"):
        load({"TAMS_AUTH_TOKENS_FILE": str(tmp_path / "absent")})


def test_a_value_and_a_file_of_it_are_refused_together(tmp_path: Any) -> None:
    """One of them would be ignored, without a word; but the environment wins over the file."""
    tokens, file = tmp_path / "tokens", tmp_path / "settings.toml"
    tokens.write_text("geheim")
    both = {"TAMS_AUTH_TOKENS_FILE": str(tokens), "TAMS_AUTH_TOKENS": "offen"}
    with pytest.raises(BadParameter, match="is set beside TAMS_AUTH_TOKENS; expected one"):
        load(both)
    file.write_text(f'TAMS_AUTH_TOKENS_FILE = "{tokens}"')
    [kept] = load({"TAMS_AUTH_TOKENS": "offen"}, file).auth_tokens
    assert "offen" == kept.text


def test_a_file_that_the_settings_name_lies_beside_them(tmp_path: Any) -> None:
    (tmp_path / "tokens").write_text("geheim")
    (tmp_path / "settings.toml").write_text('TAMS_AUTH_TOKENS_FILE = "tokens"')
    [kept] = load({"TAMS_SETTINGS": str(tmp_path / "settings.toml")}).auth_tokens
    assert "geheim" == kept.text


class Keys:
    """An issuer: a key, and a server that tells its public half."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(65537, 2048)
        self.asked = 0
        keys = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys.asked += 1
                told = jwt.algorithms.RSAAlgorithm.to_jwk(keys.private.public_key(), as_dict=True)
                body = json.dumps({"keys": [{**told, "kid": "k", "use": "sig"}]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Not to stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> Keys:
        self.thread.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.stop()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def token(self, key: Any = None, headers: Any = None, **changed: Any) -> str:
        soon = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)
        claims = {"iss": self.url, "aud": "tams", "sub": "ann", "scope": "read", "exp": soon}
        kept = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        head = {"kid": "k", **(headers or {})}
        return jwt.encode(kept, key or self.private, algorithm="RS256", headers=head)


@pytest.fixture(scope="module")
def keys() -> Iterator[Keys]:
    with Keys() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def trusting(keys: Keys) -> Iterator[TestClient]:
    """A server that takes the tokens of that issuer for ``tams``."""
    with served(TAMS_AUTH_JWT_ISSUER=keys.url, TAMS_AUTH_JWT_AUDIENCE="tams") as client:
        yield client


def test_tokens_of_an_issuer_are_taken_with_their_scopes(trusting: TestClient, keys: Keys) -> None:
    """§15, §19; the keys are asked for once."""
    for scopes in ("read write", ["read", "write"]):
        token = bearer(keys.token(scope=scopes))
        assert 200 == trusting.get("/", headers=token).status_code
        assert 403 == trusting.delete("/nothing", headers=token).status_code
        assert 404 == trusting.post("/nothing", headers=token).status_code
    assert 200 == trusting.get("/", params={"access_token": keys.token()}).status_code
    assert 403 == trusting.get("/", headers=bearer(keys.token(scope=None))).status_code
    assert 1 == keys.asked


def test_tokens_that_do_not_hold_are_refused(trusting: TestClient, keys: Keys) -> None:
    """§19."""
    other = rsa.generate_private_key(65537, 2048)
    before = dt.datetime.now(dt.timezone.utc) - dt.timedelta(minutes=5)
    good = keys.token()
    head, body, _signature = good.split(".")
    bad = {
        "of another key": keys.token(other),
        "expired": keys.token(exp=before),
        "of another issuer": keys.token(iss="https://other"),
        "for somebody else": keys.token(aud="other"),
        "without an end": keys.token(exp=None),
        "without an audience": keys.token(aud=None),
        "without a name": keys.token(sub=None),
        "of an unknown key": keys.token(headers={"kid": "z"}),
        "unsigned": f"{head}.{body}.",
        "of no algorithm": jwt.encode({"sub": "ann", "iss": keys.url}, None, algorithm="none"),
        "no token": "a.b.c",
    }
    for what, token in bad.items():
        assert 401 == trusting.get("/", headers=bearer(token)).status_code, what
    assert 200 == trusting.get("/", headers=bearer(good)).status_code


def test_scopes_may_stand_in_another_claim_under_a_prefix(keys: Keys) -> None:
    more = {"TAMS_AUTH_JWT_SCOPE_CLAIM": "cognito:groups", "TAMS_AUTH_JWT_SCOPE_PREFIX": "tams/"}
    with served(TAMS_AUTH_JWT_ISSUER=keys.url, **more) as client:
        groups = {"cognito:groups": ["tams/read", "delete", "other/write"], "scope": "admin"}
        token = bearer(keys.token(**groups))
        assert 200 == client.get("/", headers=token).status_code
        assert 403 == client.delete("/nothing", headers=token).status_code
        assert 403 == client.post("/service", headers=token).status_code


def test_an_issuer_that_does_not_answer_is_503() -> None:
    """R6: a failure inside; the credential may be good."""
    issuer = Keys()
    with issuer:
        token = issuer.token()
    with served(TAMS_AUTH_JWT_ISSUER=issuer.url, TAMS_AUTH_TOKENS="t") as client:
        assert 503 == client.get("/", headers=bearer(token)).status_code
        assert 200 == client.get("/", headers=bearer("t")).status_code
