"""A store that can be written on a page: flows, a segment a second each, all long ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND

LONG_AGO = dt.datetime(2026, 1, 1, 12)
VIDEO = "urn:x-nmos:format:video"
LOST = "segment_without_object"
CHECKS = (LOST, "flow_without_source")
"""A check of segments, and one that looks at everything whatever was asked for."""


def add_flows(store: Store, ids: Iterable[str], **columns: Any) -> None:
    """Flows of a source that is there, unless ``columns`` say otherwise."""
    store._engine.transact(lambda tx: tx.insert("flows", _flows(ids, columns)))


def _flows(ids: Iterable[str], columns: dict[str, Any]) -> list[dict[str, Any]]:
    times = dict.fromkeys(("created", "metadata_updated", "segments_updated"), LONG_AGO)
    return [{"id": id, "source_id": "s", "format": VIDEO, **times, **columns} for id in ids]


def add_segments(
    store: Store, flow_id: str, *seconds: int, created: dt.datetime = LONG_AGO
) -> None:
    """Segments of a flow, a second each, of an object that is not there."""
    rows = _segments(flow_id, seconds, "lost", created)
    store._engine.transact(lambda tx: tx.insert("segments", rows))


def _segments(
    flow_id: str, seconds: Iterable[int], object_id: str, created: dt.datetime
) -> list[dict[str, Any]]:
    return [
        {
            "flow_id": flow_id,
            "object_id": object_id,
            "start_ns": second * SECOND,
            "end_ns": (second + 1) * SECOND,
            "timerange": text(second),
            "created": created,
        }
        for second in seconds
    ]


def text(second: int) -> str:
    return f"[{second}:0_{second + 1}:0)"


def finding(flow_id: str, second: int) -> str:
    """The id of a finding of a segment."""
    return f"{flow_id}@{text(second)}"


def drop_segments(store: Store, flow_id: str, *seconds: int) -> None:
    where = {"flow_id": flow_id, "timerange": [text(second) for second in seconds]}
    store._engine.transact(lambda tx: tx.delete("segments", where))


def fill(store: Store) -> None:
    """A source with the flows ``a`` and ``b``; of each, second 0 is sound and second 1 lost."""
    source = {"id": "s", "format": VIDEO, "created": LONG_AGO, "updated": LONG_AGO}
    there = {"id": "o", "storage_path": "a/o", "created": LONG_AGO, "registered_at": LONG_AGO}

    def work(tx: Transaction) -> None:
        tx.insert("sources", [source])
        tx.insert("objects", [there])
        tx.insert("flows", _flows(["a", "b"], {}))
        for flow_id in ("a", "b"):
            sound = _segments(flow_id, [0], "o", LONG_AGO)
            tx.insert("segments", [*sound, *_segments(flow_id, [1], "lost", LONG_AGO)])

    store._engine.transact(work)


def told(store: Store, **asked: Any) -> dict[str, tuple[Any, Any, Any]]:
    """``failures, new, acknowledged`` of each check of `CHECKS`."""
    checked = store.check(only=CHECKS, **asked)
    return {
        each["id"]: (each["failures"], each["new"], each["acknowledged"]) for each in checked.checks
    }


def known(store: Store) -> list[tuple[str, str]]:
    """What is kept in ``findings``: check and id, in order."""
    rows = store.findings.to_pyarrow().to_pylist()
    return sorted((row["check_id"], row["id"]) for row in rows)
