"""What becomes of objects when segments go (mission R5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from tams_analytics.engines import Transaction
from tams_analytics.engines.engine import Chosen
from tams_analytics.queries import deletions, objects
from tams_analytics.queries.deletions import Selection
from tams_analytics.writes.registry import is_registered
from tams_analytics.writes.rows import found

FEW_OBJECTS = 64
"""The references of so many objects are counted by their ids, in one scan of one column; those of
any number by a join of the segments with the selection."""

FEW_INITS = 4
"""The users of so many are counted one by one, which a cluster does without sending them."""


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
    """The objects that have no reference left when the selection goes, in order.

    Initialisation objects go with the last object that needs them; one that has segments, which no
    rule allows, only as these say.
    """
    taken = _asked(tx, deletions.taken, selection)
    if taken.num_rows > FEW_OBJECTS:
        media = set(_asked(tx, deletions.lost_media, selection)["object_id"].to_pylist())
        users = _asked(tx, deletions.initialised, selection).to_pylist() if media else []
    else:
        media = _losing(tx, {row["object_id"]: row["taken"] for row in taken.to_pylist()})
        users = [
            row | {"is_registered": is_registered(row)}
            for row in found(tx, objects.by_ids, "ids", media)
            if row["init_object_id"]
        ]
    return sorted(media | _losing_inits(tx, [row for row in users if row["id"] in media]))


def _losing(tx: Transaction, taken: dict[str, int]) -> set[str]:
    """`deletions.lost_media` of a few objects, by the number of segments that each one loses."""
    uses = found(tx, deletions.uses, "object_ids", taken)
    return {row["object_id"] for row in uses if row["uses"] == taken[row["object_id"]]}


def _losing_inits(tx: Transaction, going: Sequence[Mapping[str, Any]]) -> set[str]:
    """What nothing needs any more when these objects go: ``init_object_id, is_registered``."""
    inits = {row["init_object_id"] for row in going}
    less = Counter(row["init_object_id"] for row in going if row["is_registered"])
    needed = {id for id, users in _users(tx, inits).items() if users > less[id]}
    spared = {row["object_id"] for row in found(tx, deletions.uses, "object_ids", inits - needed)}
    return inits - needed - spared


def _users(tx: Transaction, inits: Collection[str]) -> dict[str, int]:
    """How many referenced objects need each of these: often all of a flow need the same one."""
    if len(inits) <= FEW_INITS:
        asked = {id: tx.few(deletions.users_of, init_object_id=id) for id in sorted(inits)}
        return {id: rows[0]["users"] for id, rows in asked.items()}
    rows = found(tx, deletions.users, "init_object_ids", inits)
    return {row["id"]: row["users"] for row in rows}


def extent(tx: Transaction, selection: Selection) -> dict[str, Any]:
    """``segments`` selected, ``start_ns`` of the first and ``end_ns`` of the last one."""
    found: dict[str, Any] = _asked(tx, deletions.extent, selection).to_pylist()[0]
    return found


def amount(tx: Transaction, selection: Selection) -> int:
    """How many segments are selected."""
    found: int = _asked(tx, deletions.extent, selection, bounds=False)["segments"][0].as_py()
    return found


def _asked(
    tx: Transaction, question: Callable[..., ir.Table], selection: Selection, **others: Any
) -> Any:
    """Compiled once where it can be."""
    if _is_askable(selection):
        return tx.ask(question, **selection, **others)
    return tx.rows(question(tx.tables, **selection, **others))


def _is_askable(selection: Selection) -> bool:
    """Any number of flows would be as many statements."""
    return len(selection["flow_ids"]) == 1
