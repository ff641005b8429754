"""The tables of a store: each table and column once (design §3).

From the definitions come the DDL of DuckDB and Trino, the Arrow schemas of VAST, the ibis schemas,
and what a bulk load accepts. Names are lower case; types are those that every engine and VAST's
Trino connector can read: no unsigned, no large strings, no JSON type.

Whole nanoseconds are ``int64`` columns that end in ``_ns``; wall-clock columns are ``timestamp(6)``
without zone and mean UTC; ids are text. What was measured is ``float64``, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from tams_analytics.tables.columns import NOW, Column, TableDef
from tams_analytics.tables.definitions import (
    BY_NAME,
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
    TABLES,
    TAGS,
    WEBHOOKS,
)
from tams_analytics.tables.generated import arrow_schema, duckdb_ddl, ibis_schema, trino_ddl
from tams_analytics.tables.listings import S3_OBJECTS
from tams_analytics.tables.runs import (
    ACKNOWLEDGEMENTS,
    FINDINGS,
    MEASUREMENTS,
    OF_RUNS,
    READABLE_FROM,
    RUN_CHECKS,
    RUNS,
    WATERMARKS,
)

SPECIFICATION = "8.2"
"""The version of TAMS whose rules hold."""

SCHEMA_VERSION = 3
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
    runs: ir.Table
    run_checks: ir.Table
    findings: ir.Table
    watermarks: ir.Table
    acknowledgements: ir.Table
    measurements: ir.Table
    flow_fences: ir.Table
    store_metadata: ir.Table

    @classmethod
    def opened(cls, open_table: Callable[[TableDef], ir.Table]) -> Tables:
        """All tables, each opened by ``open_table``."""
        return cls(**{table.name: open_table(table) for table in TABLES})


__all__ = [
    "ACKNOWLEDGEMENTS",
    "BY_NAME",
    "COLLECTIONS",
    "DELETION_REQUESTS",
    "DISCARDED_INSTANCES",
    "EVENTS",
    "FINDINGS",
    "FLOWS",
    "FLOW_FENCES",
    "MEASUREMENTS",
    "NOW",
    "OBJECTS",
    "OBJECT_INSTANCES",
    "OF_RUNS",
    "PROFILES",
    "READABLE_FROM",
    "RUNS",
    "RUN_CHECKS",
    "S3_OBJECTS",
    "SCHEMA_VERSION",
    "SEGMENTS",
    "SOURCES",
    "SPECIFICATION",
    "STORAGE_BACKENDS",
    "STORE_METADATA",
    "TABLES",
    "TAGS",
    "WATERMARKS",
    "WEBHOOKS",
    "Column",
    "TableDef",
    "Tables",
    "arrow_schema",
    "duckdb_ddl",
    "ibis_schema",
    "trino_ddl",
]
