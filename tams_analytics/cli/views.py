"""Rows as people read them: names beside ids, TAMS texts and lengths instead of nanoseconds.

A view takes the rows of a question and the labels of flows and sources, and gives columns by name.
Only ``--format table`` and ``html`` show views; all other formats have the rows as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.cli import moments
from tams_analytics.display import text
from tams_analytics.timerange import TimeRange, timerange_texts

Columns = dict[str, Sequence[Any]]
Labels = Mapping[str, str | None]
View = Callable[[pa.Table, Labels], Columns]

SHORTEST_ID = 8
UUID_LENGTH = 36


def flows(rows: pa.Table, labels: Labels) -> Columns:
    records = rows.to_pylist()
    return {
        "flow": shortened(rows["id"].to_pylist()),
        "label": rows["label"].to_pylist(),
        "format": [str(each["format"]).rpartition(":")[2] for each in records],
        "codec": [each["codec"] for each in records],
        "essence": [essence(each) for each in records],
        "kbit/s": rows["avg_bit_rate"].to_pylist(),
        "source": shortened(rows["source_id"].to_pylist()),
    }


def segments(rows: pa.Table, labels: Labels) -> Columns:
    return {**_who(rows, labels), **_when(rows), "object": shortened(rows["object_id"].to_pylist())}


def gaps(rows: pa.Table, labels: Labels) -> Columns:
    return {**_who(rows, labels), **_when(rows)}


def coverage(rows: pa.Table, labels: Labels) -> Columns:
    return {
        **_who(rows, labels),
        "covered": [text.duration(each) for each in rows["covered_ns"].to_pylist()],
        "share": [text.percent(each) for each in rows["ratio"].to_pylist()],
        "pieces": rows["pieces"].to_pylist(),
        "from first to last": _timeranges(rows, "first_ns", "last_ns"),
    }


def overlaps(rows: pa.Table, labels: Labels) -> Columns:
    return {**_who(rows, labels), **_when(rows, "shared", "overlap_start_ns", "overlap_end_ns")}


def depth(rows: pa.Table, labels: Labels) -> Columns:
    return {**_who(rows, labels), **_when(rows), "depth": rows["depth"].to_pylist()}


def as_is(rows: pa.Table, labels: Labels) -> Columns:
    return {name: rows[name].to_pylist() for name in rows.column_names}


def texts(rows: pa.Table) -> Columns:
    """Of any types: what Python has no moments for is text, too."""
    return as_is(moments.texts(rows), {})


def essence(flow: Mapping[str, Any]) -> str:
    """What a flow's picture or sound is like: ``25 fps``, ``48 kHz, 2 channels``."""
    parts = []
    if flow["frame_width"]:
        parts.append(f"{flow['frame_width']}\u00d7{flow['frame_height']}")
    if flow["frame_rate_num"]:
        parts.append(f"{flow['frame_rate_num'] / (flow['frame_rate_den'] or 1):.5g} fps")
    if flow["sample_rate"]:
        parts.append(f"{flow['sample_rate'] / 1000:.6g} kHz")
    if flow["channels"]:
        parts.append(text.plural(flow["channels"], "channel"))
    return ", ".join(parts)


def shortened(ids: Sequence[str | None]) -> list[str | None]:
    """UUIDs by their first characters, as many as tell those shown apart; other ids whole."""
    length = _telling({one for one in ids if one and len(one) == UUID_LENGTH})
    return [one[:length] if one and len(one) == UUID_LENGTH else one for one in ids]


def _telling(ids: Iterable[str]) -> int:
    different = set(ids)
    for length in range(SHORTEST_ID, UUID_LENGTH):
        if len({one[:length] for one in different}) == len(different):
            return length
    return UUID_LENGTH


def _who(rows: pa.Table, labels: Labels) -> Columns:
    for column, name in (("source_id", "source"), ("flow_id", "flow")):
        if column in rows.column_names:
            ids = rows[column].to_pylist()
            return {name: shortened(ids), "label": [labels.get(one) for one in ids]}
    return {}


def _when(
    rows: pa.Table, name: str = "timerange", start: str = "start_ns", end: str = "end_ns"
) -> Columns:
    bounds = zip(rows[start].to_pylist(), rows[end].to_pylist(), strict=True)
    return {
        name: _timeranges(rows, start, end),
        "length": [text.duration(last - first) for first, last in bounds],
    }


def _timeranges(rows: pa.Table, start: str, end: str) -> list[str]:
    return list(timerange_texts(rows[start], rows[end]).to_pylist())


def extent(row: Mapping[str, Any]) -> TimeRange | None:
    """From the first to the last, or None where there is nothing."""
    if row["start_ns"] is None:
        return None
    return TimeRange.from_ns(row["start_ns"], row["end_ns"])
