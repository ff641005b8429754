"""The files of a folder for media, in the order in which S3 would tell them."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tams_analytics.errors import EngineFailed
from tams_analytics.media.directory import INCOMING, MOUNT, DirectoryStorage
from tams_analytics.media.listing.pages import OF_A_PAGE, Cut, Page

FILES_PER_PAGE = 1000
EPOCH = dt.datetime(1970, 1, 1)


@dataclass(frozen=True)
class FolderLister:
    """Lists a folder; a `Lister`. One disk is read by one thread."""

    storage: DirectoryStorage

    @property
    def bucket(self) -> str:
        return self.storage.bucket

    @property
    def place(self) -> str:
        return self.storage.root.absolute().as_uri()

    def pages(self, after: str) -> Iterator[Page]:
        files = self._files(after)
        is_last = False
        while not is_last:
            some = [*itertools.islice(files, FILES_PER_PAGE)]
            is_last = len(some) < FILES_PER_PAGE
            yield Page([key for key, _ in some], _rows(some), is_last)

    def cut(self, after: str, end: str | None, known: Cut) -> Cut:
        return Cut(None)

    def _files(self, after: str) -> Iterator[tuple[str, os.stat_result]]:
        if not self.storage.is_begun and not self.storage.was_begun:
            return
        try:
            yield from _below(self.storage.root, "", after)
        except OSError as error:
            raise self._failed(error.strerror or str(error), MOUNT) from error
        if not self.storage.is_begun:  # with its disk, whose bytes are not lost
            raise self._failed("it is gone", MOUNT)

    def _failed(self, reason: str, instead: str = "") -> EngineFailed:
        doing = f"listing {self.storage.root}"
        return EngineFailed("the media directory", doing, reason, instead)


def _below(folder: Path, prefix: str, after: str) -> Iterator[tuple[str, os.stat_result]]:
    """Files behind ``after``. A folder's files come where the name with a slash would."""
    with os.scandir(folder) as entries:
        named = {_key(prefix, each): each for each in entries if prefix or each.name != INCOMING}
    for key, entry in sorted(named.items()):
        if entry.is_dir(follow_symlinks=False):
            if key > after or after.startswith(key):
                yield from _inside(Path(entry.path), key, after)
        elif key > after and entry.is_file():
            try:
                yield key, entry.stat()
            except FileNotFoundError:  # deleted meanwhile
                continue


def _inside(folder: Path, prefix: str, after: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        yield from _below(folder, prefix, after)
    except FileNotFoundError:  # pruned meanwhile, as its last file went
        return


def _key(prefix: str, entry: os.DirEntry[str]) -> str:
    """As text: a name that is no UTF-8 is none of an object, and is shown escaped."""
    name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
    return f"{prefix}{name}{'/' if entry.is_dir(follow_symlinks=False) else ''}"


def _rows(files: list[tuple[str, os.stat_result]]) -> pa.RecordBatch:
    moments = [EPOCH + dt.timedelta(microseconds=each.st_mtime_ns // 1000) for _, each in files]
    columns = {
        "key": [key for key, _ in files],
        "size": [each.st_size for _, each in files],
        "last_modified": moments,
    }
    nothing = [None] * len(files)
    arrays = [pa.array(columns.get(each.name, nothing), each.type) for each in OF_A_PAGE]
    return pa.RecordBatch.from_arrays(arrays, schema=OF_A_PAGE)
