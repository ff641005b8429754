"""All storages of one store, by the ids of its storage backends, and the URLs of bytes in them.

S3 presigns itself. The bytes of a folder go through the server: ``BASE/media/STORAGE_ID/KEY`` with
an expiry and a signature. A URL without them is for a client that shows its own credentials; behind
it, the server sends whoever may to S3.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from tams_analytics.errors import EngineFailed
from tams_analytics.media.configured import ConfiguredBackend, configured_backends
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.signing import READING, WRITING, Signer
from tams_analytics.media.storage import MediaStorage, PresigningStorage
from tams_analytics.settings import Settings


class PutUrl(NamedTuple):
    """A URL that stores an object's bytes, and what a PUT to it may name as its content type."""

    url: str
    presigned: bool
    content_type: str | None


class Storages:
    """The storages that the settings of this process know."""

    def __init__(self, settings: Settings, backends: Sequence[ConfiguredBackend]) -> None:
        self.settings = settings
        self.backends = tuple(backends)
        self.known = MappingProxyType({each.id: each.storage for each in backends})
        self._presigning = {  # looked up for each URL: asking a protocol takes longer than signing
            id: storage
            for id, storage in self.known.items()
            if isinstance(storage, PresigningStorage)
        }
        self._signers: dict[str, Signer] = {}

    @classmethod
    def configured(cls, settings: Settings, store_file: Path | None = None) -> Storages:
        """What ``settings`` and the settings file name, for the store in ``store_file``.

        Reaches no network. Raises `BadParameter`.
        """
        return cls(settings, configured_backends(settings, store_file))

    def of(self, storage_id: str | None) -> MediaStorage:
        """The storage behind a storage backend of the store. Raises `EngineFailed`."""
        storage = None if storage_id is None else self.known.get(storage_id)
        if storage is None:
            raise EngineFailed(
                f"storage backend {storage_id}",
                "reaching it",
                "the settings of this process do not name it",
                "TAMS_MEDIA, or [storage_backends.NAME] in the settings file",
            )
        return storage

    def reading(self, storage_id: str | None, base_url: str) -> Callable[[str], str]:
        """What makes of a key a URL that reads it until it expires; reaches no network.

        ``base_url`` is the server's own.
        """
        presigning = self._presigning.get(storage_id or "")
        if presigning is not None:
            return presigning.reading()
        lives_s = self.settings.s3_presigned_url_download_timeout
        return functools.partial(
            self._signed, READING, str(storage_id), base_url=base_url, lives_s=lives_s
        )

    def opening(self, storage_id: str | None, base_url: str | None = None) -> Callable[[str], str]:
        """What makes of a key a URL that players open; reaches no network.

        As `reading`; without ``base_url`` the files of a folder are named themselves, for programs
        of this machine.
        """
        storage = self.of(storage_id)
        if base_url is None and isinstance(storage, DirectoryStorage):
            return storage.file_url
        return self.reading(storage_id, base_url or "")

    def put_url(
        self,
        storage_id: str | None,
        key: str,
        base_url: str,
        content_type: str | None = None,
        *,
        presigned: bool = True,
    ) -> PutUrl:
        """A URL that stores ``key``; without ``presigned`` one that asks for credentials (§198).

        SigV2 would sign a content type, so none is named there and none may be sent (R11).
        """
        storage = self.of(storage_id)
        if not presigned:
            return PutUrl(_address(str(storage_id), key, base_url), False, content_type)
        if isinstance(storage, PresigningStorage):
            named = content_type if storage.takes_content_type else None
            return PutUrl(storage.presign_put(key), True, named)
        lives_s = self.settings.s3_presigned_url_upload_timeout
        url = self._signed(WRITING, str(storage_id), key, base_url, lives_s)
        return PutUrl(url, True, content_type)

    def folder(self, storage_id: str) -> DirectoryStorage:
        """A storage whose bytes the server gives itself. Raises `EngineFailed` for any other."""
        storage = self.of(storage_id)
        if isinstance(storage, DirectoryStorage):
            return storage
        raise EngineFailed(f"storage backend {storage_id}", "serving it", "it is no folder")

    def signer(self, storage_id: str) -> Signer:
        """What signs the URLs of a folder. Raises `EngineFailed` for any other storage."""
        found = self._signers.get(storage_id)
        if found is None:
            found = self._signers[storage_id] = Signer.beside(self.folder(storage_id).root)
        return found

    def _signed(self, permits: str, storage_id: str, key: str, base_url: str, lives_s: int) -> str:
        query = self.signer(storage_id).query(permits, storage_id, key, lives_s)
        return f"{_address(storage_id, key, base_url)}?{query}"


def _address(storage_id: str, key: str, base_url: str) -> str:
    return f"{base_url.rstrip('/')}/media/{storage_id}/{quote(key, safe='/~')}"
