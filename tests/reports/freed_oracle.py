"""What a delete of segments frees, by plain Python over rows: R4 and R5, read word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from tests.reports.worlds import Row, Rows


def lives(thing: Row) -> bool:
    return thing["registered_at"] is not None and thing["released_at"] is None


def fate(rows: Rows, going: Collection[int]) -> dict[str, bool]:
    """Whether each object goes that the ``going`` segments (by their places) show or need."""
    going = set(going)
    before = [row["object_id"] for row in rows["segments"]]
    left = {id for place, id in enumerate(before) if place not in going}
    shown = {before[place] for place in going}
    goes = {id: id not in left for id in shown}
    for init in {row["init_object_id"] for row in rows["objects"] if row["id"] in shown} - {None}:
        users = [row for row in rows["objects"] if row["init_object_id"] == init]
        is_needed = any(lives(row) and not goes.get(row["id"]) for row in users)
        is_left = any(goes.get(row["id"]) for row in users)
        goes[init] = goes.get(init, False) or (is_left and not is_needed and init not in before)
    return goes


def amounts(rows: Rows, going: Collection[int]) -> dict[str, int]:
    """As `freeing.amounts`."""
    goes = fate(rows, going)
    sizes = {row["id"]: row["size"] for row in rows["objects"]}
    places = {
        (row["object_id"], row["storage_id"])
        for row in rows["object_instances"]
        if row["controlled"]
    }
    copies = Counter(id for id, _place in places)

    def stored(ids: Collection[str]) -> int:
        return sum((sizes.get(id) or 0) * copies[id] for id in ids)

    freed = [id for id in goes if goes[id]]
    return {
        "objects": len(goes),
        "shown_bytes": stored(goes),
        "freed_objects": len(freed),
        "freed_bytes": stored(freed),
        "unknown": sum(copies[id] > 0 and sizes.get(id) is None for id in freed),
    }


def as_rows(store: Any) -> Rows:
    """The rows of a store's tables that these functions look at."""
    names = ("segments", "objects", "object_instances")
    return {name: getattr(store.tables, name).to_pyarrow().to_pylist() for name in names}
