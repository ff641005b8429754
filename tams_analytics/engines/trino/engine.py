"""A store behind Trino: read only, one schema of a catalog, joined with any other."""

from __future__ import annotations

import functools
from collections.abc import Collection, Hashable

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import trino

from tams_analytics.engines.engine import BIG_CATALOG, Engine, Question
from tams_analytics.engines.opening import entity_table
from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.trino.asking import asked, literal
from tams_analytics.engines.trino.backend import Backend
from tams_analytics.engines.trino.errors import ENGINE, is_users
from tams_analytics.engines.trino.installing import Installing
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Unsupported
from tams_analytics.settings import Settings
from tams_analytics.tables import SPECIFICATION, Tables

SNAPSHOT = ".snapshot/"
"""In the name of a schema: that of a VAST bucket as it once was."""


class TrinoEngine(Engine):
    """The entity tables of one schema, as Trino sees them."""

    name = ENGINE

    def __init__(self, address: Address, settings: Settings) -> None:
        self.address = address
        self.url = address.url
        self.settings = settings
        self.backend: Backend = Backend().connect(address)
        self._keeps_snapshots: bool | None = True if SNAPSHOT in address.schema else None
        place = ops.Namespace(catalog=address.catalog, database=address.schema)
        self.tables = Tables.opened(lambda table: entity_table(self.backend, table, place))

    @property
    def capabilities(self) -> dict[str, bool]:
        return {"read": True, "write": False, "SQL": True, "snapshots": False}

    @functools.cached_property
    def versions(self) -> dict[str, str]:
        return {
            "Trino": self.backend.version,
            "trino (client)": trino.__version__,
            "ibis": ibis.__version__,
            "TAMS": SPECIFICATION,
        }

    def ask(self, question: Question, /, **arguments: object) -> pa.Table:
        sql, schema = asked(question, arguments)
        return self.backend.answer(sql, schema, doing=f"answering {question.__name__}")

    def version(self, tables: Collection[str]) -> Hashable | None:
        """The snapshots of Iceberg tables; a schema of a VAST snapshot never changes."""
        if SNAPSHOT in self.address.schema:
            return self.url
        if not self.has_versions:
            return None
        current = "(SELECT snapshot_id FROM {} WHERE name = 'main')"
        names = [f'"{name}$refs"' for name in sorted(tables)]
        sql = f"SELECT ARRAY[{', '.join(current.format(name) for name in names)}] AS snapshots"
        try:
            (found,) = self.backend.read(sql, doing="reading snapshots").to_pylist()
        except (EngineFailed, NotFound):  # of a view both are told
            if not self._has_views():
                raise
            self._keeps_snapshots = False
            return None
        return (self.url, tuple(found["snapshots"]))

    @property
    def has_versions(self) -> bool:
        """Looked up once, where the schema is not one of a snapshot."""
        if self._keeps_snapshots is None:
            place = literal(self.address.catalog)
            sql = (
                f"SELECT connector_name FROM system.metadata.catalogs WHERE catalog_name = {place}"
            )
            try:
                found = self.backend.read(sql, doing="looking up the catalog").to_pylist()
            except EngineFailed as error:
                if error.__cause__ is None or not is_users(error.__cause__):
                    raise
                found = []  # this user may not see which catalogs there are
            self._keeps_snapshots = found == [{"connector_name": "iceberg"}]
        return self._keeps_snapshots

    def _has_views(self) -> bool:
        """They have no snapshots."""
        catalog, schema = (literal(each) for each in (self.address.catalog, self.address.schema))
        sql = (
            "SELECT count(*) AS views FROM system.jdbc.tables "
            f"WHERE table_cat = {catalog} AND table_schem = {schema} AND table_type = 'VIEW'"
        )
        (found,) = self.backend.read(sql, doing="looking for views").to_pylist()
        return bool(found["views"])

    def listing(self, source: str) -> ir.Table:
        """A table of any catalog, as ``objects.s3.objects``."""
        catalog, _, rest = source.partition(".")
        schema, _, name = rest.rpartition(".")
        if not (catalog and schema and name) or "/" in name:
            expected = "catalog.schema.table, for example objects.s3.objects"
            raise BadParameter("source", source, "names no table of Trino", expected)
        return self.backend.table(name, database=(catalog, schema))

    def big_catalog(self) -> ir.Table:
        bucket, schema, name = BIG_CATALOG
        return self.backend.table(name, database=(self.address.catalog, f"{bucket}/{schema}"))

    def query(self, sql: str, *, most: int | None = None) -> pa.Table:
        """The rows of a SQL text, in a transaction that may only read; at most so many.

        Raises `BadParameter` for one that Trino does not understand, that would write, or that
        asks nothing.
        """
        try:
            return self.backend.query(sql, most=most)
        except (EngineFailed, NotFound) as error:
            if error.__cause__ is not None and is_users(error.__cause__):
                why = error.reason if isinstance(error, EngineFailed) else str(error)
                raise BadParameter("sql", sql, f"is refused: {why}") from error
            raise

    def installing(self, catalog: str, schema: str) -> Installing:
        """What makes views and functions in a schema."""
        return Installing(self.backend, catalog, schema)

    def snapshots(self) -> list[str]:
        instead = "tables of Iceberg keep their own, or use VAST DB"
        raise Unsupported(self.name, "list snapshots", instead)

    def close(self) -> None:
        self.backend.disconnect()
