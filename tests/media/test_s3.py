"""An S3 bucket as storage of media objects, against moto's S3 server on loopback."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.health import probe
from tams_analytics.media.s3 import S3Config, S3Storage, client_for
from tams_analytics.media.storage import Content, PresigningStorage
from tams_analytics.watching import Event, Stored, watched_by

KEY = "f1/2026/11/22/an object"
SECRET = "the-secret-that-nobody-sees"  # noqa: S105


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def storage(endpoint: str) -> S3Storage:
    storage = S3Storage(S3Config("media", endpoint, "the-key", SECRET))
    storage.client.create_bucket(Bucket="media")
    return storage


def requested(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """A request with exactly these headers: urllib adds a content type of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_who_looks_on_is_told_of_each_request(storage: S3Storage) -> None:
    """F81: what a histogram of S3's times is made of; presigning asks nobody."""
    told: list[Event] = []
    with watched_by(told.append):
        storage.put(KEY, b"x")
        storage.open(KEY).close()
        storage.presign_get(KEY)
        storage.delete([KEY])
        with pytest.raises(NotFound):
            storage.size(KEY)

    found = [(each.operation, each.result) for each in told if isinstance(each, Stored)]
    assert [("put", "done"), ("get", "done"), ("delete", "done"), ("head", "NotFound")] == found


def test_a_bucket_is_a_presigning_storage(storage: S3Storage) -> None:
    assert isinstance(storage, PresigningStorage)


@pytest.mark.parametrize("kind", ["bytes", "path", "file"])
def test_what_was_put_is_read_back(storage: S3Storage, tmp_path: Path, kind: str) -> None:
    original = tmp_path / "original"
    original.write_bytes(b"moving picture")
    content: dict[str, Content] = {
        "bytes": b"moving picture",
        "path": original,
        "file": io.BytesIO(b"moving picture"),
    }

    assert storage.put(KEY, content[kind], "video/mp4") == 14
    with storage.open(KEY) as file:
        assert file.read() == b"moving picture"
    assert storage.size(KEY) == 14
    assert storage.exists(KEY)
    head = storage.client.head_object(Bucket="media", Key=KEY)
    assert head["ContentType"] == "video/mp4"


def test_a_large_object_goes_up_in_parts_without_being_held_in_memory(
    storage: S3Storage, tmp_path: Path
) -> None:
    size = 100 << 20
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(size)

    storage.client.meta.events.register("before-send.s3.UploadPart", count := Counter())
    assert storage.put("large", large) == size
    storage.client.meta.events.unregister("before-send.s3.UploadPart", count)
    assert count.calls == 13
    assert storage.size("large") == size


class Counter:
    calls = 0

    def __call__(self, **_: object) -> None:
        self.calls += 1


def test_more_keys_than_one_request_takes_are_deleted_in_several(storage: S3Storage) -> None:
    storage.put("first", b"x")
    storage.put("last", b"x")

    storage.client.meta.events.register("before-send.s3.DeleteObjects", count := Counter())
    storage.delete(["first", *(f"never/{number}" for number in range(1000)), "last"])
    storage.client.meta.events.unregister("before-send.s3.DeleteObjects", count)
    assert count.calls == 2
    assert not storage.exists("first")
    assert not storage.exists("last")


def test_deleting_nothing_asks_nothing() -> None:
    S3Storage(S3Config("media", "http://127.0.0.1:1")).delete([])


@pytest.mark.parametrize("question", ["size", "open"])
def test_bytes_that_are_not_there_are_not_found(storage: S3Storage, question: str) -> None:
    with pytest.raises(NotFound, match="never/there"):
        getattr(storage, question)("never/there")
    assert not storage.exists("never/there")


@pytest.mark.parametrize("signature", ["s3v4", "s3"])
def test_a_bare_put_to_a_presigned_url_is_what_its_get_gives(
    storage: S3Storage, endpoint: str, signature: str
) -> None:
    storage = S3Storage(S3Config("media", endpoint, "the-key", SECRET, signature))

    assert requested("PUT", storage.presign_put(KEY), b"0123456789")[0] == 200
    assert requested("GET", storage.presign_get(KEY)) == (200, b"0123456789")


def test_a_presigned_url_gives_ranges(storage: S3Storage) -> None:
    storage.put(KEY, b"0123456789")

    answer = requested("GET", storage.presign_get(KEY), headers={"Range": "bytes=2-4"})
    assert answer == (206, b"234")


def test_a_presigned_put_signs_the_host_alone_and_honours_its_expiry(storage: S3Storage) -> None:
    url = urlsplit(storage.presign_put(KEY, 90))
    query = parse_qs(url.query)

    assert url.path == "/media/f1/2026/11/22/an%20object"
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert query["X-Amz-Expires"] == ["90"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert {name for name in query if "hecksum" in name or "ontent" in name} == set()


def test_the_old_signature_is_a_setting(endpoint: str) -> None:
    storage = S3Storage(S3Config("media", endpoint, "the-key", SECRET, "s3"))

    assert {"AWSAccessKeyId", "Signature", "Expires"} == parse_qs(
        urlsplit(storage.presign_get(KEY)).query
    ).keys()


def test_presigning_needs_no_network() -> None:
    storage = S3Storage(S3Config("media", "http://127.0.0.1:1", "the-key", SECRET))

    assert storage.presign_get("x").startswith("http://127.0.0.1:1/media/x?")


@pytest.mark.parametrize("expires_s", [-1, 604801])
def test_an_expiry_that_s3_would_refuse_is_refused(storage: S3Storage, expires_s: int) -> None:
    with pytest.raises(BadParameter, match="604800 seconds"):
        storage.presign_get(KEY, expires_s)


def test_the_client_is_minimal(storage: S3Storage) -> None:
    settings = storage.client.meta.config

    assert settings.s3 == {"addressing_style": "path"}
    assert settings.signature_version == "s3v4"
    assert settings.request_checksum_calculation == "when_required"
    assert settings.response_checksum_validation == "when_required"
    assert settings.retries["mode"] == "standard"
    assert (settings.connect_timeout, settings.read_timeout) == (5, 60)


def test_equal_configurations_share_one_client(storage: S3Storage) -> None:
    assert S3Storage(S3Config(**vars(storage.config))).client is storage.client
    assert client_for.cache_info().hits > 0


def test_a_storage_that_cannot_be_reached_is_an_engine_that_failed() -> None:
    config = S3Config("media", "http://127.0.0.1:1", "the-key", SECRET)
    storage = S3Storage(config)

    with pytest.raises(EngineFailed, match="S3 failed at looking up x") as caught:
        storage.size("x")
    assert SECRET not in f"{caught.value!r}{caught.value}{caught.value.__cause__!r}"


def test_a_bucket_that_is_not_there_is_an_engine_that_failed(endpoint: str) -> None:
    storage = S3Storage(S3Config("no-such-bucket", endpoint, "the-key", SECRET))

    with pytest.raises(EngineFailed, match="storing x"):
        storage.put("x", b"x")


def test_health_tells_of_a_bucket_that_is_not_there(storage: S3Storage, endpoint: str) -> None:
    """F25: S3 says of a key in it the same as of one that no object has."""
    probe(storage)
    with pytest.raises(EngineFailed, match="looking up the bucket nowhere"):
        probe(S3Storage(S3Config("nowhere", endpoint, "key", "secret")))


def test_no_repr_shows_a_key(storage: S3Storage) -> None:
    assert SECRET not in repr(storage)
    assert "the-key" not in repr(storage)
    assert "endpoint_url" in repr(storage)


def test_an_endpoint_without_a_scheme_gets_one() -> None:
    assert S3Config("b", "vast:9000").endpoint == "https://vast:9000"
    assert S3Config("b", "vast:9000", use_ssl=False).endpoint == "http://vast:9000"
    assert S3Config("b").endpoint is None


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"bucket": ""}, "S3_BUCKET_NAME"),
        ({"bucket": "b", "signature_version": "v3"}, "S3_SIGNATURE_VERSION"),
        ({"bucket": "b", "access_key_id": "k"}, "both or neither"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(
    settings: dict[str, str], complaint: str
) -> None:
    with pytest.raises(BadParameter, match=complaint):
        S3Config(**settings)  # type: ignore[arg-type]
