"""What is said where Trino does not answer, or does not find or keep something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.engines.trino.address import Address
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Unsupported
from tams_analytics.settings import Settings
from tests.support import trino_peer
from tests.support.trino_peer import Answer

BEGUN = Answer(columns=(), pages=(), transaction="t_1")


def engine_at(place: str, scheme: str = "trino") -> Any:
    return ta.connect(f"{scheme}://analyst@{place}/vast/tams/meta")._engine


@pytest.mark.parametrize(
    ("scheme", "place", "says"),
    [
        ("trino", "127.0.0.1:1", "127.0.0.1:1 does not answer: Connection refused"),
        ("trino+https", "127.0.0.1:1", "127.0.0.1:1 does not answer: Connection refused"),
        ("trino", "[::1]:1", "[::1]:1 does not answer: "),
    ],
)
def test_a_server_that_is_not_there_is_told_once(scheme: str, place: str, says: str) -> None:
    with pytest.raises(EngineFailed) as caught:
        engine_at(place, scheme).query("SELECT 1")

    assert says in str(caught.value)
    assert "retries" not in str(caught.value)


def test_a_port_without_tls_is_named_as_such() -> None:
    with trino_peer.serving() as peer, pytest.raises(EngineFailed) as caught:
        engine_at(peer.place, "trino+https").query("SELECT 1")

    assert str(caught.value).endswith(
        "this port speaks no TLS, which is what trino+https:// asks for"
    )


@pytest.mark.parametrize(
    ("sql", "name", "message", "says"),
    [
        (
            "SELECT *\nFROM objects.s3.objects",
            "SCHEMA_NOT_FOUND",
            "line 2:6: Schema 's3' does not exist",
            "there is no schema objects.s3; SHOW SCHEMAS FROM objects lists",
        ),
        (
            'SELECT * FROM "my ""lake"."s 3".objects',
            "SCHEMA_NOT_FOUND",
            "line 1:15: Schema 's 3' does not exist",
            'there is no schema "my ""lake".s 3; SHOW SCHEMAS FROM "my ""lake" lists',
        ),
        (
            "SELECT * FROM nosuch.b",
            "SCHEMA_NOT_FOUND",
            "line 1:15: Schema 'nosuch' does not exist",
            "there is no schema vast.nosuch; SHOW SCHEMAS FROM vast lists",
        ),
        (
            'SELECT * FROM "vast"."nosuch"."b"',
            "SCHEMA_NOT_FOUND",
            "line 1:15: Schema 'nosuch' does not exist",
            "there is no schema vast.nosuch; SHOW SCHEMAS FROM vast lists",
        ),
        (
            "SELECT * FROM nosuch.b",
            "SCHEMA_NOT_FOUND",
            "line 9:99: Schema 'nosuch' does not exist",
            "there is no schema vast.nosuch; SHOW SCHEMAS FROM vast lists",
        ),
        (
            "SELECT * FROM vats.a.b",
            "CATALOG_NOT_FOUND",
            "line 1:15: Catalog 'vats' not found",
            "there is no catalog vats; SHOW CATALOGS lists",
        ),
    ],
)
def test_what_is_not_there_is_named_whole_and_where_others_are_listed(
    sql: str, name: str, message: str, says: str
) -> None:
    missing = Answer(pages=[], error=(name, "USER_ERROR", message))
    with trino_peer.serving(BEGUN, missing) as peer, pytest.raises(BadParameter) as caught:
        engine_at(peer.place).query(sql)
    assert says in str(caught.value)

    with trino_peer.serving(missing) as peer, pytest.raises(NotFound) as told:
        engine_at(peer.place).backend.read(sql, doing="reading")
    assert str(told.value).startswith(says)


@pytest.mark.parametrize("place", ["VAST/TAMS/NEWS2", "vast/tams/News2", "Vast/tams/news2"])
def test_a_name_in_capitals_is_told_as_it_is_to_be_written(place: str) -> None:
    with pytest.raises(BadParameter, match=r"expected vast/tams/news2$"):
        Address.parse(f"trino://me@h/{place}", Settings())


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("CREATE OR REPLACE VIEW x.y.z AS SELECT 1", "keeps views, as one of Iceberg's"),
        ("CREATE FUNCTION x.y.z() RETURNS int RETURN 1", "keeps functions, as one of Hive's"),
    ],
)
def test_a_catalog_that_keeps_none_is_told_which_does(statement: str, says: str) -> None:
    refused = Answer(pages=[], error=("NOT_SUPPORTED", "USER_ERROR", "This connector does not"))
    with trino_peer.serving(refused) as peer, pytest.raises(Unsupported, match=says):
        engine_at(peer.place).installing("x", "y").install(statement)


@pytest.mark.parametrize(("there", "made"), [(1, False), (0, True)])
def test_a_schema_is_made_where_it_is_not_there(there: int, made: bool) -> None:
    counted = Answer(columns=[("n", "bigint")], pages=[[[there]]])
    with trino_peer.serving(counted, Answer(columns=(), pages=())) as peer:
        assert made == engine_at(peer.place).installing("lake", 'new "6"').make_schema()
        assert made == (peer.queries[-1] == 'CREATE SCHEMA IF NOT EXISTS "lake"."new ""6"""')


def test_trino_keeps_no_file_to_copy() -> None:
    with pytest.raises(Unsupported, match="tables of Iceberg keep their own"):
        engine_at("127.0.0.1:1").snapshots()


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("trino://ute%0Amüller@h/c/s", "user: .*müller' cannot be sent to Trino in a header"),
        ("trino://日本@h/c/s", "user: '日本' cannot be sent .*; expected letters of Latin-1"),
        ("trino://me@h/c/s?source=nightly%20", "source: 'nightly ' cannot be sent"),
        ("trino://me@h/c/s?client_tags=a%0Ab", "client_tags: .* cannot be sent"),
        ("trino://me@h/c/s?role=日", "role: .* cannot be sent"),
        ("trino+https://me:日@h/c/s", r"password: '\*\*\*' cannot be sent"),
        ("trino+https://me@h/c/s?ca=/no/such.pem", "ca: .* cannot be read: No such file or"),
    ],
)
def test_what_no_coordinator_could_be_sent_is_told_at_once(place: str, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        Address.parse(place, Settings())


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("none")
    with pytest.raises(
        BadParameter, match=r"ca\.pem' holds no certificates; expected a file in PEM"
    ):
        Address.parse(f"trino+https://me@h/c/s?ca={wrong}", Settings())
    assert (
        str(tmp_path) == Address.parse(f"trino+https://me@h/c/s?ca={tmp_path}", Settings()).verify
    )


def test_names_of_latin_1_are_sent() -> None:
    assert "jörg" == Address.parse("trino://j%C3%B6rg@h/c/s?source=a%20b", Settings()).user


DENIED = (
    "io.trino.spi.security.AccessDeniedException: Access Denied: Cannot set role 'boss'\n"
    "\tat io.trino.spi.security.AccessDeniedException.denySetRole(AccessDeniedException.java:708)"
)


@pytest.mark.parametrize(
    ("status", "raw", "says"),
    [
        (500, DENIED, " does not let this user in: Access Denied: Cannot set role 'boss'; role="),
        (
            403,
            "Access Denied: User a\n",
            " does not let this user in: error 403: Access Denied: User a; TAMS_",
        ),
        (401, "<html>\n<p>Log in</p></html>", " does not let this user in: error 401; TAMS_TRINO_"),
        (
            500,
            "java.lang.Error: it's\n\tat a",
            " does not answer: error 500: java.lang.Error: it's",
        ),
        (404, '<!DOCTYPE html>\n"none"', " does not answer: error 404"),
        (400, "{}", " does not answer: error 400: {}"),
    ],
)
def test_an_answer_over_http_is_told_by_its_first_line(status: int, raw: str, says: str) -> None:
    answer = Answer(columns=(), pages=(), status=status, raw=raw)
    with trino_peer.serving(answer, answer) as peer, pytest.raises(EngineFailed) as caught:
        engine_at(peer.place).query("SELECT 1")

    said = str(caught.value)
    assert f"{peer.place}{says}" in said
    assert not {"\n", "\t", "\\", "<"} & {*said}


def test_a_session_property_that_is_not_known_is_one_of_the_url() -> None:
    wrong = Answer(
        columns=(), pages=(), error=("INVALID_SESSION_PROPERTY", "USER_ERROR", "no such property")
    )
    with trino_peer.serving(wrong) as peer, pytest.raises(EngineFailed, match="=VALUE in the URL"):
        engine_at(peer.place).backend.read("SELECT 1", doing="asking")


def test_half_a_surrogate_pair_is_no_text() -> None:
    with (
        trino_peer.serving() as peer,
        pytest.raises(BadParameter, match=r"text: .*ud800 label.* is no text; expected whole char"),
    ):
        engine_at(peer.place).backend.read("SELECT 'a \ud800 label'", doing="asking")

    assert not peer.sent
