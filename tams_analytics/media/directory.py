"""A folder as storage of media objects: the embedded default, beside the DuckDB file.

A key is a path below the root. A put writes a temporary file in a folder of its own, makes it
durable and renames it, so that neither a reader nor a power cut ever sees half an object. What a
killed put has left there the next put or delete takes away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.storage import CHUNK_BYTES, Content, opened

INCOMING = ".incoming"
LEFT_S = 3600.0
"""So long after its last byte a temporary file is of a put that was killed."""
ATTEMPTS = 3
"""A delete may prune the folder that a put has just made; the put then makes it again."""
NO_PLACE = {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}
"""No file system has room for a key of such a form, or beside the keys that are there."""


@dataclass(frozen=True)
class DirectoryStorage:
    """Media objects as files below ``root``, which `begin` or the first put makes."""

    root: Path

    @property
    def product(self) -> str:
        return "directory"

    @property
    def bucket(self) -> str:
        """The folder's name alone: store and folder may be moved together."""
        return self.root.absolute().name

    def begin(self) -> None:
        """Make the folder where it can be made; where not, whoever uses it is told."""
        with contextlib.suppress(OSError):
            self.root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        """The size stored. A file has no content type: the store's tables know it."""
        with self.replacing(key) as target, opened(content) as source:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
            return target.tell()

    @contextlib.contextmanager
    def replacing(
        self, key: str, last_look: Callable[[], object] | None = None
    ) -> Iterator[BinaryIO]:
        """A file whose bytes are those of ``key`` once the block ends; if it raises, nothing is.

        Nor if ``last_look`` does, which is called when all bytes are on the disk: that takes long.
        """
        path = self.path(key)
        with self._translated("storing", key), self._replacement(path, last_look) as target:
            yield target

    def size(self, key: str) -> int:
        return self._existing(key).stat().st_size

    def exists(self, key: str) -> bool:
        path = self.path(key)
        try:
            with self._translated("looking for", key):
                return path.is_file()
        except BadParameter:  # where nothing can be there is nothing
            return False

    def open(self, key: str) -> BinaryIO:
        with self._translated("reading", key):
            return self._existing(key).open("rb")

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self.path(key)
            with contextlib.suppress(BadParameter), self._translated("deleting", key):
                self._remove(path)
        self._sweep()

    def url(self, key: str) -> str:
        return self.path(key).as_uri()

    def path(self, key: str) -> Path:
        """The file of ``key``; `BadParameter` for a key that is no path below the root."""
        parts = PurePosixPath(key).parts
        if (
            not parts
            or "\0" in key
            or key != "/".join(parts)
            or not {"/", "..", INCOMING}.isdisjoint(parts)
        ):
            raise BadParameter("key", key, "is no path below the storage's folder", "a/b/c")
        root = self.root.resolve()
        path = root.joinpath(*parts)
        if not path.resolve().is_relative_to(root):
            raise BadParameter("key", key, "leads out of the storage's folder by a link")
        return path

    def _existing(self, key: str) -> Path:
        if not self.exists(key):
            raise NotFound("stored object", key)
        return self.path(key)

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        root = self.root.resolve()
        for folder in path.parents:
            if folder == root or not _removed_if_empty(folder):
                return

    @contextlib.contextmanager
    def _replacement(
        self, path: Path, last_look: Callable[[], object] | None
    ) -> Iterator[BinaryIO]:
        self._sweep()
        incoming = self.root.resolve() / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        temporary = incoming / uuid.uuid4().hex
        try:
            with temporary.open("xb") as target:
                yield target
                target.flush()
                os.fsync(target.fileno())
            if last_look is not None:
                last_look()
            _moved(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _make_durable(path.parent)

    def _sweep(self) -> None:
        """Take away what killed puts have left; what cannot be is left for another time."""
        oldest = time.time() - LEFT_S
        with contextlib.suppress(OSError):
            for left in (self.root / INCOMING).iterdir():
                if left.stat().st_mtime < oldest:
                    left.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _translated(self, doing: str, key: str) -> Iterator[None]:
        """Raises `EngineFailed`, and `BadParameter` where no file can be at ``key``."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno in NO_PLACE and self.root.is_dir():
                problem = f"can be no file of this folder: {reason}"
                raise BadParameter("key", key, problem) from error
            raise EngineFailed("the media directory", f"{doing} {key}", reason) from error


def _moved(temporary: Path, path: Path) -> None:
    for _ in range(ATTEMPTS):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            temporary.replace(path)
            return
    temporary.replace(path)


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
