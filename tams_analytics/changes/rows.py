"""Two tables of the same columns, told apart row by row: expressions, which nobody runs here."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

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


def counted(rows: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """How many of `unequal` there are, in one row: ``added, removed, modified``."""
    copies, zero = rows[COPIES], ibis.literal(0)
    keys = rows.group_by(key).agg(
        (-ibis.least(copies, zero)).sum().name(HAD), ibis.greatest(copies, zero).sum().name(HAS)
    )
    had, has = keys[HAD], keys[HAS]
    return keys.agg(
        added=ibis.greatest(has - had, zero).sum().coalesce(0),
        removed=ibis.greatest(had - has, zero).sum().coalesce(0),
        modified=ibis.least(had, has).sum().coalesce(0),
    )
