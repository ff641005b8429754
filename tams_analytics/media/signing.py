"""Permissions for the URLs of a folder: what S3 does by SigV4, a folder's server does by HMAC.

The key lies beside the folder, in ``NAME.key``, readable by its owner alone: so URLs outlive a
restart, every process of the server knows it, and a copy of the database holds no secret.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from tams_analytics.errors import EngineFailed

KEY_BYTES = 32
KEY_SUFFIX = ".key"
READING, WRITING = "GET", "PUT"
"""What a URL permits. HEAD is reading."""


@dataclass(frozen=True)
class Signer:
    """Signs and judges permissions; its key shows in no repr."""

    key: bytes = field(repr=False)

    @classmethod
    def beside(cls, root: Path) -> Signer:
        """With the key of the folder ``root``, made where there is none. Raises `EngineFailed`."""
        return cls(_kept_key(key_file_of(root)))

    def query(self, permits: str, storage_id: str, key: str, lives_s: int) -> str:
        """``expires=…&signature=…``: for so many seconds from now."""
        expires = str(int(time()) + lives_s)
        return f"expires={expires}&signature={self._signature(permits, storage_id, key, expires)}"

    def is_permitted(
        self, permits: str, storage_id: str, key: str, expires: str, signature: str
    ) -> bool:
        """Whether ``signature`` is ours and has not expired; told in constant time."""
        right = self._signature(permits, storage_id, key, expires)
        is_ours = hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))
        return is_ours and int(expires) >= time()

    def _signature(self, permits: str, storage_id: str, key: str, expires: str) -> str:
        signed = "\n".join((permits, storage_id, expires, key)).encode("utf-8", "surrogatepass")
        return hmac.new(self.key, signed, hashlib.sha256).hexdigest()


def key_file_of(root: Path) -> Path:
    """Where the key of the folder ``root`` is kept."""
    return Path(f"{root.absolute()}{KEY_SUFFIX}")


@functools.lru_cache(maxsize=32)
def _kept_key(path: Path) -> bytes:
    with _translated(path):
        if not path.exists():
            _write_once(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise EngineFailed("the media directory", f"reading {path}", "it is no signing key")
    return key


def _write_once(path: Path, key: bytes) -> None:
    """All of it at once, under a name that nobody has: of two processes the first one wins."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineFailed("the media directory", f"keeping {path}", reason) from error
