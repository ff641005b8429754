"""`tams schema`, `tams snapshots`, `tams doctor` and `--at`: what they print, and how they end."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

import tams_analytics as ta
from tams_analytics.tables import SCHEMA_VERSION, TABLES
from tests.cli.conftest import Run
from tests.support.vast_peer import Switches, VastPeer
from tests.support.vast_stores import BUCKET, VastStores


@pytest.fixture
def peer(vast_stores: VastStores) -> Iterator[VastPeer]:
    """The peer; its switches and snapshots go after the test."""
    yield vast_stores.peer
    switches = vast_stores.peer.switches
    switches.clear_faults()
    for field in dataclasses.fields(Switches):
        if not field.name.startswith("_"):
            setattr(switches, field.name, field.default)
    vast_stores.peer.database.snapshots.clear()


@pytest.fixture
def new(vast_stores: VastStores, peer: VastPeer) -> Iterator[str]:
    """The URL of a schema that nobody has made yet."""
    yield vast_stores.url("made_by_the_command")
    peer.drop_schema(BUCKET, "made_by_the_command")


def test_a_vast_store_is_made_looked_at_and_dropped(run: Run, new: str) -> None:
    assert 1 == run("schema", "status", new).exit_code
    made = run("schema", "apply", new)
    assert (0, "") == (made.exit_code, made.stderr)
    assert "created table segments, sorted by flow_id, start_ns" in made.stdout.splitlines()
    assert made.stdout.splitlines()[-1].startswith("tried whether two writers of one row conflict")
    assert 1 == len(run("schema", "apply", "-s", new).stdout.splitlines())

    status = run("schema", "status", new)
    assert 0 == status.exit_code
    assert len(TABLES) + 2 == len(status.stdout.splitlines())

    asked = run("schema", "drop", new)
    assert 2 == asked.exit_code
    assert "would drop table tams/made_by_the_command/store_metadata with 258 rows" in asked.stdout
    assert "--yes" in asked.stderr
    assert 0 == run("schema", "status", new).exit_code
    assert 0 == run("schema", "drop", new, "--yes").exit_code
    assert 1 == run("schema", "status", new).exit_code
    for words in (("--yes",), ()):
        again = run("schema", "drop", new, *words)
        assert (0, "there is nothing to drop\n") == (again.exit_code, again.stdout)


def test_a_probe_that_fails_ends_with_1_and_leaves_the_tables(
    run: Run, new: str, peer: VastPeer
) -> None:
    peer.switches.rows_conflict = False
    done = run("schema", "apply", new)

    assert 1 == done.exit_code
    assert "BAD row conflicts: FAILED" in done.stdout
    assert {table.name for table in TABLES} == {*peer.table_names(BUCKET, "made_by_the_command")}
    assert 1 == run("schema", "status", new).exit_code
    assert 1 == run("doctor", new).exit_code


def test_status_and_doctor_are_lists_of_objects_for_machines(run: Run, new: str) -> None:
    run("schema", "apply", new)
    for words in (("schema", "status", new), ("doctor", new)):
        done = run(*words, "--format", "json")
        rows = json.loads(done.stdout)
        assert 0 == done.exit_code
        assert {("what", "is_well", "said", "way_out")} == {tuple(row) for row in rows}
        assert all(row["is_well"] for row in rows)


def test_a_doctor_who_may_not_in_says_so_without_keys(
    run: Run, new: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAST_ACCESS_KEY", "AKIASOMEBODY")
    peer.switches.access_key = "another"

    for words in (("doctor", new), ("schema", "apply", new), ("schema", "status", new)):
        done = run(*words)
        assert (1 if words[0] == "doctor" else 2) == done.exit_code
        assert "VAST_ACCESS_KEY" in done.output
        assert "AKIASOMEBODY" not in done.output


@pytest.mark.parametrize("words", [("doctor",), ("schema", "apply"), ("snapshots",)])
def test_a_store_that_is_no_store_is_a_mistake(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, "vast://host/only-a-bucket")

    assert 2 == done.exit_code
    assert "vast://host[:port]/bucket/schema" in done.stderr
    assert 2 == run(*words).exit_code


def test_snapshots_are_listed_and_read(run: Run, vast_stores: VastStores, peer: VastPeer) -> None:
    url = vast_stores.new_url()
    peer.snapshot(BUCKET, "before")
    with ta.connect(url) as store:
        ta.examples.newsroom(store, segments=2_000)
    peer.snapshot(BUCKET, "after")

    listed = run("snapshots", url, "--format", "json")
    assert [{"snapshot": "after"}, {"snapshot": "before"}] == json.loads(listed.stdout)
    assert "2 rows" in run("snapshots", url).stdout
    for words, flows in ((["--at", "before"], 0), (["--at", "after"], 37), ([], 37)):
        shown = run("info", url, *words, "--format", "json")
        assert flows == json.loads(shown.stdout)[0]["flows"], words
    unknown = run("segments", url, "--at", "never")
    assert (1, True) == (unknown.exit_code, "bucket tams has after, before" in unknown.stderr)
    explained = run("explain", url, "gaps", "--at", "after")
    assert 0 == explained.exit_code


def test_duckdb_has_no_snapshots(run: Run, file: str) -> None:
    for words in (("snapshots", file), ("info", file, "--at", "monday")):
        done = run(*words)
        assert 2 == done.exit_code
        assert "VAST DB" in done.stderr


def test_a_duckdb_store_is_made_and_looked_at(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.duckdb"
    assert (1, 1) == (run("doctor", file).exit_code, run("schema", "status", file).exit_code)
    assert not file.exists()
    made = run("schema", "apply", file)
    assert (0, f"created {file}") == (made.exit_code, made.stdout.splitlines()[0])
    applied = run("schema", "apply", file).stdout
    assert [f"the tables have version {SCHEMA_VERSION}"] == applied.splitlines()
    assert len(TABLES) + 1 == len(run("schema", "status", file).stdout.splitlines())

    well = run("doctor", file)
    assert 0 == well.exit_code
    looked_at = ["settings", "file", "room", "readable", "version", "tables", "writable"]
    assert looked_at == names(well.stdout)
    assert "ok  settings: the environment; no " in well.stdout
    dropped = run("schema", "drop", file, "--yes")
    assert (2, True) == (dropped.exit_code, f"delete {file}" in dropped.stderr)
    assert file.exists()


def names(lines: str) -> list[str]:
    return [line.partition(":")[0].split()[-1] for line in lines.splitlines()]


def test_a_duckdb_store_that_lacks_something_is_told_and_brought_forward(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "old.duckdb"
    run("schema", "apply", file)
    with duckdb.connect(str(file)) as store:
        store.execute("ALTER TABLE webhooks RENAME TO notes; DELETE FROM store_metadata")
        store.execute("ALTER TABLE sources DROP COLUMN label")

    status = run("schema", "status", file)
    assert 1 == status.exit_code
    assert "BAD webhooks: is missing; run tams schema apply" in status.stdout.splitlines()
    assert "BAD sources: lacks label; run tams schema apply" in status.stdout.splitlines()
    told = run("doctor", file)
    assert 1 == told.exit_code
    assert (
        "BAD tables: sources lacks label; webhooks is missing; run tams schema apply" in told.stdout
    )
    steps = run("schema", "apply", file).stdout.splitlines()
    assert ["add column label to sources", "create table webhooks"] == steps[:2]
    assert (0, 0) == (run("schema", "status", file).exit_code, run("doctor", file).exit_code)


def test_a_duckdb_store_of_a_later_version_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "later.duckdb"
    run("schema", "apply", file)
    with duckdb.connect(str(file)) as store:
        store.execute("UPDATE store_metadata SET value = '99' WHERE name = 'schema_version'")

    told = run("doctor", file)
    assert 1 == told.exit_code
    known = f"this library knows {SCHEMA_VERSION}; use a later tams-analytics"
    assert f"BAD version: 99, and {known}" in told.stdout
    assert 2 == run("schema", "apply", file).exit_code


@contextlib.contextmanager
def held(file: Path, mode: str) -> Iterator[int]:
    """The id of another process that has the file open."""
    opened = f"duckdb.connect(sys.argv[1], read_only={mode == 'reading'})"
    holding = f"import duckdb, sys; con = {opened}; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        yield other.pid
        other.communicate(b"\n")


def test_a_file_that_another_process_reads_is_looked_into(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "read.duckdb"
    run("schema", "apply", file)
    with held(file, "reading") as pid:
        told = run("doctor", file)

    assert 0 == told.exit_code
    assert f"ok  in use: process {pid} (python" in told.stdout
    assert "whether it takes rows was not looked at; ask it" in told.stdout
    assert ["settings", "file", "room", "readable", "version", "tables", "use"] == names(
        told.stdout
    )


def test_who_holds_a_file_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "held.duckdb"
    run("schema", "apply", file)
    with held(file, "writing") as pid:
        told, status = run("doctor", file), run("schema", "status", file)

    assert (0, 2) == (told.exit_code, status.exit_code)
    assert f"ok  in use: process {pid} (python" in told.stdout
    assert "what is inside was not looked at; ask it" in told.stdout
    assert "tams serve says at /_mgmt/health how it is" in told.stdout
    assert ["settings", "file", "room", "use"] == names(told.stdout)
    assert "in use" not in run("doctor", file).stdout


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("PORT = = 3", "line 1: 'Invalid value' is no valid TOML"),
        ("PROT = 3", "'PROT' is no setting; expected PORT"),
        ("TAMS_STRICT = 'perhaps'", "TAMS_STRICT: 'perhaps' is no yes or no"),
        ("LOG_LEVEL = 'LOUD'", "LOG_LEVEL: 'LOUD' is not known"),  # the server's
    ],
)
def test_a_settings_file_that_cannot_be_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, said: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(written)
    monkeypatch.setenv("TAMS_SETTINGS", str(file))
    told = run("doctor", tmp_path / "x.duckdb")

    assert 1 == told.exit_code
    assert 1 == len(told.stdout.splitlines())
    assert told.stdout.startswith("BAD settings: ")
    assert said in told.stdout


def test_a_disk_that_is_almost_full_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.duckdb"
    run("schema", "apply", file)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    told = run("doctor", file)

    assert 1 == told.exit_code
    assert "BAD room: 1.05 MB on its disk; with less than 33.6 MB nothing is written" in told.stdout


def test_a_file_that_is_none_of_ours_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "text.duckdb"
    file.write_text("flow,segment\n" * 10)
    told = run("doctor", file)

    assert 1 == told.exit_code
    assert "is no DuckDB database" in told.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.duckdb"
    run("schema", "apply", file)
    file.chmod(stat.S_IRUSR)
    told = run("doctor", file)

    assert 1 == told.exit_code
    assert "BAD writable" in told.stdout


def test_memory_has_nothing_to_make(run: Run) -> None:
    assert 2 == run("schema", "apply", ":memory:").exit_code
    assert 0 == run("doctor", ":memory:").exit_code
