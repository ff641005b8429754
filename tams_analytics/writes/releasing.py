"""What becomes of objects when segments go (mission R5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import ibis.expr.types as ir

from tams_analytics.engines import Transaction
from tams_analytics.queries import deletions

Selection = dict[str, Any]
"""The arguments of `queries.deletions.is_selected`: which segments go."""

MOST_SINGLE_UPDATES = 8
"""So many objects are updated by a statement each, which an index makes short."""


def delete_selected(tx: Transaction, selection: Selection, now: dt.datetime) -> int:
    """Delete the selected segments and release the objects that lose their last reference.

    How many segments there were. Set-based: the statements do not grow with the segments. A
    released object keeps its row and its controlled instances until the collector comes; URLs that
    clients gave are forgotten at once.
    """
    lost = losing(tx, selection)
    count = tx.delete("segments", deletions.is_selected(**selection))
    for ids in _few_or_all(lost):
        tx.update("objects", {"id": ids}, {"released_at": now})
    if lost:
        tx.delete("object_instances", {"object_id": lost, "controlled": False})
    return count


def _few_or_all(ids: list[str]) -> Sequence[str | list[str]]:
    if len(ids) <= MOST_SINGLE_UPDATES:
        return ids
    return [ids]


def losing(tx: Transaction, selection: Selection) -> list[str]:
    """The objects that have no reference left when the selection goes, in order."""
    return sorted(_asked(tx, deletions.losing, selection).column("id").to_pylist())


def extent(tx: Transaction, selection: Selection) -> dict[str, Any]:
    """``segments`` selected, ``start_ns`` of the first and ``end_ns`` of the last one."""
    found: dict[str, Any] = _asked(tx, deletions.extent, selection).to_pylist()[0]
    return found


def _asked(tx: Transaction, question: Callable[..., ir.Table], selection: Selection) -> Any:
    """Compiled once where it can be; a wall-clock bound and many flows are part of the shape."""
    if "created_until" in selection or len(selection["flow_ids"]) > 1:
        return tx.rows(question(tx.tables, **selection))
    return tx.ask(question, **selection)
