"""Storage backends have to be places of their own.

The collector deletes what lies on one of them. Were another the same place, its bytes would be gone
as well, and no key tells of which of the two they are (mission R8).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from tams_analytics.errors import BadParameter
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import MediaStorage

AWS = "amazonaws.com"
"""A bucket's name belongs to all endpoints of AWS; without an endpoint boto3 takes one of them."""
SHARED = "keeps its bytes where %s does: what is deleted from one of them the other loses as well"
ADVICE = "for each a folder outside the others', or a bucket of its own"

Place = PurePath | tuple[str, str, str]


def refuse_shared_places(storages: Mapping[str, MediaStorage]) -> None:
    """Raises `BadParameter`, by their labels, for two that are one place, or one in the other."""
    places = {label: _place(storage) for label, storage in storages.items()}
    for (one, first), (other, second) in itertools.combinations(places.items(), 2):
        if _is_shared(first, second):
            raise BadParameter("storage backend", other, SHARED % repr(one), ADVICE)


def _is_shared(one: Place | None, other: Place | None) -> bool:
    if isinstance(one, PurePath) and isinstance(other, PurePath):
        return one.is_relative_to(other) or other.is_relative_to(one)
    return one is not None and one == other


def _place(storage: MediaStorage) -> Place | None:
    """What is the same for all ways to name one place; reaches no network."""
    if isinstance(storage, DirectoryStorage):
        return storage.root.resolve()
    if isinstance(storage, S3Storage):
        return (*_server(storage.config.endpoint or f"https://{AWS}"), storage.bucket)
    return None


def _server(endpoint: str) -> tuple[str, str]:
    """Host with port, and path, whichever scheme it is asked by."""
    parts = urlsplit(endpoint)
    host = parts.netloc.lower().removesuffix(":80").removesuffix(":443")
    if host == AWS or host.endswith(f".{AWS}"):
        return AWS, ""
    return host, parts.path.rstrip("/")
