"""A folder as storage of media objects: the embedded default, beside the DuckDB file.

A key is a path below the root. A put writes a temporary file in a folder of its own, makes it
durable and renames it, so that neither a reader nor a power cut ever sees half an object. What a
killed put has left there the next put or delete takes away.

That folder is made once, with the root. Where it is gone, so is a disk, of which perhaps the empty
mount point is left: then nobody knows what has bytes, and none are stored beside the disk.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.signing import Signer, key_file_of
from tams_analytics.media.storage import CHUNK_BYTES, Content, opened

LOG = logging.getLogger(__name__)
INCOMING = ".incoming"
SETTINGS = "TAMS_MEDIA or [storage_backends.NAME] of the settings file names it"
MOUNT = (
    "mount its disk; where that is lost, or new, the next start makes an empty folder, as"
    " store.writes.prepare_storage_backends() does"
)
LEFT_S = 3600.0
"""So long after its last byte a temporary file is of a put that was killed."""
ATTEMPTS = 3
"""A delete may prune the folder that a put has just made; the put then makes it again."""
NO_PLACE = {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}
"""No file system has room for a key of such a form, or beside the keys that are there."""


@dataclass(frozen=True)
class DirectoryStorage:
    """Media objects as files below ``root``, which `begin` makes, and nothing else."""

    root: Path

    @property
    def product(self) -> str:
        return "directory"

    @property
    def bucket(self) -> str:
        """The folder's name alone: store and folder may be moved together."""
        return self.root.absolute().name

    @property
    def key_file(self) -> Path:
        """Beside the folder, so that it stays where the folder vanishes."""
        return key_file_of(self.root)

    @property
    def was_begun(self) -> bool:
        """The folder has been there, and is gone, as with its disk."""
        return not self.is_begun and self.key_file.exists()

    def begin(self) -> None:
        """Make the folder, and the key beside it. Raises `EngineFailed` where it cannot be used."""
        if self.was_begun:
            LOG.warning("%s is gone and made anew, empty; its disk may not be mounted", self.root)
        with self._reached(), contextlib.suppress(FileExistsError):
            self._incoming.mkdir(parents=True, exist_ok=True)
        self.look()
        Signer.beside(self.root)

    def look(self) -> None:
        """Whether the folder is there, and takes a byte. Raises `EngineFailed`."""
        with self._reached():
            take_a_byte(self._incoming)

    @property
    def is_begun(self) -> bool:
        return self._incoming.is_dir()

    def look_before_begin(self) -> None:
        """Whether `begin` could make the folder. Raises `EngineFailed`."""
        root = self.root.absolute()
        with self._reached():
            take_a_byte(next(folder for folder in (root, *root.parents) if folder.exists()))

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
        return self.stat(key).st_size

    def stat(self, key: str) -> os.stat_result:
        """What the file system knows of the file of ``key``. Raises `NotFound`."""
        with self._translated("looking for", key), self._unless_gone(key):
            return self._existing(key).stat()

    def exists(self, key: str) -> bool:
        path = self.path(key)
        try:
            with self._translated("looking for", key):
                return path.is_file() or self._lacks_it()
        except BadParameter:  # where nothing can be there is nothing
            return False

    def open(self, key: str) -> BinaryIO:
        with self._translated("reading", key), self._unless_gone(key):
            return self._existing(key).open("rb")

    def read(self, key: str, start: int, stop: int) -> bytes:
        with self.open(key) as file, self._translated("reading", key):
            file.seek(start)
            return file.read(stop - start)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self.path(key)
            with contextlib.suppress(BadParameter), self._translated("deleting", key):
                self._remove(path)
        self._sweep()

    def url(self, key: str) -> str:
        return self.path(key).as_uri()

    def file_url(self, key: str) -> str:
        """``file:///…`` as FFmpeg reads it: to the letter, where `url` escapes what is no ASCII."""
        return f"file://{self.path(key).as_posix()}"

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

    @contextlib.contextmanager
    def _unless_gone(self, key: str) -> Iterator[None]:
        """It may be deleted between two looks at it."""
        try:
            yield
        except FileNotFoundError as error:
            self._lacks_it()
            raise NotFound("stored object", key) from error

    def _existing(self, key: str) -> Path:
        if not self.exists(key):
            raise NotFound("stored object", key)
        return self.path(key)

    @property
    def _incoming(self) -> Path:
        return self.root / INCOMING

    def _lacks_it(self) -> bool:
        """False, of a file that is not there; raises `OSError` where all of them are gone."""
        self._incoming.stat()
        return False

    def _remove(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            self._lacks_it()
        root = self.root.resolve()
        for folder in path.parents:
            if folder == root or not _removed_if_empty(folder):
                return

    @contextlib.contextmanager
    def _replacement(
        self, path: Path, last_look: Callable[[], object] | None
    ) -> Iterator[BinaryIO]:
        self._sweep()
        root = self.root.resolve()
        temporary = root / INCOMING / uuid.uuid4().hex
        try:
            with temporary.open("xb") as target:
                yield target
                target.flush()
                os.fsync(target.fileno())
            if last_look is not None:
                last_look()
            _moved(temporary, path, root)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _make_durable(path.parent)

    def _sweep(self) -> None:
        """Take away what killed puts have left; what cannot be is left for another time."""
        oldest = time.time() - LEFT_S
        with contextlib.suppress(OSError):
            for left in self._incoming.iterdir():
                if left.stat().st_mtime < oldest:
                    left.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = f"it cannot be used: {error.strerror or error}"
            raise EngineFailed(
                "the media directory", f"reaching {self.root}", problem, SETTINGS
            ) from error

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
            hint = MOUNT if error.errno == errno.ENOENT else ""
            raise EngineFailed("the media directory", f"{doing} {key}", reason, hint) from error


def take_a_byte(folder: Path) -> None:
    """As permissions say nothing of a full disk. Raises `OSError`."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"?")


def _moved(temporary: Path, path: Path, root: Path) -> None:
    for _ in range(ATTEMPTS):
        with contextlib.suppress(FileNotFoundError):
            _make_inside(root, path.parent)
            temporary.replace(path)
            return
    temporary.replace(path)


def _make_inside(root: Path, folder: Path) -> None:
    if folder != root and not folder.is_dir():
        _make_inside(root, folder.parent)
        folder.mkdir(exist_ok=True)


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
