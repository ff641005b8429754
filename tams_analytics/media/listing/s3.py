"""The keys of an S3 bucket, by ListObjectsV2 from any key on.

boto3 makes an object of each value: 120 ms of CPU for a thousand keys, where all of this takes 34
(measured), and Python does that in one thread at a time. So answers are read here.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import EngineFailed
from tams_analytics.media.listing import splitting
from tams_analytics.media.listing.pages import OF_A_PAGE, Cut, Page
from tams_analytics.media.s3 import S3, S3Storage
from tams_analytics.settings import redacted

UTC = pa.timestamp("us", "UTC")
NAMES = {"Size": "size", "ETag": "etag", "StorageClass": "storage_class"}
COLUMNS = ("Key", "LastModified", *NAMES)


@dataclass(frozen=True)
class Answer:
    """One answer to ListObjectsV2, by its element's names."""

    contents: dict[str, list[str | None]]
    folders: list[str]
    is_truncated: bool


@dataclass(frozen=True)
class S3Lister:
    """Lists a bucket; a `Lister`."""

    storage: S3Storage

    @property
    def bucket(self) -> str:
        return self.storage.bucket

    @property
    def place(self) -> str:
        return f"{redacted(self.storage.config.endpoint or '')}/{self.bucket}"

    def pages(self, after: str) -> Iterator[Page]:
        is_last = False
        while not is_last:
            answer = self._asked(StartAfter=after)
            page = self._page(answer, after)
            yield page
            is_last = page.is_last
            after = page.keys[-1] if page.keys else after

    def cut(self, after: str, end: str | None, known: Cut) -> Cut:
        return splitting.cut(self._look, after, end, known)

    def _look(self, prefix: str, after: str, by_folder: bool) -> splitting.Names:
        how = {"Delimiter": splitting.FOLDER} if by_folder else {"MaxKeys": 1}
        answer = self._asked(Prefix=prefix, StartAfter=after, **how)
        keys = [key for key in answer.contents["Key"] if key is not None]
        found = sorted(each for each in (*keys, *answer.folders) if each > after)
        return splitting.Names(found, not answer.is_truncated)

    def _asked(self, **how: object) -> Answer:
        body = self.storage.page(**how)
        try:
            return read_answer(body)
        except ET.ParseError as error:
            raise self._failed(f"its answer cannot be read: {error}") from error

    def _page(self, answer: Answer, after: str) -> Page:
        keys = [key for key in answer.contents["Key"] if key is not None]
        if any(key <= before for before, key in zip((after, *keys), keys, strict=False)):
            raise self._failed("it gives other keys than those behind the last one, in order")
        if answer.is_truncated and not keys:
            raise self._failed("it says that keys follow, and gives none")
        return Page(keys, _rows(keys, answer), not answer.is_truncated)

    def _failed(self, reason: str) -> EngineFailed:
        return EngineFailed(S3, f"listing the bucket {self.bucket}", reason)


def read_answer(body: bytes) -> Answer:
    """What S3 wrote. Raises `ET.ParseError`."""
    parts = _parts(body)
    decoded = unquote_plus if _text(parts["EncodingType"]) == "url" else str
    said = [{_local(each.tag): each.text for each in row} for row in parts["Contents"]]
    contents = {name: [row.get(name) for row in said] for name in COLUMNS}
    contents["Key"] = [None if key is None else decoded(key) for key in contents["Key"]]
    folders = [decoded(each.text or "") for row in parts["CommonPrefixes"] for each in row]
    return Answer(contents, folders, _text(parts["IsTruncated"]) == "true")


def _parts(body: bytes) -> dict[str, list[ET.Element]]:
    """The elements of an answer by their names."""
    root = ET.fromstring(body)  # noqa: S314 - of our own S3, and expat stops such bombs
    if _local(root.tag) != "ListBucketResult":
        raise ET.ParseError(f"it is a {_local(root.tag)}")
    found: dict[str, list[ET.Element]] = defaultdict(list)
    for element in root:
        found[_local(element.tag)].append(element)
    return found


def _text(elements: list[ET.Element]) -> str | None:
    return elements[0].text if elements else None


@functools.lru_cache(maxsize=64)
def _local(tag: str) -> str:
    """An element's name without the namespace, which some servers leave out."""
    return tag.rpartition("}")[2]


def _rows(keys: list[str], answer: Answer) -> pa.RecordBatch:
    columns: dict[str, pa.Array] = {"key": pa.array(keys, pa.string())}
    for said, name in NAMES.items():
        columns[name] = pa.array(answer.contents[said], pa.string())
    columns["size"] = columns["size"].cast(pa.int64())
    columns["etag"] = pc.utf8_trim(columns["etag"], '"')
    columns["last_modified"] = _moments(answer.contents["LastModified"])
    return pa.RecordBatch.from_arrays([columns[name] for name in OF_A_PAGE.names], schema=OF_A_PAGE)


def _moments(texts: Iterable[str | None]) -> pa.Array:
    """Wall-clock columns have no zone, and are UTC."""
    return pa.array(texts, pa.string()).cast(UTC).cast(OF_A_PAGE.field("last_modified").type)
