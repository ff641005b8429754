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
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.media.listing import manifests
from tams_analytics.media.listing.inventory_files import READERS, as_listing
from tams_analytics.media.listing.manifests import (
    ANEW,
    INVENTORY,
    File,
    InBucket,
    InFolder,
    Inventory,
    Place,
    failed,
)
from tams_analytics.media.listing.pages import LISTING
from tams_analytics.media.listing.parts import HOW, on_disk
from tams_analytics.media.opening import s3_config
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storages import Storages
from tams_analytics.settings import redacted

SETTING = "TAMS_S3_INVENTORY"
EXPECTED = "for example s3://inventories/daily, or file:///srv/inventories"


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
    newest = manifests.newest(place.manifests())
    found = [manifests.read(place, manifest) for manifest in newest]
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


def _write(one: Inventory, listed_at: dt.datetime, target: Path) -> None:
    if one.format not in READERS:
        known = f"expected {', '.join(READERS)}"
        raise failed(one.manifest, f"its format is {one.format}", known)
    copy = target.with_suffix(".copy")
    with on_disk(target), pq.ParquetWriter(target, LISTING, **HOW) as writer:
        for file in one.files:
            _copy(one.place, file, copy)
            for rows in _rows(one, file, copy, listed_at):
                writer.write_table(rows)
            copy.unlink()


def _rows(one: Inventory, file: File, copy: Path, listed_at: dt.datetime) -> Iterator[pa.Table]:
    """Raises `EngineFailed` for a file that cannot be read as its manifest tells."""
    try:
        for rows in READERS[one.format](copy, [*one.columns]):
            yield as_listing(rows, listed_at)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise failed(file.key, f"it is no {one.format} as is told of it: {error}", ANEW) from error


def _copy(place: Place, file: File, target: Path) -> None:
    """As its readers go to and fro. Raises `EngineFailed` for other bytes than were written."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with target.open("wb") as copy:
        for chunk in place.chunks(file.key):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    if file.md5 not in (None, digest.hexdigest()) or file.size not in (None, size):
        raise failed(file.key, "its bytes are not those that its manifest tells of", ANEW)
