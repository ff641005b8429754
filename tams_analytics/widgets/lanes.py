"""What the lanes of a timeline are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import ibis.expr.types as ir

from tams_analytics.tables.formats import INGESTING

SHORT_ID = 8
"""So many characters of an id stand beside a label; they are a prefix that ``store.flow`` takes."""

_DESCRIBED = (
    "id",
    "label",
    "format",
    "codec",
    "frame_width",
    "frame_height",
    "frame_rate_num",
    "frame_rate_den",
    "sample_rate",
    "channels",
    "status",
)


@dataclass(frozen=True)
class Name:
    """A label, and what is said under it."""

    label: str
    sub: str = ""

    @classmethod
    def unknown(cls, key: str | None) -> Name:
        """The name of what has segments and no row of its own."""
        return cls("(no source)") if key is None else cls(key, "not registered")


def names_of(flows: ir.Table, sources: ir.Table | None, by: str) -> dict[str | None, Name]:
    """The names of all lanes of this kind, by id: a flow's, or a source's."""
    entities = sources if by == "source" else flows
    return {} if entities is None else dict(named(entities).items())


def named(entities: ir.Table) -> dict[str, Name]:
    """The name of each of these flows or sources, by id."""
    columns = [name for name in _DESCRIBED if name in entities.columns]
    rows = entities.select(*columns).to_pyarrow().to_pylist()
    return {row["id"]: _name(row) for row in rows}


def natural(label: str) -> list[tuple[int, int, str]]:
    """A sort key in which *Camera 2* comes before *Camera 10*."""
    parts = re.split(r"(\d+)", label.casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _name(row: dict[str, Any]) -> Name:
    kind = (row.get("format") or "").rpartition(":")[2]
    short_id = row["id"][:SHORT_ID] if row["label"] else ""
    said = [_status(row), kind, *_picture(row), *_sound(row), short_id]
    return Name(row["label"] or row["id"], " · ".join(filter(None, said)))


def _status(row: dict[str, Any]) -> str:
    """A flow's status as the specification writes it, unless it is being recorded.

    It says why there may be nothing more; it comes first, as a long line is cut off at its end.
    """
    status = row.get("status") or ""
    return "" if status == INGESTING else status


def _picture(row: dict[str, Any]) -> list[str]:
    codec = (row.get("codec") or "").rpartition("/")[2]
    width, height, rate = (row.get(f"frame_{part}") for part in ("width", "height", "rate_num"))
    size = f"{width}\u00d7{height}" if width and height else ""
    if not rate:
        return [codec, size]
    per_second = Fraction(rate, row.get("frame_rate_den") or 1)
    return [codec, size, f"{float(per_second):.5g} fps"]


def _sound(row: dict[str, Any]) -> list[str]:
    rate, channels = row.get("sample_rate"), row.get("channels")
    return [f"{rate / 1000:g} kHz" if rate else "", f"{channels} ch" if channels else ""]
