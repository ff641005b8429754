"""Findings that somebody answers for: acknowledged, and so no failures until that expires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.checks.check import FINDING, text_of
from tams_analytics.tables import ACKNOWLEDGEMENTS, arrow_schema, ibis_schema

Acknowledged = tuple[Mapping[str, Any], ...]
"""The acknowledgements of one check: rows of ``acknowledgements``."""

ANSWER = ("owner", "reason", "expires")
"""What is told of an acknowledgement beside its finding."""
ANSWERED = (*FINDING, *ANSWER)
"""The columns of an acknowledged finding."""
OF = "acknowledged_"
"""How the columns of an acknowledgement begin beside those of a finding."""
OWNER = f"{OF}owner"
OF_ROW = f"{OF}row_"
OF_ENTITY = f"{OF}in"


def beside(found: ir.Table, entity: ir.StringValue, acknowledged: Acknowledged) -> ir.Table:
    """``found`` (with ``id``), each row once, with `OF` and each of `ANSWER`: who answers for it.

    An acknowledgement of a row goes before one of a table, and that before one of the check. NULLs
    where there is none.
    """
    columns = found.columns
    found = found.mutate(entity.name(OF_ENTITY))
    answers = {name: _of_tables(name, acknowledged) for name in ANSWER}
    rows = _of_rows(acknowledged)
    if rows.num_rows:
        table = ibis.memtable(rows)
        in_it = table[f"{OF_ROW}entity"].coalesce(found[OF_ENTITY]) == found[OF_ENTITY]
        found = found.left_join(table, [text_of(found.id) == table[f"{OF_ROW}id"], in_it])
        is_of_row = _[f"{OF_ROW}owner"].notnull()
        answers = {
            name: ibis.ifelse(is_of_row, _[f"{OF_ROW}{name}"], answer)
            for name, answer in answers.items()
        }
    return found.select(*columns, **{f"{OF}{name}": value for name, value in answers.items()})


def unanswered(found: ir.Table, entity: ir.StringValue, acknowledged: Acknowledged) -> ir.Table:
    """The rows of ``found`` that nobody answers for, with the columns they have."""
    rows = beside(found, entity, acknowledged)
    return rows.filter(rows[OWNER].isnull()).select(*found.columns)


def answered(findings: ir.Table, acknowledged: Acknowledged) -> ir.Table:
    """The findings that somebody answers for: `ANSWERED`."""
    rows = beside(findings, findings.entity, acknowledged)
    rows = rows.filter(rows[OWNER].notnull())
    return rows.select(*FINDING, **{name: rows[f"{OF}{name}"] for name in ANSWER})


def none_answered() -> ir.Table:
    """No rows, as `answered` has them."""
    schema = dict.fromkeys(FINDING, "string") | {name: _type(name) for name in ANSWER}
    return ibis.memtable([], schema=schema)


def _of_tables(name: str, acknowledged: Acknowledged) -> ir.Value:
    """Who answers for all of a table, or for all that the check finds."""
    whole = [row[name] for row in acknowledged if row["id"] is None and row["entity"] is None]
    otherwise = ibis.literal(whole[0] if whole else None, type=_type(name))
    cases = [
        (_[OF_ENTITY] == row["entity"], ibis.literal(row[name], type=_type(name)))
        for row in acknowledged
        if row["id"] is None and row["entity"] is not None
    ]
    return ibis.cases(*cases, else_=otherwise) if cases else otherwise


def _of_rows(acknowledged: Acknowledged) -> pa.Table:
    """Those of single rows, of which at most one is about any finding."""
    rows = [row for row in acknowledged if row["id"] is not None]
    in_any = {row["id"] for row in rows if row["entity"] is None}
    kept = {
        (row["entity"], row["id"]): row
        for row in rows
        if row["entity"] is None or row["id"] not in in_any
    }
    names = ("entity", "id", *ANSWER)
    schema = arrow_schema(ACKNOWLEDGEMENTS)
    fields = [pa.field(f"{OF_ROW}{name}", schema.field(name).type) for name in names]
    return pa.Table.from_pylist(list(_renamed(kept.values(), names)), pa.schema(fields))


def _renamed(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Iterable[dict[str, Any]]:
    return ({f"{OF_ROW}{name}": row[name] for name in names} for row in rows)


def _type(name: str) -> Any:
    return ibis_schema(ACKNOWLEDGEMENTS)[name](nullable=True)
