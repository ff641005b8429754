"""Which flows a flow collects: rules and rows (statements 123 to 127)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.queries import collections, flows
from tams_analytics.queries.documents import member_row
from tams_analytics.writes.given import Given
from tams_analytics.writes.rows import found, insert, refuse_large
from tams_analytics.writes.stamps import later, new_version


def refuse_bad_members(tx: Transaction, documents: Sequence[Given]) -> None:
    """Raise `BadParameter` for a member that no flow is (§124), and for a circle (§127).

    Members may be among ``documents`` themselves.
    """
    new = {given.id: [member["id"] for member in given.members] for given in documents}
    wanted = {id for members in new.values() for id in members} - new.keys()
    known = new.keys() | {row["id"] for row in found(tx, flows.known, "ids", wanted)}
    collected = _collected_below(tx, new)
    for given in documents:
        for position, member in enumerate(given.members):
            name = given.named("flow_collection", position, "id")
            if member["id"] not in known:
                raise BadParameter(name, member["id"], "is no flow of this store")
            if given.id in _reach(member["id"], collected):
                raise BadParameter(name, member["id"], f"would make flow {given.id} collect itself")


def _collected_below(tx: Transaction, new: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What each flow collects that ``new`` leads to, directly or not."""
    collected = {id: list(members) for id, members in new.items()}
    unknown = {id for members in new.values() for id in members} - collected.keys()
    while unknown:
        collected.update({id: [] for id in unknown})
        for row in found(tx, collections.members, "flow_ids", unknown):
            collected[row["flow_id"]].append(row["member_id"])
        unknown = {id for below in unknown for id in collected[below]} - collected.keys()
    return collected


def _reach(start: str, collected: Mapping[str, Iterable[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        fresh = set(collected[waiting.pop()]) - reached
        reached |= fresh
        waiting += fresh
    return reached


def insert_members(tx: Transaction, documents: Sequence[Given]) -> None:
    """Add what these flows collect, in order."""
    insert(
        tx,
        "collections",
        [
            {"flow_id": given.id, "position": position, **_row(given, position, member)}
            for given in documents
            for position, member in enumerate(given.members)
        ],
    )


def _row(given: Given, position: int, member: dict[str, Any]) -> dict[str, Any]:
    row = member_row(member)
    refuse_large(
        row["body"] + (row["container_mapping"] or ""), given.named("flow_collection", position)
    )
    return row


def replace_members(tx: Transaction, given: Given) -> None:
    """Make these the only members of a flow."""
    tx.delete("collections", {"flow_id": given.id})
    insert_members(tx, [given])


def leave_collections(tx: Transaction, flow_id: str) -> list[str]:
    """Take a flow out of every collection; the collectors, whose metadata moves (mission R2).

    A read-only collector's too, as no client changed it.
    """
    collectors = found(tx, collections.collectors, "member_ids", [flow_id])
    if not collectors:
        return []
    ids = [str(row["flow_id"]) for row in collectors]
    rows = found(tx, flows.by_ids, "ids", ids)
    tx.delete("collections", {"member_id": flow_id})
    if rows:
        moved = {
            "metadata_updated": later(max(row["metadata_updated"] for row in rows)),
            "metadata_version": new_version(),
        }
        tx.update("flows", {"id": ids}, moved)
    return [str(row["id"]) for row in rows]
