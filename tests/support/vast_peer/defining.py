"""Everything that defines: schemas, tables, columns, sort keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from tests.support.vast_peer.catalog import Catalog, SchemaKey, Table, TableKey
from tests.support.vast_peer.database import Database, writable
from tests.support.vast_peer.locks import Writes
from tests.support.vast_peer.messages import Refused, Request, Response, bad_request, conflict
from tests.support.vast_peer.types import require_supported


def create_schema(database: Database, request: Request) -> Response:
    key = writable(database, request).schema
    with database.transactions.using(request.txid) as transaction:
        if key in transaction.view.schemas:
            raise conflict(f"schema {key[1]} exists")
        parent = parent_of(key)
        if parent:
            transaction.view.require_schema(parent)
        wanted = Writes({("schema", *key)}, within(parent))
        database.transactions.write(transaction, wanted, lambda seen: seen.with_schema(key))
    return Response()


def alter_schema(database: Database, request: Request) -> Response:
    key = writable(database, request).schema
    new = request.parameters.get("tabular-new-schema-name", key[1]).strip("/")
    with database.transactions.using(request.txid) as transaction:
        transaction.view.require_schema(key)
        if new != key[1] and (key[0], new) in transaction.view.schemas:
            raise conflict(f"schema {new} exists")
        wanted = Writes({("schema", *key), ("schema", key[0], new)}, within(parent_of(key)))
        database.transactions.write(transaction, wanted, lambda seen: seen.renamed_schema(key, new))
    return Response()


def drop_schema(database: Database, request: Request) -> Response:
    key = writable(database, request).schema
    with database.transactions.using(request.txid) as transaction:
        transaction.view.require_schema(key)
        if not transaction.view.is_empty(key):
            raise conflict(f"schema {key[1]} is not empty")
        wanted = Writes({("schema", *key)}, within(parent_of(key)))
        database.transactions.write(transaction, wanted, lambda seen: seen.without_schema(key))
    return Response()


def create_table(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    schema = arrow_schema(request.body)
    require_supported(schema, database.switches)
    sort_key = sort_key_of(request, schema, database)
    if sort_key and database.switches.fail_sorting_key:
        raise Refused(500, "InternalError", "We encountered an internal error")
    with database.transactions.using(request.txid) as transaction:
        transaction.view.require_schema(key[:2])
        if key in transaction.view.tables:
            raise conflict(f"table {key[2]} exists")
        external = request.headers.get("use-external-row-ids-alloc", "").lower() == "true"
        handle = database.transactions.new_handle()
        table = Table(handle, schema, sort_key, external_ids=external)
        wanted = Writes({("name", *key)}, within(key[:2]))
        database.transactions.write(transaction, wanted, lambda seen: seen.with_table(key, table))
    return Response()


def alter_table(database: Database, request: Request) -> Response:
    """Renames, or adds a sort key."""
    key = writable(database, request).table
    new_name = request.parameters.get("tabular-new-table-name")
    with database.transactions.using(request.txid) as transaction:
        table = transaction.view.table(key)
        if new_name:
            rename_table(database, transaction, key, tuple(new_name.rpartition("/")[::2]))
        sort_key = sort_key_of(request, table.schema, database)
        if sort_key and table.sort_key:
            raise bad_request("the table has a sort key")
    if sort_key:
        change_table(database, request, lambda seen: replace(seen, sort_key=sort_key))
    return Response()


def rename_table(
    database: Database, transaction: object, key: TableKey, new: tuple[str, str]
) -> None:
    renamed = (key[0], *new)
    if renamed in transaction.view.tables:
        raise conflict(f"table {new[1]} exists")
    handle = transaction.view.table(key).handle
    names = {("name", *key), ("name", *renamed), ("table", handle)}
    wanted = Writes(names, within(key[:2]) | within(renamed[:2]))
    database.transactions.write(transaction, wanted, lambda seen: seen.renamed_table(key, renamed))


def drop_table(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    with database.transactions.using(request.txid) as transaction:
        handle = transaction.view.table(key).handle
        wanted = Writes({("name", *key), ("table", handle)}, within(key[:2]))
        database.transactions.write(transaction, wanted, lambda seen: seen.without_table(key))
    return Response()


def add_columns(database: Database, request: Request) -> Response:
    added = arrow_schema(request.body)
    require_supported(added, database.switches)

    def change(table: Table) -> Table:
        for field in added:
            if field.name in table.schema.names:
                raise conflict(f"column {field.name} exists")
            rows = table.rows.with_column(field.name, field.type)
            table = replace(table, schema=table.schema.append(field), rows=rows)
        return table

    return change_table(database, request, change)


def drop_columns(database: Database, request: Request) -> Response:
    names = arrow_schema(request.body).names

    def change(table: Table) -> Table:
        for name in names:
            index = column_index(table, name)
            rows = table.rows.without_column(name)
            table = replace(table, schema=table.schema.remove(index), rows=rows)
        return table

    return change_table(database, request, change)


def rename_column(database: Database, request: Request) -> Response:
    old = request.parameters.get("tabular-column-name", "")
    new = request.parameters.get("tabular-new-column-name", old)

    def change(table: Table) -> Table:
        index = column_index(table, old)
        if new != old and new in table.schema.names:
            raise conflict(f"column {new} exists")
        schema = table.schema.set(index, table.schema.field(index).with_name(new))
        sort_key = tuple(new if name == old else name for name in table.sort_key)
        rows = table.rows.renamed_column(old, new)
        return replace(table, schema=schema, sort_key=sort_key, rows=rows)

    return change_table(database, request, change)


def change_table(
    database: Database, request: Request, change: Callable[[Table], Table]
) -> Response:
    """Changes the definition of a table, which nobody else may write meanwhile."""
    key = writable(database, request).table
    with database.transactions.using(request.txid) as transaction:
        handle = transaction.view.table(key).handle

        def changed(seen: Catalog) -> Catalog:
            return seen.with_table(key, change(seen.table(key)))

        wanted = Writes({("table", handle)}, within(key[:2]))
        database.transactions.write(transaction, wanted, changed)
    return Response()


def sort_key_of(request: Request, schema: pa.Schema, database: Database) -> tuple[str, ...]:
    """The columns that the headers name by their index."""
    indices = []
    while (value := request.headers.get(f"tabular-sorted-column-{len(indices)}")) is not None:
        indices.append(int(value))
    if all(index < len(schema) for index in indices):
        return tuple(schema.field(index).name for index in indices)
    if database.switches.version_number < (5, 5):
        raise Refused(500, "InternalError", "We encountered an internal error")
    raise bad_request("a column of the sort key does not exist")


def parent_of(key: SchemaKey) -> SchemaKey | None:
    parent = key[1].rpartition("/")[0]
    return (key[0], parent) if parent else None


def within(key: SchemaKey | None) -> set[tuple[str, ...]]:
    """A schema and those around it as objects in use: they must stay while one writes in them."""
    used = set()
    while key:
        used.add(("schema", *key))
        key = parent_of(key)
    return used


def column_index(table: Table, name: str) -> int:
    index = table.schema.get_field_index(name)
    if index < 0:
        raise bad_request(f"no column {name}")
    return index


def arrow_schema(body: bytes) -> pa.Schema:
    try:
        return pa.ipc.read_schema(pa.py_buffer(body))
    except (pa.ArrowInvalid, OSError) as error:
        raise bad_request(f"not an Arrow schema: {error}") from error
