"""VAST as an ibis backend: what analysts do with its tables works unchanged."""

from __future__ import annotations

import contextlib
import pickle
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics.engines.vast.backend import Backend
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused, Unsupported
from tests.engines.vast.conftest import SOURCE, VIDEO
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

PLACES = pa.table(
    {
        "id": pa.array(range(20), pa.int32()),
        "name": pa.array(["Åre", "O'Hare", None, "x"] * 5),
        "height": pa.array([1.5, None, float("nan"), -0.0] * 5),
        "seen": pa.array([10**15 * n for n in range(20)], pa.timestamp("us")),
    }
)


@pytest.fixture
def con(url: str, peer: VastPeer) -> Any:
    """A connection to a schema with a table that is not TAMS'."""
    schema = url.rpartition("/")[2]
    peer.load(BUCKET, schema, "places", PLACES)
    opened = ibis.connect(url)
    yield opened
    opened.disconnect()


def test_ibis_connects_by_the_url(con: Any) -> None:
    assert isinstance(con, Backend)
    assert "places" in con.list_tables()
    assert ["segments"] == con.list_tables(like="seg.*")
    assert con.version.startswith("5.5.0.1 (vastdb 2")


def test_any_table_of_the_schema_is_an_ibis_table(con: Any) -> None:
    places = con.table("places")

    assert {"id": "int32", "name": "string", "height": "float64", "seen": "timestamp(6)"} == {
        name: str(kind) for name, kind in places.schema().items()
    }
    assert 20 == places.count().execute()
    assert ["Åre"] * 5 == places.filter(_.name == "Åre").name.to_list()
    assert ["O'Hare"] * 5 == places.filter(_.name.like("O'%")).name.to_list()


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda t: t.filter(_.id < 3).execute(), pd.DataFrame),
        (lambda t: t.id.execute(), pd.Series),
        (lambda t: t.filter(_.id < 3).to_pandas(), pd.DataFrame),
        (lambda t: t.to_pyarrow(), pa.Table),
        (lambda t: t.id.to_pyarrow(), pa.ChunkedArray),
        (lambda t: t.id.max().to_pyarrow(), pa.Scalar),
        (lambda t: t.to_pyarrow_batches(chunk_size=7), pa.RecordBatchReader),
    ],
)
def test_answers_come_in_every_form(ask: Any, kind: type, con: Any) -> None:
    assert isinstance(ask(con.table("places")), kind)


def test_answers_come_as_polars(con: Any) -> None:
    places = con.table("places").order_by("id")
    found = places.to_polars()

    assert isinstance(found, pl.DataFrame)
    assert places.to_pyarrow().to_pydict()["name"] == found["name"].to_list()
    assert list(range(20)) == found["id"].to_list()


def test_batches_have_the_size_that_was_asked(con: Any) -> None:
    batches = con.table("places").order_by("id").to_pyarrow_batches(chunk_size=7)

    assert [7, 7, 6] == [batch.num_rows for batch in batches]


def test_a_table_shows_itself(con: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibis.options, "interactive", True)

    assert "Åre" in repr(con.table("places"))


def test_the_sql_of_a_question_can_be_read(con: Any) -> None:
    sql = ibis.to_sql(con.table("places").filter(_.id == 3).select("name"))

    assert "places" in sql
    assert "WHERE" in sql


def test_parameters_and_limits_reach_the_question(con: Any) -> None:
    places, least = con.table("places"), ibis.param("int32")
    high = places.filter(_.id >= least).order_by("id").id

    assert [18, 19] == high.execute(params={least: 18}).to_list()
    assert 4 == len(places.execute(limit=4))


def test_a_local_table_joins_as_a_memtable(con: Any) -> None:
    mine = ibis.memtable(pa.table({"id": pa.array([3, 5], pa.int32()), "mine": ["a", "b"]}))

    joined = con.table("places").inner_join(mine, "id").order_by("id")

    assert ["a", "b"] == joined.mine.to_list()


def test_two_connections_to_one_place_are_one_database(con: Any, url: str) -> None:
    again = ibis.connect(url)
    places = con.table("places")

    assert con == again
    assert (
        5 == places.semi_join(again.table("places").filter(_.name == "x"), "id").count().execute()
    )
    again.disconnect()


def test_a_pickled_connection_has_no_key_and_opens_again(con: Any) -> None:
    written = pickle.dumps(con)

    assert b"geheim" not in written
    again = pickle.loads(written)  # noqa: S301 - our own
    assert 20 == again.table("places").count().execute()
    again.disconnect()
    assert "geheim" not in f"{con.db_identity} {con!r} {con.address!r}"


@pytest.mark.parametrize(
    "ask",
    [
        lambda con: con.sql("SELECT 1"),
        lambda con: con.raw_sql("SELECT 1"),
        lambda con: con.create_table("x", schema={"a": "int"}),
        lambda con: con.drop_table("places"),
        lambda con: con.create_view("x", con.table("places")),
        lambda con: con.drop_view("x"),
        lambda con: con.table("places").cache(),
        lambda con: con.table("places").sql("SELECT * FROM places"),
        lambda con: con.insert("places", con.table("places")),
        lambda con: con.upsert("places", con.table("places"), "id"),
        lambda con: con.truncate_table("places"),
        lambda con: con.rename_table("places", "others"),
        lambda con: con.create_database("x"),
        lambda con: con.drop_database("x"),
        lambda con: con.list_catalogs(),
        lambda con: con.read_parquet("x.parquet"),
    ],
)
def test_what_it_cannot_do_is_refused(ask: Any, con: Any) -> None:
    with pytest.raises(Unsupported, match="the vast engine cannot"):
        ask(con)


def test_schemas_are_listed(con: Any, url: str) -> None:
    schema = url.rpartition("/")[2]

    assert schema in con.list_databases()
    assert [schema] == con.list_databases(like=f"^{schema}$", catalog=BUCKET)
    assert (BUCKET, schema) == (con.current_catalog, con.current_database)
    assert "places" in con.list_tables(database=(con.current_catalog, con.current_database))
    with pytest.raises(BadParameter, match=r"database.*expected \(bucket, schema\)"):
        con.list_tables(database=("a", "b", "c"))
    with pytest.raises(NotFound, match="bucket nobodys"):
        con.list_databases(catalog="nobodys")


def test_a_parameter_without_a_value_is_named(con: Any) -> None:
    least = ibis.param("int32")

    with pytest.raises(BadParameter, match=r"param.*has no value"):
        con.table("places").filter(_.id >= least).execute()


def test_what_is_not_there_is_told(con: Any, vast_stores: VastStores) -> None:
    with pytest.raises(NotFound, match=r"there is no table tams/store_.*/nothing; .* has .*places"):
        con.table("nothing")
    with pytest.raises(NotFound, match="schema tams/nowhere"):
        ibis.connect(vast_stores.url("nowhere")).list_tables()
    with (
        ta.connect(vast_stores.url("nowhere")) as store,
        pytest.raises(NotFound, match="tams schema apply"),
    ):
        store.segments.count().execute()


def test_a_bucket_that_is_not_there_is_named(url: str) -> None:
    with (
        ta.connect(url.replace("/tams/", "/nobodys/")) as store,
        pytest.raises(NotFound, match="there is no bucket nobodys"),
    ):
        store.segments.count().execute()


@pytest.mark.parametrize(
    "url", ["vast://h", "vast://h/b", "vast://h/b/s/t", "vast://h/b/s?timeout=5", "vast:///b/s"]
)
def test_a_bad_url_is_refused(url: str) -> None:
    with pytest.raises(BadParameter, match=r"expected vast://host\[:port\]/bucket/schema"):
        ta.connect(url)


def test_missing_keys_are_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAST_SECRET_KEY")

    with pytest.raises(BadParameter, match=r"VAST_SECRET_KEY.*is not set"):
        ta.connect(url)


def test_keys_with_the_prefix_win(
    url: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.switches.access_key = "mine"
    with pytest.raises(Refused, match="check VAST_ACCESS_KEY"):
        ta.connect(url).segments.count().execute()

    monkeypatch.setenv("TAMS_VAST_ACCESS_KEY", "mine")
    with ta.connect(url) as store:
        assert 0 == store.segments.count().execute()


def test_a_url_may_hold_the_keys_and_nobody_sees_them(url: str, peer: VastPeer) -> None:
    peer.switches.access_key = "mine"
    with ta.connect(url.replace("vast://", "vast://mine:other-geheim@")) as store:
        assert 0 == store.segments.count().execute()
        assert "geheim" not in f"{store!r} {store.url} {store._repr_html_()}"


@pytest.mark.usefixtures("vast_stores")
def test_a_cluster_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineFailed, match=r"connecting to vast://127.0.0.1:9/b/s.*no answer"):
        ta.connect("vast://127.0.0.1:9/b/s")


@pytest.mark.usefixtures("vast_stores")
def test_a_port_that_speaks_no_tls_is_told() -> None:
    with (
        answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        pytest.raises(EngineFailed, match=r"SSL.*; if this port speaks no TLS, write vast://"),
    ):
        ta.connect(f"vast+https://127.0.0.1:{port}/b/s")


@pytest.mark.usefixtures("vast_stores")
@pytest.mark.parametrize("answer", [b"\x15\x03\x03\x00\x02\x02\x46", b""])
def test_a_port_that_speaks_tls_is_told(answer: bytes) -> None:
    with (
        answering(answer) as port,
        pytest.raises(EngineFailed, match=r"; if this port speaks TLS, write vast\+https://"),
    ):
        ta.connect(f"vast://127.0.0.1:{port}/b/s")


@contextlib.contextmanager
def answering(what: bytes) -> Iterator[int]:
    """A port that says ``what`` to whoever says something, and hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            self.request.sendall(what)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@ibis.udf.scalar.python
def one_more(number: int) -> int:
    return number + 1


def test_a_function_of_python_runs_again_and_again(con: Any) -> None:
    more = con.table("places").mutate(more=one_more(_.id.cast("int64"))).more.max()

    assert [20, 20] == [more.execute(), more.execute()]


def test_nan_in_a_struct_is_above_all_numbers(con: Any, url: str, peer: VastPeer) -> None:
    rows = pa.table({"st": [{"x": 1.0}, {"x": float("nan")}, {"x": 3.0}]})
    peer.load(BUCKET, url.rpartition("/")[2], "nested", rows)
    table = con.table("nested")

    assert 2 == table.filter(table.st.x > 2).count().execute()


def test_a_table_that_was_made_anew_is_opened_as_it_is(con: Any, url: str, peer: VastPeer) -> None:
    schema = url.rpartition("/")[2]
    assert 20 == con.table("places").count().execute()
    peer.load(BUCKET, schema, "places", pa.table({"height": [1], "id": [0.5]}))

    assert [{"height": 1, "id": 0.5}] == con.table("places").to_pyarrow().to_pylist()


def test_a_table_called_segments_that_is_none_of_ours_is_read(
    con: Any, url: str, peer: VastPeer
) -> None:
    schema = url.rpartition("/")[2]
    rows = pa.table({"flow_id": ["a", "b"], "start_ns": ["x", "y"], "end_ns": ["x", "y"]})
    peer.load(BUCKET, schema, "segments", rows)
    segments = con.table("segments")

    assert 1 == segments.filter(_.flow_id == "a", _.end_ns > "a").count().execute()


def test_a_closed_store_does_nothing(url: str) -> None:
    store = ta.connect(url)
    store.close()
    store.close()

    for ask in (
        store.segments.count().execute,
        lambda: store.writes.create_source({"id": SOURCE, "format": VIDEO}),
    ):
        with pytest.raises(EngineFailed, match="closed"):
            ask()


@pytest.mark.parametrize("status", [409, 500, 502, 418])
@pytest.mark.parametrize("command", ["transaction", "data", "column", "stats"])
def test_whatever_a_server_answers_is_told_as_ours(
    command: str, status: int, url: str, peer: VastPeer
) -> None:
    with ta.connect(url) as store:
        peer.switches.error_next(status, times=20, command=command)

        with pytest.raises((EngineFailed, Refused, NotFound)):
            store.segments.count().execute()


@pytest.mark.parametrize(("most", "streams"), [(19, 4), (20, 1)])
def test_a_table_of_few_rows_is_read_in_one_stream(
    most: int, streams: int, con: Any, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stream has a frame of every column, though there be no row in it."""
    monkeypatch.setattr("tams_analytics.engines.vast.scanning.ROWS_A_STREAM", most)
    places, mark = con.table("places"), peer.log.mark()

    assert 20 == len(places.to_pyarrow())
    assert [streams] == [each.streams for each in peer.log.since(mark) if each.columns]


@pytest.mark.parametrize("error", [403, 500])
def test_a_scan_in_parts_tells_what_failed(
    error: int, con: Any, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tams_analytics.engines.vast.scanning.ROWS_A_SPLIT", 5)
    places = con.table("places")
    assert 20 == len(places.to_pyarrow())

    peer.switches.error_next(error, times=20, command="data")
    with pytest.raises((EngineFailed, Refused), match=str(error)):
        places.execute()


def test_what_needs_no_table_asks_nothing(con: Any) -> None:
    assert 2 == con.execute(ibis.literal(1) + 1)
    assert [1, 2] == con.execute(ibis.memtable({"a": [1, 2]})).a.to_list()
