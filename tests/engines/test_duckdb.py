"""DuckDB as a store: opening, sharing, writing, and what it says when it cannot."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

import duckdb
import ibis
import pyarrow as pa
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics.engines import Transaction, open_engine
from tams_analytics.engines.duckdb import DuckDBEngine
from tams_analytics.engines.duckdb_writer import writer_of
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused, Unsupported

MOMENT = dt.datetime(2026, 9, 1)

HOLD = """
import sys, tams_analytics as ta
store = ta.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def segments(*starts: int, flow_id: str = "f") -> pa.Table:
    return pa.table(
        {
            "flow_id": [flow_id] * len(starts),
            "object_id": [f"o{start}" for start in starts],
            "start_ns": pa.array(starts, pa.int64()),
            "end_ns": pa.array([start + 10 for start in starts], pa.int64()),
            "timerange": [f"[0:{start}_0:{start + 10})" for start in starts],
        }
    )


def insert(store: ta.Store, *starts: int) -> None:
    store._engine.transact(lambda tx: tx.insert("segments", segments(*starts)))


def count(store: ta.Store) -> int:
    return int(store.segments.count().execute())


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "x.duckdb")


@pytest.fixture
def held(path: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the store open."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(ta.__file__).parent.parent)},
    )
    with holder:
        assert holder.stdout is not None
        assert "held\n" == holder.stdout.readline()
        yield holder
        holder.kill()


def test_a_new_file_becomes_an_empty_store_and_stays_one(path: str) -> None:
    with ta.connect(path) as store:
        insert(store, 0, 10)
    with ta.connect(path) as store:
        assert ("duckdb", path, 2) == (store.engine, store.url, count(store))


def test_a_plain_duckdb_reads_and_writes_the_tables(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as plain:
        plain.execute(
            "INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange)"
            " VALUES ('f', 'o', 0, 1, '[0:0]')"
        )
        views = plain.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone()
    with ta.connect(path) as store:
        assert ((0,), 1) == (views, count(store))


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("x.duckdb", "x.duckdb"),
        ("duckdb:///x.duckdb", "x.duckdb"),
        ("{}/y.duckdb", "y.duckdb"),
        ("duckdb://{}/z.duckdb", "z.duckdb"),
        ("duckdb:///{}/z.duckdb", "z.duckdb"),
    ],
)
def test_a_url_names_a_file(
    url: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ta.connect(url.format(tmp_path)).close()

    assert (tmp_path / file).is_file()


def test_tams_url_is_the_default(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_URL", path)
    with ta.connect() as store:
        assert path == store.url


def test_without_a_url_the_error_says_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAMS_URL", raising=False)
    with pytest.raises(BadParameter, match="TAMS_URL"):
        ta.connect()


def test_an_unknown_name_lists_the_named_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tams").mkdir()
    (tmp_path / "tams" / "stores.toml").write_text('[morning]\nurl = ":memory:"\n')

    assert ":memory:" == ta.connect("morning").url
    with pytest.raises(NotFound, match="morning"):
        ta.connect("evening")


def test_a_bad_file_of_names_matters_where_a_name_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tams").mkdir()
    (tmp_path / "tams" / "stores.toml").write_text("= 5")

    for url in (":memory:", f"duckdb:///{tmp_path}/x.duckdb"):
        ta.connect(url).close()
    with pytest.raises(BadParameter, match=r"stores\.toml, line 1"):
        ta.connect("morning")


@pytest.mark.parametrize("url", ["trino://user:geheim@h/b/s", "mysql://u:geheim@h/?secret=geheim"])
def test_no_error_shows_a_secret(url: str) -> None:
    with pytest.raises((Unsupported, BadParameter)) as refused:
        ta.connect(url)

    assert "geheim" not in f"{refused.value} {refused.value!r}"


def test_the_api_of_another_server_is_refused_with_what_can_be_opened() -> None:
    with pytest.raises(Unsupported, match=r"its database .*\.duckdb, vast://… or trino://…"):
        ta.connect("https://tams.example/v8")


def test_a_second_process_is_told_who_holds_the_file(
    path: str, held: subprocess.Popen[str]
) -> None:
    with pytest.raises(
        EngineFailed, match=rf"process {held.pid} .* copy of the file.* read_only=True"
    ):
        ta.connect(path)


def test_read_only_in_a_process_that_writes_is_explained(path: str) -> None:
    with ta.connect(path), pytest.raises(EngineFailed, match="read-only against writable"):
        ta.connect(path, read_only=True)


def test_reading_only_makes_no_file_and_no_change(path: str) -> None:
    for url in (path, f"duckdb:///{path}"):
        with pytest.raises(NotFound, match=r"there is no store .*x\.duckdb; a store is made by"):
            ta.connect(url, read_only=True)
    assert not Path(path).exists()

    ta.connect(path).close()
    with ta.connect(path, read_only=True) as store, pytest.raises(Unsupported, match="read-only"):
        insert(store, 0)


@pytest.mark.parametrize("name", ["x.duckdb", "x.csv", "x.json", "x.parquet", "x"])
@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n" * 1000])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, name: str, content: bytes, read_only: bool
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadParameter, match=r"is no DuckDB database; expected one, or the name"):
        ta.connect(str(file), read_only=read_only)


def test_a_store_that_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    ta.connect(str(tmp_path / "newsroom.duckdb")).close()

    with pytest.raises(NotFound, match=r"for writing; beside it is newsroom\.duckdb$"):
        ta.connect(str(tmp_path / "nwesroom.duckdb"), read_only=True)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_is_no_store_and_one_that_is_not_there_has_none(
    tmp_path: Path, read_only: bool
) -> None:
    with pytest.raises(BadParameter, match="is a folder; expected a file"):
        ta.connect(str(tmp_path), read_only=read_only)
    with pytest.raises(NotFound, match=r"there is no folder .*none; a store x\.duckdb is made in"):
        ta.connect(str(tmp_path / "none" / "x.duckdb"), read_only=read_only)


def test_a_new_store_may_be_called_as_a_table_of_data(tmp_path: Path) -> None:
    with ta.connect(str(tmp_path / "x.csv")) as store:
        insert(store, 0)

    with ta.connect(str(tmp_path / "x.csv")) as store:
        assert count(store) == 1


def test_a_foreign_database_is_not_a_store_to_read(path: str) -> None:
    duckdb.connect(path).execute("CREATE TABLE t (i INT)").close()
    with pytest.raises(Refused, match="no TAMS tables"):
        ta.connect(path, read_only=True)


def test_two_stores_in_memory_are_two_stores() -> None:
    with ta.connect(":memory:") as one, ta.connect(":memory:") as other:
        insert(one, 0)

        assert (1, 0) == (count(one), count(other))
        with pytest.raises(ibis.common.exceptions.IbisError, match=r"[Mm]ultiple backends"):
            one.segments.union(other.segments).to_pyarrow()


def test_a_closed_store_says_so_and_frees_the_file(path: str) -> None:
    store = ta.connect(path)
    store.segments.count().execute()
    store.close()
    store.close()

    with pytest.raises(EngineFailed, match=r"[Cc]losed"):
        count(store)
    duckdb.connect(path, read_only=True).close()


def test_an_exception_undoes_the_whole_transaction(store: ta.Store) -> None:
    def work(tx: Transaction) -> None:
        tx.insert("segments", segments(0, 10))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store._engine.transact(work)

    assert 0 == count(store)


def test_a_transaction_reads_what_it_wrote_and_others_do_not(store: ta.Store) -> None:
    def work(tx: Transaction) -> tuple[int, int]:
        tx.insert("segments", segments(0, 10, 20))
        tx.update("segments", {"object_id": ["o0", "o10"]}, {"ts_offset_ns": 7})
        tx.delete("segments", _.ts_offset_ns == 7)
        return tx.rows(tx.tables.segments).num_rows, count(store)

    assert (1, 0) == store._engine.transact(work)
    assert 1 == count(store)


def test_updates_and_deletes_say_how_many_rows(store: ta.Store) -> None:
    insert(store, 0, 10, 20)

    counts = store._engine.transact(
        lambda tx: (
            tx.update("segments", {"flow_id": "f", "object_id": "o0"}, {"ts_offset": None}),
            tx.update("segments", {"ts_offset": None}, {"ts_offset": "0:1"}),
            tx.delete("segments", {"object_id": []}),
            tx.delete("segments", _.start_ns >= 10),
            tx.delete("segments", {}),
        )
    )
    assert (1, 3, 0, 2, 1) == counts


def in_threads(work: Callable[[int], None], threads: int = 8) -> list[BaseException]:
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - reported by the caller
            errors.append(error)

    running = [threading.Thread(target=guarded, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return errors


def test_eight_threads_read_at_once(store: ta.Store) -> None:
    insert(store, *range(0, 1000, 10))
    few = ibis.memtable(pa.table({"flow_id": ["f"]}))

    def read(number: int) -> None:
        for _turn in range(6):
            rows = store.segments.filter(_.start_ns < number * 100)
            assert number * 10 == rows.to_pyarrow().num_rows
            assert 100 == store.segments.semi_join(few, "flow_id").count().execute()

    assert [] == in_threads(read)


def test_a_reader_never_sees_half_a_transaction(store: ta.Store) -> None:
    def work(number: int) -> None:
        for turn in range(15):
            if number == 0:
                insert(store, *range(turn * 100, turn * 100 + 100, 10))
            else:
                assert 0 == count(store) % 10

    assert [] == in_threads(work, 4)
    assert 150 == count(store)


def test_what_is_written_after_a_kill_that_tore_the_log_outlives_the_next_kill(
    tmp_path: Path,
) -> None:
    """R7: DuckDB 1.3.2 would write behind the torn end, and open the file never again."""

    def killed(name: str) -> str:
        """What a kill leaves of the store that is open: a copy of its files."""
        for end in ("", ".wal"):
            shutil.copy(f"{path}{end}", tmp_path / f"{name}{end}")
        return str(tmp_path / name)

    path = str(tmp_path / "first.duckdb")
    with closing(open_engine(path)) as engine:
        engine.transact(lambda tx: tx.insert("segments", segments(1)))
        engine.transact(lambda tx: tx.insert("segments", segments(2)))
        path = killed("torn.duckdb")
    os.truncate(f"{path}.wal", os.path.getsize(f"{path}.wal") - 10)
    with closing(open_engine(path)) as engine:
        engine.transact(lambda tx: tx.insert("segments", segments(3)))
        path = killed("again.duckdb")

    with ta.connect(path) as store:
        assert sorted(store.segments.start_ns.to_list()) == [1, 3]


def test_a_disk_that_is_almost_full_is_written_to_when_there_is_room_again(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage
    with ta.connect(path) as store:
        insert(store, 0)
        with monkeypatch.context() as full:
            full.setattr(shutil, "disk_usage", lambda at: usage(at)._replace(free=(32 << 20) - 1))
            with pytest.raises(EngineFailed, match="disk has 31 MiB left, and needs 32"):
                insert(store, 10)
            with pytest.raises(EngineFailed, match="disk has 31 MiB left, and needs 32"):
                store._engine.query("DELETE FROM segments")
        insert(store, 10)

        assert count(store) == 2


@pytest.mark.skipif(os.name == "nt", reason="there is no limit to set")
def test_a_store_that_was_killed_on_a_full_disk_says_how_it_can_be_opened(
    path: str, tmp_path: Path
) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    killed = str(tmp_path / "killed.duckdb")
    with ta.connect(path) as store:
        insert(store, *range(0, 30_000, 10))
        for end in ("", ".wal"):
            shutil.copy(f"{path}{end}", f"{killed}{end}")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(killed), before[1]))
    try:
        with pytest.raises(EngineFailed, match=r"make room on its disk; .* read_only=True"):
            ta.connect(killed)
        with ta.connect(killed, read_only=True) as store:
            assert count(store) == 3000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with ta.connect(killed) as store:
        assert count(store) == 3000


@pytest.mark.skipif(os.name == "nt", reason="there is no limit to set")
def test_a_commit_without_room_is_tried_once_and_the_last_of_the_store_until_it_is_opened_anew(
    path: str,
) -> None:
    """DuckDB 1.3.2 would crash in the end, or spoil the table so that it takes no rows any more."""
    import resource  # noqa: PLC0415 - not on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    tried: list[Transaction] = []

    def work(tx: Transaction) -> None:
        tried.append(tx)
        tx.insert("objects", [{"id": f"o{at}", "storage_path": "p"} for at in range(100)])

    with ta.connect(path) as store, ta.connect(path) as other:
        insert(store, 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(f"{path}.wal"), before[1]))
        try:
            with pytest.raises(EngineFailed, match="Could not write"):
                store._engine.transact(work)
            late = ta.connect(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        with late:
            for each in (store, other, late):
                with pytest.raises(EngineFailed, match="open it anew"):
                    each._engine.transact(work)
        assert (len(tried), count(store)) == (1, 1)
    with ta.connect(path) as store:
        store._engine.transact(work)
        assert store.objects.count().execute() == 100


def test_two_stores_on_one_file_wait_for_each_other(path: str) -> None:
    with ta.connect(path) as one, ta.connect(path) as other:
        insert(one, 0)
        stores = [one, other]

        def raise_offset(number: int) -> None:
            for _turn in range(10):
                stores[number % 2]._engine.transact(
                    lambda tx: tx.update("segments", {"flow_id": "f"}, {"ts_offset_ns": number})
                )

        assert [] == in_threads(raise_offset, 4)


def test_two_stores_on_one_file_never_make_one_id_twice(path: str, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    with ta.connect(path) as one, ta.connect(path) as other, ta.connect(":memory:") as apart:
        stores, together = [one, other], threading.Barrier(2)
        writers = [cast(DuckDBEngine, each._engine)._writer for each in (one, other, apart)]

        def put(number: int) -> None:
            for turn in range(30):
                together.wait()
                stores[number]._engine.transact(partial(add_if_new, number=turn))

        assert [] == in_threads(put, 2)
        assert [f"o{turn}" for turn in range(30)] == sorted_ids(one)
    assert writers[0] is writers[1] is writer_of(str(link / "x.duckdb"))
    assert writers[0] is not writers[2]


def add_if_new(tx: Transaction, number: int) -> None:
    id = f"o{number}"
    if tx.rows(tx.tables.objects.filter(_.id == id)).num_rows == 0:
        tx.insert("objects", [{"id": id, "storage_path": id, "created": MOMENT}])


def sorted_ids(store: ta.Store) -> list[str]:
    found = store.objects.to_pyarrow()["id"].to_pylist()
    return sorted(found, key=lambda id: int(id[1:]))


def test_questions_asked_while_batches_are_read_do_not_end_them(store: ta.Store) -> None:
    insert(store, *range(0, 100_000, 10))
    read = 0
    for batch in store.segments.to_pyarrow_batches(chunk_size=2048):
        read += batch.num_rows
        count(store)

    assert 10_000 == read


def test_batches_of_a_join_come_drained_and_in_order(store: ta.Store) -> None:
    insert(store, *range(0, 50_000, 10))
    joined = ta.join_overlaps(store.segments, store.segments.view()).order_by(_.start_ns.desc())

    batches = joined.limit(3000).select("start_ns").to_pyarrow_batches(chunk_size=1000)
    read = [start for batch in batches for start in batch["start_ns"].to_pylist()]
    assert list(range(49_990, 19_990, -10)) == read
    assert 5000 == sum(batch.num_rows for batch in joined.to_pyarrow_batches())


def test_batches_of_a_scalar_and_of_a_memtable(store: ta.Store) -> None:
    few = ibis.memtable(pa.table({"flow_id": ["f", "g"]}))
    insert(store, 0, 10)

    batches = store.segments.right_join(few, "flow_id").to_pyarrow_batches()
    assert 3 == sum(batch.num_rows for batch in batches)
    assert [2] == [b[0][0].as_py() for b in store.segments.count().to_pyarrow_batches()]


def test_batches_have_the_types_of_the_expression(store: ta.Store) -> None:
    insert(store, 0, 5, 10)
    deep = ta.depth(store.segments)

    (batch,) = deep.to_pyarrow_batches()
    assert deep.schema().to_pyarrow() == batch.schema
    assert deep.to_pyarrow().to_pylist() == batch.to_pylist()


def test_memory_cannot_be_opened_for_reading_only() -> None:
    with pytest.raises(BadParameter, match="read_only"):
        ta.connect(":memory:", read_only=True)


HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM read_text('/etc/hostname')",
    "COPY segments TO 'out.csv'",
    "ATTACH 'y.duckdb' AS y",
    "EXPORT DATABASE 'out'",
    "INSTALL httpfs",
    "SET threads = 1",
    "RESET threads",
    "SET GLOBAL enable_external_access = true",
    "DELETE FROM segments",
    "CREATE TABLE t (i INT)",
    "SELECT * FROM hidden",
    "COPY (SELECT 1) TO '{path}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{path}.wal' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{path}.tmp/out.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{path}.wal' (FORMAT csv, USE_TMP_FILE false)",
    "explain (analyze) copy (select 1) to '{path}.wal' (format csv, use_tmp_file false)",
    "/* */ EXPLAIN /* */ ANALYZE COPY (SELECT 1) TO '{path}.wal' (FORMAT csv)",
    "EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1) TO '{path}.wal' (FORMAT csv)",
    "SELECT * FROM read_blob('{path}')",
    "SELECT (SELECT max(content) FROM read_text('{path}.wal'))",
    "WITH a AS (FROM read_blob('{path}')) FROM a",
    "DESCRIBE SELECT * FROM read_blob('{path}')",
    "SUMMARIZE '{path}.tmp/x.csv'",
    "FROM '{path}.tmp/x.parquet'",
    "FROM query('SELECT * FROM read_blob(''{path}'')')",
    "PRAGMA database_list",
    "IMPORT DATABASE '{path}.tmp'",
    "PRAGMA import_database('{path}.tmp')",
    "FROM sniff_csv('{path}')",
    "FROM duckdb_secrets()",
    "FROM query_table('segments')",
    "FROM system.main.glob('*')",
    "CALL pragma_version()",
    "SELECT getenv('HOME')",
    "WITH a AS (DELETE FROM segments RETURNING *) FROM a",
    "SELECT list_transform([1], x -> (SELECT count(*) FROM glob('*')))",
    "FROM unnest((SELECT array_agg(file) FROM glob('*')))",
    "SELECT 1; SELECT 2",
    "",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_sealed_sql_reads_the_store_and_nothing_else(
    sql: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ta.connect(path).close()
    before = Path(path).read_bytes()
    hidden = pa.table({"secret": [1]})
    engine = open_engine(path, sealed=True)

    with pytest.raises(BadParameter, match="refused"):
        engine.query(sql.replace("{path}", path))  # type: ignore[attr-defined]
    engine.close()

    assert 1 == hidden.num_rows
    assert before == Path(path).read_bytes()
    assert ["x.duckdb"] == [each.name for each in tmp_path.iterdir()]


def test_what_is_not_asked_is_not_even_read(path: str, tmp_path: Path) -> None:
    ta.connect(path).close()
    (tmp_path / "schema.sql").write_text("SELECT 1")
    (tmp_path / "load.sql").write_text("")

    with closing(cast(DuckDBEngine, open_engine(path, sealed=True))) as engine:
        for folder in (tmp_path, tmp_path / "nowhere"):
            with pytest.raises(BadParameter, match="disabled by configuration"):
                engine.query(f"IMPORT DATABASE '{folder}'")


@pytest.mark.parametrize(
    "sql",
    [
        "FROM segments",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a, segments",
        "VALUES (1)",
        "SELECT * FROM range(3), unnest([1, 2])",
        "EXPLAIN SELECT * FROM segments",
        "EXPLAIN ANALYZE SELECT '/' FROM segments",
        "DESCRIBE segments",
        "SHOW TABLES",
        "SUMMARIZE segments",
        "SELECT label FROM flows -- a comment; with a semicolon",
        "PIVOT segments ON flow_id IN ('f') USING count(*)",
    ],
)
def test_sealed_sql_takes_every_kind_of_question(sql: str, path: str) -> None:
    ta.connect(path).close()
    engine = open_engine(path, sealed=True)

    assert engine.query(sql).num_columns  # type: ignore[attr-defined]
    engine.close()


def test_a_sealed_store_answers_in_any_thread(path: str) -> None:
    with ta.connect(path) as store:
        insert(store, *range(0, 100, 10))
    settings = "TimeZone python_enable_replacements enable_progress_bar enable_external_access"
    shown = ", ".join(f"current_setting('{name}')::TEXT" for name in settings.split())
    hidden = pa.table({"secret": [1]})

    with closing(cast(DuckDBEngine, open_engine(path, sealed=True))) as engine:

        def ask(_number: int) -> None:
            for _turn in range(3):
                assert 10 == engine.query("FROM segments").num_rows
                assert 10 == engine.tables.segments.count().execute()
                (row,) = engine.query(f"SELECT {shown}").to_pylist()
                assert ["UTC", "false", "false", "false"] == list(row.values())
                for sql in ("SET threads = 1", "FROM hidden", f"FROM '{path}'"):
                    with pytest.raises(BadParameter, match="refused"):
                        engine.query(sql)
                with pytest.raises(duckdb.Error, match="locked"):
                    engine.backend.con.execute("SET enable_progress_bar = true")
                with pytest.raises(duckdb.Error, match="read-only"):
                    engine.backend.con.execute("DELETE FROM segments")

        ask(-1)
        assert [] == in_threads(ask)
        batches = engine.tables.segments.to_pyarrow_batches()
        assert 10 == sum(batch.num_rows for batch in batches)
    assert 1 == hidden.num_rows


def test_sealed_sql_answers(path: str) -> None:
    with ta.connect(path) as store:
        insert(store, 0, 10)
    engine = open_engine(path, sealed=True)
    answer = engine.query("SELECT count(*) AS n, max(end_ns) AS last FROM segments")  # type: ignore[attr-defined]
    engine.close()

    assert [{"n": 2, "last": 20}] == answer.to_pylist()


@pytest.mark.parametrize("name", ["segments", "mine"])
def test_sql_may_have_a_with(name: str) -> None:
    text = f"WITH a AS (SELECT * FROM {name}), b AS (SELECT * FROM a) SELECT count(*) AS n FROM b"  # noqa: S608
    with ta.connect(":memory:") as store:
        rows = store.segments if name == "segments" else store.segments.alias(name)
        counted = rows.sql(text)

        assert [0] == counted.filter(_.n >= 0).n.to_list()
        assert 1 == counted.join(counted.view(), "n").count().execute()


def test_sql_of_a_connection_may_have_a_with() -> None:
    text = """-- how many
        WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 3)
        SELECT n FROM a;"""
    with ta.connect(":memory:") as store:
        asked = store.con.sql(text)

        assert [1, 2, 3] == asked.to_pyarrow()["n"].to_pylist()
        assert 3 == asked.join(asked.view(), "n").count().execute()
