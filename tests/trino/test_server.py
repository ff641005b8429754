"""The tests' Trino: its catalogs answer, alone and in one statement, and it ends with the run."""

# ruff: noqa: S608 - the names in these statements are the tests' own
from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.tables import BY_NAME, TABLES, arrow_schema
from tests.support import postgres_server, trino_catalogs, trino_load, trino_shared
from tests.support import trino_server as trino_server_module
from tests.support.processes import NotStarted
from tests.support.trino_load import FEW, drop, load, put
from tests.support.trino_server import Trino, plugin_folder, private_trino, vast_catalog
from tests.support.vast_peer import VastPeer

pytestmark = pytest.mark.trino


@pytest.fixture
def schema(trino_server: Trino) -> Iterator[str]:
    """A name that nobody else uses; what is made of it in the catalogs goes again."""
    name = f"s_{uuid.uuid4().hex}"
    yield name
    for catalog in {"vast", "scratch", "rights", "iceberg", "files"} & set(trino_server.catalogs):
        drop(trino_server, catalog, f"tams/{name}" if catalog == "vast" else name)


def test_it_is_the_version_that_the_library_is_written_for(trino_server: Trino) -> None:
    rows = trino_server.execute("SELECT node_version FROM system.runtime.nodes")
    assert rows == [[trino_server_module.VERSION]]


@pytest.mark.parametrize("catalog", ["scratch", "rights", "iceberg", "files"])
def test_a_catalog_keeps_what_is_put_into_it(
    catalog: str, trino_server: Trino, schema: str
) -> None:
    trino_shared.catalog_or_skip(trino_server, catalog)
    rows = pa.table({"id": [1, None], "name": ["it's “odd”\n", None]})
    put(trino_server, catalog, schema, "things", rows)
    found = trino_server.execute(f"SELECT id, name FROM {catalog}.{schema}.things ORDER BY id")
    assert found == [[1, "it's “odd”\n"], [None, None]]


def test_a_statement_joins_iceberg_memory_and_postgresql(trino_server: Trino, schema: str) -> None:
    for catalog in ("iceberg", "rights"):
        trino_shared.catalog_or_skip(trino_server, catalog)
    ids = pa.array(range(100), pa.int64())
    put(trino_server, "vast", f"tams/{schema}", "segments", pa.table({"object_id": ids}))
    put(trino_server, "iceberg", schema, "sizes", pa.table({"object_id": ids, "size": ids}))
    owners = pa.table({"object_id": ids.slice(90), "owner": ["ann", "bob"] * 5})
    put(trino_server, "rights", schema, "owners", owners)
    found = trino_server.execute(
        f'SELECT owner, count(*), sum(size) FROM vast."tams/{schema}".segments'
        f" JOIN iceberg.{schema}.sizes USING (object_id)"
        f" JOIN rights.{schema}.owners USING (object_id) GROUP BY owner ORDER BY owner"
    )
    assert found == [["ann", 5, 90 + 92 + 94 + 96 + 98], ["bob", 5, 91 + 93 + 95 + 97 + 99]]


def test_postgresql_answers_alone(trino_server: Trino) -> None:
    trino_shared.catalog_or_skip(trino_server, "rights")
    assert trino_server.execute(
        "SELECT * FROM TABLE(rights.system.query(query => 'SELECT 7'))"
    ) == [[7]]


@pytest.mark.parametrize("by_file", [True, False])
def test_a_store_is_loaded_as_it_is(
    by_file: bool, trino_server: Trino, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few rows as VALUES, many by a file where Trino can read one; no value is changed so."""
    monkeypatch.setattr(trino_load, "BATCH_ROWS", 100)
    server = trino_server if by_file else replace(trino_server, files=None)
    store = ta.examples.newsroom(segments=1_000)
    rows_at_most = 1_000 if by_file else 150
    given = {table.name: rows_of(store, table.name).slice(0, rows_at_most) for table in TABLES}
    assert given["segments"].num_rows == rows_at_most > FEW
    load(server, "vast", f"tams/{schema}", given)
    for name, rows in given.items():
        columns = ", ".join(BY_NAME[name].names)
        found = trino_server.execute(f'SELECT {columns} FROM vast."tams/{schema}".{name}')
        expected = [list(row.values()) for row in rows.to_pylist()]
        assert sorted(map(repr, found)) == sorted(map(repr, expected))


def rows_of(store: ta.Store, name: str) -> pa.Table:
    rows: pa.Table = getattr(store.tables, name).to_pyarrow()
    return rows.cast(arrow_schema(BY_NAME[name]))


def test_extremes_are_kept(trino_server: Trino, schema: str) -> None:
    time_ = dt.datetime(1, 1, 1, 0, 0, 0, 1)
    rows = pa.table(
        {
            "i": [-(2**63), 2**63 - 1],
            "f": [0.1, -1e300],
            "b": [True, False],
            "t": pa.array([time_, dt.datetime.max], pa.timestamp("us")),
            "d": pa.array([time_.date(), dt.date(9999, 12, 31)]),
        }
    )
    put(trino_server, "scratch", schema, "extremes", rows)
    found = trino_server.execute(f"SELECT * FROM scratch.{schema}.extremes ORDER BY i")
    assert found == [list(row.values()) for row in rows.to_pylist()]


@pytest.mark.long
def test_it_ends_when_the_run_is_killed(tmp_path: Path) -> None:
    """Who ask for it get the same one; all its servers end with the process it is for."""
    trino_server_module.required_or_skip()
    run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    folder = tmp_path / "run"
    try:
        for _ in range(2):
            trino_shared.begin(folder, run.pid)
        keeper = trino_shared._keepers[-1]
        server = trino_shared.found(folder)
        assert trino_shared.found(folder) == server
        assert server.execute("SELECT 1") == [[1]]
        children = children_of(keeper.pid)
    finally:
        run.kill()
        run.wait()
    keeper.wait(60)
    assert children
    assert not [child for child in children if is_alive(child)]
    assert not folder.exists()


def test_nothing_stays_of_a_run_that_is_over_before_it_starts(tmp_path: Path) -> None:
    trino_server_module.required_or_skip()
    run = subprocess.Popen([sys.executable, "-c", ""])
    trino_shared.begin(tmp_path / "run", run.pid)
    run.wait()
    trino_shared._keepers[-1].wait(60)
    assert not (tmp_path / "run").exists()


def test_a_server_ends_with_who_started_it(tmp_path: Path) -> None:
    starts = f"""
from pathlib import Path
from tests.support.processes import Server
print(Server(["sleep", "600"], Path({str(tmp_path / "log")!r})).process.pid, flush=True)
input()
"""
    command = [sys.executable, "-c", starts]
    starter = subprocess.Popen(
        command, cwd=trino_shared.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout is not None
        server = int(starter.stdout.readline())
        assert is_alive(server)
        starter.kill()
    patience = time.monotonic() + 60
    while is_alive(server):
        assert time.monotonic() < patience, "it still runs"
        time.sleep(0.05)


def test_a_failed_start_shows_the_end_of_the_log() -> None:
    trino_server_module.required_or_skip()
    told = pytest.raises(NotStarted, match=r"(?s)Trino 476 did not start.*unknown\.line")
    with told, private_trino(config={"unknown.line": "1"}):
        pass


def test_what_is_missing_is_a_reason_to_skip_or_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.delenv("TAMS_REQUIRE_TRINO", raising=False)
    monkeypatch.setenv("TAMS_TRINO_JAVA", str(java))
    (tmp_path / "lib").mkdir()
    monkeypatch.setenv("TAMS_TRINO_HOME", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"no Java >= 24: .* is 17"):
        trino_server_module.required_or_skip()
    monkeypatch.delenv("TAMS_TRINO_HOME")
    monkeypatch.setenv("TAMS_CACHE", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no Trino 476: make trino"):
        trino_server_module.required_or_skip()
    monkeypatch.setenv("TAMS_REQUIRE_TRINO", "1")
    with pytest.raises(pytest.fail.Exception, match="TAMS_REQUIRE_TRINO=1, but there is no Trino"):
        trino_server_module.required_or_skip()
    monkeypatch.delenv("TAMS_REQUIRE_POSTGRES", raising=False)
    monkeypatch.setenv("TAMS_PG_BIN", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL"):
        postgres_server.required_or_skip()
    monkeypatch.setenv("TAMS_REQUIRE_POSTGRES", "1")
    with pytest.raises(pytest.fail.Exception, match="TAMS_REQUIRE_POSTGRES=1, but no PostgreSQL"):
        postgres_server.required_or_skip()


def test_one_that_runs_is_named(trino_server: Trino, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the peer of VAST's own connector, on which rows are put without Trino."""
    monkeypatch.delenv("TAMS_TRINO_VAST_ENDPOINT", raising=False)
    found = trino_shared.running_at(trino_server.url("tpch", "tiny"))
    assert {*trino_server.catalogs, "system"} == {*found.catalogs}
    assert not trino_load.is_vasts_own(found, "vast")
    monkeypatch.setenv("TAMS_TRINO_VAST_ENDPOINT", "http://127.0.0.1:9091")
    found = trino_shared.running_at(trino_server.url("tpch", "tiny"))
    assert trino_load.is_vasts_own(found, "vast")
    assert not trino_load.is_vasts_own(found, "scratch")


def test_vasts_own_connector_takes_the_place_of_the_memory_connector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connector itself is not at hand: its link beside the others, and its catalog's file."""
    ours, installed, made = (tmp_path / name for name in ("trino-vast-476", "trino", "made"))
    for folder in (ours, installed / "plugin" / "memory", made):
        folder.mkdir(parents=True)
    monkeypatch.delenv("TAMS_TRINO_VAST_PLUGIN", raising=False)
    assert plugin_folder(installed, made) == installed / "plugin"
    monkeypatch.setenv("TAMS_TRINO_VAST_PLUGIN", str(ours))
    (ours / "a.jar").touch()
    linked = plugin_folder(installed, made)
    assert {each.name: each.resolve() for each in linked.iterdir()} == {
        "memory": installed / "plugin" / "memory",
        "vast": ours,
    }
    monkeypatch.setenv("TAMS_TRINO_VAST_PLUGIN", str(tmp_path / "unpacked"))
    inside, again = tmp_path / "unpacked" / "trino-vast-476", tmp_path / "again"
    for folder in (inside, again):
        folder.mkdir(parents=True)
    (inside / "a.jar").touch()
    assert (plugin_folder(installed, again) / "vast").resolve() == inside
    known: dict[str, object] = {}
    with ExitStack() as started:
        properties = vast_catalog(started, known, 64)
        trino_catalogs.written(made / "catalog", {"vast": properties})
        lines = (made / "catalog" / "vast.properties").read_text().splitlines()
        assert "connector.name=vast" in lines
        assert f"endpoint={known['vast_endpoint']}" in lines
        assert "secret_access_key=${ENV:VAST_SECRET_KEY}" in lines
        assert not [line for line in lines if trino_catalogs.SECRETS["VAST_SECRET_KEY"] in line]


def test_rows_for_vasts_own_connector_are_loaded_by_the_sdk() -> None:
    store = ta.examples.newsroom(segments=1_000)
    told = ("segments", "tags", "store_metadata")
    given = {name: getattr(store.tables, name).to_pyarrow() for name in told}
    with VastPeer(buckets=["tams"]) as peer:
        server = Trino("127.0.0.1", 1, ("vast",), vast_endpoint=peer.url)
        load(server, "vast", "tams/loaded", given)
        put(server, "vast", "tams/loaded", "more", given["tags"])
        for name, rows in {**given, "more": given["tags"]}.items():
            found = peer.rows("tams", "loaded", name)
            assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, rows.to_pylist()))
        assert "flow_fences" in peer.table_names("tams", "loaded")
        drop(server, "vast", "tams/loaded")
        drop(server, "vast", "tams/loaded")
        assert ("tams", "loaded") not in peer.database.transactions.head.schemas


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
