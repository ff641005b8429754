"""What keeps media from being stored and read: a round trip as a client makes it (F94, F97).

An object of a few bytes goes up and comes back by presigned URLs, and is deleted again; its date
tells whether the storage's clock agrees with ours, which signatures and expiries rest on.
"""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from tams_analytics.engines.health import Finding
from tams_analytics.errors import EngineFailed, TamsError, shortened
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storage import MediaStorage, PresigningStorage
from tams_analytics.media.storages import Storages

CONTENT = b"tams doctor"
PATIENCE_S = 20
MOST_SKEW_S = 5.0
"""S3 refuses signatures beyond 15 minutes; a wrong clock is told long before."""
SET_CLOCK = "let both follow the same time servers"
MOUNT_FIRST = "mount its disk, or move it back, before the next start"
REFUSED = "compare endpoint, keys and signature version; a proxy may have changed the host"


def diagnose(storages: Storages) -> Iterator[Finding]:
    """Each storage backend of the settings: its round trip, then its clock."""
    for backend in storages.backends:
        yield from _of_backend(backend)


def _of_backend(backend: ConfiguredBackend) -> Iterator[Finding]:
    """A folder that no start has made ready yet, and one can, is nothing to tell of."""
    name = f"media {backend.label}"
    storage = backend.storage
    try:
        if isinstance(storage, DirectoryStorage) and not storage.is_begun:
            storage.look_before_begin()
            if storage.was_begun:
                said = f"{storage.root} is gone, and {storage.key_file.name} is still beside it"
                yield Finding(name, False, said, f"{MOUNT_FIRST}, which makes an empty folder")
            return
        ahead_s = _round_trip(storage, f"tams-doctor/{uuid.uuid4()}")
    except TamsError as error:
        yield Finding(name, False, str(error), REFUSED if _is_presigning(storage) else "")
        return
    way = "by presigned URLs" if _is_presigning(storage) else "in its folder"
    yield Finding(name, True, f"{storage.product} {storage.bucket} keeps and gives bytes {way}")
    yield _of_clock(backend.label, ahead_s)


def _is_presigning(storage: MediaStorage) -> bool:
    return isinstance(storage, PresigningStorage)


def _of_clock(label: str, ahead_s: float) -> Finding:
    if abs(ahead_s) <= MOST_SKEW_S:
        return Finding(f"clock of {label}", True, f"within {MOST_SKEW_S:.0f} s of ours")
    said = f"{abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} ours"
    return Finding(f"clock of {label}", False, said, SET_CLOCK)


def _round_trip(storage: MediaStorage, key: str) -> float:
    """How far the storage's clock is ahead. Raises `EngineFailed` where other bytes come back."""
    try:
        if isinstance(storage, PresigningStorage):
            return _by_urls(storage, key)
        return _in_folder(storage, key)
    finally:
        storage.delete([key])


def _in_folder(storage: MediaStorage, key: str) -> float:
    began = time.time()
    storage.put(key, CONTENT)
    ended = time.time()
    with closing(storage.open(key)) as file:
        _refuse_other(file.read())
    if isinstance(storage, DirectoryStorage):
        return _ahead(storage.path(key).stat().st_mtime, began, ended)
    return 0.0


def _by_urls(storage: PresigningStorage, key: str) -> float:
    began = time.time()
    date, _nothing = _asked("PUT", storage.presign_put(key), CONTENT)
    ended = time.time()
    _same_date, found = _asked("GET", storage.presign_get(key))
    _refuse_other(found)
    return 0.0 if date is None else _ahead(parsedate_to_datetime(date).timestamp(), began, ended)


def _ahead(theirs: float, began: float, ended: float) -> float:
    """Of a moment between two of ours; their seconds may be whole ones."""
    return max(theirs - ended, 0.0) + min(theirs + 1 - began, 0.0)


def _asked(method: str, url: str, body: bytes | None = None) -> tuple[str | None, bytes]:
    """The date of a bare request's answer, and its body."""
    parts = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    try:
        with closing(kinds[parts.scheme](parts.netloc, timeout=PATIENCE_S)) as connection:
            connection.request(method, f"{parts.path}?{parts.query}", body)
            answer = connection.getresponse()
            said = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise EngineFailed("S3", f"a presigned {method}", str(error)) from error
    if answer.status != http.client.OK:
        reason = f"{answer.status} {shortened(said.decode('utf-8', 'replace'))}"
        raise EngineFailed("S3", f"a presigned {method}", reason)
    return answer.getheader("date"), said


def _refuse_other(found: bytes) -> None:
    if found != CONTENT:
        raise EngineFailed("the storage", "giving back what was put", f"{len(found)} other bytes")
