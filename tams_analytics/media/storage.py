"""Where the bytes of media objects are kept: the seam.

A storage is addressed by *keys*: an object's ``storage_path`` (mission R8) is its key on every
storage backend. Two kinds stand behind the seam: a directory (`media.directory`, the embedded
default) and an S3 bucket (`media.s3`). Both stream, so memory does not grow with an object.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

Content = bytes | Path | BinaryIO
"""What can be stored: bytes, a file by its path, or a binary file that is open for reading."""

CHUNK_BYTES = 1 << 20


@runtime_checkable
class MediaStorage(Protocol):
    """Keeps bytes under keys. Each method raises `EngineFailed` where the storage fails."""

    @property
    def product(self) -> str:
        """What keeps the bytes, as ``storage_backends.store_product`` has it."""

    @property
    def bucket(self) -> str:
        """The name that ``object_instances.bucket`` records."""

    def begin(self) -> None:
        """Make ready for the first use; reaches no network.

        Raises `Unsupported` where something is not installed. A folder is made, so that one which
        is gone can be missed.
        """

    def look_before_begin(self) -> None:
        """Whether `begin` could do it; makes nothing. Raises what that does."""

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        """Store all of ``content`` under ``key``, replacing what was there; its size in bytes.

        Readers see the old bytes or the new ones, never a part.
        """

    def size(self, key: str) -> int:
        """The number of bytes under ``key``; `NotFound` without any."""

    def exists(self, key: str) -> bool:
        """Whether there are bytes under ``key``."""

    def open(self, key: str) -> BinaryIO:
        """The bytes under ``key``, to be read and closed; `NotFound` without any."""

    def read(self, key: str, start: int, stop: int) -> bytes:
        """The bytes from ``start`` up to ``stop`` under ``key``, fewer where it ends before.

        Nothing else is read. Raises `NotFound`.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Remove what is under ``keys``; a key without bytes is no error: deletes may repeat."""

    def url(self, key: str) -> str:
        """Where ``key`` is, without any permission to read it: ``file:///…`` or ``s3://…``."""


@runtime_checkable
class PresigningStorage(MediaStorage, Protocol):
    """A storage that clients reach themselves, with URLs that carry a permission for a while."""

    @property
    def takes_content_type(self) -> bool:
        """Whether a PUT to a presigned URL may name its content type."""

    def reading(self) -> Callable[[str], str]:
        """What makes of each key the `presign_get` of this moment, for the URLs of an answer."""

    def presign_get(self, key: str, expires_s: int | None = None) -> str:
        """A URL that reads ``key`` for ``expires_s`` seconds; no network call."""

    def presign_put(self, key: str, expires_s: int | None = None) -> str:
        """A URL that stores ``key`` for ``expires_s`` seconds by a bare PUT; no network call."""


def opened(content: Content) -> AbstractContextManager[BinaryIO]:
    """``content`` as a file to read; what the caller had opened stays open afterwards."""
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, Path):
        return content.open("rb")
    return contextlib.nullcontext(content)
