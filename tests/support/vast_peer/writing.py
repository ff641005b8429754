"""``?rows``: insert, update and delete, by row id."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.support.vast_peer.catalog import Catalog, Table, TableKey
from tests.support.vast_peer.database import Database, writable
from tests.support.vast_peer.defining import within
from tests.support.vast_peer.locks import Writes
from tests.support.vast_peer.messages import Refused, Request, Response, bad_request
from tests.support.vast_peer.relation import ROW_ID
from tests.support.vast_peer.rows import Rows
from tests.support.vast_peer.selecting import SORTED_ID
from tests.support.vast_peer.switches import Switches
from tests.support.vast_peer.transactions import Transaction

EXTERNAL_ID = "vastdb_rowid"
MAX_CELL = 126 * 1024


def insert(database: Database, request: Request) -> Response:
    """Answers the ids of the new rows."""
    key = writable(database, request).table
    batch = one_batch(request.body, database.switches)
    with database.transactions.using(request.txid) as transaction:
        table = transaction.view.table(key)
        given = columns_for(table, batch, database.switches)
        ids = new_ids(database, table, given, batch.num_rows)
        columns = complete(table, given, ids)
        is_external = table.external_ids or EXTERNAL_ID in given

        def change(seen: Catalog) -> Catalog:
            now = seen.table(key)
            rows = now.rows.inserted(ids, columns)
            return seen.with_table(key, replace(now, rows=rows, external_ids=is_external))

        database.transactions.write(transaction, uses(key, table), change)
        transaction.own_rows.setdefault(table.handle, []).append(ids)
    return ids_response(ids, table)


def update(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    batch = one_batch(request.body, database.switches)
    ids = ids_of(batch)
    with database.transactions.using(request.txid) as transaction:
        table = transaction.view.table(key)
        given = columns_for(table, batch, database.switches)

        def change(rows: Rows) -> Rows:
            return rows.updated(ids, given)

        change_rows(database, transaction, key, ids, change)
    return Response()


def delete(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    ids = ids_of(one_batch(request.body, database.switches))
    with database.transactions.using(request.txid) as transaction:
        change_rows(database, transaction, key, ids, lambda rows: rows.deleted(ids))
    return Response()


def change_rows(
    database: Database, transaction: Transaction, key: TableKey, ids: np.ndarray, change
) -> None:
    """Locks the rows, if others can see them, and changes them."""
    table = transaction.view.table(key)
    wanted = uses(key, table)
    foreign = transaction.foreign(table.handle, ids)
    if len(foreign):
        wanted.rows[table.handle] = [foreign]

    def changed(seen: Catalog) -> Catalog:
        now = seen.table(key)
        return seen.with_table(key, replace(now, rows=change(now.rows)))

    database.transactions.write(transaction, wanted, changed)


def uses(key: TableKey, table: Table) -> Writes:
    return Writes(shared={("table", table.handle), *within(key[:2])})


def one_batch(body: bytes, switches: Switches) -> pa.RecordBatch:
    """The batch of a body; the server takes one a request."""
    try:
        batches = list(pa.ipc.open_stream(pa.py_buffer(body)))
    except pa.ArrowInvalid as error:
        raise bad_request(f"not an Arrow stream: {error}") from error
    if len(batches) != 1:
        raise bad_request(f"{len(batches)} record batches instead of one")
    if switches.refuse_wide_cells and switches.version_number < (5, 5):
        for name, column in zip(batches[0].schema.names, batches[0].columns, strict=True):
            require_narrow(name, column)
    return batches[0]


def require_narrow(name: str, column: pa.Array) -> None:
    is_wide = pa.types.is_string(column.type) or pa.types.is_binary(column.type)
    if is_wide and (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_CELL:
        raise bad_request(f"a cell of {name} is larger than 126 KB")


def columns_for(table: Table, batch: pa.RecordBatch, switches: Switches) -> dict[str, pa.Array]:
    """The batch's columns as the table has them, without the row ids."""
    columns = {}
    for field, column in zip(batch.schema, batch.columns, strict=True):
        name = field.name
        index = table.schema.get_field_index(name)
        if index >= 0:
            columns[name] = as_declared(field, column, table.schema.field(index))
        elif name != ROW_ID and switches.refuse_unknown_columns:
            raise bad_request(f"no column {name}")
    return columns


def as_declared(given: pa.Field, column: pa.Array, wanted: pa.Field) -> pa.Array:
    """The column in the table's type; lists of fixed size must be declared alike."""
    is_fixed_list = pa.types.is_fixed_size_list(wanted.type)
    if column.type == wanted.type and (given.nullable == wanted.nullable or not is_fixed_list):
        return column
    message = f"column {given.name} is {column.type}, not {wanted.type}"
    if is_fixed_list:
        raise Refused(400, "TabularMismatchColumnType", message)
    try:
        return column.cast(wanted.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise Refused(400, "TabularMismatchColumnType", f"{message}: {error}") from error


def complete(table: Table, given: dict[str, pa.Array], ids: np.ndarray) -> dict[str, pa.Array]:
    """All columns of the table: NULL where none is given; row ids of the table's own kind."""
    columns = {
        field.name: given[field.name] if field.name in given else pa.nulls(len(ids), field.type)
        for field in table.schema
    }
    if EXTERNAL_ID in columns:
        columns[EXTERNAL_ID] = pa.array(ids).cast(table.schema.field(EXTERNAL_ID).type)
    return columns


def new_ids(database: Database, table: Table, given: dict[str, pa.Array], count: int) -> np.ndarray:
    if EXTERNAL_ID not in given:
        return database.transactions.new_row_ids(table.handle, count)
    ids = given[EXTERNAL_ID].to_numpy(zero_copy_only=False)
    database.transactions.reserve_row_ids(table.handle, ids)
    return ids


def ids_of(batch: pa.RecordBatch) -> np.ndarray:
    if batch.schema.names[:1] != [ROW_ID]:
        raise bad_request(f"the first column is not {ROW_ID}")
    return batch.column(0).cast(pa.int64()).to_numpy(zero_copy_only=False)


def ids_response(ids: np.ndarray, table: Table) -> Response:
    array = pa.array(ids).cast(SORTED_ID if table.sort_key else pa.uint64())
    batch = pa.record_batch({ROW_ID: array})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return Response(sink.getvalue().to_pybytes())
