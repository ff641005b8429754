"""Terms made of atoms: a column, a comparison, and values that survive it."""

from __future__ import annotations

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from tams_analytics.engines.vast.pushing.clauses import Atom, is_null_literal
from tams_analytics.engines.vast.pushing.conjuncts import Parameter, Term
from tams_analytics.engines.vast.pushing.losslessness import Guard, never_pushed
from tams_analytics.engines.vast.pushing.texts import function

FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
LOSES_NAN = {"!=", ">", ">="}
"""DuckDB sorts NaN above all numbers; what another engine does with it is not known."""
OF_TEXT = {"startswith", "contains"}
FAMILIES = (dt.Boolean, dt.Integer, dt.Floating, dt.String, dt.Timestamp)


class NotPushed(Exception):
    """Why an atom is no term of a scan."""


def named(atom: Atom, table: ops.Relation) -> tuple[ops.Field, Atom]:
    """The column of an atom, and the atom with its column on the left."""
    if atom.op == "other":
        raise NotPushed(_why_other(atom.operand))
    column = column_of(atom.operand, table)
    if column is not None:
        for value in atom.values:
            if column_of(value, table) is not None:
                raise NotPushed("compares two columns")
        return column, atom
    flipped = column_of(atom.values[0], table) if atom.op in FLIPPED else None
    if flipped is not None and isinstance(atom.operand, (ops.Literal, ops.ScalarParameter)):
        return flipped, Atom(FLIPPED[atom.op], flipped, (atom.operand,))
    raise NotPushed(_why_other(atom.operand))


def column_of(value: ops.Value, table: ops.Relation | None = None) -> ops.Field | None:
    """The column that ``value`` is, seen through casts that change no value.

    With ``table``, only a column of it.
    """
    while isinstance(value, ops.Cast) and _keeps_values(value.arg.dtype, value.to):
        value = value.arg
    is_column = isinstance(value, ops.Field) and (table is None or value.rel == table)
    return value if is_column else None


def _keeps_values(one: dt.DataType, other: dt.DataType) -> bool:
    if one.copy(nullable=True) == other.copy(nullable=True):
        return True
    both_signed = one.is_signed_integer() and other.is_signed_integer()
    return bool(both_signed and one.nbytes <= other.nbytes)


def term(atom: Atom, dtype: dt.DataType, guard: Guard) -> Term:
    never = never_pushed(dtype)
    if never is not None:
        raise NotPushed(never)
    _refuse_op(atom.op, dtype)
    values = tuple(_value(value, dtype, guard) for value in atom.values)
    if atom.op in OF_TEXT and values == ("",):
        return _of_empty_text(atom.op)
    if isinstance(dtype, dt.Boolean) and atom.op == "!=":
        return _of_booleans(values[0])
    return Term(atom.op, tuple(dict.fromkeys(values)))


def _refuse_op(op: str, dtype: dt.DataType) -> None:
    if isinstance(dtype, dt.Floating) and op in LOSES_NAN:
        raise NotPushed(f"{op} on floats: engines do not agree where NaN stands")
    if isinstance(dtype, dt.Boolean) and op in ("<", "<=", ">", ">="):
        raise NotPushed("booleans have no order there")
    if op in OF_TEXT and not isinstance(dtype, dt.String):
        raise NotPushed(f"{op} is for text")


def _value(value: ops.Value, dtype: dt.DataType, guard: Guard) -> object:
    if is_null_literal(value):
        raise NotPushed("NULL literal: nothing compares with NULL")
    if isinstance(value, ops.ScalarParameter):
        if _family(value.dtype) is not _family(dtype):
            raise NotPushed(f"a parameter of another type: {value.dtype}")
        return Parameter(value)
    if not isinstance(value, ops.Literal):
        raise NotPushed(_why_other(value))
    reason = guard(value.value, dtype)
    if reason is None and isinstance(value.value, str) and not value.dtype.is_string():
        reason = f"{value.dtype} is no text"
    if reason is not None:
        raise NotPushed(reason)
    return value.value


def _family(dtype: dt.DataType) -> type | None:
    return next((family for family in FAMILIES if isinstance(dtype, family)), None)


def _of_empty_text(op: str) -> Term:
    if op == "contains":
        raise NotPushed("an empty text is in every text")
    return Term("notnull")


def _of_booleans(value: object) -> Term:
    if isinstance(value, Parameter):
        raise NotPushed("!= on booleans needs its value")
    return Term("==", (not value,))


def _why_other(value: ops.Value) -> str:
    """Why ``value`` is neither a column nor a literal."""
    if isinstance(value, ops.Not):
        return _why_other(value.arg)
    for kind, reason in REASONS:
        if value.find(kind, filter=ops.Value):
            return reason
    if isinstance(value, (ops.Field, ops.Literal, ops.ScalarParameter)):
        return "no column of this table is compared with a literal"
    if isinstance(value, ops.Cast):
        return f"a cast to {value.to}"
    return f"computed by {function(value)}"


REASONS = (
    (ops.Subquery, "a sub-query"),
    (ops.Impure, "not the same in each run"),
    (ops.StructField, "a field of a struct"),
)
