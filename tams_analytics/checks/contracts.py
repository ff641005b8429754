"""The contract of each column, as the tables define it and writers keep it: NOT NULL and ranges.

Nothing is said here that is known elsewhere: what must not be NULL stands in `tables.definitions`,
the numbers and words that a column may have in `writes.bulk.rules`. Columns of segments and objects
that no other check reads are left alone: to read them would cost more than all the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import ibis
import ibis.expr.types as ir

from tams_analytics.checks.check import Scope
from tams_analytics.tables import OF_RUNS, TABLES, TableDef
from tams_analytics.writes.bulk.rules import NOT_NEGATIVE, POSITIVE, WORDS

Broken = tuple[str, ir.BooleanValue, str | ir.StringValue]
"""A column, whether it breaks its contract, and what to say of it."""

READ = {
    "segments": ("flow_id", "object_id", "start_ns", "end_ns", "timerange", "ts_offset_ns"),
    "objects": ("id", "start_ns", "end_ns", "key_frame_count", "size", "created"),
    "object_instances": (),
}
"""What is read of the tables that are long; of all others everything."""
NAMED_BY = {
    "discarded_instances": ("object_id",),
    "collections": ("flow_id",),
    "tags": ("entity_id",),
    "flow_fences": ("flow_id",),
    "store_metadata": ("name",),
    "segments": ("flow_id", "timerange"),
}
"""What says which row it is, where that is no ``id``."""


def broken(scope: Scope) -> ir.Table:
    """Rows that break the contract of a column: ``entity, id, column, detail``.

    The first such column of each row. Of segments those are looked at that were asked for. Notes
    of earlier runs are not judged: a store need not have them.
    """
    judged = [table for table in TABLES if table not in OF_RUNS]
    asked = [table for table in judged if READ.get(table.name, table.names)]
    each = [_broken_in(table, _rows(scope, table)) for table in asked]
    return reduce(lambda one, other: one.union(other), each)


def _rows(scope: Scope, table: TableDef) -> ir.Table:
    rows: ir.Table = (
        scope.segments if table.name == "segments" else getattr(scope.tables, table.name)
    )
    return rows


def _broken_in(table: TableDef, rows: ir.Table) -> ir.Table:
    contracts = list(_contracts(table, rows))
    columns = [(is_broken, ibis.literal(column)) for column, is_broken, _said in contracts]
    details = [(is_broken, column + ": " + said) for column, is_broken, said in contracts]
    rows = rows.filter(reduce(lambda one, other: one | other, (each[1] for each in contracts)))
    names = [rows[name].coalesce("?") for name in NAMED_BY.get(table.name, ("id",))]
    found = rows.select(
        entity=ibis.literal(table.name),
        id=reduce(lambda one, other: one + "@" + other, names),
        column=ibis.cases(*columns, else_=""),
        detail=ibis.cases(*details, else_=""),
    )
    return found.filter(found.column != "")


def _contracts(table: TableDef, rows: ir.Table) -> Iterator[Broken]:
    """The contracts of a table's columns; one that speaks of a value says nothing of NULL."""
    read = READ.get(table.name, table.names)
    for column in table.columns:
        if not column.nullable and column.name in read:
            yield column.name, rows[column.name].isnull(), "is NULL"
    for names, least in ((POSITIVE, 1), (NOT_NEGATIVE, 0)):
        for name in filter(read.__contains__, names.get(table.name, ())):
            yield name, _held(rows[name] < least), _is_less(rows[name], least)
    for name in [name for of, name in WORDS if of == table.name]:
        known = WORDS[table.name, name]
        said = rows[name].coalesce("") + " is none of " + ", ".join(known)
        yield name, _held(~rows[name].isin(known)), said
    if {"start_ns", "end_ns"} <= set(table.names):
        yield "end_ns", _held(rows.end_ns <= rows.start_ns), "is not after start_ns"


def _held(condition: ir.BooleanValue) -> ir.BooleanValue:
    """Whether it is so; NULL: no."""
    return condition.coalesce(False)


def _is_less(value: ir.IntegerValue, least: int) -> ir.StringValue:
    return value.cast("string").coalesce("") + f" is less than {least}"
