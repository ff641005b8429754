"""What a store on a real Trino does beside giving rows: ends, limits, plans, names, failures."""

# ruff: noqa: S608 - the names in these statements are the tests' own
from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tams_analytics as ta
from tams_analytics import _, span, tr
from tams_analytics.cli import shipped
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Unsupported
from tams_analytics.queries import segments
from tams_analytics.watching import watched_by
from tests.support import postgres_server, trino_catalogs, trino_shared
from tests.support.trino_load import columns_of, is_vasts_own, put
from tests.support.trino_server import Trino, private_trino
from tests.trino.conftest import Both

pytestmark = pytest.mark.trino

LONG = """
SELECT count(*) AS n FROM tpch.sf100.lineitem AS a JOIN tpch.sf100.orders AS b USING (comment)
"""


@pytest.fixture
def schema(trino_server: Trino) -> Iterator[str]:
    name = f"s_{uuid.uuid4().hex}"
    yield name
    for catalog in {"rights", "iceberg", "files"} & set(trino_server.catalogs):
        trino_server.execute(f'DROP SCHEMA IF EXISTS {catalog}."{name}" CASCADE')


def asked(url: str, sql: str) -> Any:
    """One value, by an expression as users have it."""
    with ta.connect(url) as store:
        backend: Any = store.segments.get_backend()
        return backend.sql(sql, schema={"n": "int64"}).to_pyarrow()


def of_source(server: Trino, source: str) -> list[list[Any]]:
    """State and error of each query that came from a source."""
    return server.execute(
        f"SELECT state, error_code FROM system.runtime.queries WHERE source = '{source}'"
    )


def until(reached: Callable[[], Any], patience_s: float = 60) -> Any:
    end = time.monotonic() + patience_s
    while not (found := reached()):
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.1)
    return found


def test_ctrl_c_ends_the_query_on_the_server(trino_server: Trino) -> None:
    """T10: left alone it would run for minutes."""
    source = f"interrupted-{uuid.uuid4().hex}"

    def interrupt() -> None:
        until(lambda: [["RUNNING", None]] == of_source(trino_server, source))
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        asked(trino_server.url("tpch", "tiny") + f"?source={source}", LONG)
    thread.join()

    until(lambda: [["FAILED", "USER_CANCELED"]] == of_source(trino_server, source))


@pytest.mark.parametrize("how", ["dropped", "closed"])
def test_batches_that_are_left_end_the_query(how: str, trino_server: Trino) -> None:
    source = f"left-{uuid.uuid4().hex}"
    with ta.connect(trino_server.url("tpch", "sf1") + f"?source={source}") as store:
        backend: Any = store.segments.get_backend()
        rows = backend.sql("SELECT orderkey AS n FROM lineitem", schema={"n": "int64"})

        batches = rows.to_pyarrow_batches(chunk_size=1000)
        assert 1000 == batches.read_next_batch().num_rows
        if how == "dropped":
            del batches
        else:
            batches.close()

        until(lambda: [["FAILED", "USER_CANCELED"]] == of_source(trino_server, source))


def test_a_run_time_is_a_limit(trino_server: Trino) -> None:
    """T12."""
    with pytest.raises(EngineFailed, match="raise the limit"):
        asked(trino_server.url("tpch", "tiny") + "?max_run_time=1s", LONG)


@pytest.mark.long
def test_a_second_server_has_the_views_of_the_first_and_its_death_is_survived(
    trino_server: Trino, schema: str
) -> None:
    """T10; and views are the catalog's, so that they outlive a server. One test for two starts."""
    trino_shared.catalog_or_skip(trino_server, "iceberg")
    if trino_server.postgres_port is None or trino_server.s3 is None:
        pytest.skip("where the catalogs of TAMS_TRINO_URL are kept is not known")
    trino_server.execute(f"CREATE SCHEMA iceberg.{schema}")
    with ta.connect(trino_server.url("tpch", "tiny")) as store:
        engine: Any = store._engine
        view = f"CREATE VIEW iceberg.{schema}.kept SECURITY INVOKER AS SELECT 7 AS n"
        engine.installing("iceberg", schema).install(view)
    kept_in = postgres_server.Postgres(trino_server.postgres_port, server=None)  # type: ignore[arg-type]
    iceberg = trino_catalogs.iceberg("iceberg", kept_in, trino_server.s3)

    with private_trino({"iceberg": iceberg}) as first, ThreadPoolExecutor(1) as pool:
        assert [[7]] == first.execute(f"SELECT n FROM iceberg.{schema}.kept")

        both = f"trino://tests@{first.host}:{first.port},{trino_server.host}:{trino_server.port}"
        with ta.connect(f"{both}/tpch/tiny") as store:
            backend: Any = store.segments.get_backend()
            nations = backend.sql("SELECT count(*) AS n FROM nation", schema={"n": "int64"})
            assert [25] == nations.to_pyarrow()["n"].to_pylist()

            source = f"killed-{uuid.uuid4().hex}"
            alone = first.url("tpch", "tiny") + f"?source={source}"
            running = pool.submit(asked, alone, LONG)
            until(lambda: [["RUNNING", None]] == of_source(first, source))
            first.kill()

            with pytest.raises(EngineFailed, match="does not answer"):
                running.result()
            assert [25] == nations.to_pyarrow()["n"].to_pylist()


def test_a_window_is_inside_the_scan_of_postgresql(
    trino_server: Trino, newsroom: Both, schema: str
) -> None:
    trino_shared.catalog_or_skip(trino_server, "rights")
    put(
        trino_server, "rights", schema, "segments", newsroom.duckdb.segments.limit(100).to_pyarrow()
    )
    with ta.connect(trino_server.url("rights", schema)) as store:
        window = store.segments.filter(_.flow_id == "f", span.overlaps(tr("[0:0_10:0)")))
        (scan,) = ta.explain(window).scans

    assert f"rights.{schema}.segments" == scan.table
    assert ("flow_id = 'f'", "start_ns < 10000000000", "end_ns > 0") == scan.pushed
    assert () == scan.refused


def test_a_window_is_offered_to_the_connector(trino_server: Trino, newsroom: Both) -> None:
    """The memory connector leaves it to Trino; VAST's own enforces it."""
    store = newsroom.trino
    window = store.segments.filter(_.flow_id == "f", span.overlaps(tr("[0:0_10:0)")))
    explained = ta.explain(window.select("object_id"), run=True)

    (scan,) = explained.scans
    conditions = {"flow_id = 'f'", "start_ns < 10000000000", "end_ns > 0"}
    if is_vasts_own(trino_server, "vast"):
        assert (conditions, ()) == (set(scan.pushed), scan.refused)
        assert ("object_id",) == scan.columns
        assert not scan.rows
    else:
        assert conditions == {each.condition for each in scan.refused}
        assert all("the connector was told" in each.reason for each in scan.refused)
        assert {"flow_id", "object_id", "start_ns", "end_ns"} == set(scan.columns)
        assert 2000 == scan.rows
    assert "scan of vast." in str(explained)


def test_a_scan_below_a_view_is_named_by_its_table(
    trino_server: Trino, newsroom: Both, schema: str
) -> None:
    """The memory connector writes a number for it; which one, a plan of the table alone says."""
    trino_shared.catalog_or_skip(trino_server, "iceberg")
    place = newsroom.trino._engine.address  # type: ignore[attr-defined]
    trino_server.execute(f"CREATE SCHEMA iceberg.{schema}")
    for view in shipped.views(place.catalog, place.schema):
        trino_server.execute(shipped.made_in(view, "iceberg", schema))

    with ta.connect(trino_server.url("iceberg", schema)) as store:
        found = store.segments.filter(_.start_ns < 5).join(
            store.flows, store.flows.id == store.segments.flow_id
        )
        of_views = ta.explain(found.select("object_id", "label")).scans
        parts = [store.segments.filter(_.start_ns < end).select("object_id") for end in range(5)]
        heard: list[Any] = []
        with watched_by(heard.append):
            ta.explain(ibis.union(*parts))

    assert len(heard) <= 3, "each table is looked up once"
    names = {f"{place.catalog}.{place.schema}.{name}" for name in ("segments", "flows")}
    assert names == {scan.table for scan in of_views}
    (segments,) = (scan for scan in of_views if scan.table.endswith(".segments"))
    assert {"flow_id", "object_id", "start_ns"} == set(segments.columns)
    if not is_vasts_own(trino_server, "vast"):
        (refused,) = segments.refused
        assert ("start_ns < 5", True) == (refused.condition, "was told" in refused.reason)


def test_a_window_for_each_flow_tells_the_scan_which(newsroom: Both) -> None:
    """VALUES feed the dynamic filters of the join, on the key and on both bounds."""
    flows = newsroom.duckdb.flows.order_by("id").limit(3)["id"].to_pyarrow().to_pylist()
    windows = ibis.memtable({"flow_id": flows, "low": [0, 1, 2], "high": [2**62, 5, 5]})
    rows = newsroom.trino.segments
    joined = rows.join(
        windows,
        [rows.flow_id == windows.flow_id, rows.start_ns < windows.high, rows.end_ns > windows.low],
    ).select("object_id")

    scan = next(each for each in ta.explain(joined).scans if each.table.endswith(".segments"))

    assert {"flow_id = …", "start_ns < …", "end_ns > …"} == set(scan.dynamic)
    told = [*scan.pushed, *(each.condition for each in scan.refused)]
    assert any(each.lower().startswith("flow_id in") for each in told)


def test_a_long_list_of_keys_goes_along(newsroom: Both) -> None:
    ids = newsroom.duckdb.objects["id"].to_pyarrow().to_pylist()
    keys = ibis.memtable(pa.table({"id": [*ids, *(f"unknown-{n}" for n in range(5000))]}))

    found = newsroom.trino.objects.semi_join(keys, "id").count().to_pyarrow().as_py()
    assert len(ids) == found


def test_what_is_too_long_for_a_query_is_refused_with_a_way_out(newsroom: Both) -> None:
    keys = ibis.memtable(pa.table({"id": [f"unknown-{n}" for n in range(30_000)]}))

    with pytest.raises(Unsupported, match=r"a table of 30000 rows in memory; .*ta\.localize"):
        newsroom.trino.objects.semi_join(keys, "id").count().to_pyarrow()


def test_sql_of_the_user_is_sent_as_it_was_written(newsroom: Both) -> None:
    """ibis would send the text through sqlglot, which changes these values."""
    backend: Any = newsroom.trino.segments.get_backend()
    sql = (
        "SELECT decimal '1.50' AS d, timestamp '2024-01-01 00:00:00.123456789' AS t, "
        "CAST('ab' AS char(3)) AS c, bigint '9223372036854775807' AS n"
    )

    found = backend.sql(sql).to_pyarrow()

    assert ["1.50"] == [str(each) for each in found["d"].to_pylist()]
    assert [1704067200123456789] == found["t"].cast(pa.int64()).to_pylist()
    assert (["ab "], [2**63 - 1]) == (found["c"].to_pylist(), found["n"].to_pylist())


def test_a_nullable_int64_survives_in_arrow(newsroom: Both) -> None:
    backend: Any = newsroom.trino.segments.get_backend()
    rows = backend.sql(
        "SELECT * FROM (VALUES 1727999999999999999, NULL) AS t (n)", schema={"n": "int64"}
    )

    assert [1727999999999999999, None] == rows.to_pyarrow()["n"].to_pylist()


HOUR = 3_600_000_000_000


@pytest.mark.parametrize("number", [480_000 * HOUR - 1, 2**53 + 3, -1, -HOUR, 0])
def test_a_floored_division_of_nanoseconds_is_exact(number: int, newsroom: Both) -> None:
    """ibis divides doubles: the first of these would fall into the next hour."""
    backend: Any = newsroom.trino.segments.get_backend()
    rows = backend.sql(f"SELECT BIGINT '{number}' AS n", schema={"n": "int64"})

    assert [number // HOUR] == rows.select(hour=rows.n // HOUR).to_pyarrow()["hour"].to_pylist()


def test_nanoseconds_become_moments_to_the_microsecond(newsroom: Both) -> None:
    """Which is what ibis' type holds; its own way cuts them to seconds."""
    backend: Any = newsroom.trino.segments.get_backend()
    rows = backend.sql(
        "SELECT * FROM (VALUES 1700000000123456789, -1) AS t (n)", schema={"n": "int64"}
    )

    found = rows.select(at=rows.n.as_timestamp("ns")).to_pyarrow()["at"]

    assert {1700000000123456, -1} == set(found.cast(pa.int64()).to_pylist())


def test_what_is_not_there_is_not_found(trino_server: Trino, newsroom: Both) -> None:
    with ta.connect(trino_server.url("vast", "tams/nowhere")) as store:
        with pytest.raises(NotFound, match=r"there is no schema vast\.tams/nowhere"):
            store.segments.count().to_pyarrow()
        assert "nothing yet" in str(store)
    with pytest.raises(NotFound, match="there is no table objects"):
        newsroom.trino.s3_objects("objects.nowhere.objects")
    with pytest.raises(BadParameter, match=r"expected catalog\.schema\.table"):
        newsroom.trino.s3_objects("listing.parquet")


READ_ONLY = [
    "INSERT INTO flows SELECT * FROM flows",
    "DELETE FROM flows",
    "CREATE TABLE mine AS SELECT 1 AS a",
    "DROP TABLE flows",
    "CREATE VIEW mine AS SELECT 1 AS a",
    "EXPLAIN ANALYZE INSERT INTO flows SELECT * FROM flows",
    "CALL system.runtime.kill_query('x')",
    "SELECT 1; DROP TABLE flows",
]


@pytest.mark.parametrize("sql", READ_ONLY)
def test_sql_that_would_write_is_refused_by_the_server(sql: str, newsroom: Both) -> None:
    engine: Any = newsroom.trino._engine

    with pytest.raises(BadParameter, match="is refused"):
        engine.query(sql)

    assert newsroom.duckdb.flows.count().to_pyarrow() == newsroom.trino.flows.count().to_pyarrow()


def test_sql_that_reads_is_answered(newsroom: Both) -> None:
    engine: Any = newsroom.trino._engine

    assert [{"n": 2000}] == engine.query("SELECT count(*) AS n FROM segments;").to_pylist()
    assert "segments" in engine.query("SHOW TABLES")["Table"].to_pylist()
    with pytest.raises(BadParameter, match="AS, to tell them"):
        engine.query("SELECT 1 AS a, 2 AS a")


def test_answers_about_iceberg_are_kept_until_somebody_writes(
    trino_server: Trino, newsroom: Both, schema: str
) -> None:
    """T7: by the snapshot of each table that is read."""
    trino_shared.catalog_or_skip(trino_server, "iceberg")
    rows = newsroom.duckdb.segments.order_by("start_ns").limit(10).to_pyarrow()
    put(trino_server, "iceberg", schema, "segments", rows)
    flow = rows["flow_id"][0].as_py()
    with ta.connect(trino_server.url("iceberg", schema)) as store:

        def amount() -> int:
            found = store.results.ask(segments.amount, flow_id=flow)
            count: int = found["segments"][0].as_py()
            return count

        first = amount()
        assert first == amount()
        assert (1, 1) == (store.results.hits, store.results.misses)

        place = f'iceberg."{schema}".segments'
        trino_server.execute(f"INSERT INTO {place} SELECT * FROM {place}")
        assert 2 * first == amount()

    trino_server.execute(f'ALTER TABLE {place} RENAME TO iceberg."{schema}".parts')
    trino_server.execute(f'CREATE VIEW {place} AS SELECT * FROM iceberg."{schema}".parts')
    with ta.connect(trino_server.url("iceberg", schema)) as store:
        assert 2 * first == amount()
        assert (0, 0) == (store.results.hits, store.results.misses)


def test_nothing_is_kept_of_tables_that_have_no_snapshots(newsroom: Both) -> None:
    for _round in range(2):
        newsroom.trino.results.ask(segments.amount, flow_id="f")

    assert (0, 0) == (newsroom.trino.results.hits, newsroom.trino.results.misses)


def test_rows_are_brought_here_and_joined(newsroom: Both) -> None:
    flows = ta.localize(newsroom.trino.flows)
    sources = ta.localize(newsroom.trino.sources, into=flows)

    def joined(flows: Any, sources: Any) -> Any:
        return flows.join(sources, flows.source_id == sources.id).count().to_pyarrow()

    expected = joined(newsroom.duckdb.flows, newsroom.duckdb.sources)
    assert expected == joined(flows, sources)


def test_the_exporters_parquet_is_asked_in_place(
    trino_server: Trino, newsroom: Both, schema: str, tmp_path: Path
) -> None:
    """By the Hive connector with a file metastore: nothing is loaded, and the library takes it."""
    trino_shared.catalog_or_skip(trino_server, "files")
    if trino_server.files is None:
        pytest.skip("the folder that the Trino of TAMS_TRINO_URL reads is not known")
    folder = trino_server.files / schema
    folder.mkdir()
    with ta.connect(tmp_path / "store.duckdb") as store:
        store.writes.prepare_storage_backends()
        (storage,) = store.storages.known.values()
        for key, content in {"a/b": b"12", "ä c": b""}.items():
            storage.put(key, content)
        assert 2 == store.export_s3_objects(folder / "listing.parquet")
        expected = store.s3_objects(str(folder / "listing.parquet")).to_pyarrow().to_pylist()
    columns = columns_of(pq.read_schema(folder / "listing.parquet"))
    place = f"format = 'PARQUET', external_location = 'local:///{schema}'"
    trino_server.execute(f"CREATE SCHEMA files.{schema}")
    trino_server.execute(f"CREATE TABLE files.{schema}.objects ({columns}) WITH ({place})")

    found = newsroom.trino.s3_objects(f"files.{schema}.objects").to_pyarrow().to_pylist()

    assert sorted(map(str, expected)) == sorted(map(str, found))


def test_it_changes_nothing(newsroom: Both) -> None:
    backend: Any = newsroom.trino.segments.get_backend()

    with pytest.raises(Unsupported, match="open the store by its DuckDB or VAST URL"):
        newsroom.trino.writes.delete_flow(flow_id="f")
    with pytest.raises(Unsupported, match="read only"):
        backend.create_table("mine", newsroom.trino.flows)
    with pytest.raises(Unsupported, match="join ASOF"):
        backend.to_pyarrow(
            newsroom.trino.segments.asof_join(
                newsroom.trino.segments, on="start_ns", predicates="flow_id"
            )
        )
