"""S3 against a server that checks signatures, expiries and ranges: versitygw (R11, F60 to F70)."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
import tams_analytics as ta
from tams_analytics.engines.rows import now
from tams_analytics.media import doctor
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.doctor import diagnose
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.media.storages import Storages
from tams_analytics.settings import Settings
from tams_analytics.tables import TABLES
from tams_analytics.work.collector import Collected, collect
from tests.support import s3_server
from tests.support.s3_server import ACCESS, SECRET, serving

pytestmark = pytest.mark.s3
KEY = "f/2026/11/23/an object/ü+%&=?#~'()*"
FLOW = {
    "id": "11111111-1111-4111-8111-111111111111",
    "source_id": "99999999-9999-4999-8999-999999999999",
    "codec": "audio/aac",
    "sample_rate": 48000,
    "channels": 2,
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture(scope="module")
def storage(endpoint: str) -> S3Storage:
    made = S3Storage(S3Config("media", endpoint, ACCESS, SECRET))
    made.client.create_bucket(Bucket="media")
    return made


def asked(method: str, url: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """A request with exactly these headers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, named)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_f60_a_put_as_it_is_given_verifies_and_no_other(storage: S3Storage) -> None:
    """R11: bare, and with a content type; not with what was not signed, nor for another key."""
    put = storage.presign_put(KEY)
    assert asked("PUT", put, b"first")[0] == 200
    assert asked("PUT", put, b"0123456789", content_type="video/mp4")[0] == 200
    assert asked("GET", storage.presign_get(KEY)) == (200, b"0123456789")

    assert asked("PUT", put, b"x", x_amz_acl="public-read")[0] == 403
    assert asked("PUT", storage.presign_get(KEY), b"x")[0] == 403
    assert asked("GET", put)[0] == 403
    assert asked("PUT", put.replace("/an%20object/", "/another/"), b"x")[0] == 403
    stranger = S3Storage(S3Config("media", storage.config.endpoint_url, ACCESS, "not the secret"))
    assert asked("PUT", stranger.presign_put(KEY), b"x")[0] == 403
    assert asked("GET", storage.presign_get(KEY)) == (200, b"0123456789")


def test_a_checksum_is_judged_by_the_server(storage: S3Storage) -> None:
    """8.2's SHOULD on checksums: a header that nobody has to sign; S3's own would have to be."""
    put = storage.presign_put(KEY)
    right, wrong = "eB5eJF1ptWaXm4bijSPyxw==", "eB5eJF1ptWaXm4bijSPyxQ=="
    assert asked("PUT", put, b"0123456789", content_md5=right)[0] == 200
    assert asked("PUT", put, b"0123456789", content_md5=wrong)[0] == 400
    assert asked("PUT", put, b"0123456789", x_amz_checksum_crc32="poTR4w==")[0] == 403


def test_f70_a_presigned_url_gives_ranges(storage: S3Storage) -> None:
    storage.put("ranges", b"0123456789")
    url = storage.presign_get("ranges")
    assert asked("GET", url, range="bytes=2-4") == (206, b"234")
    assert asked("GET", url, range="bytes=-3") == (206, b"789")
    assert asked("GET", url, range="bytes=20-")[0] == 416


def test_f42_a_url_expires(storage: S3Storage) -> None:
    storage.put("brief", b"x")
    url = storage.presign_get("brief", 1)
    assert asked("GET", url)[0] == 200
    time.sleep(2.1)
    assert asked("GET", url)[0] == 403


def test_f64_f65_large_objects_and_many_keys(storage: S3Storage, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(20 << 20)
    assert storage.put("large", large) == storage.size("large") == 20 << 20
    storage.delete(["large", *(f"never/{number}" for number in range(1000)), "ranges"])
    assert not storage.exists("large")


def test_f68_f69_what_was_put_is_what_every_flow_gives_until_it_is_collected(
    storage: S3Storage, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W4 to W15 in short: no made URL at rest, and the bucket empty in the end."""
    settings = {
        "TAMS_MEDIA": "s3",
        "S3_ENDPOINT_URL": endpoint,
        "S3_ACCESS_KEY_ID": ACCESS,
        "S3_SECRET_ACCESS_KEY": SECRET,
        "S3_BUCKET_NAME": "workflow",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    storage.client.create_bucket(Bucket="workflow")
    with ta.connect(tmp_path / "x.duckdb") as store:
        store.writes.create_flow(FLOW)
        (one,) = store.writes.allocate_storage(FLOW["id"], {"object_ids": ["clips/a b"]})
        made = store.storages.put_url(one.storage_id, one.storage_path, "", one.content_type)
        assert asked("PUT", made.url, b"media", content_type=str(made.content_type))[0] == 200
        segment = {"object_id": one.object_id, "timerange": "0:0_1:0"}
        store.writes.create_segments(FLOW["id"], segment)
        url = store.storages.reading(one.storage_id, "")(one.storage_path)
        assert asked("GET", url) == (200, b"media")

        rest = [getattr(store.tables, table.name).to_pyarrow().to_pylist() for table in TABLES]
        assert "X-Amz-" not in str(rest)
        assert "Signature=" not in str(rest)
        store.writes.delete_segments(FLOW["id"])
        later = now() + dt.timedelta(hours=2)
        assert collect(store._engine, store.storages, moment=later) == Collected(objects=1)
        assert storage.client.list_objects_v2(Bucket="workflow")["KeyCount"] == 0


def test_f94_f97_the_doctor_makes_a_presigned_round_trip(
    storage: S3Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(one: S3Storage) -> list[str]:
        backend = ConfiguredBackend("i", "near", "p", "S3", one)
        return [str(each) for each in diagnose(Storages(Settings(), [backend]))]

    well, clock = found(storage)
    assert well == "ok  media near: S3 media keeps and gives bytes by presigned URLs"
    assert clock == "ok  clock of near: within 5 s of ours"
    keys = storage.client.list_objects_v2(Bucket="media", Prefix="tams-doctor")
    assert keys["KeyCount"] == 0

    stranger = S3Storage(S3Config("media", storage.config.endpoint_url, ACCESS, "not the secret"))
    (told,) = found(stranger)
    assert told.startswith("BAD media near: S3 failed at")
    assert "keys" in told
    now_s = time.time()
    monkeypatch.setattr(doctor.time, "time", lambda: now_s + 3600)
    assert re.match("BAD clock of near: 3[56]\\d\\d s behind ours; let both", found(storage)[1])


def test_a_server_that_is_required_and_not_there_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMS_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TAMS_REQUIRE_S3", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make s3"):
        s3_server.required_or_skip()
    monkeypatch.setenv("TAMS_REQUIRE_S3", "1")
    with pytest.raises(pytest.fail.Exception, match="no versitygw"):
        s3_server.required_or_skip()
