"""A transaction on a cluster, from its beginning to its end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa
from vastdb.bucket import Bucket
from vastdb.table import Table, TableInTransaction
from vastdb.table_metadata import TableMetadata
from vastdb.transaction import Transaction

from tams_analytics.engines.vast.again import asked_again
from tams_analytics.engines.vast.errors import Conflict, translated
from tams_analytics.errors import TamsError

if TYPE_CHECKING:
    from tams_analytics.engines.vast.connection import Connection, Place

MOST_ROWS = 500_000
"""So many are handed to the SDK at once; it cuts them to what a request may hold."""


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

    def schemas(self, bucket: str) -> list[str]:
        """The names of the schemas of a bucket, in order. Raises `NotFound`, `EngineFailed`."""
        with translated(f"listing the schemas of {bucket}"):
            return sorted(schema.name for schema in Bucket(bucket, self.sdk).schemas())

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
        self._is_over = False

    @property
    def sdk(self) -> Transaction:
        """Begun by whoever comes first, maybe a thread; nobody may wait for it any more."""
        with self._beginning:
            if self._begun is None:
                self._begun = self.connection.begin()
                if self._is_over:
                    self._begun.abandon(wait=True)
        return self._begun.sdk

    @property
    def is_open(self) -> bool:
        return not self._is_over

    def abandon(self, *, wait: bool) -> None:
        self._is_over = True
        if self._begun is not None:
            self._begun.abandon(wait=wait)


def nullable(schema: pa.Schema) -> pa.Schema:
    """``schema`` as VAST is given it: that a column is NOT NULL the writer alone sees to.

    Of columns of a table VAST's own tests make none that is NOT NULL.
    """
    return pa.schema([field.with_nullable(True) for field in schema])
