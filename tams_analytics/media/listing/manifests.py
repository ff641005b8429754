"""The manifests of S3 Inventory: where they lie, and what each tells of its list.

Source: the user guide of Amazon S3, "Inventory manifest".
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tams_analytics.errors import EngineFailed, NotFound
from tams_analytics.media.listing.s3 import S3Lister
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import CHUNK_BYTES

INVENTORY = "S3 Inventory"
MANIFEST = "manifest.json"
VERSION = "2016-11-30"
"""The only one that S3 has written."""
NEEDED = ("sourceBucket", "creationTimestamp", "fileFormat", "fileSchema", "files")
ANEW = "copy it anew, or name the place of another list"


class Place(Protocol):
    """Where an inventory lies."""

    def manifests(self) -> Iterable[str]:
        """The names of all manifests. Raises `NotFound`, `EngineFailed`."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file by its name, or by the key that a manifest has for it; the same errors."""


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

    def chunks(self, name: str) -> Iterator[bytes]:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra

        with closing(self.storage.open(name)) as body:
            try:
                while chunk := body.read(CHUNK_BYTES):
                    yield chunk
            except (BotoCoreError, OSError) as error:
                raise failed(name, str(error), "ask again") from error


@dataclass(frozen=True)
class InFolder:
    """A copy of that; of the bucket, or of what lies below some folder of it."""

    root: Path

    def manifests(self) -> Iterator[str]:
        if not self.root.is_dir():
            raise NotFound("folder", str(self.root), "TAMS_S3_INVENTORY names it")
        for found in self.root.rglob(MANIFEST):
            yield found.relative_to(self.root).as_posix()

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._file(name).open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise failed(name, error.strerror or str(error), ANEW) from error

    def _file(self, name: str) -> Path:
        parts = Path(name).parts
        for skipped in range(len(parts)):
            file = self.root.joinpath(*parts[skipped:])
            if file.is_file() and ".." not in parts:
                return file
        raise NotFound("file of the inventory", name, f"it would lie in {self.root}")


@dataclass(frozen=True)
class File:
    """One of those that have the rows; what is not told of it is ``None``."""

    key: str
    size: int | None
    md5: str | None


@dataclass(frozen=True)
class Inventory:
    """One list, as its manifest tells: of what it is, and in which files."""

    place: Place
    manifest: str
    bucket: str
    listed_at: dt.datetime
    format: str
    columns: tuple[str, ...]
    files: tuple[File, ...]


def newest(manifests: Iterable[str]) -> list[str]:
    """Of each configuration the last: its folder is named by the moment."""
    found: dict[str, str] = {}
    for name in sorted(manifests):
        found[name.rpartition("/")[0].rpartition("/")[0]] = name
    return sorted(found.values())


def read(place: Place, manifest: str) -> Inventory:
    """What a manifest tells. Raises `EngineFailed` for one that is torn, or of another kind."""
    try:
        told = json.loads(b"".join(place.chunks(manifest)))
    except ValueError as error:
        raise failed(manifest, f"it is no JSON, or is cut off: {error}", ANEW) from error
    try:
        _refuse_others(told)
        return _told(place, manifest, told)
    except (ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        reason = f"it is no manifest that is known: {error}"
        right = f"expected one of version {VERSION}, as S3 writes it"
        raise failed(manifest, reason, right) from error


def failed(name: str, reason: str, instead: str) -> EngineFailed:
    """Of a file by its name, and what would be right."""
    return EngineFailed(INVENTORY, f"reading {name}", " ".join(reason.split()), instead)


def _refuse_others(told: Any) -> None:
    if not isinstance(told, dict):
        raise TypeError("it holds no object")
    if told.get("version", VERSION) != VERSION:
        raise ValueError(f"its version is {told['version']}")
    if lacking := [name for name in NEEDED if name not in told]:
        raise ValueError(f"it lacks {', '.join(lacking)}")


def _told(place: Place, manifest: str, told: Mapping[str, Any]) -> Inventory:
    milliseconds = int(told["creationTimestamp"])
    return Inventory(
        place,
        manifest,
        bucket=str(told["sourceBucket"]),
        listed_at=dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc),
        format=str(told["fileFormat"]),
        columns=tuple(name.strip() for name in told["fileSchema"].split(",")),
        files=tuple(_file(each) for each in told["files"]),
    )


def _file(told: Mapping[str, Any]) -> File:
    if not isinstance(told.get("key"), str):
        raise TypeError("one of its files has no key")
    size = told.get("size")
    return File(told["key"], None if size is None else int(size), told.get("MD5checksum"))
