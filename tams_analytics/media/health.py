"""Whether a storage answers: asked as any reader or writer would, and nothing stays behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tams_analytics.errors import EngineFailed
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import MediaStorage


def probe(storage: MediaStorage) -> None:
    """Whether the bucket, or the folder, is there; a folder also whether it takes a byte.

    Raises `EngineFailed`.
    """
    if isinstance(storage, DirectoryStorage):
        refuse_unusable(storage.root, storage.root)
    elif isinstance(storage, S3Storage):
        storage.look()


def probe_not_begun(storage: DirectoryStorage) -> None:
    """Whether the first put can make the folder. Raises `EngineFailed`."""
    root = storage.root.absolute()
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    refuse_unusable(root, there)


def refuse_unusable(root: Path, there: Path) -> None:
    """Raise `EngineFailed` about ``root`` where nothing can be written in the folder ``there``."""
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"?")
    except OSError as error:
        problem = f"{there} cannot be used: {error.strerror or error}"
        raise EngineFailed("the media directory", f"reaching {root}", problem) from error
