"""Everything that is listed or told: schemas, tables, columns, projections, statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

import pyarrow as pa

from tests.support.vast_peer import answers
from tests.support.vast_peer.catalog import Projection, Table
from tests.support.vast_peer.database import Database, seen
from tests.support.vast_peer.messages import Request, Response, bad_request

Item = TypeVar("Item")
MARK = {b"VAST:peer": b"1"}
"""The SDK fails on a field or a schema without any metadata."""


def schemas(database: Database, request: Request) -> Response:
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        if place.names:
            catalog.require_schema(place.schema)
        shown, headers = chosen(request, catalog.children(*place.schema), str)
        lines = [answers.Details(name) for name in shown]
        return Response(answers.list_of_schemas(place.bucket, lines), headers=headers)


def nothing(_database: Database, request: Request) -> Response:
    """No schemas: in buckets that each cluster has, and this peer keeps empty."""
    _, headers = chosen(request, [], str)
    return Response(answers.list_of_schemas(request.parts[0], ()), headers=headers)


def tables(database: Database, request: Request) -> Response:
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        catalog.require_schema(place.schema)
        shown, headers = chosen(request, catalog.names(place.schema), str)
        lines = [answers.of_table(name, catalog.table((*place.schema, name))) for name in shown]
        return Response(answers.list_of_tables(*place.schema, lines), headers=headers)


def columns(database: Database, request: Request) -> Response:
    table = asked_table(database, request)
    return schema_response(request, fields_of(table.schema, table.sort_key))


def sorted_columns(database: Database, request: Request) -> Response:
    table = asked_table(database, request)
    if not table.sort_key:
        raise bad_request("Listing sorted columns without elysium being enabled")
    fields = fields_of(table.schema, table.sort_key)
    key = {field.name: field for field in fields if field.name in table.sort_key}
    return schema_response(request, [key[name] for name in table.sort_key])


def projections(database: Database, request: Request) -> Response:
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        table = catalog.table(place.table)
        ordered = sorted(table.projections, key=lambda projection: projection.name)
        shown, headers = chosen(request, ordered, lambda projection: projection.name)
        lines = [answers.of_projection(projection, table) for projection in shown]
        return Response(answers.list_of_projections(*place.table, lines), headers=headers)


def projection_columns(database: Database, request: Request) -> Response:
    table, projection = asked_projection(database, request)
    kinds = [(name, b"Sorted") for name in projection.sorted_columns]
    kinds += [(name, b"Unsorted") for name in projection.unsorted_columns]
    fields = [
        table.schema.field(name).with_metadata({**MARK, b"VAST:sort_type": kind})
        for name, kind in kinds
    ]
    return schema_response(request, fields)


def projection_stats(database: Database, request: Request) -> Response:
    table, projection = asked_projection(database, request)
    return Response(answers.projection_stats_of(answers.of_projection(projection, table)))


def stats(database: Database, request: Request) -> Response:
    addresses = ("127.0.0.1",) if database.switches.tell_addresses else ()
    return Response(answers.stats_of(asked_table(database, request), addresses))


def asked_table(database: Database, request: Request) -> Table:
    """The table; of a view one with its columns, or its details where these are asked for."""
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        if "sub-table" in request.parameters:
            return catalog.view(place.table).details
        if place.table in catalog.views:
            view = catalog.view(place.table)
            return Table(view.handle, view.schema)
        return catalog.table(place.table)


def asked_projection(database: Database, request: Request) -> tuple[Table, Projection]:
    table = asked_table(database, request)
    return table, table.projection(request.parameters.get("name", ""))


@lru_cache(maxsize=64)
def fields_of(schema: pa.Schema, sort_key: tuple[str, ...]) -> list[pa.Field]:
    """The columns as they are told; those of a table with 64,000 are told in pages."""
    return [described(field, sort_key) for field in schema]


def described(field: pa.Field, sort_key: tuple[str, ...]) -> pa.Field:
    """The field with its place in the sort key, and without metadata of the client's."""
    metadata = dict(MARK)
    if field.name in sort_key:
        place = str(sort_key.index(field.name)).encode()
        metadata |= {b"VAST:sort_type": b"Sorted", b"VAST:sort_index": place}
    return field.with_metadata(metadata)


def schema_response(request: Request, fields: Sequence[pa.Field]) -> Response:
    """A page of columns, as an Arrow stream without batches."""
    shown, headers = chosen(request, fields, lambda field: field.name)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, pa.schema(shown, metadata=MARK)):
        pass
    return Response(sink.getvalue().to_pybytes(), headers=headers)


def chosen(
    request: Request, items: Sequence[Item], name: Callable[[Item], str]
) -> tuple[Sequence[Item], dict[str, str]]:
    """A page of those that match the name or its prefix, and the headers that say what follows."""
    exact = request.headers.get("tabular-name-exact-match")
    prefix = request.headers.get("tabular-name-prefix", "")
    if exact:
        items = [item for item in items if name(item) == exact]
    elif prefix:
        items = [item for item in items if name(item).startswith(prefix)]
    start = request.number("tabular-next-key", 0)
    stop = start + request.number("tabular-max-keys", 1000)
    is_truncated = stop < len(items)
    headers = {
        "tabular-next-key": str(stop if is_truncated else 0),
        "tabular-is-truncated": str(is_truncated).lower(),
        "tabular-list-count": str(len(items)),
    }
    only_count = request.headers.get("tabular-list-count-only", "").lower() == "true"
    return [] if only_count else items[start:stop], headers
