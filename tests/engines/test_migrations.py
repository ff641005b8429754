"""Old tables come forward, twice is once, and no type changes silently."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import tams_analytics as ta
from tams_analytics.engines.duckdb_schema import actual, apply, stored_version
from tams_analytics.engines.migrations import AddColumn, CreateTable, plan
from tams_analytics.errors import NotFound, Refused
from tams_analytics.tables import OF_RUNS, SCHEMA_VERSION, TABLES, ibis_schema


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "x.duckdb")


def as_defined() -> dict[str, dict[str, str]]:
    return {table.name: {c.name: c.type for c in table.columns} for table in TABLES}


def test_a_new_database_gets_every_table() -> None:
    assert [CreateTable(table) for table in TABLES] == plan({})


def test_a_current_database_needs_nothing() -> None:
    assert [] == plan(as_defined())


def test_a_missing_column_is_added() -> None:
    tables = as_defined()
    del tables["segments"]["ts_offset_ns"]

    (step,) = plan(tables)
    assert isinstance(step, AddColumn)
    assert "add column ts_offset_ns to segments" == str(step)


def test_a_change_of_type_is_refused() -> None:
    tables = as_defined()
    tables["segments"]["start_ns"] = "TIMESTAMP"

    with pytest.raises(Refused, match=r"segments.start_ns .* TIMESTAMP .* int64"):
        plan(tables)


def test_a_column_that_old_rows_cannot_have_is_refused() -> None:
    tables = as_defined()
    del tables["segments"]["object_id"]

    with pytest.raises(Refused, match=r"segments.object_id"):
        plan(tables)


def test_the_version_is_stored(path: str) -> None:
    ta.connect(path).close()

    assert stored_version(duckdb.connect(path)) == SCHEMA_VERSION


def test_an_old_store_comes_forward_and_keeps_its_rows(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as old:
        old.execute("INSERT INTO objects (id, storage_path) VALUES ('o', 'f/o')")
        old.execute("DROP INDEX objects_id; ALTER TABLE objects DROP COLUMN content_type")
        old.execute("CREATE INDEX objects_id ON objects (id)")
        old.execute("ALTER TABLE sources DROP COLUMN explicit; DROP TABLE tags")
        old.execute("INSERT INTO sources (id, format) VALUES ('s', 'urn:x-nmos:format:video')")
        old.execute("UPDATE store_metadata SET value = '0' WHERE name = 'schema_version'")

    with ta.connect(path) as store:
        assert [("o", None)] == [
            (row["id"], row["content_type"]) for row in store.objects.to_pyarrow().to_pylist()
        ]
        assert [False] == store.sources.explicit.to_pyarrow().to_pylist()
        assert (
            ibis_schema(TABLES[0])
            == store._engine.backend.table("sources")[list(store.sources.columns)].schema()
        )
        found = store._engine.backend.con.execute(INDEXES).fetchall()
        assert found == [("object_instances_object_id",), ("objects_id",)]


INDEXES = "SELECT index_name FROM duckdb_indexes() ORDER BY index_name"
OF_VERSION_1 = """
import sys
import duckdb
import tams_analytics as ta

path = sys.argv[1]
ta.connect(path).close()
for statement in (
    "INSERT INTO objects (id, storage_path) VALUES ('o', 'f/o'); DROP INDEX objects_id",
    "ALTER TABLE objects DROP COLUMN collecting_since; CREATE INDEX objects_id ON objects (id)",
    "INSERT INTO object_instances (object_id) VALUES ('o'), ('o'), ('p')",
    "DROP INDEX object_instances_object_id; DROP TABLE events",
    "UPDATE store_metadata SET value = '1' WHERE name = 'schema_version'",
):
    with duckdb.connect(path) as old:
        old.execute(statement)
with ta.connect(path) as store:
    print(store.objects.id.execute().to_list(), "collecting_since" in store.objects.columns)
"""


def test_an_index_that_is_on_the_disk_stays_beside_a_new_column(path: str) -> None:
    """In a process of its own: where one index was dropped and made anew, DuckDB ended it."""
    run = subprocess.run(
        [sys.executable, "-c", OF_VERSION_1, path], capture_output=True, text=True, check=False
    )

    assert ("['o'] True\n", 0) == (run.stdout, run.returncode), run.stderr
    with duckdb.connect(path) as now:
        found = now.execute(INDEXES).fetchall()
        assert found == [("object_instances_object_id",), ("objects_id",)]
        asked = now.execute("SELECT count(*) FROM object_instances WHERE object_id = 'o'")
        assert asked.fetchone() == (2,)


def test_a_store_without_an_index_gets_it_when_it_is_opened_for_writing(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as before:
        before.execute("DROP INDEX object_instances_object_id")

    ta.connect(path, read_only=True).close()
    ta.connect(path).close()
    with duckdb.connect(path) as now:
        assert len(now.execute(INDEXES).fetchall()) == 2


def test_applying_twice_changes_nothing(path: str) -> None:
    with ta.connect(path) as store:
        cursor = store._engine.backend.con
        before = actual(cursor)
        apply(cursor)
        assert before == actual(cursor)


def test_a_failed_migration_leaves_the_store_as_it_was(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as old:
        old.execute("ALTER TABLE segments DROP COLUMN created; DROP TABLE tags")
        old.execute("ALTER TABLE webhooks ALTER url TYPE INTEGER")
        old.execute("UPDATE store_metadata SET value = '0' WHERE name = 'schema_version'")

    with pytest.raises(Refused, match=r"webhooks.url"):
        ta.connect(path)
    with duckdb.connect(path) as old:
        assert "tags" not in actual(old)
        assert "created" not in actual(old)["segments"]


def test_a_store_of_a_later_version_is_refused(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as later:
        later.execute("UPDATE store_metadata SET value = '99' WHERE name = 'schema_version'")

    with pytest.raises(Refused, match="use a later tams-analytics"):
        ta.connect(path)


def test_an_old_store_is_not_migrated_when_it_is_opened_for_reading(path: str) -> None:
    ta.connect(path).close()
    with duckdb.connect(path) as old:
        old.execute("UPDATE store_metadata SET value = '0' WHERE name = 'schema_version'")

    with pytest.raises(Refused, match="open it once for writing"):
        ta.connect(path, read_only=True)


def of_version_2(path: str) -> None:
    """A store from before runs were remembered, with a flow."""
    with ta.connect(path) as store:
        store._engine.transact(lambda tx: tx.insert("flows", [A_FLOW]))
    with duckdb.connect(path) as old:
        old.execute("".join(f"DROP TABLE {table.name};" for table in OF_RUNS))
        old.execute("UPDATE store_metadata SET value = '2' WHERE name = 'schema_version'")


A_FLOW = {"id": "f", "source_id": "s", "format": "urn:x-nmos:format:video"}


def test_a_store_from_before_runs_gets_their_tables_when_it_is_opened_for_writing(
    path: str,
) -> None:
    of_version_2(path)

    with ta.connect(path) as store:
        checked = store.check(only=["flow_without_source"])
        store.remember(checked)
        assert [checked.run_id] == store.runs.id.to_pyarrow().to_pylist()
        assert ["f"] == store.findings.id.to_pyarrow().to_pylist()
    with duckdb.connect(path) as now:
        assert as_defined() == {name: {**columns} for name, columns in actual(now).items()}
        assert stored_version(now) == SCHEMA_VERSION


def test_a_store_from_before_runs_that_is_only_read_knows_of_none(path: str) -> None:
    of_version_2(path)

    with ta.connect(path, read_only=True) as store:
        assert ["f"] == store.flows.id.to_pyarrow().to_pylist()
        assert "1 flow" in repr(store)
        (each,) = store.check(only=["flow_without_source"], since_last=True).checks
        assert (1, None, 0) == (each["failures"], each["new"], each["acknowledged"])
        assert [0] == [c["failures"] for c in store.check(only=["column_contract"]).checks]
        checked = store.check(only=["flow_without_source"])
        asked = (
            store.runs.to_pyarrow,
            lambda: store.ask(ta.queries.runs.watermarks),
            lambda: store.remember(checked),
        )
        for ask in asked:
            with pytest.raises(NotFound, match=r"no table .*; opening the store for writing"):
                ask()
    with duckdb.connect(path) as still:
        assert stored_version(still) == 2
        assert "runs" not in actual(still)
