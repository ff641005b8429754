"""Small tables of every catalog that ``sql/federation`` names, and where its statements run.

Planted so that each question has an answer that can be worked out on paper: tests/sql has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from tams_analytics.tables import BY_NAME, TABLES, arrow_schema, duckdb_ddl
from tests.support import federated_odd as odd
from tests.support import shipped_sql

SECOND = 10**9
DAY = 1787529637
"""The TAI second at which 2026-08-24 begins in UTC."""
Rows = list[dict[str, Any]]
STRING, INT, TIME = pa.string(), pa.int64(), pa.timestamp("us")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


LONG_AGO, LISTED = at("2026-08-20"), at("2026-08-30")


def _object(id: str, size: int | None, key: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"id": id, "size": size, "storage_path": key or f"k{id[1:]}", "created": LONG_AGO}
    return {**row, "registered_at": LONG_AGO, **more}


def _instance(
    object: str, bucket: str, key: str, created: dt.datetime = LONG_AGO
) -> dict[str, Any]:
    place = {"object_id": object, "storage_id": "main", "bucket": bucket, "key": key}
    return {**place, "controlled": True, "created": created}


def _url(object: str, url: str) -> dict[str, Any]:
    return {"object_id": object, "controlled": False, "url": url, "created": LONG_AGO}


def _segment(flow: str, object: str, start: int, end: int) -> dict[str, Any]:
    first, last = DAY + start, DAY + end
    bounds = {"start_ns": first * SECOND, "end_ns": last * SECOND}
    text = {"timerange": f"[{first}:0_{last}:0)", "body": "{}"}
    return {
        "flow_id": flow,
        "object_id": object,
        **bounds,
        "ts_offset_ns": 0,
        **text,
        "created": LISTED,
    }


def _flow(id: str, source: str, label: str) -> dict[str, Any]:
    times = {"created": LONG_AGO, "metadata_updated": LONG_AGO}
    row = {"id": id, "source_id": source, "label": label, "format": "urn:x-nmos:format:video"}
    return {**row, "read_only": False, "body": "{}", **times}


def _source(id: str, label: str) -> dict[str, Any]:
    row = {"id": id, "label": label, "format": "urn:x-nmos:format:video", "explicit": True}
    return {**row, "created": LONG_AGO, "updated": LONG_AGO, "body": "{}"}


def _backend(id: str, bucket: str) -> dict[str, Any]:
    kind = {"store_type": "http_object_store", "provider": "ours", "store_product": "s3"}
    return {
        "id": id,
        "label": id.title(),
        "bucket": bucket,
        "default_storage": False,
        **kind,
        "created": LONG_AGO,
    }


GB = 10**9
META: Mapping[str, Rows] = {
    "sources": [_source("s1", "News"), _source("s2", "Sport")],
    "flows": [
        _flow("f1", "s1", "News HD"),
        _flow("f2", "s1", "News clip"),
        _flow("f3", "s2", "Match HD"),
        _flow("f4", "s2", "Sport promo"),
        _flow("f6", "s2", "Going"),
    ],
    "segments": [
        _segment("f1", "o1", 0, 10),
        _segment("f1", "o2", 10, 20),
        _segment("f2", "o1", 100, 110),
        _segment("f2", "o3", 110, 120),
        _segment("f3", "o4", -5, 5),
        _segment("f3", "o5", 5, 15),
        _segment("f3", "o6", 30, 40),
        _segment("f3", "o9", 40, 50),
        _segment("f4", "o2", 200, 201),
        _segment("f6", "o11", 300, 301),
    ],
    "objects": [
        _object("o1", 100),
        _object("o2", 200),
        _object("o3", 300 * GB, init_object_id="oi"),
        _object("oi", 10),
        _object("o4", 400),  # its bytes are gone
        _object("o5", 500),  # S3 has 555
        _object("o6", None),
        _object("o7", None, registered_at=None),  # allocated
        _object("o8", 80, released_at=LONG_AGO),  # waits for the collector
        _object("o9", None),  # somewhere else
        _object("o10", 1),  # came after the listing
        _object("o11", 1),  # its bytes are gone, and so will be its flow
    ],
    "object_instances": [
        *(_instance(f"o{n}", "media", f"k{n}") for n in (1, 2, 3, "i", 4, 5, 6, 7, 8, 11)),
        _instance("o10", "media", "k10", LISTED + dt.timedelta(hours=1)),
        _url("o9", "https://me@CDN.example.com:8443/o9"),
        _url("o2", "http://cdn.example.com/o2"),
        _url("o2", "http://old.example.org?o2"),
    ],
    "discarded_instances": [
        {"object_id": "o2", "storage_id": "deep", "key": "k2", "discarded_at": LONG_AGO}
    ],
    "deletion_requests": [
        {
            "id": "d1",
            "flow_id": "f6",
            "timerange_to_delete": "_",
            "timerange_remaining": "_",
            "delete_flow": True,
            "status": "started",
            "created": LISTED,
            "updated": LISTED,
        }
    ],
    "storage_backends": [_backend("main", "media"), _backend("deep", "archive")],
}
ARCHIVE: Mapping[str, Rows] = {
    "objects": [_object("o1", 100, "a1"), _object("o2", 201), _object("x9", 9)],
    "object_instances": [
        _instance("o1", "archive", "a1"),
        _instance("o2", "media", "k2"),  # the same place as ours
        _instance("x9", "media", "k9"),
    ],
}


def _key(bucket: str, key: str, size: int, day: str, **more: Any) -> dict[str, Any]:
    row = {
        "bucket": bucket,
        "key": key,
        "size": size,
        "etag": f"e{key[1:]}",
        "storage_class": "STANDARD",
    }
    return {**row, "last_modified": at(day), "listed_at": LISTED, **more}


DEEP = {"storage_class": "GLACIER"}
EARLIER = {"listed_at": at("2026-08-29")}
LISTING: Rows = [
    _key("media", "k1", 100, "2026-08-20"),
    _key("media", "k2", 200, "2026-08-20"),
    _key("media", "k3", 300 * GB, "2026-08-21", **DEEP),
    _key("media", "ki", 10, "2026-08-21"),
    _key("media", "k5", 555, "2026-08-22"),
    _key("media", "k6", 60, "2026-08-22"),
    _key("media", "k8", 80, "2026-08-22"),
    _key("media", "lost", 1000, "2026-08-01"),
    _key("media", "young", 7, "2026-08-29T12:00"),
    _key("media", "k1", 100, "2026-08-20", **EARLIER),
    _key("media", "k2", 200, "2026-08-20", **EARLIER),
    _key("media", "gone", 50, "2026-08-02", **EARLIER),
    _key("archive", "k2", 200, "2026-08-22", **DEEP),
    _key("archive", "a1", 100, "2026-08-22", **DEEP),
]
GET, HEAD = "REST.GET.OBJECT", "REST.HEAD.OBJECT"
READS: Rows = [
    {
        "bucket": "media",
        "key": key,
        "operation": operation,
        "requested_at": at(moment),
        "bytes_sent": 1,
    }
    for key, operation, moment in [
        ("k1", GET, "2026-08-25T10:00"),
        ("k1", GET, "2026-08-26T10:00"),
        ("k1", GET, "2026-08-01T00:00"),
        ("k2", HEAD, "2026-08-25T10:00"),
        ("k5", GET, "2026-08-30T23:59:59.999999"),
        ("k3", GET, "2026-07-31T23:59:59.999999"),
        ("k3", GET, "2026-08-31T00:00"),
    ]
]
RIGHTS: Rows = [
    {"flow_id": flow, "owner": owner, "expires": expires and at(expires)}
    for flow, owner, expires in [
        ("f1", "Agency", None),
        ("f2", "Agency", "2026-06-01"),
        ("f2", "Agency", "2026-08-31T23:59:59.999999"),
        ("f2", "League", "2026-05-01"),
        ("f3", "League", "2026-09-01"),
    ]
]
PRICES: Rows = [
    {"storage_class": "STANDARD", "per_gb_month": 0.023},
    {"storage_class": "GLACIER", "per_gb_month": 0.004},
]
SCHEDULE: Rows = [
    {
        "id": id,
        "channel": channel,
        "flow_id": flow,
        "title": title,
        "planned_from": at(f"2026-08-{start}"),
        "planned_until": at(f"2026-08-{end}"),
        "is_outage": title == "Works",
    }
    for id, channel, flow, title, start, end in [
        (1, "one", "f3", "Match", "24T00:00:00", "24T00:01:00"),
        (2, "one", "f1", "News", "24T00:00:00", "24T00:00:20"),
        (3, "two", "f5", "Ghosts", "24T06:00:00", "24T06:00:30"),
        (4, "two", "f1", "Works", "24T10:00:00", "24T11:00:00"),
        (5, "two", "f1", "Tomorrow", "25T00:00:00", "25T01:00:00"),
    ]
]
OTHERS: Mapping[tuple[str, str, str], tuple[dict[str, pa.DataType], Rows]] = {
    ("objects", "s3", "objects"): (
        {
            "bucket": STRING,
            "key": STRING,
            "size": INT,
            "etag": STRING,
            "storage_class": STRING,
            "last_modified": TIME,
            "listed_at": TIME,
        },
        [*LISTING, *odd.LISTING],
    ),
    ("objects", "s3", "access_log"): (
        {
            "bucket": STRING,
            "key": STRING,
            "operation": STRING,
            "requested_at": TIME,
            "bytes_sent": INT,
        },
        [*READS, *odd.READS],
    ),
    ("rights", "public", "rights"): (
        {"flow_id": STRING, "owner": STRING, "expires": TIME},
        [*RIGHTS, *odd.RIGHTS],
    ),
    ("rights", "public", "storage_prices"): (
        {"storage_class": STRING, "per_gb_month": pa.float64()},
        PRICES,
    ),
    ("rights", "public", "schedule"): (
        {
            "id": INT,
            "channel": STRING,
            "flow_id": STRING,
            "title": STRING,
            "planned_from": TIME,
            "planned_until": TIME,
            "is_outage": pa.bool_(),
        },
        [*SCHEDULE, *odd.SCHEDULE],
    ),
}


def _with_odd(rows: Mapping[str, Rows], others: Mapping[str, Rows]) -> Mapping[str, Rows]:
    return {name: [*each, *others.get(name, [])] for name, each in rows.items()}


STORES = {
    "tams/meta": _with_odd(META, odd.META),
    "tams/archive": _with_odd(ARCHIVE, odd.ARCHIVE),
}


def store_tables(rows: Mapping[str, Rows], again: odd.Again | None = None) -> dict[str, pa.Table]:
    return {
        name: pa.Table.from_pylist(odd.twice(name, each, again), schema=arrow_schema(BY_NAME[name]))
        for name, each in rows.items()
    }


def other_tables(
    again: odd.Again | None = None,
) -> Iterator[tuple[tuple[str, str, str], pa.Table]]:
    for place, (columns, rows) in OTHERS.items():
        kept = odd.twice(place[-1], rows, again)
        yield place, pa.Table.from_pylist(kept, schema=pa.schema(columns.items()))


class OnDuckDB:
    """Attached catalogs of the same names; statements are transpiled."""

    def __init__(self, again: odd.Again | None = None) -> None:
        self.connection = shipped_sql.duckdb_like_trino()
        for catalog in ("vast", "objects", "rights", "scratch"):
            self.connection.execute(f"ATTACH ':memory:' AS {catalog}")
        for schema, rows in STORES.items():
            self._store(schema, store_tables(rows, again))
        for (catalog, schema, name), table in other_tables(again):
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")
            self.connection.register("given", table)
            self.connection.execute(f"CREATE TABLE {catalog}.{schema}.{name} AS FROM given")
        self.connection.execute("CREATE SCHEMA scratch.views; USE scratch.views")

    def _store(self, schema: str, tables: Mapping[str, pa.Table]) -> None:
        self.connection.execute(f'CREATE SCHEMA vast."{schema}"; USE vast."{schema}"')
        for table in TABLES:
            self.connection.execute(duckdb_ddl(table))
        for name, rows in tables.items():
            self.connection.register("given", rows)
            self.connection.execute(f"INSERT INTO {name} BY NAME FROM given")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Of the last statement."""
        for statement in shipped_sql.on_duckdb(sql):
            self.connection.execute(statement)
        return self.connection.fetchall()


@contextmanager
def on_duckdb(again: odd.Again | None = None) -> Iterator[OnDuckDB]:
    made = OnDuckDB(again)
    try:
        yield made
    finally:
        made.connection.close()
