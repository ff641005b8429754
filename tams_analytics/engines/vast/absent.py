"""Columns of our tables that a store does not have yet: each row is as if they had been added.

A snapshot stays as it was, so one from before a migration lacks what that added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import ibis.expr.operations as ops
import pyarrow as pa

from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.errors import BadParameter, Refused
from tams_analytics.tables import BY_NAME, NOW, arrow_schema

PROBLEM = "is no column of it yet"
EXPECTED = (
    "a column that it has: tams schema apply adds others to a store, a snapshot stays as it was"
)


def absent_columns(place: Place, there: Iterable[str]) -> frozenset[str]:
    """Those of our table of this name that are not ``there``; none of somebody else's table."""
    table = BY_NAME.get(place.table)
    return frozenset(table.names).difference(there) if table else frozenset()


def refuse_predicate(place: Place, predicate: Any, absent: frozenset[str]) -> None:
    """Raise `BadParameter` for a condition on a column that is not there."""
    if predicate is None or not absent:
        return
    for field in predicate.op().find(ops.Field):
        if field.name in absent:
            raise BadParameter(str(place), field.name, PROBLEM, EXPECTED)


def refuse_write(transaction: OpenTransaction, place: Place, names: Collection[str]) -> None:
    """Raise `Refused` for values of a column that is not there, also when it is asked anew."""
    if not _lacking(transaction, place, names):
        return
    transaction.connection.forget(place)  # others may have added it
    for name in _lacking(transaction, place, names):
        reason = f"it has no column {name} yet"
        raise Refused(f"writing to {place}", reason, "run tams schema apply on the store")


def _lacking(transaction: OpenTransaction, place: Place, names: Collection[str]) -> list[str]:
    absent = absent_columns(place, transaction.table(place).arrow_schema.names)
    return [name for name in names if name in absent]


def default(place: Place, name: str) -> pa.Scalar:
    """What each row has in such a column. Raises `BadParameter` where nobody can know it."""
    column = BY_NAME[place.table][name]
    if not column.nullable and column.default in (None, NOW):
        raise BadParameter(str(place), name, PROBLEM, EXPECTED)
    return pa.scalar(column.default, arrow_schema(BY_NAME[place.table]).field(name).type)


def with_absent(rows: pa.Table, place: Place, columns: Sequence[str]) -> pa.Table:
    """``rows`` with all of ``columns``, in this order."""
    for name in columns:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.repeat(default(place, name), rows.num_rows))
    return rows.select(list(columns))
