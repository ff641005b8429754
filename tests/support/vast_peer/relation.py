"""A select's flatbuffer, decoded: which columns, and which condition.

Two shapes arrive. The Python SDK sends ``Source(schema, filter, projection)``; VAST's Trino
connector sends ``Project(Source(schema, filter), expressions)``. Columns are positions in a
depth-first numbering of all fields, nested ones included, of the schema in the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Call import Call
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Deref import Deref
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Expression import Expression
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.ExpressionImpl import ExpressionImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.FieldIndex import FieldIndex
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.FieldRef import FieldRef
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Literal import Literal
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.LiteralImpl import LiteralImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Project import Project
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Relation import Relation
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.RelationImpl import RelationImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Source import Source
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf.Type import Type

from tests.support.vast_peer.messages import bad_request

ROW_ID = "$row_id"
LITERALS = "vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf"
LITERAL_NAMES = {
    number: name for name, number in vars(LiteralImpl).items() if name.endswith("Literal")
}


@dataclass(frozen=True)
class Leaf:
    """A column, or one scalar within it: the name of the column and of each level below."""

    column: str
    below: tuple[tuple[int, str], ...] = ()
    """To each nested level the child's number and name."""

    @property
    def name(self) -> str:
        return ".".join([self.column, *(name for _, name in self.below)])


@dataclass(frozen=True)
class Node:
    """``and``, ``or``: of nodes. All else: a function of one leaf and at most one literal."""

    function: str
    parts: tuple[Node, ...] = ()
    leaf: Leaf | None = None
    literal: Any = None


@dataclass(frozen=True)
class Query:
    """What a select asks: leaves in the order of the answer, condition (None = all rows)."""

    leaves: tuple[Leaf, ...]
    condition: Node
    decimal_ids: bool = False
    """Whether ``$row_id`` is asked as decimal128(38, 0), as of a sorted table."""


@lru_cache(maxsize=64)
def decode(body: bytes) -> Query:
    """The query in a request's body. Raises Refused where it is none."""
    relation = Relation.GetRootAs(body)
    if relation.ImplType() == RelationImpl.Project:
        project = cast_to(Project, relation.Impl())
        source = source_of(project.Rel())
        fields = Numbering(source)
        refs = [project.Expressions(i) for i in range(project.ExpressionsLength())]
        positions = [position_of(ref) for ref in refs]
    else:
        source = source_of(relation)
        fields = Numbering(source)
        indexes = [source.Projection(i) for i in range(source.ProjectionLength())]
        positions = [index.Position() for index in indexes]
    leaves = [leaf for position in positions for leaf in fields.leaves(position)]
    condition = condition_of(source.Filter(), fields)
    return Query(tuple(leaves), condition, fields.decimal_ids)


def source_of(relation: Relation) -> Source:
    if relation.ImplType() != RelationImpl.Source:
        raise bad_request(f"relation of kind {relation.ImplType()}")
    return cast_to(Source, relation.Impl())


def cast_to(kind: type, table: Any) -> Any:
    """The member of a flatbuffer union as what it is."""
    result = kind()
    result.Init(table.Bytes, table.Pos)
    return result


class Numbering:
    """Every field of the request's schema by its position."""

    def __init__(self, source: Source) -> None:
        schema = source.Schema()
        self.decimal_ids = False
        self._nodes: list[tuple[Leaf, bool]] = []
        self._ends: list[int] = []
        for number in range(schema.FieldsLength()):
            field = schema.Fields(number)
            name = field.Name().decode()
            self._add(field, Leaf(name))
            if name == ROW_ID:
                self.decimal_ids = field.TypeType() == Type.Decimal

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

    def _add(self, field: Any, leaf: Leaf) -> None:
        position, children = len(self._nodes), field.ChildrenLength()
        self._nodes.append((leaf, not children))
        self._ends.append(0)
        for number in range(children):
            child = field.Children(number)
            name = (child.Name() or b"").decode()
            self._add(child, Leaf(leaf.column, (*leaf.below, (number, name))))
        self._ends[position] = len(self._nodes)


def position_of(expression: Expression) -> int:
    if expression.ImplType() != ExpressionImpl.FieldRef:
        raise bad_request(f"expression of kind {expression.ImplType()} for a column")
    ref = cast_to(FieldRef, expression.Impl())
    if ref.RefType() != Deref.FieldIndex:
        raise bad_request(f"reference of kind {ref.RefType()}")
    return cast_to(FieldIndex, ref.Ref()).Position()


def condition_of(expression: Expression | None, fields: Numbering) -> Node:
    """The condition; one-part ``and`` and ``or`` are unwrapped."""
    if expression is None:
        return Node("and")
    if expression.ImplType() != ExpressionImpl.Call:
        raise bad_request(f"expression of kind {expression.ImplType()} for a condition")
    call = cast_to(Call, expression.Impl())
    name = call.Name().decode()
    arguments = [call.Arguments(i) for i in range(call.ArgumentsLength())]
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


def literal_of(expression: Expression) -> Any:
    """The literal as a bool, int, float, bytes, or a list of these."""
    if expression.ImplType() != ExpressionImpl.Literal:
        raise bad_request("a condition compares a column with a literal only")
    return value_of(cast_to(Literal, expression.Impl()))


def value_of(literal: Literal) -> Any:
    name = LITERAL_NAMES.get(literal.ImplType())
    if name is None:
        raise bad_request(f"literal of kind {literal.ImplType()}")
    impl = cast_to(literal_class(name), literal.Impl())
    if name == "ListLiteral":
        return [value_of(impl.Values(i)) for i in range(impl.ValuesLength())]
    if name in ("BinaryLiteral", "DecimalLiteral", "FixedSizeBinaryLiteral"):
        return bytes(impl.Value(i) for i in range(impl.ValueLength()))
    return impl.Value()


@lru_cache
def literal_class(name: str) -> type:
    return getattr(import_module(f"{LITERALS}.{name}"), name)
