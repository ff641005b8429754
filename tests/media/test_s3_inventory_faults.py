"""S3 Inventory that is torn, odd or of another kind: right rows, or a sentence with its file."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from tams_analytics.errors import EngineFailed, NotFound
from tests.media.test_s3_inventory import MOMENT, ROWS, publish, rows_of

Rows = Callable[[], list[dict[str, Any]]]
Told = dict[str, Any]


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    return lambda: rows_of(str(tmp_path), monkeypatch)


def retold(folder: Path, **changes: Any) -> Path:
    """The manifest with other values; ``None``: without."""
    (manifest,) = folder.rglob("manifest.json")
    told = {**json.loads(manifest.read_text()), **changes}
    manifest.write_text(json.dumps({name: each for name, each in told.items() if each is not None}))
    return manifest


def refused(rows: Rows) -> str:
    """The sentence."""
    with pytest.raises(EngineFailed) as told:
        rows()
    assert "\n" not in str(told.value).strip()
    return str(told.value)


TORN = [b"", b"{", b'{"sourceBucket": "med', b"\xff\xfe\x00", b"PK\x03\x04", b"<xml/>"]


@pytest.mark.parametrize("content", TORN)
def test_a_manifest_that_was_cut_off_says_so(content: bytes, tmp_path: Path, rows: Rows) -> None:
    publish(tmp_path, "CSV", MOMENT)
    manifest = retold(tmp_path)
    manifest.write_bytes(content)

    said = refused(rows)
    assert f"reading {manifest.relative_to(tmp_path).as_posix()}: it is no JSON, or is cut" in said
    assert said.endswith("copy it anew, or name the place of another list")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"files": None, "sourceBucket": None}, "it lacks sourceBucket, files; expected one of"),
        ({"version": "2030-01-01"}, "its version is 2030-01-01; expected one of version 2016-11-"),
        ({"creationTimestamp": "soon"}, "invalid literal for int"),
        ({"creationTimestamp": 10**40}, "no manifest that is known"),
        ({"creationTimestamp": [1]}, "no manifest that is known"),
        ({"fileSchema": 5}, "no manifest that is known"),
        ({"files": ["a.csv.gz"]}, "no manifest that is known"),
        ({"files": [{"key": 5}]}, "one of its files has no key"),
        ({"files": [{"key": "x", "size": "much"}]}, "invalid literal for int"),
        ({"fileFormat": "Avro"}, "its format is Avro; expected CSV, Parquet, ORC"),
    ],
)
def test_a_manifest_of_another_kind_says_what_is_known(
    changes: Told, reason: str, tmp_path: Path, rows: Rows
) -> None:
    publish(tmp_path, "CSV", MOMENT)
    manifest = retold(tmp_path, **changes)

    said = refused(rows)
    assert f"S3 Inventory failed at reading {manifest.relative_to(tmp_path).as_posix()}: " in said
    assert reason in said


FORMATS = ["CSV", "Parquet", "ORC"]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("change", "is_told"),
    [(half, False), (half, True), (lambda _: b"", False), (lambda _: b"PAR1 or so", False)],
)
def test_a_torn_file_is_told_by_its_name(
    kind: str, change: Callable[[bytes], bytes], is_told: bool, tmp_path: Path, rows: Rows
) -> None:
    """Also where no manifest has its checksum or size: other products write such."""
    file = publish(tmp_path, kind, MOMENT, ROWS * 500)
    key = file.relative_to(tmp_path).as_posix()
    file.write_bytes(change(file.read_bytes()))
    if not is_told:
        retold(tmp_path, files=[{"key": key}])

    reason = "its bytes are not those" if is_told else f"it is no {kind} as is told of it"
    assert f"reading {key}: {reason}" in refused(rows)


@pytest.mark.parametrize("told", [{"size": 5}, {"MD5checksum": "0" * 32}])
def test_a_size_or_a_checksum_alone_tells(told: Told, tmp_path: Path, rows: Rows) -> None:
    file = publish(tmp_path, "CSV", MOMENT)
    retold(tmp_path, files=[{"key": file.relative_to(tmp_path).as_posix(), **told}])

    assert "its bytes are not those that its manifest tells of" in refused(rows)


def as_csv(folder: Path, schema: str, *lines: str) -> None:
    """A list of these columns."""
    file = publish(folder, "CSV", MOMENT)
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    files = [{"key": file.relative_to(folder).as_posix()}]
    retold(folder, fileSchema=schema, files=files)


def test_columns_may_stand_in_any_order_and_others_between(tmp_path: Path, rows: Rows) -> None:
    as_csv(
        tmp_path,
        "EncryptionStatus, Size, Key, IsLatest, VersionId, Bucket",
        '"SSE-S3","7","a%2Bb%25+c%0A","true","v1","media"',
        '"SSE-S3","","a","false","v2","media"',
    )

    (found,) = rows()
    assert ("media", "a+b% c\n", 7) == (found["bucket"], found["key"], found["size"])
    assert (None, None) == (found["etag"], found["last_modified"])


@pytest.mark.parametrize(
    ("schema", "lines", "reason"),
    [
        ("Bucket, Size", ['"media","5"'], "none is the key: Bucket, Size"),
        ("Key, Size", ['"a","5"'], "none is the bucket: Key, Size"),
        ("Bucket, Key, Key", ['"media","a","a"'], "two is the key"),
        ("Bucket, Key", ['"media","a","5"'], "Expected 2 columns, got 3"),
        ("Bucket, Key, Size", ['"media","a","five"'], "Failed to parse string: 'five'"),
        ("Bucket, Key, LastModifiedDate", ['"media","a","today"'], "Failed to parse string"),
    ],
)
def test_columns_that_are_no_list_are_refused(
    schema: str, lines: list[str], reason: str, tmp_path: Path, rows: Rows
) -> None:
    as_csv(tmp_path, schema, *lines)

    assert reason in refused(rows)


def test_a_file_without_lines_has_no_rows(tmp_path: Path, rows: Rows) -> None:
    as_csv(tmp_path, "Bucket, Key")

    assert [] == rows()


@pytest.mark.parametrize("write", [pq.write_table, pyarrow.orc.write_table])
def test_a_column_of_another_type_is_refused(
    write: Callable[..., None], tmp_path: Path, rows: Rows
) -> None:
    kind = "ORC" if write is pyarrow.orc.write_table else "Parquet"
    file = publish(tmp_path, kind, MOMENT)
    write(pa.table({"bucket": ["media"], "key": ["a"], "size": ["seven"]}), file)
    retold(tmp_path, files=[{"key": file.relative_to(tmp_path).as_posix()}])

    assert "Failed to parse string: 'seven'" in refused(rows)


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        NotFound, match=r"there is no folder .*mistyped; TAMS_S3_INVENTORY names it"
    ):
        rows_of(str(tmp_path / "mistyped"), monkeypatch)


class BreaksOff(http.server.BaseHTTPRequestHandler):
    """An S3 with one manifest, of which it gives half."""

    def do_GET(self) -> None:
        is_list = "list-type" in self.path
        body = b"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>d/manifest.json"
        body += b"</Key><Size>9</Size></Contents></ListBucketResult>"
        body = body if is_list else b"{"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if is_list else 9))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def breaks_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        for name, value in {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "k"}.items():
            monkeypatch.setenv(f"S3_{name}", value)
        monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "s")
        monkeypatch.setenv("S3_BUCKET_NAME", "m")
        yield
        server.shutdown()


@pytest.mark.usefixtures("breaks_off")
def test_an_answer_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
    with pytest.raises(EngineFailed, match=r"S3 Inventory failed at reading d/manifest\.json: "):
        rows_of("s3://lists", monkeypatch)
