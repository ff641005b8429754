"""A batch of rows under check: what is wrong is refused with its column and its first row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import BadParameter
from tams_analytics.tables import BY_NAME, arrow_schema
from tams_analytics.writes.bodies.limits import MOST_JSON_BYTES, MOST_SHORT_BYTES
from tams_analytics.writes.bodies.plain import refuse_unless_plain
from tams_analytics.writes.bulk.types import first_true, one_chunk

NO_PATH = r"(^|/)\.{0,2}(/|$)"
"""An object's id becomes a part of its key, which is a path in some storages (R8)."""


@dataclass(frozen=True)
class Batch:
    """Typed rows for a table; ``first_row`` is the number of the first one, for messages."""

    table: str
    rows: pa.Table
    first_row: int

    def has(self, name: str) -> bool:
        """Whether the column was given."""
        return name in self.rows.column_names

    def column(self, name: str) -> pa.Array:
        """A column as one array; one that was not given is NULL."""
        if self.has(name):
            return one_chunk(self.rows.column(name))
        return pa.nulls(self.rows.num_rows, arrow_schema(BY_NAME[self.table]).field(name).type)

    def numbers(self) -> pa.Array:
        """The place of each row in the batch."""
        return pa.array(range(self.rows.num_rows), pa.int64())

    def refuse(self, name: str, is_bad: Any, problem: str, expected: str = "") -> None:
        """Raise `BadParameter` about the first row that is bad, if there is one."""
        row = first_true(pc.fill_null(one_chunk(is_bad), False))
        if row >= 0:
            value = self.column(name)[row].as_py()
            where = f"{problem} (row {self.first_row + row})"
            raise BadParameter(f"{self.table}.{name}", value, where, expected)

    def refuse_bad_id(self, name: str) -> None:
        """An id is not empty and not long; beyond that, other makers' ids are taken as they are."""
        ids = self.column(name)
        self.refuse(name, pc.equal(ids, ""), "is empty", "an id")
        self.refuse_long(name, MOST_SHORT_BYTES)
        self.refuse_nul(name)

    def refuse_bad_object_id(self, name: str) -> None:
        """As any id, and a path without empty parts, ``.`` and ``..`` (R8)."""
        self.refuse_bad_id(name)
        is_bad = pc.match_substring_regex(self.column(name), NO_PATH)
        self.refuse(name, is_bad, "is no path", "no empty parts, . and .. between slashes")

    def refuse_long(self, name: str, most_bytes: int) -> None:
        is_long = pc.greater(pc.binary_length(self.column(name)), most_bytes)
        self.refuse(name, is_long, "is too long", f"at most {most_bytes} bytes")

    def refuse_nul(self, name: str) -> None:
        has_nul = pc.match_substring(self.column(name), "\0")
        self.refuse(name, has_nul, "holds a NUL character", "text without it")

    def refuse_bad_json(self, name: str) -> None:
        """Raise `BadParameter` for what is no JSON object; each distinct text is read once."""
        if not self.has(name):
            return
        texts = self.column(name)
        bad = [text for text in texts.unique().to_pylist() if not _is_object(text)]
        if bad:
            is_bad = pc.is_in(texts, value_set=pa.array(bad, pa.string()))
            self.refuse(name, is_bad, "is no JSON object", 'for example {"key": "value"}')

    def refuse_twice(self, names: Sequence[str]) -> None:
        """Raise `BadParameter` for a row that has the same values there as an earlier one."""
        columns = {name: self.column(name) for name in names}
        places = self.numbers()
        groups = pa.table(columns | {"place": places}).group_by(list(names), use_threads=False)
        first = one_chunk(groups.aggregate([("place", "min")]).column("place_min"))
        is_repeated = pc.invert(pc.is_in(places, value_set=first))
        self.refuse(names[-1], is_repeated, "is given twice: same " + ", ".join(names))


def _is_object(text: str | None) -> bool:
    """Whether a text is a JSON object that the store can hold; NULL is none of our business."""
    if text is None:
        return True
    try:
        found = json.loads(text) if len(text.encode()) <= MOST_JSON_BYTES else None
        refuse_unless_plain(found)
    except (ValueError, RecursionError):  # a BadParameter is a ValueError
        return False
    return isinstance(found, dict)
