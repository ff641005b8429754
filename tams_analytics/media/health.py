"""Whether a storage answers: asked like any reader or writer would, without changing anything."""

from __future__ import annotations

import os

from tams_analytics.errors import EngineFailed
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storage import MediaStorage

NO_KEY = "tams-health"
"""Of no object: a storage path begins with a flow's id."""


def probe(storage: MediaStorage) -> None:
    """Ask a storage for a key that is not there. Raises `EngineFailed`.

    A folder is looked at: the first put makes it, so that one which is not there yet must be
    possible to make.
    """
    if isinstance(storage, DirectoryStorage):
        _look_at(storage)
    else:
        storage.exists(NO_KEY)


def _look_at(storage: DirectoryStorage) -> None:
    root = storage.root.absolute()
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        raise EngineFailed("the media directory", f"reaching {root}", f"{there} cannot be used")
