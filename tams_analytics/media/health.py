"""Whether a storage answers: asked as any reader or writer would, and nothing stays behind."""

from __future__ import annotations

from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import MediaStorage


def probe(storage: MediaStorage) -> None:
    """Whether the bucket, or the folder, is there; a folder also whether it takes a byte.

    Raises `EngineFailed`.
    """
    if isinstance(storage, (DirectoryStorage, S3Storage)):
        storage.look()
