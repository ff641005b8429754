"""S3 Inventory, of each format, from a bucket and from a folder, is a listing."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

import tams_analytics as ta
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.s3 import S3Config, S3Storage

MOMENT = dt.datetime(2026, 11, 22, 1, tzinfo=dt.timezone.utc)
STORED = dt.datetime(2026, 11, 20, 12, 30, 15, tzinfo=dt.timezone.utc)
PREFIX = "inventories/media/daily"
ROWS: list[dict[str, Any]] = [
    {"key": "a b+c/ü", "size": 7},
    {"key": "old", "size": 5, "is_latest": False},
    {"key": "deleted", "size": None, "is_delete_marker": True},
    {"key": "z", "size": 0},
]
ALIKE = {
    "bucket": "media",
    "is_latest": True,
    "is_delete_marker": False,
    "last_modified_date": STORED,
    "e_tag": "9dd4e461268c8034f5c8564e155c67a6",
    "storage_class": "GLACIER",
}
OF_CSV = {
    "bucket": "Bucket",
    "key": "Key",
    "size": "Size",
    "last_modified_date": "LastModifiedDate",
    "e_tag": "ETag",
    "storage_class": "StorageClass",
    "is_latest": "IsLatest",
    "is_delete_marker": "IsDeleteMarker",
}
KINDS = {
    "size": pa.int64(),
    "is_latest": pa.bool_(),
    "is_delete_marker": pa.bool_(),
    "last_modified_date": pa.timestamp("ms", "UTC"),
}


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema([(name, KINDS.get(name, pa.string())) for name in OF_CSV])
    return pa.Table.from_pylist([{**ALIKE, **row} for row in rows], schema)


def as_csv(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    lines = [",".join(_quoted(name, {**ALIKE, **row}[name]) for name in OF_CSV) for row in rows]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))


def _quoted(name: str, value: Any) -> str:
    if name == "key":
        value = quote_plus(value, safe="/")
    elif isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, dt.datetime):
        value = f"{value:%Y-%m-%dT%H:%M:%S}.000Z"
    return '"' + ("" if value is None else str(value)) + '"'


Write = Callable[[Path, Sequence[Mapping[str, Any]]], None]
WRITERS: dict[str, tuple[str, Write]] = {
    "CSV": ("csv.gz", as_csv),
    "Parquet": ("parquet", lambda file, rows: pq.write_table(table(rows), file)),
    "ORC": ("orc", lambda file, rows: pyarrow.orc.write_table(table(rows), file)),
}


def publish(
    bucket: Path,
    kind: str,
    moment: dt.datetime,
    rows: Sequence[Any] = ROWS,
    prefix: str = PREFIX,
    source: str = "media",
) -> Path:
    """As S3 does, into a folder that stands for the bucket; the file that has the rows."""
    ending, write = WRITERS[kind]
    data = bucket / prefix / "data"
    data.mkdir(parents=True, exist_ok=True)
    file = data / f"{moment:%d}.{ending}"
    write(file, rows)
    schema = ", ".join(OF_CSV.values()) if kind == "CSV" else "message s3.inventory { … }"
    key = file.relative_to(bucket).as_posix()
    told = {
        "sourceBucket": source,
        "destinationBucket": "arn:aws:s3:::inventories",
        "version": "2016-11-30",
        "creationTimestamp": str(int(moment.timestamp() * 1000)),
        "fileFormat": kind,
        "fileSchema": schema,
        "files": [{"key": key, "size": file.stat().st_size, "MD5checksum": md5(file)}],
    }
    manifest = bucket / prefix / f"{moment:%Y-%m-%dT%H-%MZ}" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps(told))
    return file


def md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def in_s3(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[], str]:
    """Puts what was published into a bucket, where the settings find it."""
    for name, value in {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "k", "BUCKET_NAME": "m"}.items():
        monkeypatch.setenv(f"S3_{name}", value)
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "s")
    storage = S3Storage(S3Config(f"inventories-{abs(hash(request.node.name))}", endpoint, "k", "s"))

    def put() -> str:
        storage.client.create_bucket(Bucket=storage.bucket)
        for file in tmp_path.rglob("*"):
            if file.is_file():
                storage.put(file.relative_to(tmp_path).as_posix(), file)
        storage.put("inventories-2/2026-11-22T01-00Z/manifest.json", b"of somebody else")
        return f"s3://{storage.bucket}/inventories"

    return put


def rows_of(place: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setenv("TAMS_S3_INVENTORY", place)
    with ta.connect(":memory:") as store:
        found: list[dict[str, Any]] = store.s3_objects("inventory").to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: str(row["key"]))


def expected(key: str, size: int, moment: dt.datetime = MOMENT) -> dict[str, Any]:
    found = {"bucket": "media", "key": key, "size": size, "etag": ALIKE["e_tag"]}
    found["storage_class"] = "GLACIER"
    moments = {"last_modified": STORED, "listed_at": moment}
    return {**found, **{name: each.replace(tzinfo=None) for name, each in moments.items()}}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_newest_in_a_folder_is_a_listing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without versions that a GET would not give."""
    publish(tmp_path, kind, MOMENT - dt.timedelta(days=1), [{"key": "of yesterday", "size": 1}])
    publish(tmp_path, kind, MOMENT)

    wanted = [expected("a b+c/ü", 7), expected("z", 0)]
    assert wanted == rows_of(tmp_path.as_uri(), monkeypatch)
    assert wanted == rows_of(str(tmp_path / PREFIX), monkeypatch)


def test_the_newest_in_a_bucket_is_a_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_s3: Callable[[], str]
) -> None:
    publish(tmp_path, "CSV", MOMENT - dt.timedelta(days=1), [{"key": "of yesterday", "size": 1}])
    publish(tmp_path, "Parquet", MOMENT)

    assert [expected("a b+c/ü", 7), expected("z", 0)] == rows_of(in_s3(), monkeypatch)


def test_lists_of_parts_of_a_bucket_are_one_as_of_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions take the newest listing of a bucket: each part has to be of it."""
    publish(tmp_path / "one", "CSV", MOMENT)
    publish(tmp_path / "two", "ORC", MOMENT + dt.timedelta(hours=5), [{"key": "more", "size": 1}])

    found = rows_of(f"{tmp_path / 'one'}, {(tmp_path / 'two').as_uri()}", monkeypatch)
    assert ["a b+c/ü", "more", "z"] == [row["key"] for row in found]
    assert {MOMENT.replace(tzinfo=None)} == {row["listed_at"] for row in found}


def test_two_lists_of_a_bucket_in_one_place_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may be whole, or a part of it: no manifest says."""
    publish(tmp_path, "CSV", MOMENT)
    publish(tmp_path, "CSV", MOMENT, prefix="inventories/media/weekly")
    with pytest.raises(BadParameter, match="has several lists of the bucket media; expected the"):
        rows_of(str(tmp_path), monkeypatch)

    assert 2 == len(rows_of(str(tmp_path / "inventories/media/weekly"), monkeypatch))


def test_the_lists_of_several_buckets_lie_in_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_s3: Callable[[], str]
) -> None:
    publish(tmp_path, "CSV", MOMENT)
    other = [{"key": "more", "size": 1, "bucket": "archive"}]
    later = MOMENT + dt.timedelta(days=1)
    publish(tmp_path, "CSV", later, other, prefix="inventories/archive/daily", source="archive")

    found = rows_of(in_s3(), monkeypatch)
    assert {("media", MOMENT.day), ("archive", later.day)} == {
        (row["bucket"], row["listed_at"].day) for row in found
    }


def test_an_empty_bucket_has_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "CSV", MOMENT)
    (manifest,) = tmp_path.rglob("manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "files": []}))

    assert [] == rows_of(str(tmp_path), monkeypatch)


def test_bytes_that_the_manifest_does_not_tell_of_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = publish(tmp_path, "CSV", MOMENT)
    file.write_bytes(gzip.compress(b"half"))
    with pytest.raises(EngineFailed, match=r"S3 Inventory failed at reading .*not those that its"):
        rows_of(str(tmp_path), monkeypatch)


def test_a_file_that_is_not_there_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "CSV", MOMENT).unlink()
    with pytest.raises(NotFound, match=r"there is no file of the inventory .*22\.csv\.gz"):
        rows_of(str(tmp_path), monkeypatch)


def test_no_file_outside_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path / "in", "CSV", MOMENT)
    (tmp_path / "out.csv.gz").write_bytes(b"")
    (manifest,) = (tmp_path / "in").rglob("manifest.json")
    told = json.loads(manifest.read_text())
    told["files"] = [{"key": "../out.csv.gz"}]
    manifest.write_text(json.dumps(told))
    with pytest.raises(NotFound, match="file of the inventory"):
        rows_of(str(tmp_path / "in"), monkeypatch)


def test_where_nothing_lies_yet_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound, match=r"there is no S3 Inventory .*within two days"):
        rows_of(str(tmp_path), monkeypatch)


@pytest.mark.parametrize("text", ["{}", '{"creationTimestamp": "soon"}', "[]"])
def test_a_manifest_of_another_kind_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(EngineFailed, match="no manifest that is known"):
        rows_of(str(tmp_path), monkeypatch)


@pytest.mark.parametrize("place", ["relative/folder", "https://x/y", "s3:///x"])
def test_a_place_that_is_none_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadParameter, match=r"TAMS_S3_INVENTORY.*names no place"):
        rows_of(place, monkeypatch)
