"""Buckets of two S3 servers are listed whole: of moto, and of versitygw with many keys."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.listing import list_into
from tams_analytics.media.listing.s3 import S3Lister, read_answer
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.media.storage import MediaStorage
from tams_analytics.watching import Event, Stored, watched_by
from tests.support.s3_server import ACCESS, SECRET, serving

ODD = [
    "a-b",
    "a/x",
    "a/y/1",
    "b/\x7f",
    "b/z w+",
    "b/é",
    "b/e\u0301",
    "c%20",
    "c&<>'\"=?#",
    "ä",
    "\U0001f600/x",
]
"""Of ``a-b`` and ``a/x`` a file system would tell the folder first."""


@pytest.fixture(scope="module")
def moto() -> Iterator[S3Storage]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield S3Storage(S3Config("listed", f"http://{host}:{port}", ACCESS, SECRET))
    server.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where versitygw keeps its buckets."""
    return tmp_path_factory.mktemp("s3")


@pytest.fixture(scope="module")
def versitygw(served: Path) -> Iterator[S3Storage]:
    with serving(served) as url:
        yield S3Storage(S3Config("listed", url, ACCESS, SECRET))


@pytest.fixture(scope="module", params=["moto", pytest.param("versitygw", marks=[pytest.mark.s3])])
def storage(request: pytest.FixtureRequest) -> S3Storage:
    """A bucket with `ODD` keys."""
    made: S3Storage = request.getfixturevalue(request.param)
    made.client.create_bucket(Bucket=made.bucket)
    for key in keys_of(made):
        made.put(key, key.encode())
    return made


def keys_of(storage: S3Storage) -> list[str]:
    """moto's server takes no line break in a path."""
    is_moto = (
        "Werkzeug" in storage.client.list_buckets()["ResponseMetadata"]["HTTPHeaders"]["server"]
    )
    return ODD if is_moto else [*ODD, "line\nbreak"]


def backend(storage: MediaStorage, label: str = "default") -> ConfiguredBackend:
    return ConfiguredBackend(label, label, "s3", storage.product, storage)


def listed(target: Path, *storages: MediaStorage, **how: Any) -> list[dict[str, Any]]:
    backends = [backend(each, str(at)) for at, each in enumerate(storages)]
    rows: list[dict[str, Any]] = []
    count = list_into(target, backends, **how)
    rows = pq.read_table(target).to_pylist()
    assert count == len(rows)
    return rows


def test_odd_keys_come_back_as_they_were(storage: S3Storage, tmp_path: Path) -> None:
    before = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    rows = listed(tmp_path / "x.parquet", storage)

    assert sorted(keys_of(storage)) == [row["key"] for row in rows]
    assert {"listed"} == {row["bucket"] for row in rows}
    assert {"STANDARD"} == {row["storage_class"] for row in rows}
    for row in rows:
        key = row["key"].encode()
        md5 = hashlib.md5(key, usedforsecurity=False).hexdigest()
        assert (len(key), md5) == (row["size"], row["etag"])
        assert abs(row["last_modified"] - before) < dt.timedelta(hours=1)
    assert before <= rows[0]["listed_at"]


def test_pages_follow_from_any_key_on(storage: S3Storage) -> None:
    keys = sorted(keys_of(storage))
    for at, key in enumerate(keys):
        (page,) = S3Lister(storage).pages(key)
        assert (keys[at + 1 :], True) == (page.keys, page.is_last)


@pytest.mark.s3
def test_many_keys_are_listed_by_several_threads(
    versitygw: S3Storage, served: Path, tmp_path: Path
) -> None:
    config = S3Config("many", versitygw.config.endpoint_url, ACCESS, SECRET)
    storage = S3Storage(config)
    storage.client.create_bucket(Bucket="many")
    keys = [
        f"{flow:02x}-flow/2026/11/22/{at:05}" for flow in range(0, 256, 16) for at in range(750)
    ]
    put_past_the_server(served / "data" / "many", keys)

    asked: list[Event] = []
    with watched_by(asked.append):
        rows = listed(tmp_path / "x.parquet", storage, threads=4)
    assert keys == [row["key"] for row in rows]
    assert 12 <= len([each for each in asked if isinstance(each, Stored)]) <= 30


@pytest.mark.s3
def test_what_stays_is_listed_once_while_others_come_and_go(
    versitygw: S3Storage, served: Path, tmp_path: Path
) -> None:
    storage = S3Storage(S3Config("changing", versitygw.config.endpoint_url, ACCESS, SECRET))
    storage.client.create_bucket(Bucket="changing")
    staying = [f"{at:05}/stays" for at in range(0, 6000, 2)]
    put_past_the_server(served / "data" / "changing", staying)
    passing = iter(range(1, 6000, 2))

    def change(event: Event) -> None:
        """Beside each key that stays, in front of the listing and behind it."""
        if isinstance(event, Stored):
            come = [f"{next(passing) * 2999 % 6000 | 1:05}/passes" for _ in range(50)]
            put_past_the_server(served / "data" / "changing", come)
            for key in come[::2]:
                (served / "data" / "changing" / key).unlink()

    with watched_by(change):
        rows = listed(tmp_path / "x.parquet", storage, threads=4)
    found = [row["key"] for row in rows]
    assert sorted({*found}) == found
    assert {*staying} <= {*found}
    assert {*found} - {*staying}


def put_past_the_server(folder: Path, keys: list[str]) -> None:
    """versitygw keeps a bucket as a folder; a PUT for each key would take a minute."""
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(b"x")


def test_two_buckets_and_a_folder_are_one_table(storage: S3Storage, tmp_path: Path) -> None:
    other = S3Storage(S3Config("other", storage.config.endpoint_url, ACCESS, SECRET))
    other.client.create_bucket(Bucket="other")
    other.put("one", b"1")
    folder = DirectoryStorage(tmp_path / "folder")
    folder.begin()
    folder.put("a/b", b"12")

    rows = listed(tmp_path / "x.parquet", storage, other, folder)
    places = [(row["bucket"], row["key"], row["size"]) for row in rows]
    assert [("folder", "a/b", 2)] == [each for each in places if each[0] == "folder"]
    assert ("other", "one", 1) in places
    assert len(keys_of(storage)) + 2 == len(rows)


def test_buckets_of_one_name_are_refused(storage: S3Storage, tmp_path: Path) -> None:
    """Their keys would be the same places: one's bytes would hide that the other's are missing."""
    elsewhere = S3Storage(S3Config(storage.bucket, "http://127.0.0.1:1", ACCESS, SECRET))
    with pytest.raises(BadParameter, match="'listed' of storage backend 0 is the name of another"):
        listed(tmp_path / "x.parquet", storage, elsewhere)


def test_a_bucket_that_is_not_there_fails_and_leaves_no_file(
    storage: S3Storage, tmp_path: Path
) -> None:
    nowhere = S3Storage(S3Config("nowhere", storage.config.endpoint_url, ACCESS, SECRET))
    with pytest.raises(EngineFailed, match="S3 failed at listing the bucket nowhere"):
        listed(tmp_path / "x.parquet", nowhere)
    assert not (tmp_path / "x.parquet").exists()


@pytest.mark.s3
@pytest.mark.parametrize(("access", "reason"), [(ACCESS, "Signature"), ("stranger", "access key")])
def test_wrong_keys_are_told_without_the_secret(
    versitygw: S3Storage, access: str, reason: str, tmp_path: Path
) -> None:
    config = S3Config("listed", versitygw.config.endpoint_url, access, "a wrong secret")
    with pytest.raises(
        EngineFailed, match=f"S3 failed at listing the bucket listed: .*{reason}"
    ) as told:
        listed(tmp_path / "x.parquet", S3Storage(config))
    assert "a wrong secret" not in str(told.value)
    assert not (tmp_path / "x.parquet").exists()


def test_a_bucket_without_keys_is_a_table_without_rows(storage: S3Storage, tmp_path: Path) -> None:
    empty = S3Storage(S3Config("empty", storage.config.endpoint_url, ACCESS, SECRET))
    empty.client.create_bucket(Bucket="empty")

    assert [] == listed(tmp_path / "x.parquet", empty)


BODY = """<?xml version="1.0"?><ListBucketResult{}><IsTruncated>true</IsTruncated>{}<Contents>
<Key>a+b%2Fc</Key><LastModified>2026-11-22T10:11:12.123Z</LastModified><Size>7</Size></Contents>
<CommonPrefixes><Prefix>d%2F</Prefix></CommonPrefixes></ListBucketResult>"""
NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@pytest.mark.parametrize("namespace", ["", NAMESPACE])
@pytest.mark.parametrize(
    ("said", "key", "folder"),
    [("<EncodingType>url</EncodingType>", "a b/c", "d/"), ("", "a+b%2Fc", "d%2F")],
)
def test_an_answer_is_decoded_where_it_says_that_it_is_encoded(
    namespace: str, said: str, key: str, folder: str
) -> None:
    answer = read_answer(BODY.format(namespace, said).encode())

    assert ([key], [folder], True) == (answer.contents["Key"], answer.folders, answer.is_truncated)
    assert ([None], ["7"]) == (answer.contents["ETag"], answer.contents["Size"])


class Cut(http.server.BaseHTTPRequestHandler):
    """Answers with half of what it should, once; then with all of it."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        body = BODY.replace("true", "false").format("", "").encode()
        body = body if self.asked else body[: len(body) // 2]
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_an_answer_that_was_cut_off_is_asked_for_again() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Cut) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        (page,) = S3Lister(S3Storage(S3Config("b", endpoint, ACCESS, SECRET))).pages("")
        server.shutdown()
    assert (["a+b%2Fc"], 2) == (page.keys, len(Cut.asked))
