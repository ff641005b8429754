"""The catalogs of the tests' Trino, as files of properties; secrets are read from its environment.

``vast`` is stood in for by the memory connector, unless TAMS_TRINO_VAST_PLUGIN names VAST's own.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.support import postgres_server, s3_server
from tests.support.postgres_server import Postgres

WAREHOUSES = {"objects": "inventory", "iceberg": "lake"}
"""The Iceberg catalogs, each with the bucket that holds it."""

# what `iceberg.catalog.type=jdbc` keeps in its database (schema-version V1)
ICEBERG_TABLES = """
CREATE TABLE iceberg_tables (
    catalog_name varchar, table_namespace varchar, table_name varchar,
    metadata_location varchar, previous_metadata_location varchar, iceberg_type varchar,
    PRIMARY KEY (catalog_name, table_namespace, table_name)
);
CREATE TABLE iceberg_namespace_properties (
    catalog_name varchar, namespace varchar, property_key varchar, property_value varchar,
    PRIMARY KEY (catalog_name, namespace, property_key)
);
"""

SECRETS = {
    "TAMS_RIGHTS_PASSWORD": postgres_server.PASSWORD,
    "TAMS_S3_ACCESS_KEY": s3_server.ACCESS,
    "TAMS_S3_SECRET_KEY": s3_server.SECRET,
    "VAST_ACCESS_KEY": "of-tests",
    "VAST_SECRET_KEY": "geheim",
}
"""What stands behind ``${ENV:NAME}``."""


def vast_plugin() -> Path | None:
    """The folder of VAST's own connector, where TAMS_TRINO_VAST_PLUGIN names one."""
    named = os.environ.get("TAMS_TRINO_VAST_PLUGIN")
    return Path(named) if named else None


def memory(megabytes: int) -> dict[str, str]:
    return {"connector.name": "memory", "memory.max-data-per-node": f"{megabytes}MB"}


def vast(endpoint: str) -> dict[str, str]:
    """VAST's own connector; a cluster that is away is given up after seconds instead of minutes."""
    return {
        "connector.name": "vast",
        "endpoint": endpoint,
        "data_endpoints": endpoint,
        "access_key_id": "${ENV:VAST_ACCESS_KEY}",
        "secret_access_key": "${ENV:VAST_SECRET_KEY}",
        "region": "vast",
        "retry_max_count": "5",
        "retry_sleep_duration": "200",
        "complex_predicate_pushdown": "false",
        "expression_projection_pushdown": "false",
    }


def rights(postgres: Postgres) -> dict[str, str]:
    return {
        "connector.name": "postgresql",
        "connection-url": postgres.jdbc_url,
        "connection-user": postgres_server.USER,
        "connection-password": "${ENV:TAMS_RIGHTS_PASSWORD}",
        "postgresql.array-mapping": "AS_ARRAY",
    }


def iceberg(name: str, postgres: Postgres, endpoint: str) -> dict[str, str]:
    """Tables' names in PostgreSQL, their bytes in the S3 server."""
    return {
        "connector.name": "iceberg",
        "iceberg.catalog.type": "jdbc",
        "iceberg.jdbc-catalog.driver-class": "org.postgresql.Driver",
        "iceberg.jdbc-catalog.connection-url": postgres.jdbc_url,
        "iceberg.jdbc-catalog.connection-user": postgres_server.USER,
        "iceberg.jdbc-catalog.connection-password": "${ENV:TAMS_RIGHTS_PASSWORD}",
        "iceberg.jdbc-catalog.catalog-name": name,
        "iceberg.jdbc-catalog.default-warehouse-dir": f"s3://{WAREHOUSES[name]}/warehouse",
        **s3(endpoint),
    }


def files(folder: Path, endpoint: str | None) -> dict[str, str]:
    """Parquet in place, under ``local:///`` (which is ``folder``) and in the S3 server."""
    return {
        "connector.name": "hive",
        "hive.metastore": "file",
        "hive.metastore.catalog.dir": "local:///metastore",
        "hive.security": "allow-all",
        "hive.recursive-directories": "true",
        "hive.timestamp-precision": "MICROSECONDS",
        "fs.native-local.enabled": "true",
        "local.location": str(folder),
        **(s3(endpoint) if endpoint else {}),
    }


def s3(endpoint: str) -> dict[str, str]:
    return {
        "fs.native-s3.enabled": "true",
        "s3.endpoint": endpoint,
        "s3.region": "us-east-1",
        "s3.path-style-access": "true",
        "s3.aws-access-key": "${ENV:TAMS_S3_ACCESS_KEY}",
        "s3.aws-secret-key": "${ENV:TAMS_S3_SECRET_KEY}",
    }


def written(folder: Path, catalogs: dict[str, dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, properties in catalogs.items():
        lines = [f"{key}={value}\n" for key, value in properties.items()]
        (folder / f"{name}.properties").write_text("".join(lines), encoding="utf-8")
