"""Several threads list several buckets into one Parquet file.

Each takes a stretch of keys and lists it page by page; one that finds nothing to do cuts the
stretch of another. So as many are at work as there is work for, whatever the keys look like, and a
bucket costs the requests that one thread would need and a few for cutting. In memory are only the
rows that no part has yet, `ROWS_IN_A_PART` for each thread.
"""

from __future__ import annotations

import contextvars
import datetime as dt
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm.auto import tqdm

from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.listing.folders import FolderLister
from tams_analytics.media.listing.pages import Lister, Page
from tams_analytics.media.listing.parts import Parts
from tams_analytics.media.listing.s3 import S3Lister
from tams_analytics.media.listing.stretches import Open, left
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import MediaStorage

THREADS = 8
ROWS_IN_A_PART = 20_000
PAGES_FOR_A_CUT = 8
"""Of so many requests one may be spent on looking where to cut, so that a small bucket is listed
as by one thread, and a large one costs an eighth more at most, and the last looks."""
LOOK_S = 0.2
"""A thread that waits looks so often, should nobody tell it."""


def list_into(
    target: Path,
    backends: Sequence[ConfiguredBackend],
    *,
    labels: Collection[str] = (),
    threads: int = THREADS,
    progress: bool | None = False,
) -> int:
    """List the storages of these backends into ``target``, Parquet; how many keys there are.

    Of all, or of those with these ``labels``. What an interrupt, an error or a kill leaves, in
    ``target.partial`` beside it, the next call goes on with, for a day; ``target`` is there, or
    replaced, when all is listed. ``progress`` shows a bar; ``None``: on a terminal. Raises
    `BadParameter` for storages of one name, as no place would tell them apart, `NotFound`,
    `Unsupported` and `EngineFailed`.
    """
    backends = _labelled(backends, labels)
    if not backends:
        problem = "is not set: there is nothing to list"
        raise BadParameter("TAMS_MEDIA", None, problem, "s3, file:///dir, or storage backends")
    listers = {each.bucket: each for each in map(_lister, _apart(backends))}
    if threads < 1:
        raise BadParameter("threads", threads, "is too few", "1 or more")
    places = {bucket: each.place for bucket, each in listers.items()}
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    hidden = None if progress is None else not progress
    with Parts(target, places, now) as parts:
        with tqdm(unit=" keys", unit_scale=True, disable=hidden, desc="list") as bar:
            bar.update(parts.rows)
            Exporting(listers, parts, bar.update).run(threads)
        return parts.finish()


def _labelled(
    backends: Sequence[ConfiguredBackend], labels: Collection[str]
) -> Sequence[ConfiguredBackend]:
    known = [each.label for each in backends]
    for label in labels:
        if label not in known:
            raise NotFound("storage backend", label, f"there are {', '.join(known)}")
    return [each for each in backends if not labels or each.label in labels]


def _apart(backends: Sequence[ConfiguredBackend]) -> list[MediaStorage]:
    buckets = [each.storage.bucket for each in backends]
    for label, bucket in zip((each.label for each in backends), buckets, strict=True):
        if buckets.count(bucket) > 1:
            problem = f"of storage backend {label} is the name of another one's as well"
            raise BadParameter("bucket", bucket, problem, "one of them, by its label")
    return [each.storage for each in backends]


def _lister(storage: MediaStorage) -> Lister:
    if isinstance(storage, S3Storage):
        return S3Lister(storage)
    if isinstance(storage, DirectoryStorage):
        return FolderLister(storage)
    raise Unsupported("media", f"list {storage.product}", "an inventory of its own")


@dataclass
class Exporting:
    """One run: what is open, what waits, and whether it is to stop."""

    listers: Mapping[str, Lister]
    parts: Parts
    told: Callable[[int], object]
    open: list[Open] = field(default_factory=list)
    waiting: list[Open] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    is_stopped: bool = False
    writing: int = 0
    pages: int = 0
    for_cuts: int = 0
    """Requests that looked where to cut."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, threads: int) -> None:
        """List all that no part has. What is left undone by an error or interrupt is kept."""
        for bucket in self.listers:
            stretches = left(self.parts.listed(bucket))
            self.waiting += [Open(bucket, each.after, each.end) for each in reversed(stretches)]
        workers = [_thread(self._work) for _ in range(threads)]
        try:
            for each in workers:
                each.start()
            self._wait(workers)
        except BaseException:
            self._keep_what_is_there()
            raise

    def _wait(self, workers: Sequence[threading.Thread]) -> None:
        with self.changed:
            while any(each.is_alive() for each in workers) and not self.failed:
                self.changed.wait(LOOK_S)
        if self.failed:
            raise self.failed[0]

    def _keep_what_is_there(self) -> None:
        """Threads that still wait for an answer do so in vain, and nobody waits for them."""
        with self.changed:
            self.is_stopped = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.writing)
            given = [(each.bucket, *each.give()) for each in self.open if each.count]
        for bucket, stretch, rows in given:
            self.parts.write(bucket, stretch, rows)

    def _work(self) -> None:
        try:
            while (mine := self._next()) is not None:
                for page in self.listers[mine.bucket].pages(mine.at):
                    if not self._is_to_go_on(mine, page):
                        break
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits
            with self.changed:
                self.failed.append(error)
                self.is_stopped = True
                self.changed.notify_all()

    def _is_to_go_on(self, mine: Open, page: Page) -> bool:
        with self.changed:
            if self.is_stopped:
                return False
            self.told(mine.take(page))
            self.pages += 1
            self.changed.notify_all()
            if not mine.is_done and mine.count < ROWS_IN_A_PART:
                return True
            stretch, rows = mine.give()
            self.writing += 1
        try:
            self.parts.write(mine.bucket, stretch, rows)
        finally:
            with self.changed:
                self.writing -= 1
                if mine.is_done:
                    self.open.remove(mine)
                self.changed.notify_all()
        return not mine.is_done

    def _next(self) -> Open | None:
        """What waits, else a part of what another thread has; ``None``: there is nothing more."""
        while not self.is_stopped:
            with self.changed:
                if self.waiting:
                    return self._begin(self.waiting.pop())
                if not self.open:
                    return None
                longest = self._longest()
                if longest is None:
                    self.changed.wait(LOOK_S)
                    continue
                longest.is_being_cut = True
                asked = longest.at, longest.end, longest.known
            found = self.listers[longest.bucket].cut(*asked)
            with self.changed:
                self.for_cuts += found.asked
                other = longest.cut_at(found)
                if other is not None:
                    return self._begin(other)
        return None

    def _begin(self, mine: Open) -> Open:
        self.open.append(mine)
        return mine

    def _longest(self) -> Open | None:
        """Of which most is likely to be left, where looking for a cut is worth it."""
        if self.for_cuts * PAGES_FOR_A_CUT > self.pages:
            return None
        worth = [each for each in self.open if each.is_worth_cutting]
        return max(worth, key=lambda each: each.pages, default=None)


def _thread(work: Callable[[], None]) -> threading.Thread:
    """Who looks on here is told there, too; nobody waits for it when the process ends."""
    context = contextvars.copy_context()
    return threading.Thread(target=context.run, args=(work,), daemon=True, name="s3-listing")
