"""Which function answers which method and command."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.vast_peer import defining, listing, projecting, s3, viewing, writing
from tests.support.vast_peer.database import ALWAYS_EMPTY, Database, Place, seen
from tests.support.vast_peer.messages import Refused, Request, Response, bad_request
from tests.support.vast_peer.selecting import Select

MAX_BODY = 5 * 2**20
Handler = Callable[[Database, Request], Response]


def begin(database: Database, _request: Request) -> Response:
    opened = database.transactions.begin()
    return Response(headers={"tabular-txid": str(opened.txid)})


def tell_version(database: Database, request: Request) -> Response:
    """Each answer tells the version; with a transaction's id this keeps the transaction."""
    if request.txid:
        database.transactions.find(request.txid)
    return Response()


def commit(database: Database, request: Request) -> Response:
    database.transactions.commit(request.txid)
    return Response()


def rollback(database: Database, request: Request) -> Response:
    database.transactions.rollback(request.txid)
    return Response()


def select(database: Database, request: Request) -> Response:
    with database.transactions.using(request.txid) as transaction:
        place, catalog = seen(database, request, transaction)
        is_of_view = "sub-table" in request.parameters
        table = catalog.view(place.table).details if is_of_view else catalog.table(place.table)
    answer = Select(request, table, database.switches).answer()
    answer.facts["table"] = place.table[2]
    return answer


def schedule(_database: Database, _request: Request) -> Response:
    return Response(headers={"tabular-schedule-id": "1"})


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "transaction"): tell_version,
    ("POST", "transaction"): begin,
    ("PUT", "transaction"): commit,
    ("DELETE", "transaction"): rollback,
    ("GET", "schema"): listing.schemas,
    ("POST", "schema"): defining.create_schema,
    ("PUT", "schema"): defining.alter_schema,
    ("DELETE", "schema"): defining.drop_schema,
    ("GET", "table"): listing.tables,
    ("POST", "table"): defining.create_table,
    ("PUT", "table"): defining.alter_table,
    ("DELETE", "table"): defining.drop_table,
    ("GET", "view"): viewing.views,
    ("POST", "view"): viewing.create_view,
    ("DELETE", "view"): viewing.drop_view,
    ("GET", "column"): listing.columns,
    ("POST", "column"): defining.add_columns,
    ("PUT", "column"): defining.rename_column,
    ("DELETE", "column"): defining.drop_columns,
    ("GET", "columns"): listing.columns,
    ("PUT", "columns"): defining.rename_column,
    ("GET", "sorted-columns"): listing.sorted_columns,
    ("GET", "stats"): listing.stats,
    ("POST", "rows"): writing.insert,
    ("PUT", "rows"): writing.update,
    ("DELETE", "rows"): writing.delete,
    ("GET", "data"): select,
    ("GET", "schedule"): schedule,
    ("POST", "projection"): projecting.create_projection,
    ("GET", "projection"): listing.projections,
    ("PUT", "projection"): projecting.rename_projection,
    ("DELETE", "projection"): projecting.drop_projection,
    ("GET", "projection-columns"): listing.projection_columns,
    ("GET", "projection-stats"): listing.projection_stats,
    ("GET", ""): s3.get,
    ("HEAD", ""): s3.head,
    ("PUT", ""): s3.put,
    ("DELETE", ""): s3.delete,
}
SIGNED_BY = re.compile(r"Credential=([^/,]+)/|^AWS ([^:]+):")


def answer(database: Database, request: Request) -> Response:
    """The response to a request. Raises Refused."""
    require_key(database.switches.access_key, request)
    if database.switches.refuse_large_bodies and len(request.body) > MAX_BODY:
        raise bad_request(f"the body has {len(request.body)} bytes, which is more than 5 MiB")
    viewing.require_known(request)
    handler = ROUTES.get((request.method, request.command))
    if handler is None:
        raise Refused(
            501, "NotImplemented", f"this peer has no {request.method} ?{request.command}"
        )
    if request.command == "schema" and Place.of(request).bucket in ALWAYS_EMPTY:
        return listing.nothing(database, request)
    return handler(database, request)


def require_key(wanted: str | None, request: Request) -> None:
    if wanted is None:
        return
    found = SIGNED_BY.search(request.headers.get("authorization", ""))
    if found is None or wanted not in found.groups():
        raise Refused(403, "InvalidAccessKeyId", "the access key is unknown")
