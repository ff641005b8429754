"""One cluster, as a store talks to it: a session, what is known of its tables, transactions."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa
from vastdb.bucket import Bucket
from vastdb.table import Table, TableInTransaction
from vastdb.table_metadata import TableMetadata, TableRef
from vastdb.transaction import Transaction

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.api import Api, open_session
from tams_analytics.engines.vast.errors import (
    ENGINE,
    Conflict,
    ConnectionLost,
    table_of,
    translated,
)
from tams_analytics.engines.vast.keeping import Keeper
from tams_analytics.errors import EngineFailed, NotFound, TamsError

MOST_TRIES = 3
"""A server closes connections that were idle, and it may be the first to know."""
MOST_ROWS = 500_000
"""So many are handed to the SDK at once; it cuts them to what a request may hold."""
STALE_S = 600.0
"""So long a table's number of rows is believed; it decides only in how many parts it is read."""


@dataclass(frozen=True)
class Place:
    """A table: its bucket (of a snapshot: with the snapshot's name), schema and name."""

    bucket: str
    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.bucket}/{self.schema}/{self.table}"

    @property
    def ref(self) -> TableRef:
        """As the SDK has it."""
        return TableRef(self.bucket, self.schema, self.table)


class Connection:
    """A session with one cluster, safe for threads."""

    def __init__(self, address: Address, timeout_s: int) -> None:
        self.address = address
        self.session = open_session(address, timeout_s)
        self.keeper = Keeper(self.api)
        self._known: dict[Place, tuple[TableMetadata, float]] = {}
        self._absent: dict[Place, float] = {}
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def api(self) -> Api:
        """What sends requests."""
        api: Api = self.session.api
        return api

    @property
    def version(self) -> str:
        """Of the server."""
        return ".".join(map(str, self.api.vast_version))

    def begin(self) -> OpenTransaction:
        """A new transaction; one request. Raises `EngineFailed`.

        Where no answer comes it is asked again: one that nobody knows of changes nothing.
        """
        if self._is_closed:
            raise EngineFailed(ENGINE, "beginning a transaction", "the store is closed")
        return OpenTransaction(self, asked_again(self._begun))

    def _begun(self) -> int:
        with translated("beginning a transaction"):
            return int(self.api.begin_transaction().headers["tabular-txid"])

    @contextlib.contextmanager
    def reading(self) -> Iterator[OpenTransaction]:
        """A transaction to read in, begun when something is read; its end cannot fail."""
        try:
            with Reading(self) as transaction:
                yield transaction
                transaction.abandon(wait=True)
        except Conflict as error:
            raise EngineFailed(ENGINE, "reading", str(error)) from error

    def metadata(self, place: Place, transaction: OpenTransaction) -> TableMetadata:
        """What is known of a table; two requests when it is asked for the first time.

        Raises `NotFound`, `EngineFailed`.
        """
        known = self._known.get(place)
        if known is not None and time.monotonic() - known[1] < STALE_S:
            return known[0]
        try:
            metadata = asked_again(lambda: _loaded(place, transaction))
        except NotFound as error:
            raise _missing(place, transaction) from error
        with self._lock:
            self._known[place] = (metadata, time.monotonic())
        return metadata

    def lacks(self, place: Place) -> bool:
        """Whether a table was not there a while ago (`note_absence`)."""
        return time.monotonic() - self._absent.get(place, -STALE_S) < STALE_S

    def note_absence(self, place: Place) -> None:
        """A table that others do without is not there: do not ask for it each time."""
        self._absent[place] = time.monotonic()

    def forget(self, place: Place | None = None) -> None:
        """Ask for a table (default: all of them) anew: its columns have changed."""
        with self._lock:
            if place is None:
                self._known.clear()
            else:
                self._known.pop(place, None)

    def close(self) -> None:
        """Close all connections."""
        self._is_closed = True
        self.keeper.close()
        self.api.close()


T = TypeVar("T")


def asked_again(request: Callable[[], T]) -> T:
    """What ``request`` gives, which may be sent twice; up to `MOST_TRIES` where no answer comes."""
    for left in reversed(range(MOST_TRIES)):
        try:
            return request()
        except ConnectionLost:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def _loaded(place: Place, transaction: OpenTransaction) -> TableMetadata:
    metadata = TableMetadata(place.ref)
    with (
        translated(f"reading the columns of {place}"),
        table_of(place.bucket, place.schema, place.table),
    ):
        metadata.load(transaction.sdk)
    return metadata


def _missing(place: Place, transaction: OpenTransaction) -> NotFound:
    """What of a table's place is not there: the table, or the schema or bucket above it."""
    try:
        there = transaction.tables(place.bucket, place.schema)
    except NotFound as above:
        return above
    has = f"{place.schema} has {', '.join(there) or 'no tables'}"
    return NotFound("table", str(place), f"{has}; tams schema apply makes those of a store")


class OpenTransaction:
    """One transaction; as a context manager it is rolled back where an error leaves it."""

    def __init__(self, connection: Connection, number: int) -> None:
        self.connection = connection
        self.number = number
        self._sdk = connection.session.transaction()
        self._sdk.txid = number
        connection.keeper.keep(number)

    @property
    def sdk(self) -> Transaction:
        """As the SDK has it."""
        return self._sdk

    def table(self, place: Place) -> TableInTransaction:
        """A table in this transaction."""
        metadata = self.connection.metadata(place, self)
        return TableInTransaction(metadata, self.sdk, self.connection.session._context)

    def definition(self, place: Place) -> Table:
        """A table, to change what it is; asked anew what it has."""
        with translated(f"reading the columns of {place}"):
            return Table(TableMetadata(place.ref), 0, self.sdk, self.connection.session._context)

    def insert(self, place: Place, rows: pa.Table) -> None:
        """Add rows, which have all columns of the table."""
        with translated(f"inserting into {place}"):
            table = self.table(place)
            rows = rows.cast(nullable(rows.schema))
            for start in range(0, rows.num_rows, MOST_ROWS):
                table.insert(rows.slice(start, MOST_ROWS))

    def update(self, place: Place, rows: pa.Table) -> None:
        """Set the columns of ``rows`` in the rows that their ``$row_id`` names."""
        if rows.num_rows:
            with translated(f"updating {place}"):
                self.table(place).update(rows)

    def delete(self, place: Place, rows: pa.Table) -> None:
        """Remove the rows that the column ``$row_id`` names."""
        if rows.num_rows:
            with translated(f"deleting from {place}"):
                self.table(place).delete(rows)

    def tables(self, bucket: str, schema: str) -> list[str]:
        """The names of the tables of a schema, in order. Raises `NotFound`, `EngineFailed`."""
        with translated(f"listing the tables of {bucket}/{schema}"):
            found = Bucket(bucket, self.sdk).schema(schema)
            return sorted(found.tablenames())

    def commit(self) -> None:
        """Raises `Conflict`, and `ConnectionLost` when it is not known whether it was done."""
        try:
            self._end("committing", self.connection.api.commit_transaction)
        except BaseException as error:
            self.abandon(wait=isinstance(error, Exception))
            raise

    def rollback(self) -> None:
        """Undo; without an answer it is asked again. At last the server forgets it by itself."""
        asked_again(lambda: self._end("rolling back", self.connection.api.rollback_transaction))

    def _end(self, doing: str, request: Callable[[int], object]) -> None:
        self.connection.keeper.let_go(self.number)
        self._sdk.txid = None
        with translated(f"{doing} a transaction"):
            request(self.number)

    @property
    def is_open(self) -> bool:
        return self._sdk.txid is not None

    def __enter__(self) -> OpenTransaction:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if not self.is_open:
            return
        if kind is None:
            self.commit()
        else:
            self.abandon(wait=issubclass(kind, Exception))

    def abandon(self, *, wait: bool) -> None:
        """Roll back after an error, which is what is told; also after a commit without an answer.

        Whoever goes on to write waits for it: a transaction that is open holds what it wrote. After
        Ctrl-C nobody waits.
        """
        if wait:
            self._undo()
        else:
            threading.Thread(target=self._undo, daemon=True).start()

    def _undo(self) -> None:
        with contextlib.suppress(TamsError, Conflict):
            self.rollback()


class Reading(OpenTransaction):
    """A transaction that is begun when it is first needed: some questions need nothing."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._begun: OpenTransaction | None = None
        self._beginning = threading.Lock()

    @property
    def sdk(self) -> Transaction:
        with self._beginning:
            if self._begun is None:
                self._begun = self.connection.begin()
        return self._begun.sdk

    @property
    def is_open(self) -> bool:
        return self._begun is not None and self._begun.is_open

    def abandon(self, *, wait: bool) -> None:
        if self._begun is not None:
            self._begun.abandon(wait=wait)


def nullable(schema: pa.Schema) -> pa.Schema:
    """``schema`` as VAST is given it: that a column is NOT NULL the writer alone sees to.

    Of columns of a table VAST's own tests make none that is NOT NULL.
    """
    return pa.schema([field.with_nullable(True) for field in schema])
