"""What VAST's Trino connector asks beyond the SDK (``facts/vast.md``, end of section 3)."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
from vastdb.vast_flatbuf.tabular.ListSchemasResponse import ListSchemasResponse
from vastdb.vast_flatbuf.tabular.ListViewsResponse import ListViewsResponse

from tests.vast_peer.trino_client import Client

BOX = pa.struct({"x": pa.int64(), "inner": pa.struct({"y": pa.string(), "z": pa.float64()})})
SCHEMA = pa.schema(
    {"id": pa.int64(), "box": BOX, "flag": pa.bool_(), "tags": pa.map_(pa.string(), pa.int64())}
)
# depth first: id 0, box 1, x 2, inner 3, y 4, z 5, flag 6, tags 7, entries 8, key 9, value 10
ROWS = pa.table(
    [
        [1, 2, 3],
        [{"x": 10, "inner": {"y": "a", "z": 0.5}}, None, {"x": None, "inner": None}],
        [True, False, None],
        [[("k", 1), ("l", 2)], None, []],
    ],
    schema=SCHEMA,
)
TABLE = "/tams/newsroom/boxes"
AMZ = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@pytest.fixture
def client(peer) -> Iterator[Client]:
    peer.load("tams", "newsroom", "boxes", ROWS)
    opened = Client(peer)
    yield opened
    opened.connection.close()


def whole(answers: dict[int, list[pa.Array]], position: int) -> list:
    return [value for columns in answers.values() for value in columns[position].to_pylist()]


def test_columns_come_in_the_order_of_the_expressions(client):
    answers = client.select(TABLE, SCHEMA, [6, 0])
    assert whole(answers, 0) == [True, False, None]
    assert whole(answers, 1) == [1, 2, 3]


def test_each_of_twenty_sub_splits_answers_with_all_columns(client):
    answers = client.select(TABLE, SCHEMA, [0, 2, 9])
    assert sorted(answers) == list(range(20))
    assert {len(columns) for columns in answers.values()} == {3}
    assert len(client.select(TABLE, SCHEMA, [0], sub_splits=1)) == 1


def test_single_fields_of_structs_with_their_levels(client):
    answers = client.select(TABLE, SCHEMA, [5, 2, 4], sub_splits=1)
    z, x, y = answers[0]
    assert z.type == pa.struct({"inner": pa.struct({"z": pa.float64()})})
    assert z.to_pylist() == [{"inner": {"z": 0.5}}, None, {"inner": None}]
    assert x.to_pylist() == [{"x": 10}, None, {"x": None}]
    assert y.to_pylist() == [{"inner": {"y": "a"}}, None, {"inner": None}]


def test_children_of_a_null_struct_are_null(client):
    children = [pa.array([10, 11]), pa.array(["a", "b"])]
    hidden = pa.StructArray.from_arrays(children, ["x", "y"], mask=pa.array([False, True]))
    client.peer.load("tams", "newsroom", "hidden", pa.table({"box": hidden}))
    schema = pa.schema({"box": hidden.type})
    (x, y) = client.select("/tams/newsroom/hidden", schema, [1, 2], sub_splits=1)[0]
    assert x.field(0).to_pylist() == [10, None]
    assert y.field(0).to_pylist() == ["a", None]


def test_maps_come_as_keys_and_values(client):
    keys, values = client.select(TABLE, SCHEMA, [9, 10], sub_splits=1)[0]
    assert [
        None if row is None else [entry["key"] for entry in row] for row in keys.to_pylist()
    ] == [
        ["k", "l"],
        None,
        [],
    ]
    assert [entry["value"] for entry in values.to_pylist()[0]] == [1, 2]


@pytest.mark.parametrize(
    ("terms", "ids"),
    [
        ({"id": [("<", 2), ("and", (">", 2), ("<", 9)), (">", 10)]}, [1, 3]),
        ({"flag": [("<", True), (">", True)]}, [2]),
        ({"flag": [("<=", True)]}, [1, 2]),
        ({"flag": [("is_null",), ("=", True)], "id": [("is_valid",)]}, [1, 3]),
        ({"id": [("=", n) for n in range(-50, 3)]}, [1, 2]),
        ({}, [1, 2, 3]),
    ],
)
def test_filters_of_any_range_set(client, terms, ids):
    assert whole(client.select(TABLE, SCHEMA, [0], terms), 0) == ids


def test_without_a_limit_all_rows_come_at_once(client):
    client.peer.load("tams", "newsroom", "many", pa.table({"id": range(200_000)}))
    schema = pa.schema({"id": pa.int64()})
    target = "/tams/newsroom/many"
    assert len(whole(client.select(target, schema, [0], sub_splits=1), 0)) == 200_000
    limited = client.select(target, schema, [0], sub_splits=1, tabular_limit_rows="131072")
    assert len(whole(limited, 0)) == 131_072


def test_row_ids_of_sorted_and_unsorted_tables(client):
    rows = pa.schema([("$row_id", pa.uint64()), *SCHEMA])
    (ids,) = client.select(TABLE, rows, [0], sub_splits=1)[0]
    assert (ids.type, ids.to_pylist()) == (pa.uint64(), [0, 1, 2])
    wide = pa.schema([("$row_id", pa.decimal128(38, 0)), *SCHEMA])
    (ids,) = client.select(TABLE, wide, [0], sub_splits=1)[0]
    assert ids.type == pa.decimal128(38, 0)


def test_an_expression_that_is_no_column_is_refused(client):
    with pytest.raises(AssertionError, match="no column at position 99"):
        client.select(TABLE, SCHEMA, [99])


def test_the_log_names_the_fields_that_were_asked(client):
    client.select(TABLE, SCHEMA, [2, 0], {"id": [(">", 1)]})
    entry = client.peer.log.selects("boxes")[-1]
    assert (entry.columns, entry.leaves) == (("box", "id"), ("box.x", "id"))
    assert (entry.filter, entry.limit) == ("id > 1", None)


def test_buckets_are_listed(client):
    listed = ET.fromstring(client.ask("GET", "/").body)  # noqa: S314, our own
    assert listed.tag == f"{AMZ}ListAllMyBucketsResult"
    assert [name.text for name in listed.iter(f"{AMZ}Name")] == ["tams"]


@pytest.mark.parametrize("bucket", ["vast-audit-log-bucket", "vast-big-catalog-bucket"])
def test_the_buckets_of_every_cluster_are_empty(client, bucket):
    answer = client.ask("GET", f"/{bucket}?schema", tabular_max_keys="1000")
    assert (answer.status, answer.headers["tabular-is-truncated"]) == (200, "false")
    listed = ListSchemasResponse.GetRootAs(answer.body)
    assert (listed.BucketName(), listed.SchemasLength()) == (bucket.encode(), 0)


def test_there_are_no_views(client):
    answer = client.ask("GET", "/tams/newsroom?view", tabular_name_exact_match="boxes")
    assert answer.headers["tabular-next-key"] == "0"
    assert answer.headers["tabular-is-truncated"] == "false"
    listed = ListViewsResponse.GetRootAs(answer.body)
    assert (listed.BucketName(), listed.SchemaName()) == (b"tams", b"newsroom")
    assert listed.ViewsLength() == 0


def test_columns_is_another_word_for_column(client):
    asked = [client.ask("GET", f"{TABLE}?{command}").body for command in ("column", "columns")]
    assert asked[0] == asked[1]
    assert pa.ipc.open_stream(asked[1]).schema == SCHEMA
    renamed = "tabular-column-name=flag&tabular-new-column-name=mark"
    assert client.ask("PUT", f"{TABLE}?columns&{renamed}").status == 200
    assert pa.ipc.open_stream(client.ask("GET", f"{TABLE}?columns").body).schema.names == [
        "id",
        "box",
        "mark",
        "tags",
    ]


def test_a_schedule_has_an_id(client):
    answer = client.ask("GET", f"{TABLE}?schedule")
    assert answer.status == 200
    assert answer.headers["tabular-schedule-id"]


def test_objects_that_are_not_there(client):
    answer = client.ask("GET", "/tams/vast-statistics/boxes")
    assert answer.status == 404
    assert ET.fromstring(answer.body).findtext("Code") == "NoSuchKey"  # noqa: S314, our own


def test_an_object_is_put_in_signed_chunks_after_100_continue(client):
    """As ANALYZE does, with ``aws-chunked`` and ``Expect: 100-continue``."""
    content = b"statistics" * 10
    body = b"%x;chunk-signature=abc\r\n%b\r\n0;chunk-signature=def\r\n\r\n" % (
        len(content),
        content,
    )
    head = (
        "PUT /tams/vast-statistics/boxes HTTP/1.1\r\nhost: peer\r\nexpect: 100-continue\r\n"
        "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n"
        f"content-encoding: aws-chunked\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", client.peer.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        answer = connection.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 200 ")
    assert f'ETag: "{hashlib.md5(content, usedforsecurity=False).hexdigest()}"' in answer
    assert client.ask("GET", "/tams/vast-statistics/boxes").body == content


def test_a_transaction_is_kept_and_its_rows_are_written_with_sort_columns(client):
    """5.4 updates send all columns of a row, those of the sort key too."""
    begun = client.ask("POST", "/?transaction")
    client.txid = begun.headers["tabular-txid"]
    assert client.ask("GET", "/?transaction").status == 200
    rows = pa.record_batch({"$row_id": pa.array([1], pa.uint64()), "id": [20], "flag": [True]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    updated = client.ask("PUT", f"{TABLE}?rows", sink.getvalue().to_pybytes())
    assert updated.status == 200
    assert client.ask("PUT", "/?transaction").status == 200
    assert client.peer.rows("tams", "newsroom", "boxes")["id"].to_pylist() == [1, 20, 3]
    assert client.ask("GET", "/?transaction").status == 404
