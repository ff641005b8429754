"""One cluster, as a store talks to it: a session, and what is known of its tables."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import pyarrow as pa
from vastdb._ibis_support import validate_ibis_support_schema
from vastdb.table_metadata import TableMetadata, TableRef

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.again import asked_again
from tams_analytics.engines.vast.api import Api, open_session
from tams_analytics.engines.vast.errors import ENGINE, Conflict, table_of, translated
from tams_analytics.engines.vast.keeping import Keeper
from tams_analytics.engines.vast.opened import OpenTransaction, Reading
from tams_analytics.errors import EngineFailed, NotFound

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
        _connections.add(self)

    def forked(self) -> None:
        """Share nothing with the process that this one was forked from.

        Two that read one socket would get each other's answers; threads are not there any more.
        """
        self.api.renew()
        self.keeper = Keeper(self.api)
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


_connections: weakref.WeakSet[Connection] = weakref.WeakSet()
"""All of this process: one that is forked from it needs its own."""


def _forked() -> None:
    for connection in list(_connections):
        connection.forked()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)


class Metadata(TableMetadata):
    """The SDK's, which asks ibis of each column whether it has the type; here once a schema."""

    @property
    def arrow_schema(self) -> pa.Schema | None:
        return self._arrow_schema

    @arrow_schema.setter
    def arrow_schema(self, schema: pa.Schema | None) -> None:
        self._arrow_schema = schema or None
        self._ibis_table = ibis.table(_in_ibis(schema), self._ref.full_path) if schema else None


@functools.lru_cache(maxsize=64)
def _in_ibis(schema: pa.Schema) -> ibis.Schema:
    validate_ibis_support_schema(schema)
    return ibis.Schema.from_pyarrow(schema)


def _loaded(place: Place, transaction: OpenTransaction) -> TableMetadata:
    metadata = Metadata(place.ref)
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
