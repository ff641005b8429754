"""Whole queries of VAST's Trino connector: what its sources send, read as strictly as they read."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import flatbuffers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from vastdb.vast_flatbuf.tabular import CreateViewRequest
from vastdb.vast_flatbuf.tabular.ListSchemasResponse import ListSchemasResponse
from vastdb.vast_flatbuf.tabular.ListTablesResponse import ListTablesResponse
from vastdb.vast_flatbuf.tabular.ListViewsResponse import ListViewsResponse

import tams_analytics as ta
from tams_analytics.tables import BY_NAME, TABLES, arrow_schema
from tests.support.vast_stores import BUCKET, VastStores
from tests.vast_peer import java_reader
from tests.vast_peer.connector import Query
from tests.vast_peer.leaves import seen
from tests.vast_peer.trino_client import Client

SCHEMA = "/tams/newsroom"
Asked = Callable[[pa.Table], Query]
MOMENT = dt.datetime(2026, 11, 23, 22, 30, 1, 123456)
SCALARS = pa.table(
    {
        "text": ["ä", None, "", "語 👋", "x" * 200],
        "i8": pa.array([1, None, -1, 127, -128], pa.int8()),
        "i16": pa.array([1, None, -1, 2, 3], pa.int16()),
        "i32": pa.array([1, None, -1, 2, 3], pa.int32()),
        "i64": [2**63 - 1, None, -(2**63), 0, 1],
        "f32": pa.array([0.5, None, -0.5, 1, 2], pa.float32()),
        "f64": [0.1, None, -1e300, float("inf"), 0],
        "flag": [True, None, False, True, False],
        "short": pa.array([Decimal("1.50"), None, Decimal("-0.25"), 0, 1], pa.decimal128(10, 2)),
        "long": pa.array([Decimal(10**30), None, Decimal(-1), 0, 1], pa.decimal128(38, 0)),
        "day": pa.array([MOMENT.date(), None, dt.date(1, 1, 1), None, None]),
        "s": pa.array([1, None, -1, 0, 2], pa.timestamp("s")),
        "ms": pa.array([1, None, -1, 0, 2], pa.timestamp("ms")),
        "us": pa.array([MOMENT, None, None, MOMENT, None], pa.timestamp("us")),
        "utc": pa.array([1, None, -1, 0, 2], pa.timestamp("ms", "UTC")),
        "time": pa.array([1, None, 5, 0, 2], pa.time64("us")),
        "bytes": pa.array([b"\xff", None, b"", b"ab", b"c"]),
        "char": pa.array([b"abc", None, b"   ", b"x  ", b"y  "], pa.binary(3)),
    }
)
BOX = pa.struct({"x": pa.int32(), "inner": pa.struct({"y": pa.string(), "z": pa.float64()})})
NESTED = pa.table(
    {
        "id": range(5),
        "box": pa.array(
            [
                {"x": 1, "inner": {"y": "a", "z": 0.5}},
                None,
                {"x": None, "inner": None},
                {"x": 4, "inner": {"y": None, "z": None}},
                None,
            ],
            BOX,
        ),
        "numbers": pa.array([[1, 2], None, [], [None], [3]], pa.list_(pa.int32())),
        "boxes": pa.array([[{"x": 1, "inner": None}, None], None, [], [None], None], pa.list_(BOX)),
        "tags": pa.array(
            [[("k", ["v"])], None, [], [("l", None), ("m", [])], None],
            pa.map_(pa.string(), pa.list_(pa.string())),
        ),
        "after": ["last", None, "é", "", "z"],
    }
)


@pytest.fixture
def client(peer) -> Iterator[Client]:
    opened = Client(peer)
    yield opened
    opened.connection.close()


@pytest.fixture
def asked(client) -> Asked:
    def of(rows: pa.Table) -> Query:
        client.peer.load("tams", "newsroom", "things", rows)
        return Query(client, SCHEMA, "things")

    return of


def in_order(rows: list) -> list[str]:
    return sorted(map(repr, rows))


@pytest.mark.parametrize("rows", [SCALARS, NESTED], ids=["scalars", "nested"])
@pytest.mark.parametrize("start", range(5))
@pytest.mark.parametrize("limit", [None, 1, 3])
def test_each_row_and_part_of_a_table(asked, rows, start, limit):
    """A table whose values are parts of longer buffers, as those of a batch are."""
    with asked(rows.slice(start)) as query:
        assert in_order(query.rows(limit=limit)) == in_order(seen(rows.slice(start, limit)))


@pytest.mark.parametrize("name", [*SCALARS.schema.names, *NESTED.schema.names])
def test_one_column(asked, name):
    rows = SCALARS if name in SCALARS.schema.names else NESTED
    with asked(rows) as query:
        assert in_order(query.rows([name])) == in_order(seen(rows, [name]))


@pytest.mark.parametrize(
    "columns",
    [["box.inner.y"], ["after", "box.x", "id"], ["box.inner.z", "box.x", "tags"], []],
)
def test_columns_in_the_order_in_which_they_are_asked(asked, columns):
    with asked(NESTED) as query:
        assert in_order(query.rows(columns)) == in_order(seen(NESTED, columns))


@pytest.mark.parametrize("rows", [SCALARS, NESTED], ids=["scalars", "nested"])
def test_an_empty_table(asked, rows):
    with asked(rows.slice(0, 0)) as query:
        assert query.rows() == []
        assert query.rows([]) == []


def test_texts_below_a_null_have_no_bytes(asked):
    """Else the connector finds the last text to end before the end of the bytes."""
    inner = pa.StructArray.from_arrays(
        [pa.array(["a", "hidden"]), pa.array([[1], [2, 3]])],
        ["text", "list"],
        mask=pa.array([False, True]),
    )
    outer = pa.StructArray.from_arrays([inner], ["inner"], mask=pa.array([False, True]))
    rows = pa.table({"inner": inner, "outer": outer})
    with asked(rows) as query:
        assert in_order(query.rows()) == in_order(seen(rows))


@pytest.mark.parametrize(
    ("terms", "ids"),
    [
        ({"text": [("=", "ä"), ("=", "語 👋")]}, [0, 3]),
        ({"text": [("contains", "語")]}, [3]),
        ({"text": [("is_null",)]}, [1]),
        ({"text": [("is_valid",)], "flag": [("=", False)]}, [2, 4]),
        ({"text": [("and", (">=", "x"), ("<", "y"))]}, [4]),
        ({"i8": [("<", 0), ("=", 127)]}, [2, 3, 4]),
        ({"i32": [("and", (">", -1), ("<=", 2)), ("is_null",)]}, [0, 1, 3]),
        ({"f64": [(">", 0.5)]}, [3]),
        ({"flag": [("<", True), (">", True)]}, [2, 4]),
        ({"short": [("=", Decimal("1.50"))], "long": [(">", 10)]}, [0]),
        ({"day": [(">=", dt.date(2026, 1, 1))]}, [0]),
        ({"us": [("=", MOMENT)]}, [0, 3]),
        ({"s": [("<=", dt.datetime(1970, 1, 1))]}, [2, 3]),
        ({"time": [("<", dt.time(0, 0, 0, 2))]}, [0, 3]),
        ({"bytes": [("=", b"ab")]}, [3]),
        ({"i64": [("=", n) for n in range(-500, 500)]}, [3, 4]),
    ],
)
def test_filters_of_each_type(asked, terms, ids):
    rows = SCALARS.append_column("id", pa.array(range(5)))
    with asked(rows) as query:
        assert sorted(query.rows(["id"], terms)) == [(n,) for n in ids]
        assert len(query.rows([], terms)) == len(ids)


@pytest.mark.parametrize(
    ("terms", "ids"),
    [
        ({"box.x": [(">", 1)]}, [3]),
        ({"box.inner.y": [("=", "a")], "after": [("is_valid",)]}, [0]),
        ({"box.inner.y": [("is_null",)]}, [1, 2, 3, 4]),
    ],
)
def test_filters_of_fields_of_structs(asked, terms, ids):
    with asked(NESTED) as query:
        assert sorted(query.rows(["id"], terms)) == [(n,) for n in ids]


def test_a_table_that_does_not_fit_into_one_page(asked):
    """Two sub-splits, of which one is read to its end before the other."""
    rows = pa.table({"id": range(600_000), "text": [f"row {n}" for n in range(600_000)]})
    with asked(rows) as query:
        found = query.rows()
        assert [row[0] for row in sorted(found)] == list(range(600_000))
        assert all(text == f"row {n}" for n, text in found)
        assert query.requests == 5
        assert len(query.rows([])) == 600_000
        assert query.requests == 1
        assert len(query.rows(["text"], limit=10)) >= 10


@pytest.mark.parametrize("rows", [SCALARS, NESTED], ids=["scalars", "nested"])
def test_frames_of_any_order_and_size(asked, rows):
    with asked(rows) as query:
        switches = query.client.peer.switches
        switches.shuffle, switches.batches_per_column = 1, 3
        switches.keep_alive_frames, switches.rows_per_page = True, 2
        assert in_order(query.rows()) == in_order(seen(rows))


@pytest.mark.parametrize("fault", ["drop_next", "slow_down_next", "fail_frame_next"])
def test_a_page_that_failed_is_asked_again(asked, fault):
    with asked(SCALARS) as query:
        getattr(query.client.peer.switches, fault)(command="data", skip=1)
        query.rows(["i64"])
        with pytest.raises((AssertionError, http.client.HTTPException)):
            query.rows()
        query.client.connection.close()
        assert in_order(query.rows()) == in_order(seen(SCALARS))


def test_what_is_there(client):
    """As ``information_schema`` and SHOW ask: buckets, schemas in schemas, tables and views."""
    for name in ("newsroom", "newsroom/inner", "other"):
        client.peer.create_schema("tams", name)
    for number in range(5):
        client.peer.load("tams", "other", f"t{number}", SCALARS)
    assert set(everything(client)) == {
        ("tams/newsroom", "numbers"),
        *(("tams/other", f"t{number}") for number in range(5)),
    }
    assert sorted(schemas(client)) == ["tams/newsroom", "tams/newsroom/inner", "tams/other"]


def schemas(client: Client) -> Iterator[str]:
    """All below all buckets; a cluster's own are asked for without being listed."""
    listed = ET.fromstring(client.ask("GET", "/").body)  # noqa: S314, our own
    buckets = [name.text for name in listed.iter("{http://s3.amazonaws.com/doc/2006-03-01/}Name")]
    to_ask = [*buckets, "vast-audit-log-bucket", "vast-big-catalog-bucket"]
    while to_ask:
        path = to_ask.pop()
        for name in names(client, path, "schema", ListSchemasResponse, "Schemas"):
            to_ask.append(f"{path}/{name}")
            yield f"{path}/{name}"


def everything(client: Client) -> Iterator[tuple[str, str]]:
    for schema in schemas(client):
        assert not list(names(client, schema, "view", ListViewsResponse, "Views"))
        for name in names(client, schema, "table", ListTablesResponse, "Tables"):
            yield schema, name


def names(client: Client, path: str, command: str, kind: Any, vector: str) -> Iterator[str]:
    """In pages of two."""
    key, truncated = "0", "true"
    while truncated == "true":
        place = {"tabular_max_keys": "2", "tabular_next_key": key}
        answer = client.ask("GET", f"/{path}?{command}", **place)
        assert answer.status == 200, answer.body
        listed = kind.GetRootAs(answer.body)
        for number in range(getattr(listed, f"{vector}Length")()):
            yield getattr(listed, vector)(number).Name().decode()
        truncated = answer.headers["tabular-is-truncated"]
        key = answer.headers["tabular-next-key"]


def test_a_table_is_made_and_filled(client):
    """Java writes a schema as a stream with an empty batch and without an end."""
    client.txid = client.ask("POST", "/?transaction").headers["tabular-txid"]
    assert client.ask("POST", "/tams/made?schema", b"\x08\0\0\0\4\0\4\0\4\0\0\0").status == 200
    rows = SCALARS.select(["text", "i64", "us"])
    columns = stream(rows.schema.empty_table()).removesuffix(java_reader.END)
    assert client.ask("POST", "/tams/made/things?table", columns).status == 200
    written = client.ask("POST", "/tams/made/things?rows", stream(rows))
    ids = pa.ipc.open_stream(written.body).read_all()
    assert ids["$row_id"].to_pylist() == list(range(5))
    assert client.ask("PUT", "/?transaction").status == 200
    client.txid = "0"
    with Query(client, "/tams/made", "things") as query:
        assert in_order(query.rows()) == in_order(seen(rows))
    assert client.ask("DELETE", "/tams/made/things?table").status == 200
    assert client.ask("DELETE", "/tams/made?schema").status == 200
    assert "tams/made" not in set(schemas(client))


DETAILS = pa.table(
    {
        "sql": ["SELECT 1 AS n"],
        "current_catalog": ["vast"],
        "comment": ["ä"],
        "current_namespace": pa.array([[]], pa.list_(pa.string())),
        "properties": pa.array([[("owner", "ann")]], pa.map_(pa.string(), pa.string())),
    }
)


def test_a_view_is_made_read_and_dropped(client):
    """Its details are a table below it, its columns are listed as those of a table."""
    client.peer.load("tams", "newsroom", "things", SCALARS)
    columns = pa.schema({"n": pa.int32()})
    body = view_request(stream(DETAILS), stream(columns.empty_table()))
    assert client.ask("POST", "/tams/newsroom/mine?view", body).status == 200
    assert client.ask("POST", "/tams/newsroom/mine?view", body).status == 409
    assert client.ask("POST", "/tams/newsroom/things?view", body).status == 409
    assert ["mine"] == list(names(client, "tams/newsroom", "view", ListViewsResponse, "Views"))
    assert "mine" not in names(client, "tams/newsroom", "table", ListTablesResponse, "Tables")
    query = Query(client, SCHEMA, "mine")
    assert pa.schema(list(query.paged("columns"))) == columns

    query.more = "&sub-table=view-metadata-table"
    query.columns = pa.schema(list(query.paged("columns")))
    assert query.rows() == seen(DETAILS)

    assert client.ask("DELETE", "/tams/newsroom/mine?view").status == 200
    assert client.ask("DELETE", "/tams/newsroom/mine?view").status == 404
    assert not list(names(client, "tams/newsroom", "view", ListViewsResponse, "Views"))


def view_request(details: bytes, columns: bytes) -> bytes:
    builder = flatbuffers.Builder(1024)
    vectors = builder.CreateByteVector(details), builder.CreateByteVector(columns)
    CreateViewRequest.Start(builder)
    CreateViewRequest.AddViewMetadataArrowBuffer(builder, vectors[0])
    CreateViewRequest.AddViewDataArrowSchema(builder, vectors[1])
    builder.Finish(CreateViewRequest.End(builder))
    return bytes(builder.Output())


def stream(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows) if rows.num_rows else writer.write_batch(
            pa.RecordBatch.from_pylist([], schema=rows.schema)
        )
    return sink.getvalue().to_pybytes()


def test_columns_are_listed_in_pages(client):
    wide = pa.table({f"c{n}": [n] for n in range(25)})
    client.peer.load("tams", "newsroom", "wide", wide)
    query = Query(client, SCHEMA, "wide")
    assert [field.name for field in query.paged("columns", size=10)] == wide.schema.names


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[ta.Store, VastStores, str]]:
    """A newsroom on DuckDB, and the same tables as a store makes and sorts them on VAST."""
    with VastStores() as stores, ta.examples.newsroom(segments=1_000) as local:
        yield local, stores, stores.filled(local).rpartition("/")[2]


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_the_tables_of_a_store(store, name):
    local, stores, schema = store
    expected = getattr(local.tables, name).to_pyarrow().cast(arrow_schema(BY_NAME[name]))
    with Query(Client(stores.peer), f"/{BUCKET}/{schema}", name) as query:
        assert query.columns.names == expected.schema.names
        assert {field.type for field in query.columns} <= READABLE
        if name != "store_metadata":  # it has that of its own
            assert in_order(query.rows()) == in_order(seen(expected))
            assert len(query.rows([])) == expected.num_rows
    query.client.connection.close()


READABLE = {pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("us")}
"""One column of a type that the connector does not know, and it reads nothing of the table."""


def test_a_window_of_a_sorted_table(store):
    """Those with a sort key are asked first how many row groups a condition leaves."""
    local, stores, _ = store
    expected = local.segments.to_pyarrow().cast(arrow_schema(BY_NAME["segments"]))
    flow = expected["flow_id"][0].as_py()
    terms = {"flow_id": [("=", flow)], "start_ns": [("<", 2**62)], "end_ns": [(">", 0)]}
    with Query(Client(stores.peer), f"/{BUCKET}/empty", "segments") as query:
        assert query.sorted_by == ["flow_id", "start_ns"]
        assert query.estimate({"flow_id": [("=", flow)]}) == 0
        assert query.rows(["object_id"], terms) == []
    query.client.connection.close()
    mask = pc.and_(pc.equal(expected["flow_id"], flow), pc.greater(expected["end_ns"], 0))
    with Query(Client(stores.peer), f"/{BUCKET}/{store[2]}", "segments") as query:
        found = query.rows(["object_id", "start_ns"], terms)
        assert in_order(found) == in_order(seen(expected.filter(mask), ["object_id", "start_ns"]))
    query.client.connection.close()
