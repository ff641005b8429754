"""Empty stores on a VAST peer, as many as the tests want."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.schema import Schema
from tams_analytics.settings import load
from tams_analytics.store import Store
from tams_analytics.tables import STORE_METADATA, TABLES, arrow_schema
from tests.support.vast_peer import VastPeer

BUCKET, EMPTY = "tams", "empty"
KEYS = {"VAST_ACCESS_KEY": "of-tests", "VAST_SECRET_KEY": "geheim"}


class VastStores:
    """A peer whose bucket has one prepared schema; each store is a copy of it."""

    def __init__(self) -> None:
        self.peer = VastPeer(buckets=(BUCKET,))
        self._numbers = itertools.count()
        self._prepared: dict[str, str] = {}

    def new_url(self) -> str:
        """Of a store that nobody else has."""
        name = f"store_{next(self._numbers)}"
        self.peer.copy_schema(BUCKET, EMPTY, name)
        return self.url(name)

    def filled(self, store: Store) -> str:
        """The URL of a new store with the rows of another one."""
        url = self.new_url()
        for table in TABLES:
            if table is not STORE_METADATA:
                rows = getattr(store.tables, table.name).to_pyarrow().cast(arrow_schema(table))
                if rows.num_rows:
                    self.peer.load(BUCKET, url.rpartition("/")[2], table.name, rows)
        return url

    def reset(self, schema: str) -> None:
        """Make a store empty, or new."""
        self.peer.copy_schema(BUCKET, EMPTY, schema)

    def prepare(self, schema: str, name: str, fill: Callable[[], object]) -> None:
        """Fill an empty store, the first time under this name; then copy what that made of it."""
        if name in self._prepared:
            self.peer.copy_schema(BUCKET, self._prepared[name], schema)
            return
        fill()
        self._prepared[name] = f"prepared_{len(self._prepared)}"
        self.peer.copy_schema(BUCKET, schema, self._prepared[name])

    def url(self, schema: str) -> str:
        """Of a schema on the peer."""
        return f"vast://{self.peer.address}/{BUCKET}/{schema}"

    def __enter__(self) -> VastStores:
        self.peer.__enter__()
        os.environ.update(KEYS)
        settings = load()
        address = Address.parse(self.url(EMPTY), settings)
        connection = Connection(address, settings.vast_timeout)
        list(Schema(connection, address, settings).apply())
        connection.close()
        return self

    def __exit__(self, *error: Any) -> None:
        self.peer.__exit__(*error)
