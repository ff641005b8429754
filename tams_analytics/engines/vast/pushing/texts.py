"""A condition as people read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from tams_analytics.engines.vast.pushing.clauses import WRITTEN
from tams_analytics.engines.vast.pushing.conjuncts import written

LONGEST = 200
SIGNS = {
    **WRITTEN,
    ops.And: "and",
    ops.Or: "or",
    ops.Add: "+",
    ops.Subtract: "-",
    ops.Multiply: "*",
    ops.Divide: "/",
}


def text(value: Any) -> str:
    """``value`` in one line, cut where it is long."""
    whole = _text(value)
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 2]} …"


def _text(value: Any) -> str:
    for kind, say in SAID:
        if isinstance(value, kind):
            return say(value)
    if type(value) in SIGNS:
        return f"{_inner(value.left)} {SIGNS[type(value)]} {_inner(value.right)}"
    if isinstance(value, ops.Node):
        return f"{function(value)}({', '.join(_arguments(value))})"
    return _listed(value) if isinstance(value, tuple) else written(value)


def _inner(value: ops.Value) -> str:
    return f"({_text(value)})" if type(value) in SIGNS else _text(value)


def _arguments(value: ops.Node) -> list[str]:
    return [_text(part) for part in value.__args__ if part is not None and part != ()]


def _listed(values: tuple[Any, ...]) -> str:
    shown = ", ".join(_text(value) for value in values[:3])
    return f"({shown}, …)" if len(values) > 3 else f"({shown})"


def function(value: ops.Node) -> str:
    """What an operation is called: ``StringContains`` is ``string_contains``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(value).__name__).lower()


SAID: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (ops.Field, lambda value: str(value.name)),
    (ops.Literal, lambda value: written(value.value)),
    (ops.Not, lambda value: f"not {_inner(value.arg)}"),
    (ops.IsNull, lambda value: f"{_inner(value.arg)} is null"),
    (ops.NotNull, lambda value: f"{_inner(value.arg)} is not null"),
    (ops.InSubquery, lambda value: f"{_inner(value.needle)} in (a query)"),
    (ops.ExistsSubquery, lambda value: "exists (a query)"),
    (ops.ScalarSubquery, lambda value: "(a query)"),
    (ops.WindowFunction, lambda value: f"{_text(value.func)} over (a window)"),
    (ops.ScalarParameter, lambda value: f"${value.name}"),
    (dt.DataType, lambda value: str(value.copy(nullable=True))),
    (ops.Relation, lambda value: "…"),
)
