"""A condition as an AND of clauses, each an OR of atoms, with no negation left.

A filter keeps the rows for which its condition is TRUE. De Morgan's laws and distribution hold in
SQL's three-valued logic, so the AND of the clauses is TRUE for exactly the rows that pass. An atom
may be FALSE where the original is NULL, or the other way round: with no negation above it, that
makes nothing TRUE.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import ibis.expr.operations as ops

MOST_CLAUSES = 64
"""A condition that needs more is not taken apart."""


@dataclass(frozen=True)
class Atom:
    """``op`` of a term, ``always``, ``never``, or ``other`` for what no term is made of.

    ``operand`` and ``values`` are ibis operations; of ``other`` the operand is all of it.
    """

    op: str
    operand: ops.Value
    values: tuple[ops.Value, ...] = ()


Clause: TypeAlias = tuple[Atom, ...]
Clauses: TypeAlias = list[Clause]
Rule: TypeAlias = Callable[[ops.Value, bool], Clauses]


class TooMany(Exception):
    """A condition has more clauses than are worth it."""


def clauses(condition: ops.Value, negated: bool = False) -> Clauses:
    """``condition`` (or its negation) as clauses. Raises `TooMany`."""
    rule = RULES.get(type(condition))
    if rule is not None:
        return rule(condition, negated)
    if type(condition) in NEGATED:
        op = NEGATED[type(condition)] if negated else WRITTEN[type(condition)]
        return [(Atom(op, condition.left, (condition.right,)),)]
    return _boolean(condition, negated)


def _both(left: Clauses, right: Clauses) -> Clauses:
    if len(left) + len(right) > MOST_CLAUSES:
        raise TooMany
    return left + right


def _either(left: Clauses, right: Clauses) -> Clauses:
    if len(left) * len(right) > MOST_CLAUSES:
        raise TooMany
    return [(*one, *other) for one, other in itertools.product(left, right)]


def _and(condition: ops.Value, negated: bool) -> Clauses:
    join = _either if negated else _both
    return join(clauses(condition.left, negated), clauses(condition.right, negated))


def _or(condition: ops.Value, negated: bool) -> Clauses:
    join = _both if negated else _either
    return join(clauses(condition.left, negated), clauses(condition.right, negated))


def _not(condition: ops.Value, negated: bool) -> Clauses:
    return clauses(condition.arg, not negated)


def _between(condition: ops.Value, negated: bool) -> Clauses:
    if negated:
        below = Atom("<", condition.arg, (condition.lower_bound,))
        return [(below, Atom(">", condition.arg, (condition.upper_bound,)))]
    return [
        (Atom(">=", condition.arg, (condition.lower_bound,)),),
        (Atom("<=", condition.arg, (condition.upper_bound,)),),
    ]


def _is_null(condition: ops.Value, negated: bool) -> Clauses:
    is_null = isinstance(condition, ops.IsNull) is not negated
    return [(Atom("isnull" if is_null else "notnull", condition.arg),)]


def _in_values(condition: ops.Value, negated: bool) -> Clauses:
    options = tuple(option for option in condition.options if not is_null_literal(option))
    has_null = len(options) < len(condition.options)
    if not negated:
        op = "isin" if options else "never"
        return [(Atom(op, condition.value, options),)]
    if has_null:  # NOT IN a list with a NULL is never TRUE
        return [(Atom("never", condition.value),)]
    if len(options) > MOST_CLAUSES:
        raise TooMany
    return [(Atom("!=", condition.value, (option,)),) for option in options]


def _identical(condition: ops.Value, negated: bool) -> Clauses:
    """The comparison that is never NULL."""
    left, right = condition.left, condition.right
    column, value = (right, left) if isinstance(left, ops.Literal) else (left, right)
    if is_null_literal(value):
        return [(Atom("notnull" if negated else "isnull", column),)]
    if not isinstance(value, ops.Literal):  # a parameter or a column may be NULL too
        return _other(condition, negated)
    if negated:
        return [(Atom("!=", column, (value,)), Atom("isnull", column))]
    return [(Atom("==", column, (value,)),)]


def _text(condition: ops.Value, negated: bool) -> Clauses:
    if negated:
        return _other(condition, negated)
    if isinstance(condition, ops.StartsWith):
        return [(Atom("startswith", condition.arg, (condition.start,)),)]
    return [(Atom("contains", condition.haystack, (condition.needle,)),)]


def _literal(condition: ops.Value, negated: bool) -> Clauses:
    """NULL is not TRUE, and neither is its negation."""
    is_true = condition.value is not None and bool(condition.value) is not negated
    return [(Atom("always" if is_true else "never", condition),)]


def _boolean(condition: ops.Value, negated: bool) -> Clauses:
    """A boolean column; what else it may be is found out when a term is made of it."""
    if isinstance(condition, (ops.Field, ops.Cast)):
        return [(Atom("==", condition, (FALSE if negated else TRUE,)),)]
    return _other(condition, negated)


def _other(condition: ops.Value, negated: bool) -> Clauses:
    return [(Atom("other", ops.Not(condition) if negated else condition),)]


def is_null_literal(value: ops.Value) -> bool:
    return isinstance(value, ops.Literal) and value.value is None


TRUE, FALSE = ops.Literal(True, dtype="boolean"), ops.Literal(False, dtype="boolean")

WRITTEN = {
    ops.Equals: "==",
    ops.NotEquals: "!=",
    ops.Less: "<",
    ops.LessEqual: "<=",
    ops.Greater: ">",
    ops.GreaterEqual: ">=",
}
NEGATED = {
    ops.Equals: "!=",
    ops.NotEquals: "==",
    ops.Less: ">=",
    ops.LessEqual: ">",
    ops.Greater: "<=",
    ops.GreaterEqual: "<",
}
RULES: dict[type, Rule] = {
    ops.And: _and,
    ops.Or: _or,
    ops.Not: _not,
    ops.Between: _between,
    ops.IsNull: _is_null,
    ops.NotNull: _is_null,
    ops.InValues: _in_values,
    ops.IdenticalTo: _identical,
    ops.StartsWith: _text,
    ops.StringContains: _text,
    ops.Literal: _literal,
}
