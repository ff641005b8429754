"""Questions compiled once per shape, with their values written into the SQL.

Trino gains nothing by parameters (a query that has them is planned anew each time), and it pushes
constants down. So a statement is kept in pieces, and a value is a literal between two of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.statement import MOST_STATEMENTS, Shape, marked, split
from tams_analytics.engines.trino.backend import short_enough
from tams_analytics.engines.trino.compiler import COMPILER


def asked(question: Callable[..., ir.Table], arguments: dict[str, Any]) -> tuple[str, pa.Schema]:
    """The SQL of a question with these arguments, and the schema of its answer."""
    shape, values = split(question, arguments, for_plan=True)
    pieces, schema = compile_once(question, shape)
    return short_enough("".join(_written(pieces, values))), schema


def _written(pieces: tuple[tuple[str, str | None], ...], values: Mapping[str, Any]) -> list[str]:
    return [text + ("" if name is None else literal(values[name])) for text, name in pieces]


def literal(value: Any) -> str:
    """A text or a whole number in Trino's SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value))


@functools.lru_cache(maxsize=MOST_STATEMENTS)
def compile_once(
    question: Callable[..., ir.Table], shape: Shape
) -> tuple[tuple[tuple[str, str | None], ...], pa.Schema]:
    """The SQL in pieces, each with the name of the value that follows it."""
    expression, marks = marked(question, shape)
    sql = COMPILER.to_sqlglot(expression, params=marks.literals).sql(COMPILER.dialect)
    pieces = marks.pieces(sql)
    marks.refuse_unused(name for _text, name in pieces if name is not None)
    schema = expression.schema().to_pyarrow()
    return tuple(pieces), pa.schema([field.with_nullable(True) for field in schema])
