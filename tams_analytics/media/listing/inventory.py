"""S3 Inventory: the listing that S3 writes itself, each day or week, as its manifest tells.

``TAMS_S3_INVENTORY`` says where: ``s3://bucket/prefix``, a folder, or several with commas between
them. Below each lie ``SOURCE-BUCKET/CONFIGURATION/2026-11-22T01-00Z/manifest.json`` and the files
that it names: CSV (gzip), Parquet or ORC. The newest of each configuration is taken. Source: the
user guide of Amazon S3, "Locating your inventory list", "Amazon S3 Inventory list".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote, unquote_plus, urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.listing.pages import LISTING
from tams_analytics.media.listing.parts import HOW
from tams_analytics.media.listing.s3 import S3Lister
from tams_analytics.media.opening import s3_config
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import CHUNK_BYTES
from tams_analytics.media.storages import Storages
from tams_analytics.settings import redacted

SETTING = "TAMS_S3_INVENTORY"
EXPECTED = "for example s3://inventories/daily, or file:///srv/inventories"
INVENTORY = "S3 Inventory"
MANIFEST = "manifest.json"
NAMES = {
    "bucket": ("bucket", "Bucket"),
    "key": ("key", "Key"),
    "size": ("size", "Size"),
    "etag": ("e_tag", "ETag"),
    "storage_class": ("storage_class", "StorageClass"),
    "last_modified": ("last_modified_date", "LastModifiedDate"),
    "is_latest": ("is_latest", "IsLatest"),
    "is_delete_marker": ("is_delete_marker", "IsDeleteMarker"),
}
"""What Parquet and ORC call a column, and what CSV does."""
FLAGS = ("is_latest", "is_delete_marker")
UTC = pa.timestamp("us", "UTC")


class Place(Protocol):
    """Where an inventory lies."""

    def manifests(self) -> Iterable[str]:
        """The names of all manifests."""

    def open(self, name: str) -> BinaryIO:
        """A file by its name, or by the key that a manifest has for it. Raises `NotFound`."""


@dataclass(frozen=True)
class InBucket:
    """Below a prefix of the bucket that S3 writes to."""

    storage: S3Storage
    prefix: str

    def manifests(self) -> Iterator[str]:
        for page in S3Lister(self.storage).pages(self.prefix):
            for key in page.keys:
                if not key.startswith(self.prefix):
                    return
                if key.endswith(f"/{MANIFEST}"):
                    yield key

    def open(self, name: str) -> BinaryIO:
        return self.storage.open(name)


@dataclass(frozen=True)
class InFolder:
    """A copy of that; of the bucket, or of what lies below some folder of it."""

    root: Path

    def manifests(self) -> Iterator[str]:
        for found in self.root.rglob(MANIFEST):
            yield found.relative_to(self.root).as_posix()

    def open(self, name: str) -> BinaryIO:
        parts = Path(name).parts
        for skipped in range(len(parts)):
            file = self.root.joinpath(*parts[skipped:])
            if file.is_file() and ".." not in parts:
                return file.open("rb")
        raise NotFound("file of the inventory", name, f"it would lie in {self.root}")


def bring(storages: Storages, folder: Path) -> list[str]:
    """The newest inventories that the settings name, as listings (Parquet) in ``folder``.

    Raises `BadParameter`, `NotFound`, `EngineFailed`.
    """
    told = storages.settings.s3_inventory
    if not told:
        raise BadParameter(SETTING, None, "is not set", EXPECTED)
    found: list[str] = []
    for each in told.split(","):
        place = _place(each.strip(), storages)
        manifests = _newest(place.manifests())
        if not manifests:
            raise NotFound(INVENTORY, redacted(each.strip()), "S3 writes the first within two days")
        for manifest in manifests:
            found += _brought(place, manifest, folder, len(found))
    return found


def _place(told: str, storages: Storages) -> Place:
    parts = urlsplit(told)
    if parts.scheme == "s3" and parts.netloc:
        return InBucket(_storage(parts.netloc, storages), parts.path.lstrip("/"))
    path = Path(unquote(parts.path)) if parts.scheme == "file" else Path(told)
    if parts.scheme not in ("", "file") or not path.is_absolute():
        raise BadParameter(SETTING, redacted(told), "names no place", EXPECTED)
    return InFolder(path)


def _storage(bucket: str, storages: Storages) -> S3Storage:
    """A bucket that the settings know, or another one of the same server."""
    for storage in storages.known.values():
        if isinstance(storage, S3Storage) and storage.bucket == bucket:
            return storage
    return S3Storage(s3_config(dataclasses.replace(storages.settings, s3_bucket_name=bucket)))


def _newest(manifests: Iterable[str]) -> list[str]:
    """Of each configuration the last: its folder is named by the moment."""
    newest: dict[str, str] = {}
    for name in sorted(manifests):
        newest[name.rpartition("/")[0].rpartition("/")[0]] = name
    return sorted(newest.values())


def _brought(place: Place, manifest: str, folder: Path, number: int) -> Iterator[str]:
    with closing(place.open(manifest)) as file:
        told = json.load(file)
    try:
        milliseconds = int(told["creationTimestamp"])
        read = READERS[told["fileFormat"]]
        files = [(each["key"], each.get("MD5checksum")) for each in told["files"]]
        columns = [name.strip() for name in told["fileSchema"].split(",")]
    except (KeyError, TypeError, ValueError) as error:
        raise _failed(manifest, f"it is no manifest that is known: {error!r}") from error
    listed_at = dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc)
    for at, (key, md5) in enumerate(files):
        copy = folder / f"inventory-{number + at:05}.copy"
        _copy(place, key, copy, md5)
        target = copy.with_suffix(".parquet")
        with pq.ParquetWriter(target, LISTING, **HOW) as writer:
            for rows in read(copy, columns):
                writer.write_table(_listing(rows, listed_at))
        copy.unlink()
        yield str(target)


def _copy(place: Place, key: str, target: Path, md5: str | None) -> None:
    """As its readers go to and fro. Raises `EngineFailed` for other bytes than were written."""
    digest = hashlib.md5(usedforsecurity=False)
    with closing(place.open(key)) as source, target.open("wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    if md5 is not None and digest.hexdigest() != md5:
        raise _failed(key, "its bytes are not those that its manifest tells of")


def _failed(name: str, reason: str) -> EngineFailed:
    return EngineFailed(INVENTORY, f"reading {name}", reason)


def _csv(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    """Without a header; keys are encoded, so no line breaks in one."""
    how = pyarrow.csv.ReadOptions(column_names=columns)
    kinds = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    with pa.input_stream(file, compression="gzip") as stream:
        for batch in pyarrow.csv.open_csv(stream, how, convert_options=kinds):
            rows = pa.Table.from_batches([batch])
            keys = [None if key is None else unquote_plus(key) for key in rows["Key"].to_pylist()]
            at = columns.index("Key")
            yield rows.set_column(at, "Key", pa.array(keys, pa.string()))


def _parquet(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    with pq.ParquetFile(file) as found:
        for batch in found.iter_batches():
            yield pa.Table.from_batches([batch])


def _orc(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    from pyarrow import orc  # noqa: PLC0415 - not every build of pyarrow has it

    found = orc.ORCFile(file)
    for stripe in range(found.nstripes):
        yield pa.Table.from_batches([found.read_stripe(stripe)])


Reader = Callable[[Path, list[str]], Iterator[pa.Table]]
READERS: Mapping[str, Reader] = {"CSV": _csv, "Parquet": _parquet, "ORC": _orc}


def _listing(rows: pa.Table, listed_at: dt.datetime) -> pa.Table:
    """As a listing; of several versions of a key the one that a GET gives, if any."""
    said = {name: _column(rows, name) for name in NAMES}
    is_latest, is_deleted = (said.pop(name) for name in FLAGS)
    said["etag"] = None if said["etag"] is None else pc.utf8_trim(said["etag"], '"')
    said["listed_at"] = pa.repeat(pa.scalar(listed_at, UTC), rows.num_rows)
    columns = [_cast(said[field.name], field.type, rows.num_rows) for field in LISTING]
    listing = pa.Table.from_arrays(columns, schema=LISTING)
    is_there = pc.and_(
        _flag(is_latest, True, rows.num_rows),
        pc.invert(_flag(is_deleted, False, rows.num_rows)),
    )
    return listing.filter(is_there)


def _column(rows: pa.Table, name: str) -> Any:
    for each in NAMES[name]:
        if each in rows.column_names:
            return rows[each]
    return None


def _flag(column: Any, default: bool, rows: int) -> Any:
    """A column of yes and no, which CSV has as text."""
    if column is None:
        return pa.repeat(pa.scalar(default), rows)
    if not pa.types.is_boolean(column.type):
        column = pc.equal(pc.utf8_lower(column), "true")
    return pc.fill_null(column, default)


def _cast(column: Any, kind: pa.DataType, rows: int) -> Any:
    """Moments lose their zone, which is UTC."""
    if column is None:
        return pa.nulls(rows, kind)
    if pa.types.is_timestamp(kind) and column.type != kind:
        column = column.cast(UTC)
    return column.cast(kind)
