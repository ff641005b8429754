"""The tables of a store: each table and column once (design §3).

From the definitions come the DDL of DuckDB and Trino, the Arrow schemas of VAST, the ibis schemas,
and what a bulk load accepts. Names are lower case; types are those that every engine and VAST's
Trino connector can read: no unsigned, no large strings, no JSON type.

Whole nanoseconds are ``int64`` columns that end in ``_ns``; wall-clock columns are ``timestamp(6)``
without zone and mean UTC; ids are text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from tams_analytics.tables.columns import NOW, Column, TableDef
from tams_analytics.tables.definitions import (
    COLLECTIONS,
    DELETION_REQUESTS,
    DISCARDED_INSTANCES,
    EVENTS,
    FLOW_FENCES,
    FLOWS,
    OBJECT_INSTANCES,
    OBJECTS,
    PROFILES,
    SEGMENTS,
    SOURCES,
    STORAGE_BACKENDS,
    STORE_METADATA,
    TAGS,
    WEBHOOKS,
)
from tams_analytics.tables.generated import arrow_schema, duckdb_ddl, ibis_schema, trino_ddl
from tams_analytics.tables.listings import S3_OBJECTS

TABLES: tuple[TableDef, ...] = (
    SOURCES,
    FLOWS,
    SEGMENTS,
    OBJECTS,
    OBJECT_INSTANCES,
    DISCARDED_INSTANCES,
    COLLECTIONS,
    TAGS,
    PROFILES,
    STORAGE_BACKENDS,
    WEBHOOKS,
    EVENTS,
    DELETION_REQUESTS,
    FLOW_FENCES,
    STORE_METADATA,
)
BY_NAME = {table.name: table for table in TABLES}

SPECIFICATION = "8.2"
"""The version of TAMS whose rules hold."""

SCHEMA_VERSION = 2
"""Raised with every change of a table; `tams_analytics.engines.migrations` knows the steps."""


@dataclass(frozen=True)
class Tables:
    """The entity tables of one store, as plain ibis tables: what questions are asked of."""

    sources: ir.Table
    flows: ir.Table
    segments: ir.Table
    objects: ir.Table
    object_instances: ir.Table
    discarded_instances: ir.Table
    collections: ir.Table
    tags: ir.Table
    profiles: ir.Table
    storage_backends: ir.Table
    webhooks: ir.Table
    events: ir.Table
    deletion_requests: ir.Table
    flow_fences: ir.Table
    store_metadata: ir.Table

    @classmethod
    def opened(cls, open_table: Callable[[TableDef], ir.Table]) -> Tables:
        """All tables, each opened by ``open_table``."""
        return cls(**{table.name: open_table(table) for table in TABLES})


__all__ = [
    "BY_NAME",
    "COLLECTIONS",
    "DELETION_REQUESTS",
    "DISCARDED_INSTANCES",
    "EVENTS",
    "FLOWS",
    "FLOW_FENCES",
    "NOW",
    "OBJECTS",
    "OBJECT_INSTANCES",
    "PROFILES",
    "S3_OBJECTS",
    "SCHEMA_VERSION",
    "SEGMENTS",
    "SOURCES",
    "SPECIFICATION",
    "STORAGE_BACKENDS",
    "STORE_METADATA",
    "TABLES",
    "TAGS",
    "WEBHOOKS",
    "Column",
    "TableDef",
    "Tables",
    "arrow_schema",
    "duckdb_ddl",
    "ibis_schema",
    "trino_ddl",
]
