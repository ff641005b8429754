"""A bucket in memory that tells its keys in pages, and by folders, as S3 does."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from tams_analytics.media.listing.pages import OF_A_PAGE, Cut, Page
from tams_analytics.media.listing.splitting import FOLDER, Names, cut

SLOW_S = 0.002
"""Long enough that all threads are at work at once."""


@dataclass
class KeysInMemory:
    """A `Lister`; ``asked`` counts its requests by thread."""

    keys: list[str]
    bucket: str = "media"
    page_size: int = 10
    fails_after: int | None = None
    asked: Counter[int] = field(default_factory=Counter)
    place: str = "memory"
    given: int = 0
    """So many keys were in its pages."""

    def __post_init__(self) -> None:
        self.keys = sorted(self.keys)

    def pages(self, after: str) -> Iterator[Page]:
        is_last = False
        while not is_last:
            found = self._behind(after)
            is_last = len(found) <= self.page_size
            page = found[: self.page_size]
            self.given += len(page)
            yield Page(page, rows(page), is_last)
            after = page[-1] if page else after

    def cut(self, after: str, end: str | None, known: Cut) -> Cut:
        return cut(self.look, after, end, known)

    def look(self, prefix: str, after: str, by_folder: bool) -> Names:
        names = [key for key in self._behind(after) if key.startswith(prefix)]
        if by_folder:
            names = [*dict.fromkeys(folder(key, prefix) for key in names)]
        most = self.page_size if by_folder else 1
        return Names(names[:most], len(names) <= most)

    def _behind(self, after: str) -> list[str]:
        self.asked[threading.get_ident()] += 1
        if self.fails_after is not None and self.asked.total() > self.fails_after:
            raise ConnectionError("the bucket is gone")
        time.sleep(SLOW_S)
        return self.keys[bisect_right(self.keys, after) :]


def folder(key: str, prefix: str) -> str:
    head, slash, _ = key[len(prefix) :].partition(FOLDER)
    return f"{prefix}{head}{slash}"


def rows(keys: Iterable[str]) -> pa.RecordBatch:
    names = [*keys]
    nothing = [None] * len(names)
    said = {"key": names, "size": [len(name) for name in names]}
    columns = [pa.array(said.get(each.name, nothing), each.type) for each in OF_A_PAGE]
    return pa.RecordBatch.from_arrays(columns, schema=OF_A_PAGE)
