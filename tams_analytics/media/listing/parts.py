"""What is listed already, on the disk: parts beside the file that will have all of it.

A part is a Parquet file that says which stretch of which bucket's keys it holds, and has its name
when it is whole. So a listing that was killed goes on with what no part has, and nothing else has
to be written down. The file itself is there, or replaced, when the last part is in it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.media.listing.pages import ALIKE, LISTING
from tams_analytics.media.listing.stretches import Stretch, left

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".partial"
BEGUN = "begun.json"
WHOLE = "whole"
GOES_ON_FOR = dt.timedelta(days=1)
"""A listing that was broken off before is begun anew: too much has changed since."""
ROWS_IN_A_GROUP = 100_000
HOW = {
    "compression": "zstd",
    "use_dictionary": ["bucket", "storage_class", "listed_at", "last_modified"],
}
"""Keys and ETags hardly repeat."""
MAGIC = b"PAR1"
"""How a Parquet file begins."""
BUCKET, AFTER, END = b"tams.bucket", b"tams.after", b"tams.end"


class Part(NamedTuple):
    """A file that holds a stretch of one bucket."""

    bucket: str
    stretch: Stretch
    file: Path


class Parts:
    """The parts of one listing, into ``target``, of these buckets (by name, where they are)."""

    def __init__(self, target: Path, places: Mapping[str, str], now: dt.datetime) -> None:
        self.target = target
        self.places = places
        self.folder = target.with_name(target.name + SUFFIX)
        _refuse_others(target, self.folder)
        with on_disk(self.folder):
            self.folder.mkdir(exist_ok=True)
            self._lock = _locked(self.folder)
        try:
            with on_disk(self.folder):
                self.listed_at = self._begun(places, now)
            self.found = [*self._found()]
        except BaseException:
            self._lock.close()
            raise
        used = [int(each.file.stem) for each in self.found]
        self._numbers = itertools.count(max(used, default=0) + 1)
        self.rows = sum(pq.read_metadata(each.file).num_rows for each in self.found)

    def listed(self, bucket: str) -> list[Stretch]:
        """What of a bucket need not be listed again."""
        return [each.stretch for each in self.found if each.bucket == bucket]

    def write(self, bucket: str, stretch: Stretch, rows: Iterable[pa.RecordBatch]) -> None:
        """Keep the keys of a stretch, all of them."""
        said = {BUCKET: bucket.encode(), AFTER: stretch.after.encode()}
        if stretch.end is not None:
            said[END] = stretch.end.encode()
        file = self.folder / f"{next(self._numbers):06}.parquet"
        written = file.with_suffix(".tmp")
        table = self._completed(bucket, rows).replace_schema_metadata(said)
        with on_disk(written):
            pq.write_table(table, written, **HOW)
            written.replace(file)
        self.found.append(Part(bucket, stretch, file))

    def finish(self) -> int:
        """Make one file of all parts, by bucket and key; how many keys it has."""
        for bucket in self.places:
            if left(self.listed(bucket)):
                raise AssertionError(f"{bucket} is not listed whole: {left(self.listed(bucket))}")
        whole = self.folder / WHOLE
        rows = 0
        with on_disk(whole):
            with pq.ParquetWriter(whole, LISTING, **HOW) as writer:
                for group in _groups(self._batches()):
                    writer.write_table(group)
                    rows += group.num_rows
            whole.replace(self.target)
            shutil.rmtree(self.folder)
        return rows

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *error: object) -> None:
        """Let another process go on, where there is something to go on with."""
        if not self.found:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _begun(self, places: Mapping[str, str], now: dt.datetime) -> dt.datetime:
        """When the listing began that goes on here: now, where there is none to go on with."""
        file = self.folder / BEGUN
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
            begun = json.loads(file.read_text("utf-8"))
            listed_at = dt.datetime.fromisoformat(begun["listed_at"])
            is_of_now = begun["places"] == dict(places) and now - listed_at < GOES_ON_FOR
            if is_of_now and any(self.folder.glob("*.parquet")):
                return listed_at
        for old in (file, *self.folder.glob("*.parquet"), *self.folder.glob("*.tmp")):
            old.unlink(missing_ok=True)
        written = file.with_suffix(".tmp")
        written.write_text(json.dumps({"listed_at": now.isoformat(), "places": dict(places)}))
        written.replace(file)
        return now

    def _found(self) -> Iterator[Part]:
        for file in sorted(self.folder.glob("*.parquet")):
            try:
                said = pq.read_schema(file).metadata
            except (pa.ArrowInvalid, OSError):  # a power cut left the name and no bytes
                file.unlink()
                continue
            end = said.get(END)
            stretch = Stretch(said[AFTER].decode(), None if end is None else end.decode())
            yield Part(said[BUCKET].decode(), stretch, file)

    def _completed(self, bucket: str, rows: Iterable[pa.RecordBatch]) -> pa.Table:
        alike = dict(zip(ALIKE, (bucket, self.listed_at), strict=True))
        found = [_completed(batch, alike) for batch in rows]
        return pa.Table.from_batches(found, LISTING)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for part in sorted(self.found, key=lambda each: (each.bucket, each.stretch.after)):
            try:
                with pq.ParquetFile(part.file) as file:
                    yield from file.iter_batches(ROWS_IN_A_GROUP)
            except (pa.ArrowException, OSError) as error:
                anew = f"remove {self.folder}, and list anew"
                doing = f"reading {part.file}"
                reason = " ".join(str(error).split())
                raise EngineFailed("the listing", doing, reason, anew) from error


@contextlib.contextmanager
def on_disk(file: Path) -> Iterator[None]:
    """Raises `EngineFailed` where a disk does not take what is written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        instead = "make room on its disk, or name another file"
        raise EngineFailed("the disk", f"writing {file}", reason, instead) from error


def _refuse_others(target: Path, folder: Path) -> None:
    """Raises `BadParameter` for what is no place for a listing, or holds something else."""
    problem = ""
    if target.is_dir():
        raise BadParameter("output", str(target), "is a folder", "a file in it")
    if not target.parent.is_dir():
        problem = "is in a folder that does not exist"
    elif target.exists() and not _is_replaceable(target):
        problem = "is there, and is no Parquet file"
    elif folder.exists() and not folder.is_dir():
        problem = f"cannot be listed into: {folder.name} beside it is no folder"
    if problem:
        raise BadParameter("output", str(target), problem, "another file")


def _is_replaceable(file: Path) -> bool:
    """Whether it is empty, or Parquet: nothing but a listing is lost."""
    if not file.is_file():
        return False
    with on_disk(file), file.open("rb") as there:
        return there.read(len(MAGIC)) in (b"", MAGIC)


def _completed(batch: pa.RecordBatch, alike: Mapping[str, object]) -> pa.RecordBatch:
    columns = [
        pa.repeat(pa.scalar(alike[field.name], field.type), batch.num_rows)
        if field.name in alike
        else batch.column(field.name)
        for field in LISTING
    ]
    return pa.RecordBatch.from_arrays(columns, schema=LISTING)


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Row groups of a size that engines like, however small the parts are."""
    some: list[pa.RecordBatch] = []
    for batch in batches:
        some.append(batch.replace_schema_metadata(None))
        if sum(each.num_rows for each in some) >= ROWS_IN_A_GROUP:
            yield pa.Table.from_batches(some, LISTING)
            some = []
    if some:
        yield pa.Table.from_batches(some, LISTING)


def _locked(folder: Path) -> IO[str]:
    """Raises `BadParameter` where another process lists into the same file."""
    lock = (folder / "lock").open("w")
    try:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        target = os.fspath(folder).removesuffix(SUFFIX)
        problem = "is being written by another process"
        raise BadParameter("output", target, problem, "another file, or wait") from error
    return lock
