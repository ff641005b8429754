"""Questions compiled once per shape, for all stores of the process, and run with values.

A question is a function of tables and keyword arguments. Arguments that are compared with columns
(`tams_analytics.span.Value` marks them) are *values*: they become parameters of the statement. All
else is the *shape*: which bounds are there, the order, the limit, how many values a list has. A
question cannot branch on a parameter, so a statement can never have been compiled for somebody
else's value.
"""

from __future__ import annotations

import functools
import itertools
import re
import typing
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from typing_extensions import Unpack

from tams_analytics.engines.duckdb_backend import Backend, refuse_nul
from tams_analytics.engines.limited_parts import compute_once
from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.span import Value, Window, as_limit, as_window
from tams_analytics.tables import Tables, ibis_schema

MOST_STATEMENTS = 256
"""How many statements are kept; the one not used for longest goes first."""

UNCONNECTED = Backend()
"""Compiles, and asks no database."""

DEFINED = Tables.opened(lambda table: ibis.table(ibis_schema(table), name=table.name))
"""The tables of no store in particular: what is compiled over them is for each."""

WAY_OUT = "cast what is added up to decimal(38, 0) first"
NUMBER_MARK = 7_310_000_000_000_000_000
"""Parameters of whole numbers are compiled as this number and the ones after it."""
A_NUMBER = re.compile(r"(?<!\w)731\d{16}(?!\w)")
"""What a mark might be taken for."""
A_MARK = re.compile(
    r"(?<![\w'])(?:\['tams-list-731\d{16}'\]|'tams-mark-731\d{16}'|731\d{16})(?![\w'])"
)
"""What a parameter is compiled as: a list, a text, or a number."""

PYTHON: dict[str, type] = {"string": str, "ids": str, "int64": SupportsIndex}
"""What a value of each kind is in Python."""

LIMIT, IDS = "limit", "ids"
"""Kinds of values that are no expression of a column's type."""
ELEMENT = {IDS: "string"}
"""What a list of a kind holds, where that is another kind."""

Shape = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Statement:
    """SQL with named parameters, and the schema of its answer."""

    engine: str
    sql: str
    schema: pa.Schema

    def typed(self, answer: pa.Table) -> pa.Table:
        """``answer`` with the integers of the question: DuckDB adds them up to decimals.

        Raises `EngineFailed` for a sum that its type cannot hold.
        """
        if answer.schema.types == self.schema.types:
            return answer
        promised = dict(zip(self.schema.names, self.schema.types, strict=True))
        for place, field in enumerate(answer.schema):
            kind = promised.get(field.name)
            if pa.types.is_decimal(field.type) and kind is not None and pa.types.is_integer(kind):
                column = self._narrowed(field.name, answer.column(place), kind)
                answer = answer.set_column(place, field.name, column)
        return answer

    def _narrowed(self, name: str, column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
        try:
            return column.cast(kind)
        except pa.ArrowInvalid as error:
            reason = f"{name} is beyond what {kind} holds"
            raise EngineFailed(self.engine, "answering", reason, WAY_OUT) from error


def prepare(
    question: Callable[..., ir.Table], arguments: dict[str, Any]
) -> tuple[Statement, dict[str, Any]]:
    """The statement for these arguments, and the values to run it with."""
    shape, values = split(question, arguments)
    return compile_once(question, shape), values


def split(
    question: Callable[..., ir.Table],
    arguments: dict[str, Any],
    *,
    for_plan: bool = False,
) -> tuple[Shape, dict[str, Any]]:
    """The shape of a call, and its values by parameter name.

    ``for_plan``: for a plan of scans, whose shape says how many rows and how many ids there are.

    Raises `BadParameter`, `BadTimeRange`.
    """
    kinds = value_kinds(question)
    shape: list[tuple[str, Any]] = []
    values: dict[str, Any] = {}
    for name, argument in sorted(arguments.items()):
        kind = kinds.get(name)
        if kind is None or argument is None or (for_plan and kind == LIMIT):
            shape.append((name, _hashable(name, argument)))
        elif kind == "window":
            shape.append((name, _split_window(name, as_window(argument), values)))
        elif kind == IDS and not isinstance(argument, (list, tuple)):
            raise BadParameter(name, argument, "is no list of ids")
        elif kind == IDS and len(argument) > 1 and not for_plan:  # a join makes one id slower
            shape.append((name, One()))
            values[name] = _ids(name, argument)
        elif isinstance(argument, (list, tuple)):
            shape.append((name, Many(len(argument))))
            values.update(
                {f"{name}_{at}": _value(name, kind, one) for at, one in enumerate(argument)}
            )
        else:
            shape.append((name, One()))
            values[name] = _value(name, kind, argument)
    return tuple(shape), values


def _value(name: str, kind: str, argument: Any) -> Any:
    """A value as it goes to the database. Raises `BadParameter` for one of another type."""
    if kind == LIMIT:
        return as_limit(argument)
    if not isinstance(argument, PYTHON[kind]) or isinstance(argument, bool):
        raise BadParameter(name, argument, f"is no {ELEMENT.get(kind, kind)}")
    if isinstance(argument, str):
        refuse_nul(name, argument)
        _refuse_half(name, argument)
    return argument


def _ids(name: str, argument: Sequence[Any]) -> list[Any]:
    """As `_value` of each; of many that are plain, what all have in common is looked at once."""
    if all(type(one) is str for one in argument):
        text = "".join(argument)
        if text.isascii() and "\0" not in text:
            return [*argument]
    return [_value(name, IDS, one) for one in argument]


def _refuse_half(name: str, argument: str) -> None:
    if not argument.isascii():
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise BadParameter(name, argument, "is no text", "whole characters") from error


@dataclass(frozen=True)
class One:
    """In a shape: one value."""


@dataclass(frozen=True)
class Many:
    """In a shape: this many values."""

    count: int


@dataclass(frozen=True)
class Sides:
    """In a shape: a window with these sides."""

    start: bool
    end: bool
    never: bool


def _split_window(name: str, window: Window, values: dict[str, Any]) -> Sides:
    if window.start_ns is not None:
        values[f"{name}_start"] = window.start_ns
    if window.end_ns is not None:
        values[f"{name}_end"] = window.end_ns
    return Sides(window.start_ns is not None, window.end_ns is not None, window.never)


def _hashable(name: str, argument: Any) -> Any:
    plain = tuple(argument) if isinstance(argument, list) else argument
    try:
        hash(plain)
    except TypeError as error:
        raise BadParameter(name, argument, "cannot shape a statement", "a tuple") from error
    return plain


@functools.lru_cache(maxsize=1024)
def value_kinds(question: Callable[..., ir.Table]) -> dict[str, str]:
    """Which parameters of a question are values, and of which kind. Raises `BadParameter`."""
    if isinstance(question, ibis.Expr) or not callable(question):
        expected = "a function of ta.queries; a table is asked by its own .to_pyarrow()"
        raise BadParameter("question", type(question).__name__, "is no question", expected)
    hints = typing.get_type_hints(question, include_extras=True)
    for hint in [*hints.values()]:
        if typing.get_origin(hint) is Unpack:  # **arguments: Unpack[a TypedDict]
            (named,) = typing.get_args(hint)
            hints |= typing.get_type_hints(named, include_extras=True)
    return {
        name: mark.type
        for name, hint in hints.items()
        for mark in _metadata(hint)
        if isinstance(mark, Value)
    }


def _metadata(hint: Any) -> tuple[Any, ...]:
    """What `Annotated` says; Python 3.10 makes an Optional of a parameter that may be None."""
    parts = (hint, *typing.get_args(hint))
    return tuple(mark for part in parts for mark in getattr(part, "__metadata__", ()))


@functools.lru_cache(maxsize=MOST_STATEMENTS)
def compile_once(question: Callable[..., ir.Table], shape: Shape) -> Statement:
    """Ask the question with parameters where values will be, and compile the answer."""
    expression, marks = marked(question, shape)
    sql, used = marks.compiled(expression)
    marks.refuse_unused(used)
    return Statement(UNCONNECTED.name, sql, expression.schema().to_pyarrow())


def marked(question: Callable[..., ir.Table], shape: Shape) -> tuple[ir.Table, Marks]:
    """The question with parameters where values will be, which look like no number of its own."""
    marks = Marks()
    expression = question(DEFINED, **arguments_of(question, shape, marks))
    own = _numbers(expression)
    if not own.isdisjoint(marks.numbers):
        marks = Marks(own)
        expression = question(DEFINED, **arguments_of(question, shape, marks))
    return expression, marks


def _numbers(expression: ir.Table) -> set[int]:
    """Those of its literals that might be taken for marks, also within texts: too many, if any."""
    texts = (str(literal.value) for literal in expression.op().find(ops.Literal))
    return {int(number) for text in texts for number in A_NUMBER.findall(text)}


def arguments_of(question: Callable[..., ir.Table], shape: Shape, marks: Marks) -> dict[str, Any]:
    """What to call a question with: parameters where values will be."""
    kinds = value_kinds(question)
    return {name: _argument(name, kinds.get(name), part, marks) for name, part in shape}


def _argument(name: str, kind: str | None, part: Any, marks: Marks) -> Any:
    if kind == "window" and isinstance(part, Sides):
        return Window(
            marks.parameter(f"{name}_start", "int64") if part.start else None,
            marks.parameter(f"{name}_end", "int64") if part.end else None,
            part.never,
        )
    if kind is not None and isinstance(part, Many):
        element = ELEMENT.get(kind, kind)
        return [marks.parameter(f"{name}_{at}", element) for at in range(part.count)]
    if kind == IDS and isinstance(part, One):
        return marks.ids(name)
    if kind == LIMIT and isinstance(part, One):
        return marks.limit(name)
    return marks.parameter(name, kind) if kind is not None and isinstance(part, One) else part


class Marks:
    """Parameters of one compilation, each compiled as an unmistakable literal.

    ibis writes a literal where a parameter stands; the literal is then replaced by ``$name``.
    No mark has a number that is ``taken``.
    """

    def __init__(self, taken: Collection[int] = ()) -> None:
        self.literals: dict[ir.Scalar, Any] = {}
        self.parameters: dict[str, ir.Scalar] = {}
        self.limits: set[str] = set()
        self.numbers: set[int] = set()
        self._free = (number for number in itertools.count(NUMBER_MARK) if number not in taken)
        self._texts: dict[str, str] = {}

    def parameter(self, name: str, type: str) -> ir.Scalar:
        parameter = ibis.param(type)
        number = self._number()
        mark: Any = number if type == "int64" else f"tams-mark-{number}"
        self.literals[parameter] = mark
        self.parameters[name] = parameter
        self._texts[str(mark) if type == "int64" else f"'{mark}'"] = name
        return parameter

    def ids(self, name: str) -> ir.StringColumn:
        """A column of them: the statement joins it, so that an index finds its rows."""
        parameter: Any = ibis.param("array<string>")
        mark = f"tams-list-{self._number()}"
        self.literals[parameter] = [mark]
        self.parameters[name] = parameter
        self._texts[f"['{mark}']"] = name
        return parameter.unnest()

    def limit(self, name: str) -> int:
        """A plain number for ibis: of an expression it would make a question of its own."""
        number = self._number()
        self.limits.add(name)
        self._texts[str(number)] = name
        return number

    def _number(self) -> int:
        number = next(self._free)
        self.numbers.add(number)
        return number

    def compiled(self, expression: ir.Table) -> tuple[str, set[str]]:
        """The SQL of an expression, ``$name`` for each mark, and the names that stand in it."""
        query = UNCONNECTED.compiler.to_sqlglot(expression, params=self.literals)
        compute_once(query)
        pieces = self.pieces(query.sql(UNCONNECTED.dialect))
        used = {name for _text, name in pieces if name is not None}
        return "".join(text if name is None else f"{text}${name}" for text, name in pieces), used

    def pieces(self, sql: str) -> list[tuple[str, str | None]]:
        """``sql`` cut where marks are: each text with the name of the value behind it, if any."""
        found: list[tuple[str, str | None]] = []
        start = 0
        for mark in A_MARK.finditer(sql):
            name = self._texts.get(mark[0])
            if name is not None:  # else somebody's own literal
                found.append((sql[start : mark.start()], name))
                start = mark.end()
        return [*found, (sql[start:], None)]

    def refuse_unused(self, used: Iterable[str]) -> None:
        """Raise `BadParameter` for a value that is in no statement: its answer would be wrong."""
        for name in (self.parameters.keys() | self.limits) - set(used):
            raise BadParameter(name, None, "is a value that the question does not use")
