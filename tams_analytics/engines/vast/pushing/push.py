"""Which conditions of a filter a scan takes, and why it does not take the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.pushing.clauses import (
    Atom,
    Clause,
    TooMany,
    clauses,
    is_null_literal,
)
from tams_analytics.engines.vast.pushing.conjuncts import MOST_VALUES, Conjunct, Parameter, Term
from tams_analytics.engines.vast.pushing.losslessness import Guard, lossless, never_pushed
from tams_analytics.engines.vast.pushing.texts import function, text

FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
LOSES_NAN = {"!=", ">", ">="}
"""DuckDB sorts NaN above all numbers; what another engine does with it is not known."""
OF_TEXT = {"startswith", "contains"}
FAMILIES = (dt.Boolean, dt.Integer, dt.Floating, dt.String, dt.Timestamp)

ONE_BY_ONE = "windows are computed over all rows, before any is left out"


class _NotPushed(Exception):
    """Why an atom is no term of a scan."""


@dataclass(frozen=True)
class Pushing:
    """What a scan takes of some conditions.

    ``is_never``: no row fulfils them, so nothing is asked. ``is_exact``: what is taken says all
    that they say.
    """

    conjuncts: tuple[Conjunct, ...] = ()
    refused: tuple[Refused, ...] = ()
    is_never: bool = False

    @property
    def is_exact(self) -> bool:
        return self.is_never or not self.refused


def push(conditions: Iterable[ops.Value], table: ops.Relation, guard: Guard = lossless) -> Pushing:
    """What a scan of ``table`` takes of the AND of ``conditions``, which are ibis operations."""
    return together(push_one(condition, table, guard) for condition in conditions)


def together(pushings: Iterable[Pushing]) -> Pushing:
    """What a scan takes of the AND of several."""
    parts = list(pushings)
    return Pushing(
        tuple(dict.fromkeys(each for part in parts for each in part.conjuncts)),
        tuple(dict.fromkeys(each for part in parts for each in part.refused)),
        any(part.is_never for part in parts),
    )


def push_one(condition: ops.Value, table: ops.Relation, guard: Guard = lossless) -> Pushing:
    """What a scan of ``table`` takes of one condition."""
    if condition.find((ops.WindowFunction, ops.Analytic, ops.Reduction), filter=ops.Value):
        return Pushing(refused=(Refused(text(condition), f"a window function: {ONE_BY_ONE}"),))
    try:
        found = clauses(condition)
    except TooMany:
        return Pushing(refused=(Refused(text(condition), "it has too many alternatives"),))
    conjuncts, refused = [], []
    for clause in found:
        atoms = tuple(atom for atom in clause if atom.op != "never")
        if not atoms:
            return Pushing(is_never=True)
        if any(atom.op == "always" for atom in atoms):
            continue
        try:
            conjuncts.append(_conjunct(atoms, table, guard))
        except _NotPushed as reason:
            refused.append(Refused(_clause_text(atoms), str(reason)))
    return Pushing(tuple(conjuncts), tuple(refused))


def _conjunct(clause: Clause, table: ops.Relation, guard: Guard) -> Conjunct:
    named = [_named(atom, table) for atom in clause]
    columns = {field.name: field.dtype for field, _atom in named}
    if len(columns) > 1:
        raise _NotPushed(f"OR across columns: {', '.join(columns)}")
    ((column, dtype),) = columns.items()
    terms = tuple(dict.fromkeys(_term(atom, dtype, guard) for _field, atom in named))
    values = sum(len(term.values) for term in terms)
    if values > MOST_VALUES:
        raise _NotPushed(f"{values} values are too many, {MOST_VALUES} are taken")
    return Conjunct(column, terms, dtype)


def _named(atom: Atom, table: ops.Relation) -> tuple[ops.Field, Atom]:
    """The column of an atom, and the atom with its column on the left."""
    if atom.op == "other":
        raise _NotPushed(_why_other(atom.operand))
    column = column_of(atom.operand, table)
    if column is not None:
        for value in atom.values:
            if column_of(value, table) is not None:
                raise _NotPushed("compares two columns")
        return column, atom
    flipped = column_of(atom.values[0], table) if atom.op in FLIPPED else None
    if flipped is not None and isinstance(atom.operand, (ops.Literal, ops.ScalarParameter)):
        return flipped, Atom(FLIPPED[atom.op], flipped, (atom.operand,))
    raise _NotPushed(_why_other(atom.operand))


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


def _term(atom: Atom, dtype: dt.DataType, guard: Guard) -> Term:
    never = never_pushed(dtype)
    if never is not None:
        raise _NotPushed(never)
    _refuse_op(atom.op, dtype)
    values = tuple(_value(value, dtype, guard) for value in atom.values)
    if atom.op in OF_TEXT and values == ("",):
        return _of_empty_text(atom.op)
    if isinstance(dtype, dt.Boolean) and atom.op == "!=":
        return _of_booleans(values[0])
    return Term(atom.op, tuple(dict.fromkeys(values)))


def _refuse_op(op: str, dtype: dt.DataType) -> None:
    if isinstance(dtype, dt.Floating) and op in LOSES_NAN:
        raise _NotPushed(f"{op} on floats: engines do not agree where NaN stands")
    if isinstance(dtype, dt.Boolean) and op in ("<", "<=", ">", ">="):
        raise _NotPushed("booleans have no order there")
    if op in OF_TEXT and not isinstance(dtype, dt.String):
        raise _NotPushed(f"{op} is for text")


def _value(value: ops.Value, dtype: dt.DataType, guard: Guard) -> object:
    if is_null_literal(value):
        raise _NotPushed("NULL literal: nothing compares with NULL")
    if isinstance(value, ops.ScalarParameter):
        if _family(value.dtype) is not _family(dtype):
            raise _NotPushed(f"a parameter of another type: {value.dtype}")
        return Parameter(value)
    if not isinstance(value, ops.Literal):
        raise _NotPushed(_why_other(value))
    reason = guard(value.value, dtype)
    if reason is None and isinstance(value.value, str) and not value.dtype.is_string():
        reason = f"{value.dtype} is no text"
    if reason is not None:
        raise _NotPushed(reason)
    return value.value


def _family(dtype: dt.DataType) -> type | None:
    return next((family for family in FAMILIES if isinstance(dtype, family)), None)


def _of_empty_text(op: str) -> Term:
    if op == "contains":
        raise _NotPushed("an empty text is in every text")
    return Term("notnull")


def _of_booleans(value: object) -> Term:
    if isinstance(value, Parameter):
        raise _NotPushed("!= on booleans needs its value")
    return Term("==", (not value,))


def _why_other(value: ops.Value) -> str:
    """Why ``value`` is neither a column nor a literal."""
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


def _clause_text(clause: Clause) -> str:
    return " or ".join(_atom_text(atom) for atom in clause)


def _atom_text(atom: Atom) -> str:
    if atom.op == "other" or (not atom.values and atom.op not in ("isnull", "notnull")):
        return text(atom.operand)
    term = Term(atom.op, tuple(_Shown(text(value)) for value in atom.values))
    return term.written(text(atom.operand))


class _Shown(str):
    """A text that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
