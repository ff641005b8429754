"""Tables in memory in Trino's SQL: few rows as VALUES, many as one array for each column.

Trino 476 plans VALUES row by row, in each of its rules, and again wherever a query names the table:
a thousand rows in a verb cost it ten seconds. An array in a text of JSON it reads once, as a single
value. What VALUES have beside it is kept: how many rows there are is told by LIMIT, so that a join
builds on them, and its dynamic filters tell the scan of the other side which keys it needs. Texts
that come again stand once, and numbers as steps: a query may have a million characters.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge

from tams_analytics.engines.trino.memory import rows_of
from tams_analytics.engines.trino.times import Times, written
from tams_analytics.errors import BadParameter
from tams_analytics.span import MOST

FEW = 100
"""Rows that go as VALUES: they cost little, and Trino makes an IN of them for the other side."""
ROWS = "rows"
"""Where a table in the SQL keeps its rows until `told_once`."""
Kinds = Mapping[str, idt.DataType]
Told = tuple[sge.Expression, Any]
"""An array of what is sent of a column, and SQL that makes its values of the elements."""


class Packed(Times):
    """With tables in memory in the query: ibis would make them there, and insert row by row."""

    __slots__ = ()

    def visit_InMemoryTable(  # noqa: N802 - ibis' own name
        self, op: ops.InMemoryTable, *, name: str, schema: Any, data: Any
    ) -> sge.Expression:
        kinds = {column: kind.copy(nullable=True) for column, kind in schema.items()}
        rows = rows_of(data.to_pyarrow(schema), kinds)
        with warnings.catch_warnings():  # ibis' literals have no nanoseconds; ours have
            warnings.filterwarnings("ignore", message="Discarding nonzero nanoseconds")
            if len(rows) <= FEW:
                return self._as_values(name, kinds, rows)
            return _named(self._as_arrays(kinds, rows))

    def _as_values(self, name: str, kinds: Kinds, rows: Sequence[Any]) -> sge.Expression:
        columns = [sg.to_identifier(column, quoted=True) for column in kinds]
        # one row alone in parentheses would be taken for several columns
        is_row = len(columns) == 1 and next(iter(kinds.values())).is_struct()
        filled = [
            [self._value(row[key], kind) for key, kind in kinds.items()]
            for row in rows or [dict.fromkeys(kinds)]
        ]
        tuples = [self.f.anon.ROW(*row) if is_row else sge.Tuple(expressions=row) for row in filled]
        values = sge.Values(
            expressions=tuples,
            alias=sge.TableAlias(this=sg.to_identifier(name, quoted=True), columns=columns),
        )
        found = sg.select(*(sg.column(each.copy()) for each in columns)).from_(values)
        return (found if rows else found.where(sge.false())).subquery(name)

    def _value(self, value: Any, kind: idt.DataType) -> Any:
        if kind.is_time() and value is not None:
            return self.cast(value, kind)
        literal = self.visit_Literal(ops.Literal(value, kind), value=value, dtype=kind)
        return literal if value is None else self.cast(literal, kind)

    def _as_arrays(self, kinds: Kinds, rows: Sequence[Any]) -> sge.Select:
        told = {
            name: self._told(sg.column(name, quoted=True), [row[name] for row in rows], kind)
            for name, kind in kinds.items()
        }
        columns = [sg.to_identifier(name, quoted=True) for name in kinds]
        alias = sge.TableAlias(this=sg.to_identifier("packed", quoted=True), columns=columns)
        unnested = sge.Unnest(expressions=[array for array, _read in told.values()], alias=alias)
        read = [value.as_(name, quoted=True) for name, (_array, value) in told.items()]
        return sg.select(*read).from_(unnested).limit(len(rows))

    def _told(self, column: sge.Column, values: Sequence[Any], kind: idt.DataType) -> Told:
        if kind.is_string():
            return self._texts(column, values)
        if kind.is_int64():
            return self._numbers(column, values)
        if _is_json(kind):
            return self._json(values, kind), column
        if _is_text(kind):
            array, text = self._texts(column, [_text(value) for value in values])
            return array, self.cast(text, kind)
        found = [self._value(value, kind) for value in values]
        if not kind.is_struct():
            return sge.Array(expressions=found), column
        # its fields would be unnested as columns of their own
        boxed = [sge.Array(expressions=[value]) for value in found]
        return sge.Array(expressions=boxed), self.f.element_at(column, 1)

    def _texts(self, column: sge.Column, values: Sequence[str | None]) -> Told:
        """Each once, and where it comes, if most come again: ids of flows are long."""
        known = dict.fromkeys(text for text in values if text is not None)
        if 2 * len(known) > len(values):
            return self._json(values, idt.string), column
        places = {text: place for place, text in enumerate(known, 1)}
        found = [None if text is None else places[text] for text in values]
        texts = self._json([*known], idt.string)
        return self._json(found, idt.int64), self.f.element_at(texts, column)

    def _numbers(self, column: sge.Column, values: Sequence[int | None]) -> Told:
        """As steps from the smallest: nanoseconds of a schedule are whole frames or seconds."""
        known = [value for value in values if value is not None]
        least = min(known, default=0)
        step = math.gcd(*(value - least for value in known)) or 1
        if step == 1 or max(known) - least > MOST:
            return self._json(values, idt.int64), column
        found = [None if value is None else (value - least) // step for value in values]
        steps = sge.Mul(this=column, expression=sge.convert(step))
        read = sge.Add(this=steps, expression=self.cast(sge.convert(least), idt.int64))
        return self._json(found, idt.int64), read

    def _json(self, values: Sequence[Any], kind: idt.DataType) -> sge.Expression:
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        if "\\u0000" in text and any("\0" in value for value in values if value):
            raise BadParameter("literal", "\0", "holds a NUL character", "text without it")
        found: sge.Expression = self.cast(
            self.f.anon.json_parse(sge.convert(text)), idt.Array(kind)
        )
        return found


def _is_json(kind: idt.DataType) -> bool:
    """Whether JSON has its values, with all their digits."""
    is_whole = kind.is_integer() and not isinstance(kind, idt.UInt64)
    return bool(kind.is_string() or kind.is_boolean() or is_whole)


def _is_text(kind: idt.DataType) -> bool:
    """Whether Trino reads its values from texts, with all their digits."""
    return bool(kind.is_numeric() or kind.is_temporal())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        names = {math.inf: "Infinity", -math.inf: "-Infinity"}
        return "NaN" if math.isnan(value) else names.get(value, repr(value))
    if isinstance(value, dt.datetime):
        return written(value)
    if isinstance(value, decimal.Decimal):  # str writes some as 1E+3
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _named(rows: sge.Select) -> sge.Table:
    """A table that `told_once` tells the rows of, called by what is in them."""
    digest = hashlib.sha256(rows.sql("trino").encode()).hexdigest()
    found = sge.Table(this=sg.to_identifier(f"memory_{digest[:16]}", quoted=True))
    found.meta[ROWS] = rows
    return found


def told_once(tree: sge.Query) -> sge.Query:
    """``tree`` with the rows of its tables in memory at its head, however often it names them."""
    rows = {
        table.name: table.meta.pop(ROWS) for table in tree.find_all(sge.Table) if ROWS in table.meta
    }
    for name, select in rows.items():
        tree = tree.with_(sg.to_identifier(name, quoted=True), as_=select, copy=False)
    if rows:
        clause = tree.args["with_"]
        told = clause.expressions
        clause.set("expressions", [*told[-len(rows) :], *told[: -len(rows)]])
    return tree
