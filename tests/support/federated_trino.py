"""The tables of `tests.support.federated` in the catalogs of a real Trino."""

from __future__ import annotations

import uuid
from typing import Any

from tests.support import trino_load
from tests.support.federated import STORES, other_tables, store_tables
from tests.support.federated_odd import Again
from tests.support.trino_server import Trino


class OnTrino:
    """Schemas of one's own in the catalogs of a Trino that is shared; names are exchanged."""

    def __init__(self, server: Trino, again: Again | None = None) -> None:
        self.server = server
        own = f"of_{uuid.uuid4().hex[:12]}"
        self.names = {
            'vast."tams/meta"': f'vast."tams/{own}_meta"',
            'vast."tams/archive"': f'vast."tams/{own}_archive"',
            "objects.s3.": f"objects.{own}.",
            "rights.public.": f"rights.{own}.",
        }
        self.own = own
        for schema, rows in STORES.items():
            place = schema.replace("tams/", f"tams/{own}_")  # VAST has the one bucket
            trino_load.load(server, "vast", place, store_tables(rows, again))
        for (catalog, _, name), table in other_tables(again):
            trino_load.put(server, catalog, own, name, table)
        server.execute(f"CREATE SCHEMA iceberg.{own}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        for theirs, ours in self.names.items():
            sql = sql.replace(theirs, ours)
        place = {"catalog": "iceberg", "schema": self.own}
        return [tuple(row) for row in self.server.execute(sql.rstrip().rstrip(";"), **place)]
