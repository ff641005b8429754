"""Bytes in a folder, over HTTP: signed URLs, ranges, streaming puts (F60, F64, F70)."""

from __future__ import annotations

import http.client
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics.media import directory, signing
from tams_analytics.media.storage import CHUNK_BYTES
from tams_analytics.writes import holding
from tams_server.app import create_app
from tams_server.credentials import as_tokens
from tams_server.settings import ServerSettings
from tests.server.served import served
from tests.server.serving import serving

FLOW = "11111111-1111-4111-8111-111111111111"
SOURCE = "99999999-9999-4999-8999-999999999999"
AUDIO = {"sample_rate": 48000, "channels": 2}
ODD = "clips/an object %2F ü?#"
HERE = "http://testserver"

pytestmark = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)


@pytest.fixture
def put_urls(client: TestClient, store: ta.Store) -> dict[str, str]:
    """Where two allocated objects may be put."""
    store.writes.create_flow({"id": FLOW, "source_id": SOURCE, "codec": "audio/aac"} | AUDIO)
    answer = client.post(f"/flows/{FLOW}/storage", json={"object_ids": ["a", ODD]})
    assert answer.status_code == 201
    return {each["object_id"]: each["put_url"]["url"] for each in answer.json()["media_objects"]}


def get_url(store: ta.Store, object_id: str) -> str:
    (key,) = store.objects.filter(ta._.id == object_id).storage_path.to_list()
    return store.storages.reading(backend(store), HERE)(key)


def backend(store: ta.Store) -> str:
    return store.settings.default_storage_backend_id


def test_what_is_put_is_what_get_gives_whole_and_in_ranges(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """F60: a bare PUT, and one with a content type; an answer has the object's. F70, §1."""
    for object_id, put in put_urls.items():
        assert client.put(put, content=b"first").status_code == 200
        typed = {"content-type": "text/plain"}
        assert client.put(put, content=b"0123456789", headers=typed).status_code == 200

        url = get_url(store, object_id)
        whole = client.get(url)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
        assert whole.headers["content-type"] == "audio/mp4"
        assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(url, headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    assert client.get(url, headers={"range": "bytes=-3"}).content == b"789"
    assert client.get(url, headers={"range": "bytes=7-"}).content == b"789"
    for asked, status, kind in ((10, 416, "RangeNotSatisfiable"), ("x", 400, "BadParameter")):
        refused = client.get(url, headers={"range": f"bytes={asked}-"})
        assert (refused.status_code, refused.json()["type"]) == (status, kind)
        assert refused.headers.get("content-range") == ("bytes */10" if status == 416 else None)
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "10"


def test_bytes_that_a_client_has_are_not_sent_again(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """HTTP's If-None-Match, as answers have an ETag."""
    assert 200 == client.put(put_urls["a"], content=b"0123").status_code
    url = get_url(store, "a")
    tag = client.get(url).headers["etag"]
    for method in ("GET", "HEAD"):
        kept = client.request(method, url, headers={"If-None-Match": f'"x", {tag}'})
        assert (304, b"", tag) == (kept.status_code, kept.content, kept.headers["etag"])
    assert b"0123" == client.get(url, headers={"If-None-Match": '"x"'}).content


def test_a_url_permits_what_it_says_for_its_time(
    client: TestClient,
    store: ta.Store,
    put_urls: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    get, put = get_url(store, "a"), put_urls["a"]
    assert client.get(get).status_code == 404
    client.put(put, content=b"kept")
    forbidden = [
        client.put(get, content=b"x"),
        client.get(put),
        client.get(get.replace("/a?", "/b?")),
        client.get(get.replace("signature=", "signature=0")),
        client.get(get.replace("expires=", "expires=9")),
        client.get(get.replace("expires=", "unknown=")),
    ]
    assert [each.status_code for each in forbidden] == [403] * len(forbidden)
    assert forbidden[0].json()["type"] == "Forbidden"
    assert client.get(get).content == b"kept"

    now = time.time()
    monkeypatch.setattr(signing, "time", lambda: now + 3601)
    assert client.put(put, content=b"x").status_code == 403
    monkeypatch.undo()
    store.writes.delete_object("a")
    assert client.put(put, content=b"x").status_code == 404


def test_an_unknown_storage_backend_is_refused_and_no_failure(client: TestClient) -> None:
    """No 5xx for what a client made up."""
    unknown = f"/media/{FLOW}/key?expires=1&signature=x"
    assert [client.get(unknown).status_code, client.put(unknown).status_code] == [403, 403]
    assert client.get(f"/media/{FLOW}/key").status_code == 403


def test_198_a_url_that_is_not_presigned_takes_a_credential(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """Where none is configured, everybody may; S3 is where the client is sent on to."""
    asked = {"object_ids": ["plain"], "presigned": False}
    (one,) = client.post(f"/flows/{FLOW}/storage", json=asked).json()["media_objects"]
    assert not one.get("presigned")
    url = one["put_url"]["url"]
    assert client.put(url, content=b"plain").status_code == 200
    assert client.get(url).content == b"plain"

    secret = {"auth_tokens": as_tokens("TAMS_AUTH_TOKENS", "writer=write,reader=read")}
    guarded = TestClient(create_app(store, ServerSettings(**secret)))
    writer, reader = ({"authorization": f"Bearer {name}"} for name in ("writer", "reader"))
    assert guarded.put(url, content=b"x").status_code == 401
    assert guarded.put(url, content=b"x", headers=reader).status_code == 403
    assert guarded.put(url, content=b"x", headers=writer).status_code == 200
    assert guarded.get(url, headers=reader).content == b"x"
    assert guarded.get(f"{url}?xsignature=1").status_code == 401
    assert guarded.put(put_urls["a"], content=b"signed").status_code == 200


@pytest.mark.parametrize("public_url", ["http://pub.example", "http://pub.example/tams"])
def test_only_a_signature_stands_in_for_a_credential(
    store: ta.Store, put_urls: dict[str, str], public_url: str
) -> None:
    """§14, §198: also where the server is seen below a path (`TAMS_PUBLIC_URL`)."""
    signed = put_urls["a"].removeprefix(HERE)
    bare, _mark, query = signed.partition("?")
    with served(store, TAMS_AUTH_TOKENS="t", TAMS_PUBLIC_URL=public_url) as guarded:
        for shown, status in {
            "xsignature=1": 401,
            "a=signature=1": 401,
            "signature": 403,
            "%73ignature=1": 403,
            f"x{query}": 403,
        }.items():
            assert guarded.put(f"{bare}?{shown}", content=b"x").status_code == status, shown
            assert guarded.get(f"{bare}?{shown}").status_code == status, shown
        assert guarded.put(signed, content=b"signed").status_code == 200
        assert guarded.get(get_url(store, "a").removeprefix(HERE)).content == b"signed"


def test_bytes_of_a_client_run_as_nothing_of_the_server(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """What a client stored may be a page with a script; a browser neither guesses nor runs it."""
    client.put(put_urls["a"], content=b"<script></script>")
    for ranged in ({}, {"range": "bytes=0-3"}):
        got = client.get(get_url(store, "a"), headers=ranged)
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"] == "sandbox"


def test_no_url_leads_out_of_the_folder(
    client: TestClient, store: ta.Store, media_folder: Path
) -> None:
    """Not even one that is signed."""
    (media_folder.parent / "secret").write_bytes(b"secret")
    for key in ("../secret", "f/../../secret", "/etc/passwd", "f//x", "x\0y"):
        got = client.get(store.storages.reading(backend(store), HERE)(key))
        put = client.put(store.storages.put_url(backend(store), key, HERE).url, content=b"x")
        assert {got.status_code, put.status_code} <= {400, 403, 404}
    assert (media_folder.parent / "secret").read_bytes() == b"secret"


def test_a_put_streams_and_one_that_breaks_off_changes_nothing(
    client: TestClient, store: ta.Store, put_urls: dict[str, str], media_folder: Path
) -> None:
    """F64: neither way does memory grow with the object."""
    put = put_urls["a"].removeprefix(HERE)
    get = get_url(store, "a").removeprefix(HERE)
    part, parts = bytes(1 << 20), 200
    with serving(create_app(store)) as served:
        before = peak_bytes()
        asked = http.client.HTTPConnection("127.0.0.1", served.port)
        headers = {"content-length": str(parts * len(part))}
        asked.request("PUT", put, (part for _ in range(parts)), headers)
        answer = asked.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert read_through(asked, get) == parts * len(part)
        assert peak_bytes() - before < 64 << 20

        with served.socket() as broken:
            begun = f"PUT {put} HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n\r\n"
            broken.sendall(begun.encode() + b"x" * 3_000_000)
            wait_for_files(media_folder, 2)
        wait_for_files(media_folder, 1)
        assert read_through(asked, get) == parts * len(part)
        asked.close()


def read_through(asked: http.client.HTTPConnection, path: str) -> int:
    asked.request("GET", path)
    answer, size = asked.getresponse(), 0
    while found := answer.read(1 << 20):
        size += len(found)
    return size


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def wait_for_files(folder: Path, count: int) -> None:
    wait_until(lambda: len([each for each in folder.rglob("*") if each.is_file()]) == count)


def wait_until(is_so: Callable[[], bool]) -> None:
    patience = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < patience
        time.sleep(0.01)


def test_198_a_client_with_a_credential_is_sent_on_to_s3(
    engine_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The method stays, so that a PUT is a PUT there too."""
    names = ("S3_ENDPOINT_URL", "S3_BUCKET_NAME", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
    for name, value in zip(names, ("http://127.0.0.1:1", "media", "k", "s"), strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TAMS_MEDIA", "s3")
    with ta.connect(":memory:") as store:
        asked = TestClient(create_app(store), follow_redirects=False)
        url = plain_url(asked, store, "a b")
        here = url.removeprefix(f"{HERE}/media/{backend(store)}/")
        for sent_on in (asked.put(url, content=b"x"), asked.get(url)):
            assert sent_on.status_code == 307
            assert sent_on.headers["location"].startswith(f"http://127.0.0.1:1/media/{here}?")
        assert asked.get(f"{url}?expires=1&signature=x").status_code == 403

        other = f"{HERE}/media/{backend(store)}/somebody/else"
        elsewhere = url.replace(backend(store), "b2222222-2222-4222-8222-222222222222")
        for unknown, status in ((other, 404), (f"{url}c", 404), (elsewhere, 403)):
            assert asked.get(unknown).status_code == status
            assert asked.put(unknown, content=b"x").status_code == status
        store.writes.create_segments(FLOW, {"object_id": "a b", "timerange": "[0:0_1:0)"})
        assert asked.put(url, content=b"x").status_code == 409
        assert asked.get(url).status_code == 307


def plain_url(asked: TestClient, store: ta.Store, object_id: str) -> str:
    """Where an object of a new flow may be put with a credential."""
    store.writes.create_flow({"id": FLOW, "source_id": SOURCE, "codec": "audio/aac"} | AUDIO)
    given = {"object_ids": [object_id], "presigned": False}
    (one,) = asked.post(f"/flows/{FLOW}/storage", json=given).json()["media_objects"]
    return one["put_url"]["url"]


def test_a_place_of_another_storage_backend_is_none_of_this_one(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """A folder too gives and takes what has an instance in it."""
    url = put_urls["a"].split("?")[0]
    assert client.put(url, content=b"x").status_code == 200
    before = store.objects.filter(ta._.id == "a").storage_path.to_list()
    store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
    given = {"label": "theirs", "url": "https://theirs.example/a"}
    store.writes.add_instance("a", given)
    store.writes.delete_instance("a", storage_id=backend(store))
    assert store.objects.filter(ta._.id == "a").storage_path.to_list() == before
    assert client.get(url).status_code == 404
    assert client.put(url, content=b"x").status_code == 404


def test_without_a_signature_only_what_is_not_registered_is_written(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """R2, §118, §198: a credential is for all objects; a signature was given for one, and for so
    long as nobody relies on its bytes."""
    signed = put_urls["a"]
    url = signed.split("?")[0]
    assert client.put(url, content=b"first").status_code == 200
    store.writes.set_flow_read_only(FLOW, True)
    closed = client.put(url, content=b"x")
    assert (closed.status_code, closed.json()["type"]) == (403, "ReadOnlyFlow")
    store.writes.set_flow_read_only(FLOW, False)
    store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
    for each in (url, signed):
        taken = client.put(each, content=b"x")
        assert (taken.status_code, taken.json()["type"]) == (409, "BytesStay")
    assert client.get(url).content == b"first"


def test_bytes_may_come_after_their_segment_and_then_stay(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """By the URL that was signed for the object, once."""
    store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
    assert client.put(put_urls["a"].split("?")[0], content=b"x").status_code == 409
    for content, status in ((b"late", 200), (b"later", 409)):
        assert client.put(put_urls["a"], content=content).status_code == status
    assert client.get(get_url(store, "a")).content == b"late"


def test_the_size_of_what_was_put_last_is_on_record(
    client: TestClient, store: ta.Store, put_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in what a registration remembers of the row; of bytes that a kill left there none is."""

    sizes = []
    for content in (b"four", b"eleven bytes"):
        assert client.put(put_urls["a"], content=content).status_code == 200
        sizes += store.objects.filter(ta._.id == "a").size.to_list()
    assert sizes == [4, 12]

    def killed(_path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(directory, "_make_durable", killed)
        with pytest.raises(KeyboardInterrupt), store.writes.filling(*place(store, "a")) as target:
            target.write(b"x")
    assert store.objects.filter(ta._.id == "a").size.to_list() == [None]
    assert client.put(put_urls["a"], content=b"seven b").status_code == 200
    store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
    assert client.put(put_urls["a"], content=b"x").status_code == 409
    (row,) = client.get("/analytics/storage-usage").json()
    assert (row["objects"], row["size"], row["unknown"]) == (2, 7, 1)


def place(store: ta.Store, id: str) -> tuple[Any, str, Callable[[], Any]]:
    """What `filling` takes, of an object."""
    (key,) = store.objects.filter(ta._.id == id).storage_path.to_list()
    at = backend(store)
    return store.storages.folder(at), key, lambda: store.writes.object_at(at, key)


def test_where_the_folder_is_gone_nobody_knows_what_has_bytes(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """No 404, and no new folder beside the disk: registered bytes would be replaced there."""
    store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
    assert client.put(put_urls["a"], content=b"kept").status_code == 200
    root = store.storages.folder(backend(store)).root
    away = root.rename(root.with_name("away"))
    url = get_url(store, "a")
    for answer in (client.get(url), client.head(url), client.put(put_urls["a"], content=b"x")):
        assert answer.status_code == 503
    assert not root.exists()
    away.rename(root)
    assert client.get(url).content == b"kept"


@pytest.mark.parametrize("is_signed", [True, False])
def test_what_is_registered_while_bytes_come_keeps_those_that_it_had(
    store: ta.Store, put_urls: dict[str, str], is_signed: bool
) -> None:
    """R5, §198: nothing permits a change of a registered object, however slowly it comes."""
    signed = put_urls["a"].removeprefix(HERE)
    url = signed if is_signed else signed.split("?")[0]
    with serving(create_app(store)) as served:
        asked = http.client.HTTPConnection("127.0.0.1", served.port)
        asked.request("PUT", url, b"first")
        assert asked.getresponse().read() == b""

        def slowly() -> Iterator[bytes]:
            yield b"sec"
            store.writes.create_segments(FLOW, {"object_id": "a", "timerange": "[0:0_1:0)"})
            yield b"ond"

        asked.request("PUT", url, slowly(), {"content-length": "6"})
        assert asked.getresponse().status == 409
        asked.close()
        again = http.client.HTTPConnection("127.0.0.1", served.port)
        assert read_through(again, signed.split("?")[0]) == len(b"first")
        again.close()


def test_an_object_stays_allocated_however_long_its_bytes_take(
    store: ta.Store, put_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """§201: the collector takes what was allocated long ago, and no PUT that is under way."""
    monkeypatch.setattr(holding, "RENEWED_AFTER_S", 0)
    allocated = store.objects.filter(ta._.id == "a").created
    (before,) = allocated.to_list()

    def slowly() -> Iterator[bytes]:
        yield b"x" * CHUNK_BYTES
        wait_until(lambda: allocated.to_list() > [before])
        yield b"y"

    with serving(create_app(store)) as served:
        asked = http.client.HTTPConnection("127.0.0.1", served.port)
        sent = {"content-length": str(CHUNK_BYTES + 1)}
        asked.request("PUT", put_urls["a"].removeprefix(HERE), slowly(), sent)
        assert asked.getresponse().status == 200
        asked.close()


def test_a_put_whose_checksum_is_another_changes_nothing(
    client: TestClient, store: ta.Store, put_urls: dict[str, str]
) -> None:
    """8.2's SHOULD on checksums, of a folder."""
    right = {"content-md5": "eB5eJF1ptWaXm4bijSPyxw=="}
    assert client.put(put_urls["a"], content=b"0123456789", headers=right).status_code == 200
    for wrong in ("eB5eJF1ptWaXm4bijSPyxQ==", "", "no base64"):
        refused = client.put(put_urls["a"], content=b"x", headers={"content-md5": wrong})
        assert (refused.status_code, refused.json()["type"]) == (400, "BadParameter")
    assert client.get(get_url(store, "a")).content == b"0123456789"


def test_a_put_of_more_than_the_limit_is_refused(
    store: ta.Store, put_urls: dict[str, str], media_folder: Path
) -> None:
    """413, said or sent; nothing of it is kept."""
    with served(store, TAMS_UPLOAD_LIMIT="10") as client:
        assert client.put(put_urls["a"], content=b"0123456789").status_code == 200
        for content in (b"01234567890", iter([b"012345", b"67890"])):
            large = client.put(put_urls["a"], content=content)
            assert (large.status_code, large.json()["type"]) == (413, "ContentTooLarge")
        assert client.get(get_url(store, "a")).content == b"0123456789"
    wait_for_files(media_folder, 1)


@pytest.mark.parametrize("name", ["x" * 256, "ü" * 128, "a/below"])
def test_an_object_that_a_folder_cannot_hold_is_the_clients_mistake(
    client: TestClient, put_urls: dict[str, str], name: str
) -> None:
    """400: the id is too long for a file, or another object is where its folder would be."""
    assert client.put(put_urls["a"], content=b"x").status_code == 200
    (one,) = client.post(f"/flows/{FLOW}/storage", json={"object_ids": [name]}).json()[
        "media_objects"
    ]
    refused = client.put(one["put_url"]["url"], content=b"x")
    assert (refused.status_code, refused.json()["type"]) == (400, "BadParameter")
