"""A folder as storage of media objects: the embedded default, beside the DuckDB file.

A key is a path below the root. A put writes a temporary file beside its target, makes it
durable and renames it, so that neither a reader nor a power cut ever sees half an object.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.storage import CHUNK_BYTES, Content, opened

TEMPORARY = ".put-"
ATTEMPTS = 3
"""A delete may prune the folder that a put has just made; the put then makes it again."""


@dataclass(frozen=True)
class DirectoryStorage:
    """Media objects as files below ``root``, which the first put creates."""

    root: Path

    @property
    def product(self) -> str:
        return "directory"

    @property
    def bucket(self) -> str:
        """The folder's name alone: store and folder may be moved together."""
        return self.root.absolute().name

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        """The size stored. A file has no content type: the store's tables know it."""
        with self.replacing(key) as target, opened(content) as source:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
            return target.tell()

    @contextlib.contextmanager
    def replacing(self, key: str) -> Iterator[BinaryIO]:
        """A file whose bytes are those of ``key`` once the block ends; if it raises, nothing is."""
        path = self.path(key)
        with _translated(f"storing {key}"), _replacement(path) as target:
            yield target

    def size(self, key: str) -> int:
        return self._existing(key).stat().st_size

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def open(self, key: str) -> BinaryIO:
        with _translated(f"reading {key}"):
            return self._existing(key).open("rb")

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            with _translated(f"deleting {key}"):
                self._remove(self.path(key))

    def url(self, key: str) -> str:
        return self.path(key).as_uri()

    def path(self, key: str) -> Path:
        """The file of ``key``; `BadParameter` for a key that is no path below the root."""
        parts = PurePosixPath(key).parts
        if not parts or "\0" in key or key != "/".join(parts) or not {"/", ".."}.isdisjoint(parts):
            raise BadParameter("key", key, "is no path below the storage's folder", "a/b/c")
        root = self.root.resolve()
        path = root.joinpath(*parts)
        if not path.resolve().is_relative_to(root):
            raise BadParameter("key", key, "leads out of the storage's folder by a link")
        return path

    def _existing(self, key: str) -> Path:
        path = self.path(key)
        if not path.is_file():
            raise NotFound("stored object", key)
        return path

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        root = self.root.resolve()
        for folder in path.parents:
            if folder == root or not _removed_if_empty(folder):
                return


@contextlib.contextmanager
def _replacement(path: Path) -> Iterator[BinaryIO]:
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
    try:
        with _created(temporary) as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _make_durable(path.parent)


def _created(path: Path) -> BinaryIO:
    for _ in range(ATTEMPTS):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            return path.open("xb")
    return path.open("xb")


def _make_durable(folder: Path) -> None:
    """A rename outlives a power cut only once its folder is on the disk too."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _removed_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:  # not empty, or a put is at work in it
        return False
    return True


@contextlib.contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineFailed("the media directory", doing, error.strerror or str(error)) from error
