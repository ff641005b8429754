"""Conditions as a scan takes them: an AND of conjuncts, each an OR of terms on one column."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tams_analytics.engines.vast.pushing.losslessness import Guard, lossless

MOST_VALUES = 10_000
"""How many values one request asks for: 40,000 short ones fill it."""
MOST_LISTED = 50_000
"""A list that stands alone goes in several requests; a longer one than this stays here."""
FRAME_BYTES = 120
"""What a value costs in a request, beside its own bytes (measured at 2.1.0)."""
MOST_BYTES = 2_000_000
"""Of what goes in one piece: a condition, or one value of a list."""
TOO_LONG = "its values are too long for a request"
SHOWN = 3
"""How many values of a list are written out."""


class NotLossless(Exception):
    """A value of a parameter cannot be pushed in this run: plan again with literals.

    ``reason`` says why.
    """

    def __init__(self, conjunct: Conjunct, reason: str) -> None:
        super().__init__(f"{conjunct}: {reason}")
        self.conjunct = conjunct
        self.reason = reason


@dataclass(frozen=True)
class Parameter:
    """A value that is known when the plan runs."""

    op: ops.ScalarParameter

    def __str__(self) -> str:
        return f"${self.op.name}"


Given: TypeAlias = Mapping[Any, Any]
"""Values of parameters, by ibis scalar or by its operation."""


@dataclass(frozen=True)
class Term:
    """One comparison. ``op``: ``== != < <= > >= isin isnull notnull startswith contains``.

    ``values``: none for ``isnull`` and ``notnull``, one or more for ``isin``, else one.
    """

    op: str
    values: tuple[Any, ...] = ()

    def written(self, column: str) -> str:
        """The term on ``column``, for people."""
        if self.op in TESTS:
            return f"{column} {TESTS[self.op]}"
        if self.op == "isin":
            shown = ", ".join(written(value) for value in self.values[:SHOWN])
            more = len(self.values) - SHOWN
            return f"{column} in ({shown}{f', … {more} more' if more > 0 else ''})"
        return f"{column} {self.op} {written(self.values[0])}"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(value for value in self.values if isinstance(value, Parameter))


TESTS = {"isnull": "is null", "notnull": "is not null"}


@dataclass(frozen=True)
class Conjunct:
    """An OR of terms on one column of type ``dtype``."""

    column: str
    terms: tuple[Term, ...]
    dtype: dt.DataType

    def __str__(self) -> str:
        return " or ".join(term.written(self.column) for term in self.terms)

    @property
    def is_list(self) -> bool:
        """Whether it is a list of values and nothing else."""
        return len(self.terms) == 1 and self.terms[0].op == "isin"

    @property
    def size(self) -> int:
        """The bytes that it takes in a request, about."""
        return sum(self._sizes)

    @property
    def is_too_long(self) -> bool:
        """Whether no request takes it; a list may go in several."""
        return (max(self._sizes) if self.is_list else self.size) > MOST_BYTES

    @property
    def _sizes(self) -> list[int]:
        return [size(value) for term in self.terms for value in term.values]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters whose values it needs before it can be sent."""
        return tuple(parameter for term in self.terms for parameter in term.parameters)

    def with_values(self, given: Given, guard: Guard = lossless) -> Conjunct:
        """The same with literals for parameters.

        Raises `NotLossless` for a value that its column cannot hold, and `KeyError` for one that is
        missing.
        """
        if not self.parameters:
            return self
        values = {as_op(parameter): value for parameter, value in given.items()}
        filled = tuple(self._filled(term, values, guard) for term in self.terms)
        found = replace(self, terms=filled)
        if found.is_too_long:
            raise NotLossless(self, TOO_LONG)
        return found

    def _filled(self, term: Term, values: Given, guard: Guard) -> Term:
        for parameter in term.parameters:
            value = values[parameter.op]
            reason = guard(value, self.dtype)
            if term.op == "contains" and value == "":
                reason = "an empty text is in every text"
            if reason is not None:
                raise NotLossless(self, reason)
        filled = [values[v.op] if isinstance(v, Parameter) else v for v in term.values]
        return replace(term, values=tuple(filled))


def size(value: Any) -> int:
    """The bytes that a value takes in a request, about."""
    return FRAME_BYTES + (len(value.encode()) if isinstance(value, str) else 8)


def as_op(parameter: Any) -> Any:
    """The operation of an ibis scalar; what is one already stays."""
    return parameter.op() if isinstance(parameter, ir.Expr) else parameter


def written(value: Any) -> str:
    """A value for people; a long text is cut."""
    text = str(value) if isinstance(value, Parameter) else repr(value)
    return text if len(text) <= 60 else f"{text[:56]}…'"


def predicate(conjuncts: Iterable[Conjunct], table: ir.Table) -> ir.BooleanValue | None:
    """The AND of the conjuncts on ``table``, in the shape that the SDK sends; ``None`` for none.

    A parameter that is left in them stays one, which the SDK does not send.
    """
    terms = [_any(conjunct, table) for conjunct in conjuncts]
    return functools.reduce(operator.and_, terms) if terms else None


def _any(conjunct: Conjunct, table: ir.Table) -> ir.BooleanValue:
    column = table[conjunct.column]
    return functools.reduce(operator.or_, (_term(term, column) for term in conjunct.terms))


def _term(term: Term, column: ir.Column) -> ir.BooleanValue:
    if term.op == "isnull":
        return column.isnull()
    if term.op == "notnull":
        return ~column.isnull()
    values = [typed(value, column.type()) for value in term.values]
    return column.isin(values) if term.op == "isin" else SENT[term.op](column, values[0])


def typed(value: Any, kind: dt.DataType) -> ir.Scalar:
    """A literal of its column's type, so that nothing has to be inferred or cast."""
    if isinstance(value, Parameter):
        return value.op.to_expr()
    return ibis.literal(value, type=kind.copy(nullable=True))


SENT: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "startswith": lambda column, value: column.startswith(value),
    "contains": lambda column, value: column.contains(value),
}


def isin(column: str, dtype: dt.DataType, values: Sequence[Any]) -> Conjunct | None:
    """``column in values`` for the keys of another scan; ``None`` where it cannot be asked.

    NULLs are left out, they equal nothing. No value at all: a conjunct that no row fulfils has to
    be recognised by the caller, who then asks for nothing.
    """
    found = tuple(value for value in dict.fromkeys(values) if value is not None)
    if not 0 < len(found) <= MOST_VALUES or any(lossless(value, dtype) for value in found):
        return None
    return Conjunct(column, (Term("isin", found),), dtype)
