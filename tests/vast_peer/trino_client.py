"""Requests as VAST's own Trino connector sends them, made of the SDK's flatbuffer classes.

The connector is Java and not at hand; that it gets on with such a server was measured once, with
the additions that these tests ask for.
"""

from __future__ import annotations

import http.client
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import flatbuffers
import pyarrow as pa
from vastdb import _internal
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf import (
    Expression,
    FieldIndex,
    FieldRef,
    Project,
    Relation,
    Source,
)
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.Deref import Deref
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.ExpressionImpl import ExpressionImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.RelationImpl import RelationImpl
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf import Schema

from tests.support.vast_peer import VastPeer

Term = tuple
"""``("<", value)``, ``("and", term, term)``, ``("is_null",)``: of a column or ``struct.field``."""
FUNCTIONS = {
    "<": "less",
    "<=": "less_equal",
    "=": "equal",
    ">": "greater",
    ">=": "greater_equal",
    "contains": "match_substring",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Client:
    """One connection; header names go out in lower case."""

    peer: VastPeer
    txid: str = "0"
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.peer.address, timeout=10)

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """Underscores in header names stand for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"tabular-txid": self.txid, "content-length": str(len(body))}
        self.connection.request(method, target, body, given)
        response = self.connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())

    def select(
        self,
        target: str,
        schema: pa.Schema,
        positions: Sequence[int],
        terms: dict[str, list[Term]] | None = None,
        sub_splits: int = 20,
        **headers: str,
    ) -> dict[int, list[pa.Array]]:
        """To each sub-split its columns, one a position, read as the connector reads: in order."""
        body = relation(schema, positions, terms or {})
        starts = {f"tabular_start_row_id_{n}": f"{n},0" for n in range(sub_splits)}
        options = {
            "tabular_split": "0,1,8",
            "tabular_num_of_subsplits": str(sub_splits),
            "tabular_enable_sorted_projections": "true",
        }
        answer = self.ask("GET", f"{target}?data", body, **starts, **options, **headers)
        assert answer.status == 200, answer.body
        columns = defaultdict(list)
        for stream, _, table in _internal._iter_query_data_response_columns(
            io.BytesIO(answer.body)
        ):
            columns[stream].append(table.column(0).combine_chunks())
        return dict(columns)


def relation(schema: pa.Schema, positions: Sequence[int], terms: dict[str, list[Term]]) -> bytes:
    """``Relation(Project(Relation(Source), [FieldRef, ...]))``."""
    builder = flatbuffers.Builder(1024)
    predicate = _internal.Predicate(schema, None)
    predicate.builder = builder
    conjuncts = [disjunction(predicate, name, either) for name, either in terms.items()]
    condition = predicate.build_and(conjuncts)
    name = builder.CreateString("")
    described = schema_offset(builder, schema)
    Source.Start(builder)
    Source.AddName(builder, name)
    Source.AddSchema(builder, described)
    Source.AddFilter(builder, condition)
    inner = relation_offset(builder, RelationImpl.Source, Source.End(builder))
    expressions = vector(builder, [reference(builder, position) for position in positions])
    Project.Start(builder)
    Project.AddRel(builder, inner)
    Project.AddExpressions(builder, expressions)
    builder.Finish(relation_offset(builder, RelationImpl.Project, Project.End(builder)))
    return bytes(builder.Output())


def disjunction(predicate: _internal.Predicate, name: str, terms: list[Term]) -> int:
    column_name, *below = name.split(".")
    node = predicate.nodes_map[column_name]
    for child in below:
        node = node.children_map[child]
    column = predicate.build_column(node.index)
    return predicate.build_or([term_offset(predicate, column, node.field, term) for term in terms])


def term_offset(predicate: _internal.Predicate, column: int, of: pa.Field, term: Term) -> int:
    kind, *rest = term
    if kind == "and":
        return predicate.build_and([term_offset(predicate, column, of, inner) for inner in rest])
    if kind in ("is_null", "is_valid"):
        return predicate.build_function(kind, column)
    literal = predicate.build_literal_expression(of, rest[0])
    return predicate.build_function(FUNCTIONS[kind], column, literal)


def reference(builder: flatbuffers.Builder, position: int) -> int:
    FieldIndex.Start(builder)
    FieldIndex.AddPosition(builder, position)
    index = FieldIndex.End(builder)
    FieldRef.Start(builder)
    FieldRef.AddRefType(builder, Deref.FieldIndex)
    FieldRef.AddRef(builder, index)
    ref = FieldRef.End(builder)
    Expression.Start(builder)
    Expression.AddImplType(builder, ExpressionImpl.FieldRef)
    Expression.AddImpl(builder, ref)
    return Expression.End(builder)


def schema_offset(builder: flatbuffers.Builder, schema: pa.Schema) -> int:
    fields = vector(builder, [_internal.build_field(builder, each) for each in schema])
    Schema.Start(builder)
    Schema.AddFields(builder, fields)
    return Schema.End(builder)


def relation_offset(builder: flatbuffers.Builder, kind: int, impl: int) -> int:
    Relation.Start(builder)
    Relation.AddImplType(builder, kind)
    Relation.AddImpl(builder, impl)
    return Relation.End(builder)


def vector(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()
