"""``?view``: views as the Trino connector keeps them.

What a view is (its SQL, its owner, Trino's types) is one row, which the server does not understand.
It is read as a table below the view: ``&sub-table=view-metadata-table``.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tests.support.vast_peer import answers
from tests.support.vast_peer.catalog import Table, View
from tests.support.vast_peer.database import Database, seen, writable
from tests.support.vast_peer.defining import arrow_schema, within
from tests.support.vast_peer.flatbuffer import Flat
from tests.support.vast_peer.listing import chosen
from tests.support.vast_peer.locks import Writes
from tests.support.vast_peer.messages import Refused, Request, Response, bad_request, conflict

DETAILS = "view-metadata-table"


def require_known(request: Request) -> None:
    """Raises Refused for a table below another that this peer does not have."""
    if request.parameters.get("sub-table", DETAILS) != DETAILS:
        raise Refused(501, "NotImplemented", "this peer has no tables of imports")


def views(database: Database, request: Request) -> Response:
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        shown, headers = chosen(request, catalog.view_names(place.schema), str)
        lines = [
            answers.Details(name, handle=catalog.view((*place.schema, name)).handle)
            for name in shown
        ]
        return Response(answers.list_of_views(*place.schema, lines), headers=headers)


def create_view(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    body = Flat.root(request.body)
    made = View(
        database.transactions.new_handle(), arrow_schema(body.data(1)), one_row(body.data(0))
    )
    with database.transactions.using(request.txid) as transaction:
        transaction.view.require_schema(key[:2])
        if key in transaction.view.views or key in transaction.view.tables:
            raise conflict(f"{key[2]} exists")
        wanted = Writes({("name", *key)}, within(key[:2]))
        database.transactions.write(transaction, wanted, lambda now: now.with_view(key, made))
    return Response()


def drop_view(database: Database, request: Request) -> Response:
    key = writable(database, request).table
    with database.transactions.using(request.txid) as transaction:
        transaction.view.view(key)
        wanted = Writes({("name", *key)}, within(key[:2]))
        database.transactions.write(transaction, wanted, lambda now: now.without_view(key))
    return Response()


def one_row(stream: bytes) -> Table:
    try:
        row = pa.ipc.open_stream(stream).read_next_batch()
    except (pa.ArrowInvalid, StopIteration) as error:
        raise bad_request(f"not a row of a view: {error}") from error
    table = Table(0, row.schema)
    columns = dict(zip(row.schema.names, row.columns, strict=True))
    ids = np.arange(row.num_rows)
    return Table(0, row.schema, rows=table.rows.inserted(ids, columns))
