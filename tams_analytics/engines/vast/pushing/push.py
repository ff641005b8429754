"""Which conditions of a filter a scan takes, and why it does not take the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.operations as ops

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.pushing.clauses import (
    Atom,
    Clause,
    TooMany,
    clauses,
)
from tams_analytics.engines.vast.pushing.conjuncts import (
    MOST_LISTED,
    MOST_VALUES,
    TOO_LONG,
    Conjunct,
    Term,
)
from tams_analytics.engines.vast.pushing.losslessness import Guard, lossless
from tams_analytics.engines.vast.pushing.terms import NotPushed, named, term
from tams_analytics.engines.vast.pushing.texts import text

ONE_BY_ONE = "windows are computed over all rows, before any is left out"


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
        except NotPushed as reason:
            refused.append(Refused(_clause_text(atoms), str(reason)))
    return Pushing(tuple(conjuncts), tuple(refused))


def _conjunct(clause: Clause, table: ops.Relation, guard: Guard) -> Conjunct:
    oriented = [named(atom, table) for atom in clause]
    columns = {field.name: field.dtype for field, _atom in oriented}
    if len(columns) > 1:
        raise NotPushed(f"OR across columns: {', '.join(columns)}")
    ((column, dtype),) = columns.items()
    terms = tuple(dict.fromkeys(term(atom, dtype, guard) for _field, atom in oriented))
    conjunct = Conjunct(column, terms, dtype)
    values = sum(len(each.values) for each in terms)
    most = MOST_LISTED if conjunct.is_list else MOST_VALUES
    if values > most:
        raise NotPushed(f"{values} values are too many, {most} are taken")
    if conjunct.is_too_long:
        raise NotPushed(TOO_LONG)
    return conjunct


def _clause_text(clause: Clause) -> str:
    return " or ".join(_atom_text(atom) for atom in clause)


def _atom_text(atom: Atom) -> str:
    if atom.op == "other" or (not atom.values and atom.op not in ("isnull", "notnull")):
        return text(atom.operand)
    shown = Term(atom.op, tuple(_Shown(text(value)) for value in atom.values))
    return shown.written(text(atom.operand))


class _Shown(str):
    """A text that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
