"""A select's flatbuffer, decoded: which columns, and which condition.

Two shapes arrive. The Python SDK sends ``Source(schema, filter, projection)``; VAST's Trino
connector sends ``Project(Source(schema, filter), expressions)``. Columns are positions in a
depth-first numbering of all fields, nested ones included, of the schema in the request.

The numbers below are slots and members of unions in Arrow's ``computeir`` and ``Schema.fbs``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.support.vast_peer.flatbuffer import Flat
from tests.support.vast_peer.messages import bad_request

ROW_ID = "$row_id"
PROJECT, SOURCE = 7, 9
LITERAL, FIELD_REF, CALL = 1, 2, 3
FIELD_INDEX = 5
TYPE_DECIMAL = 7
LIST_LITERAL = 19
NUMBER_CODES = dict(zip(range(1, 13), "?bhiqBHIQqqq", strict=True)) | {16: "H", 17: "f", 18: "d"}
"""Bool, Int8-64, UInt8-64, date, time, timestamp; halves, floats, doubles."""
BYTE_LITERALS = (15, 22, 23, 24)
"""Decimal, string, binary, fixed-size binary."""


@dataclass(frozen=True)
class Leaf:
    """A column, or one scalar within it: the name of the column and of each level below."""

    column: str
    below: tuple[tuple[int, str], ...] = ()
    """To each nested level the child's number and name."""

    @property
    def name(self) -> str:
        return ".".join([self.column, *(name for _, name in self.below)])


@dataclass(frozen=True, eq=False)
class Node:
    """``and``, ``or``: of nodes. All else: a function of one leaf and at most one literal."""

    function: str
    parts: tuple[Node, ...] = ()
    leaf: Leaf | None = None
    literal: Any = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is asked of the rows."""
        return self.function == "and" and not self.parts


@dataclass(frozen=True)
class Query:
    """What a select asks: leaves in the order of the answer, and a condition."""

    leaves: tuple[Leaf, ...]
    condition: Node
    decimal_ids: bool = False
    """Whether ``$row_id`` is asked as decimal128(38, 0), as of a sorted table."""


@lru_cache(maxsize=512)
def decode(body: bytes) -> Query:
    """The query in a request's body. Raises Refused where it is none."""
    try:
        relation = Flat.root(body)
        if relation.number(0) == PROJECT:
            project = relation.table(1)
            source = source_of(project.table(1))
            positions = [position_of(ref) for ref in project.tables(2)]
        else:
            source = source_of(relation)
            positions = [index.number(0, "I") for index in source.tables(4)]
        fields = Numbering(source.table(3))
        leaves = [leaf for position in positions for leaf in fields.leaves(position)]
        condition = condition_of(source.table(2), fields)
    except (AttributeError, struct.error) as error:
        raise bad_request(f"not a relation: {error}") from error
    return Query(tuple(leaves), condition, fields.decimal_ids)


def source_of(relation: Flat) -> Flat:
    if relation.number(0) != SOURCE:
        raise bad_request(f"relation of kind {relation.number(0)}")
    return relation.table(1)


class Numbering:
    """Every field of the request's schema by its position."""

    def __init__(self, schema: Flat) -> None:
        self.decimal_ids = False
        self._nodes: list[tuple[Leaf, bool]] = []
        self._ends: list[int] = []
        for field in schema.tables(1):
            name = field.data(0).decode()
            self._add(field, Leaf(name))
            if name == ROW_ID:
                self.decimal_ids = field.number(2) == TYPE_DECIMAL

    def leaf(self, position: int) -> Leaf:
        try:
            return self._nodes[position][0]
        except IndexError:
            raise bad_request(f"no column at position {position}") from None

    def leaves(self, position: int) -> Iterator[Leaf]:
        """The scalar at this position, or those below it."""
        self.leaf(position)
        for leaf, is_scalar in self._nodes[position : self._ends[position]]:
            if is_scalar:
                yield leaf

    def _add(self, field: Flat, leaf: Leaf) -> None:
        position, children = len(self._nodes), list(field.tables(5))
        self._nodes.append((leaf, not children))
        self._ends.append(0)
        for number, child in enumerate(children):
            name = child.data(0).decode()
            self._add(child, Leaf(leaf.column, (*leaf.below, (number, name))))
        self._ends[position] = len(self._nodes)


def position_of(expression: Flat) -> int:
    if expression.number(0) != FIELD_REF:
        raise bad_request(f"expression of kind {expression.number(0)} for a column")
    ref = expression.table(1)
    if ref.number(0) != FIELD_INDEX:
        raise bad_request(f"reference of kind {ref.number(0)}")
    return ref.table(1).number(0, "I")


def condition_of(expression: Flat | None, fields: Numbering) -> Node:
    """The condition; one-part ``and`` and ``or`` are unwrapped."""
    if expression is None:
        return Node("and")
    if expression.number(0) != CALL:
        raise bad_request(f"expression of kind {expression.number(0)} for a condition")
    call = expression.table(1)
    name = call.data(0).decode()
    arguments = list(call.tables(1))
    if name in ("and", "or"):
        return joined(name, [condition_of(argument, fields) for argument in arguments])
    leaf = fields.leaf(position_of(arguments[0]))
    return Node(name, leaf=leaf, literal=literal_of(arguments[1]) if arguments[1:] else None)


def joined(name: str, parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    flat = [
        part
        for outer in parts
        for part in (outer.parts if outer.function == name and outer.parts else (outer,))
    ]
    return Node(name, tuple(flat))


def literal_of(expression: Flat) -> Any:
    """The literal as a bool, int, float, bytes, or a list of these."""
    if expression.number(0) != LITERAL:
        raise bad_request("a condition compares a column with a literal only")
    return value_of(expression.table(1))


def value_of(literal: Flat) -> Any:
    kind, value = literal.number(0), literal.table(1)
    if kind in BYTE_LITERALS:
        return value.data(0)
    if kind in NUMBER_CODES:
        return value.number(0, NUMBER_CODES[kind])
    if kind == LIST_LITERAL:
        return [value_of(inner) for inner in value.tables(0)]
    raise bad_request(f"literal of kind {kind}")
