"""Buckets, schemas, tables: one immutable value, of which every transaction holds its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pyarrow as pa

from tests.support.vast_peer.messages import not_found
from tests.support.vast_peer.rows import Rows

SchemaKey = tuple[str, str]
"""Bucket and path of the schema, ``("tams", "newsroom")`` or ``("tams", "outer/inner")``."""
TableKey = tuple[str, str, str]
"""Bucket, path of the schema, name."""


@dataclass(frozen=True)
class Projection:
    """A sorted copy of some columns."""

    name: str
    handle: int
    sorted_columns: tuple[str, ...]
    unsorted_columns: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.sorted_columns + self.unsorted_columns


@dataclass(frozen=True, eq=False)
class Table:
    """A table with its rows; ``handle`` stays through renaming."""

    handle: int
    schema: pa.Schema
    sort_key: tuple[str, ...] = ()
    projections: tuple[Projection, ...] = ()
    external_ids: bool = False
    rows: Rows = field(default=Rows(), repr=False)

    def projection(self, name: str) -> Projection:
        for projection in self.projections:
            if projection.name == name:
                return projection
        raise not_found("Projection", name)


@dataclass(frozen=True, eq=False)
class View:
    """A view: what a client says of it, kept as a row, and the columns that it has."""

    handle: int
    schema: pa.Schema
    details: Table


@dataclass(frozen=True)
class Catalog:
    """All that a transaction sees."""

    schemas: Mapping[SchemaKey, str] = field(default_factory=lambda: MappingProxyType({}))
    """To each schema its properties."""
    tables: Mapping[TableKey, Table] = field(default_factory=lambda: MappingProxyType({}))
    views: Mapping[TableKey, View] = field(default_factory=lambda: MappingProxyType({}))

    def table(self, key: TableKey) -> Table:
        try:
            return self.tables[key]
        except KeyError:
            raise not_found("Table", "/".join(key)) from None

    def view(self, key: TableKey) -> View:
        try:
            return self.views[key]
        except KeyError:
            raise not_found("View", "/".join(key)) from None

    def require_schema(self, key: SchemaKey) -> None:
        if key not in self.schemas:
            raise not_found("Schema", "/".join(key))

    def with_schema(self, key: SchemaKey, properties: str = "") -> Catalog:
        return replace(self, schemas={**self.schemas, key: properties})

    def without_schema(self, key: SchemaKey) -> Catalog:
        return replace(self, schemas={k: v for k, v in self.schemas.items() if k != key})

    def with_table(self, key: TableKey, table: Table) -> Catalog:
        return replace(self, tables={**self.tables, key: table})

    def without_table(self, key: TableKey) -> Catalog:
        return replace(self, tables={k: v for k, v in self.tables.items() if k != key})

    def with_view(self, key: TableKey, view: View) -> Catalog:
        return replace(self, views={**self.views, key: view})

    def without_view(self, key: TableKey) -> Catalog:
        return replace(self, views={k: v for k, v in self.views.items() if k != key})

    def renamed_table(self, old: TableKey, new: TableKey) -> Catalog:
        return self.without_table(old).with_table(new, self.table(old))

    def renamed_schema(self, old: SchemaKey, new: str) -> Catalog:
        """The schema with all that lies in it, under another path."""
        bucket = old[0]
        schemas = {
            (b, moved(path, old[1], new) if b == bucket else path): properties
            for (b, path), properties in self.schemas.items()
        }

        def placed(key: TableKey) -> TableKey:
            b, path, name = key
            return b, moved(path, old[1], new) if b == bucket else path, name

        tables = {placed(key): table for key, table in self.tables.items()}
        views = {placed(key): view for key, view in self.views.items()}
        return Catalog(schemas, tables, views)

    def children(self, bucket: str, parent: str) -> list[str]:
        """The names of the schemas directly below ``parent`` ("" = the bucket)."""
        prefix = f"{parent}/" if parent else ""
        rests = [
            path[len(prefix) :]
            for b, path in self.schemas
            if b == bucket and path.startswith(prefix)
        ]
        return sorted(rest for rest in rests if "/" not in rest)

    def names(self, key: SchemaKey) -> list[str]:
        """The names of the tables in a schema."""
        return sorted(name for *schema, name in self.tables if tuple(schema) == key)

    def view_names(self, key: SchemaKey) -> list[str]:
        return sorted(name for *schema, name in self.views if tuple(schema) == key)

    def is_empty(self, key: SchemaKey) -> bool:
        return not (self.names(key) or self.view_names(key) or self.children(*key))


def moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
