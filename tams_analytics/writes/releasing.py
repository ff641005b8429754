"""What becomes of objects when segments go (mission R5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir

from tams_analytics.engines import Transaction
from tams_analytics.engines.engine import Chosen
from tams_analytics.queries import deletions, objects
from tams_analytics.writes.registry import is_registered
from tams_analytics.writes.rows import found

Selection = dict[str, Any]
"""The arguments of `queries.deletions.is_selected`: which segments go."""

FEW_OBJECTS = 64
"""The references of so many objects are counted by their ids, in one scan of one column. The
question for any number of them reads segments twice and objects twice."""


def delete_selected(tx: Transaction, selection: Selection, now: dt.datetime) -> int:
    """Delete the selected segments and release the objects that lose their last reference.

    How many segments there were. Set-based: the statements do not grow with the segments. A
    released object keeps its row and its controlled instances until the collector comes; URLs that
    clients gave are forgotten at once.
    """
    lost = losing(tx, selection)
    count = tx.delete("segments", _chosen(selection))
    if lost:
        tx.update("objects", {"id": lost}, {"released_at": now})
        tx.delete("object_instances", {"object_id": lost, "controlled": False})
    return count


def _chosen(selection: Selection) -> Any:
    if _is_askable(selection):
        return Chosen(deletions.selected, selection)
    return deletions.is_selected(**selection)


def losing(tx: Transaction, selection: Selection) -> list[str]:
    """The objects that have no reference left when the selection goes, in order."""
    taken = _asked(tx, deletions.taken, selection)
    if taken.num_rows > FEW_OBJECTS:
        return sorted(_asked(tx, deletions.losing, selection).column("id").to_pylist())
    return _losing(tx, {row["object_id"]: row["taken"] for row in taken.to_pylist()})


def _losing(tx: Transaction, taken: dict[str, int]) -> list[str]:
    """`deletions.losing` of a few objects, by the number of segments that each one loses."""
    uses = found(tx, deletions.uses, "object_ids", taken)
    media = {row["object_id"] for row in uses if row["uses"] == taken[row["object_id"]]}
    going = [row for row in found(tx, objects.by_ids, "ids", media) if row["init_object_id"]]
    inits = {row["init_object_id"] for row in going}
    less = Counter(row["init_object_id"] for row in going if is_registered(row))
    users = found(tx, deletions.users, "init_object_ids", inits)
    needed = {row["id"] for row in users if row["users"] > less[row["id"]]}
    spared = {row["object_id"] for row in found(tx, deletions.uses, "object_ids", inits - needed)}
    return sorted(media | (inits - needed - spared))


def extent(tx: Transaction, selection: Selection) -> dict[str, Any]:
    """``segments`` selected, ``start_ns`` of the first and ``end_ns`` of the last one."""
    found: dict[str, Any] = _asked(tx, deletions.extent, selection).to_pylist()[0]
    return found


def amount(tx: Transaction, selection: Selection) -> int:
    """How many segments are selected."""
    found: int = _asked(tx, deletions.extent, selection | {"bounds": False})["segments"][0].as_py()
    return found


def _asked(tx: Transaction, question: Callable[..., ir.Table], selection: Selection) -> Any:
    """Compiled once where it can be."""
    if _is_askable(selection):
        return tx.ask(question, **selection)
    return tx.rows(question(tx.tables, **selection))


def _is_askable(selection: Selection) -> bool:
    """A wall-clock bound and many flows are part of the shape."""
    return "created_until" not in selection and len(selection["flow_ids"]) == 1
