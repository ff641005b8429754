"""Arrow tables into a catalog of the tests' Trino: few rows as ``VALUES``, many by a file.

`load` makes and fills a whole store, `put` one table of any columns, `drop` ends either.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import vastdb
from trino.exceptions import TrinoUserError

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.schema import Schema
from tams_analytics.settings import load as settings_of_library
from tams_analytics.tables import BY_NAME, TABLES, arrow_schema, trino_ddl
from tests.support import trino_catalogs
from tests.support.trino_server import Trino

FEW = 50
"""Up to so many rows ``VALUES`` are quicker than a file: 300 rows a second, and a file in 0.3 s."""
BATCH_ROWS, BATCH_CHARACTERS = 500, 400_000
TYPES: dict[pa.DataType, str] = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp(6)",
}


def load(server: Trino, catalog: str, schema: str, tables: Mapping[str, pa.Table]) -> None:
    """All tables of a store in a new schema, those that are named filled with these rows."""
    if is_vasts_own(server, catalog):
        _load_by_sdk(server, schema, tables)
        return
    with server.connect(catalog=catalog, schema=schema) as connection:
        cursor = connection.cursor()
        make_schema(cursor, f"{quoted(catalog)}.{quoted(schema)}")
        for table in TABLES:
            run(cursor, trino_ddl(table).rstrip().removesuffix(";"))
        for name, rows in tables.items():
            fill(server, cursor, name, rows.cast(arrow_schema(BY_NAME[name])))


def put(server: Trino, catalog: str, schema: str, name: str, rows: pa.Table) -> None:
    """One new table with the columns of ``rows``, its schema made where there is none."""
    if is_vasts_own(server, catalog):
        with _transaction(server, schema) as (bucket, path):
            made = bucket.schema(path, fail_if_missing=False) or bucket.create_schema(path)
            _filled(made.create_table(name, rows.schema), rows)
        return
    with server.connect(catalog=catalog, schema=schema) as connection:
        cursor = connection.cursor()
        make_schema(cursor, f"{quoted(catalog)}.{quoted(schema)}")
        run(cursor, f"CREATE TABLE {quoted(name)} ({columns_of(rows.schema)})")
        fill(server, cursor, name, rows)


def drop(server: Trino, catalog: str, schema: str) -> None:
    """A schema with its tables, if it is there."""
    if not is_vasts_own(server, catalog):
        server.execute(f"DROP SCHEMA IF EXISTS {quoted(catalog)}.{quoted(schema)} CASCADE")
        return
    with _transaction(server, schema) as (bucket, path):  # its connector knows no CASCADE
        if there := bucket.schema(path, fail_if_missing=False):
            for table in there.tables():
                table.drop()
            there.drop()


def is_vasts_own(server: Trino, catalog: str) -> bool:
    """Whether the catalog is VAST's own connector, on a peer of the tests."""
    return catalog == "vast" and server.vast_endpoint is not None


def fill(server: Trino, cursor: Any, name: str, rows: pa.Table) -> None:
    """Adds them to a table of the connection's schema that has the same columns."""
    if rows.num_rows > FEW and server.files is not None:
        insert_by_file(server, cursor, name, rows)
    else:
        insert_values(cursor, name, rows)


def insert_values(cursor: Any, name: str, rows: pa.Table) -> None:
    for batch in batches(texts(rows)):
        run(cursor, f"INSERT INTO {quoted(name)} VALUES {', '.join(batch)}")  # noqa: S608 - quoted


def insert_by_file(server: Trino, cursor: Any, name: str, rows: pa.Table) -> None:
    """A Parquet file in the folder that the catalog ``files`` reads, selected from in place."""
    assert server.files is not None
    staged = f"staged_{uuid.uuid4().hex}"
    folder = server.files / staged
    folder.mkdir()
    try:
        pq.write_table(rows, folder / "rows.parquet", compression="zstd", row_group_size=250_000)
        located = f"format = 'PARQUET', external_location = 'local:///{staged}'"
        make_schema(cursor, "files.staged")
        columns = columns_of(rows.schema)
        run(cursor, f"CREATE TABLE files.staged.{staged} ({columns}) WITH ({located})")
        rows_of = f"SELECT * FROM files.staged.{staged}"  # noqa: S608 - of hexadecimal digits
        run(cursor, f"INSERT INTO {quoted(name)} {rows_of}")
        run(cursor, f"DROP TABLE files.staged.{staged}")
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def run(cursor: Any, statement: str) -> None:
    cursor.execute(statement)
    cursor.fetchall()


def make_schema(cursor: Any, name: str) -> None:
    """If it is not there; IF NOT EXISTS alone fails for the later of two who make it at once."""
    try:
        run(cursor, f"CREATE SCHEMA IF NOT EXISTS {name}")
    except TrinoUserError as error:
        if error.error_name not in ("ALREADY_EXISTS", "SCHEMA_ALREADY_EXISTS"):
            raise


def columns_of(schema: pa.Schema) -> str:
    return ", ".join(f"{quoted(field.name)} {TYPES[field.type]}" for field in schema)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def texts(rows: pa.Table) -> Iterator[str]:
    """Each row as Trino's ``VALUES`` has it."""
    columns = [[literal(value) for value in column.to_pylist()] for column in rows.columns]
    return (f"({', '.join(row)})" for row in zip(*columns, strict=True))


def batches(rows: Iterable[str]) -> Iterator[list[str]]:
    """A statement's text may not be longer than a million characters."""
    batch: list[str] = []
    length = 0
    for row in rows:
        if batch and (len(batch) == BATCH_ROWS or length + len(row) > BATCH_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(row)
        length += len(row)
    if batch:
        yield batch


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return LITERALS[type(value)](value)


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


LITERALS: dict[type, Callable[[Any], str]] = {
    bool: str,
    int: lambda value: f"BIGINT '{value}'",
    float: lambda value: f"DOUBLE '{value!r}'",
    str: text,
    dt.date: lambda value: f"DATE '{value:%Y-%m-%d}'",
    dt.datetime: lambda value: f"TIMESTAMP '{value.isoformat(' ', 'microseconds')}'",
}


def _load_by_sdk(server: Trino, schema: str, tables: Mapping[str, pa.Table]) -> None:
    """By VAST's SDK, as its connector is not written through: ``bucket/schema`` of the endpoint."""
    settings = settings_of_library({**os.environ, **trino_catalogs.SECRETS})
    address = Address.parse(f"vast://{urlsplit(server.vast_endpoint).netloc}/{schema}", settings)
    connection = Connection(address, settings.vast_timeout)
    list(Schema(connection, address, settings).apply())
    connection.close()
    with _transaction(server, schema) as (bucket, path):
        for name, rows in tables.items():
            table = bucket.schema(path).table(name)
            if table.stats.num_rows:  # what a new store says of itself
                table.delete(table.select(internal_row_id=True).read_all())
            _filled(table, rows.cast(arrow_schema(BY_NAME[name])))


@contextlib.contextmanager
def _transaction(server: Trino, schema: str) -> Iterator[tuple[Any, str]]:
    """The bucket, in a transaction of VAST's SDK, and the path of the schema within."""
    bucket, _, path = schema.partition("/")
    keys = trino_catalogs.SECRETS
    session = vastdb.connect(
        endpoint=server.vast_endpoint,
        access=keys["VAST_ACCESS_KEY"],
        secret=keys["VAST_SECRET_KEY"],
        timeout=60,
    )
    with session.transaction() as transaction:
        yield transaction.bucket(bucket), path


def _filled(table: Any, rows: pa.Table) -> None:
    if rows.num_rows:
        table.insert(rows)
