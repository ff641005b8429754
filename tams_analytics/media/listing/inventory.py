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
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.listing.inventory_files import READERS, as_listing
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


class Place(Protocol):
    """Where an inventory lies."""

    def manifests(self) -> Iterable[str]:
        """The names of all manifests."""

    def open(self, name: str) -> BinaryIO:
        """A file by its name, or by the key that a manifest has for it. Raises `NotFound`."""


@dataclass(frozen=True)
class InBucket:
    """Below a folder of the bucket that S3 writes to: ``a/``, or nothing for all of it."""

    storage: S3Storage
    prefix: str

    def manifests(self) -> Iterator[str]:
        for page in S3Lister(self.storage).pages(self.prefix):
            for key in page.keys:
                if not key.startswith(self.prefix):
                    return
                if key.endswith(f"/{MANIFEST}") or key == MANIFEST:
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


@dataclass(frozen=True)
class Inventory:
    """One of them, as its manifest tells: what it lists, and in which files."""

    place: Place
    manifest: str
    bucket: str
    listed_at: dt.datetime
    format: str
    columns: tuple[str, ...]
    files: tuple[tuple[str, str | None], ...]
    """Name and MD5 of each."""


def bring(storages: Storages, folder: Path) -> list[str]:
    """The newest inventories that the settings name, as listings (Parquet) in ``folder``.

    Of a bucket that several places list, each a part of it, all count as of the oldest. Raises
    `BadParameter`, also where one place has several lists of a bucket: nobody knows which is
    whole. And `NotFound`, `EngineFailed`.
    """
    told = storages.settings.s3_inventory
    if not told:
        raise BadParameter(SETTING, None, "is not set", EXPECTED)
    inventories = [one for each in told.split(",") for one in _found(each.strip(), storages)]
    moments: dict[str, dt.datetime] = {}
    for one in inventories:
        moments[one.bucket] = min(one.listed_at, moments.get(one.bucket, one.listed_at))
    files: list[str] = []
    for one in inventories:
        target = folder / f"inventory-{len(files):05}.parquet"
        _write(one, moments[one.bucket], target)
        files.append(str(target))
    return files


def _found(told: str, storages: Storages) -> list[Inventory]:
    place = _place(told, storages)
    found = [_told(place, manifest) for manifest in _newest(place.manifests())]
    if not found:
        raise NotFound(INVENTORY, redacted(told), "S3 writes the first within two days")
    buckets = [one.bucket for one in found]
    for bucket in buckets:
        if buckets.count(bucket) > 1:
            problem = f"has several lists of the bucket {bucket}"
            raise BadParameter(SETTING, redacted(told), problem, "the folder of one of them")
    return found


def _place(told: str, storages: Storages) -> Place:
    parts = urlsplit(told)
    if parts.scheme == "s3" and parts.netloc:
        prefix = f"{parts.path.strip('/')}/".lstrip("/")
        return InBucket(_storage(parts.netloc, storages), prefix)
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


def _told(place: Place, manifest: str) -> Inventory:
    with closing(place.open(manifest)) as file:
        told = json.load(file)
    try:
        milliseconds = int(told["creationTimestamp"])
        return Inventory(
            place,
            manifest,
            bucket=str(told["sourceBucket"]),
            listed_at=dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc),
            format=told["fileFormat"],
            columns=tuple(name.strip() for name in told["fileSchema"].split(",")),
            files=tuple((each["key"], each.get("MD5checksum")) for each in told["files"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _failed(manifest, f"it is no manifest that is known: {error!r}") from error


def _write(one: Inventory, listed_at: dt.datetime, target: Path) -> None:
    read = READERS.get(one.format)
    if read is None:
        raise _failed(one.manifest, f"its format is {one.format}, none of {', '.join(READERS)}")
    copy = target.with_suffix(".copy")
    with pq.ParquetWriter(target, LISTING, **HOW) as writer:
        for key, md5 in one.files:
            _copy(one.place, key, copy, md5)
            for rows in read(copy, [*one.columns]):
                writer.write_table(as_listing(rows, listed_at))
            copy.unlink()


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
