"""Pages of keys: what each kind of storage gives, in the order of S3 (that of the UTF-8 bytes)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import pyarrow as pa

from tams_analytics.tables import S3_OBJECTS, arrow_schema

LISTING = arrow_schema(S3_OBJECTS)
ALIKE = ("bucket", "listed_at")
"""The same in all rows of a bucket: added where rows are written."""
OF_A_PAGE = pa.schema([field for field in LISTING if field.name not in ALIKE])


@dataclass(frozen=True)
class Page:
    """Some keys, in order, and `OF_A_PAGE` of them."""

    keys: list[str]
    rows: pa.RecordBatch
    is_last: bool
    """No key of the bucket lies behind."""


class Cut(NamedTuple):
    """Where a stretch of keys may be cut in two, and what was learned of it."""

    middle: str | None
    """``None``: nowhere."""
    inside: str = ""
    """All keys of the stretch begin so."""
    asked: int = 0
    """So many requests it took."""


class Lister(Protocol):
    """Gives the keys of one storage; any number of threads may ask at once."""

    @property
    def bucket(self) -> str:
        """As in ``object_instances``."""

    @property
    def place(self) -> str:
        """Where that is, without secrets."""

    def pages(self, after: str) -> Iterator[Page]:
        """All keys behind ``after``. Raises `EngineFailed`."""

    def cut(self, after: str, end: str | None, known: Cut) -> Cut:
        """Where to cut the keys behind ``after`` up to ``end``. Raises `EngineFailed`.

        ``known`` is what the last look at this stretch gave.
        """
