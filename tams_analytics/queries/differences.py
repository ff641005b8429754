"""Two tables of the same columns, told apart row by row: expressions, which nobody runs here.

Rows that are equal in every column, NULLs too, are the same row. Of the others those with the same
key are one row that was modified; the rest was added or removed. A key that several rows share (two
flows of one id) pairs them in the order of their other columns; a row that is there twice counts
twice.
"""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("id",),
    "flows": ("id",),
    "segments": ("flow_id", "start_ns", "end_ns", "object_id"),
    "objects": ("id",),
    "object_instances": ("object_id", "storage_id", "label"),
    "collections": ("flow_id", "member_id"),
    "tags": ("entity_type", "entity_id", "name", "position"),
    "profiles": ("id",),
    "storage_backends": ("id",),
    "webhooks": ("id",),
    "deletion_requests": ("id",),
}
"""The entities that are compared, and the columns that say which row is which."""
ADDED, REMOVED, MODIFIED = "added", "removed", "modified"

SIDE, IS_AFTER, COPIES, COPY, NUMBER = "side_", "is_after_", "copies_", "copy_", "number_"
"""Names for this module's own columns, which no table has."""
HAD, HAS = "had_", "has_"


def unequal(before: ir.Table, after: ir.Table) -> ir.Table:
    """The rows that differ, and ``copies_``: how many more of them ``after`` has, or fewer.

    It is grouping, since groups tell NULL from NULL no more than equal values.
    """
    sides = [
        table.select(*before.columns, ibis.literal(side).name(SIDE))
        for table, side in ((before, -1), (after, 1))
    ]
    both = ibis.union(*sides)
    copies = both.count(where=both[SIDE] > 0) - both.count(where=both[SIDE] < 0)
    rows = both.group_by(before.columns).agg(copies.name(COPIES))
    return rows.filter(rows[COPIES] != 0)


def paired(rows: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """Of `unequal`: key, ``had_``, ``has_`` (on which side), ``X_before``, ``X_after``."""
    others = [name for name in rows.columns if name not in (*key, COPIES)]
    times = ibis.range(0, rows[COPIES].abs())
    rows = rows.select(*key, *others, (rows[COPIES] > 0).name(IS_AFTER), times.unnest().name(COPY))
    place = ibis.window(group_by=[*key, IS_AFTER], order_by=[*others, COPY])
    rows = rows.select(*key, *others, IS_AFTER, ibis.row_number().over(place).name(NUMBER))
    is_after = rows[IS_AFTER]
    return rows.group_by([*key, NUMBER]).agg(
        (~is_after).any().name(HAD),
        is_after.any().name(HAS),
        *(rows[name].arbitrary(where=~is_after).name(f"{name}_before") for name in others),
        *(rows[name].arbitrary(where=is_after).name(f"{name}_after") for name in others),
    )


def by_key(rows: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """Of `unequal` how many each key has: key, ``added, removed, modified``."""
    copies, zero = rows[COPIES], ibis.literal(0)
    keys = rows.group_by(key).agg(
        (-ibis.least(copies, zero)).sum().name(HAD), ibis.greatest(copies, zero).sum().name(HAS)
    )
    had, has = keys[HAD], keys[HAS]
    return keys.select(
        *key,
        added=ibis.greatest(has - had, zero),
        removed=ibis.greatest(had - has, zero),
        modified=ibis.least(had, has),
    )


def counted(rows: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """How many of `unequal` there are, in one row: ``added, removed, modified``."""
    keys = by_key(rows, key)
    return keys.agg(**{name: keys[name].sum().coalesce(0) for name in (ADDED, REMOVED, MODIFIED)})


def counts(name: str, rows: ir.Table) -> ir.Table:
    """`counted` of an entity: ``entity, added, removed, modified``."""
    found = counted(rows, KEYS[name])
    return found.select(ibis.literal(name).name("entity"), *found.columns)


def told(rows: ir.Table, key: tuple[str, ...], *shown: str) -> ir.Table:
    """Of `unequal` each row: ``change``, key, ``shown`` columns, ``changed``.

    What is shown is as it is after, of what was removed as it was before. ``changed`` has the names
    of the columns that differ, as a text with commas, of rows that were modified.
    """
    others = [name for name in rows.columns if name not in (*key, COPIES)]
    pairs = paired(rows, key)
    differing = [
        ibis.ifelse(pairs[f"{n}_before"].identical_to(pairs[f"{n}_after"]), "", f", {n}")
        for n in others
    ]
    is_modified = pairs[HAD] & pairs[HAS]
    changed = functools.reduce(operator.add, differing).substr(2)
    now = {n: ibis.ifelse(pairs[HAS], pairs[f"{n}_after"], pairs[f"{n}_before"]) for n in shown}
    change = ibis.cases((is_modified, MODIFIED), (pairs[HAS], ADDED), else_=REMOVED)
    return pairs.select(
        *key,
        change=change,
        **now,
        changed=ibis.ifelse(is_modified, changed, ibis.null(str)),
    ).select("change", *key, *shown, "changed")
