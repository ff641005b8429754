"""Groups and their measures as people read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from tams_analytics.cli import views
from tams_analytics.display import text
from tams_analytics.measures import MEASURES

UNITS = {each.name: each.unit for each in MEASURES}
IDS = {"source_id": "source", "flow_id": "flow", "collection_id": "collection"}
LABELLED = ("source_id", "flow_id")


def of_groups(rows: pa.Table, labels: views.Labels) -> views.Columns:
    """Labels beside ids, sizes and moments as texts; the unit of a number in its heading."""
    shown: views.Columns = {}
    for name in rows.column_names:
        values = rows[name].to_pylist()
        if name in UNITS:
            shown[headed(name)] = [_number(value, name) for value in values]
        elif name in IDS:
            shown[IDS[name]] = [_group(value) for value in views.shortened(values)]
            if name in LABELLED:
                shown[f"{IDS[name]} label"] = [labels.get(value) for value in values]
        else:
            shown[name] = [_group(value) for value in values]
    return shown


def headed(name: str) -> str:
    """The heading of a measure: with its unit, where the name does not say it."""
    return f"{name} {UNITS[name]}" if UNITS[name] in ("h", "bit/s") else name


def _group(value: str | None) -> str:
    return text.DASH if value is None else value


def _number(value: Any, name: str) -> Any:
    """Numbers stay numbers where that is how they are read."""
    if value is None:
        return None
    shown = text.percent if name == "availability" else SHOWN.get(UNITS[name])
    return value if shown is None else shown(value)


def _rounded(number: float) -> float:
    return round(number, 3)


def _moment(ns: int) -> str:
    return text.utc(ns) if text.is_wall_clock(ns) else text.duration(ns)


SHOWN: dict[str, Callable[[Any], Any]] = {
    "h": _rounded,
    "s": _rounded,
    "bit/s": round,
    "bytes": text.size,
    "ns": _moment,
}
"""By unit; all others are shown as they are."""
