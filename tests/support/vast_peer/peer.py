"""The peer as a value: start it, point a client at it, ask what it was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from threading import Thread
from types import TracebackType

import pyarrow as pa
import vastdb
import vastdb.session

from tests.support.vast_peer.catalog import Catalog, Table, TableKey
from tests.support.vast_peer.database import Database
from tests.support.vast_peer.log import Log
from tests.support.vast_peer.projections import flat
from tests.support.vast_peer.server import Server
from tests.support.vast_peer.switches import Switches


class VastPeer:
    """A server on loopback, in threads of this process.

    >>> with VastPeer(buckets=("tams",)) as peer:
    ...     peer.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self, buckets: Iterable[str] = ("tams",), version: str = "5.5.0.1", port: int = 0
    ) -> None:
        self.switches = Switches(version=version)
        self.log = Log()
        self.database = Database(self.switches, list(buckets))
        self._server = Server(port, self.database, self.log)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def address(self) -> str:
        """``"127.0.0.1:PORT"``."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """``"http://127.0.0.1:PORT"``."""
        return f"http://{self.address}"

    def start(self) -> VastPeer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()
        self._server.server_close()

    def __enter__(self) -> VastPeer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def connect(self, access: str = "any", **options: object) -> vastdb.session.Session:
        """A session of the unmodified SDK; ``options`` are those of ``vastdb.connect``."""
        return vastdb.connect(access=access, secret="any", endpoint=self.url, **options)  # noqa: S106

    # What follows changes the committed state without the protocol, to prepare tests quickly.

    def create_bucket(self, name: str) -> None:
        """The SDK cannot create buckets."""
        self.database.buckets.append(name)

    def create_schema(self, bucket: str, name: str) -> None:
        """An empty schema, committed."""
        transactions = self.database.transactions
        with transactions.lock:
            transactions.head = transactions.head.with_schema((bucket, name))

    def snapshot(self, bucket: str, name: str) -> None:
        """Keeps the bucket as it is now, to be read below ``/bucket/.snapshot/name``."""
        self.database.take_snapshot(bucket, name)

    def drop_snapshot(self, bucket: str, name: str) -> None:
        self.database.drop_snapshot(bucket, name)

    def copy_schema(self, bucket: str, source: str, target: str) -> None:
        """A schema with its tables once more; costs nothing, as rows are immutable values."""
        with self.database.transactions.lock:
            head = self.database.transactions.head.with_schema((bucket, target))
            for key, table in list(head.tables.items()):
                if key[:2] == (bucket, source):
                    head = self._put(head, (bucket, target, key[2]), table)
            self.database.transactions.head = head

    def drop_schema(self, bucket: str, name: str) -> None:
        """A schema and all its tables, if it is there."""
        with self.database.transactions.lock:
            head = self.database.transactions.head
            for key in [key for key in head.tables if key[:2] == (bucket, name)]:
                head = head.without_table(key)
            self.database.transactions.head = head.without_schema((bucket, name))

    def load(self, bucket: str, schema: str, name: str, rows: pa.Table) -> None:
        """A table with these rows, its schema made if needed; one that was there is replaced."""
        with self.database.transactions.lock:
            head = self.database.transactions.head
            if (bucket, schema) not in head.schemas:
                head = head.with_schema((bucket, schema))
            made = self._put(head, (bucket, schema, name), Table(0, rows.schema))
            table = made.tables[bucket, schema, name]
            ids = self.database.transactions.new_row_ids(table.handle, len(rows))
            columns = {field.name: flat(rows.column(field.name)) for field in rows.schema}
            filled = replace(table, rows=table.rows.inserted(ids, columns))
            self.database.transactions.head = made.with_table((bucket, schema, name), filled)

    def rows(self, bucket: str, schema: str, name: str) -> pa.Table:
        """The committed rows of a table, in the order of their ids."""
        table = self.database.transactions.head.table((bucket, schema, name))
        batches = [
            pa.record_batch([piece.columns[n] for n in table.schema.names], schema=table.schema)
            for piece in table.rows.pieces
        ]
        return pa.Table.from_batches(batches, schema=table.schema)

    def table_names(self, bucket: str, schema: str) -> list[str]:
        return self.database.transactions.head.names((bucket, schema))

    def expire_transactions(self) -> None:
        """All open transactions end, as after too long a time."""
        self.database.transactions.expire()

    @property
    def open_transactions(self) -> int:
        """How many are neither committed nor rolled back."""
        return self.database.transactions.open_count

    def _put(self, head: Catalog, key: TableKey, table: Table) -> Catalog:
        handle = self.database.transactions.new_handle()
        last = max((piece.last for piece in table.rows.pieces), default=-1)
        self.database.transactions.new_row_ids(handle, last + 1)
        return head.with_table(key, replace(table, handle=handle))
