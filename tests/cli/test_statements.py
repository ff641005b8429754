"""`tams sql`: the library's SQL by name, printed, run, and kept in a catalog of Trino."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tests.cli.conftest import Rows, Run
from tests.support import trino_shared
from tests.support.trino_server import Trino
from tests.trino.conftest import copied

ROOT = Path(__file__).resolve().parents[2]


def test_the_names_are_listed_with_their_questions(run: Run) -> None:
    done = run("sql")

    assert 0 == done.exit_code
    lines = done.stdout.splitlines()
    assert any(line.split()[:2] == ["trino", "hot_and_cold"] for line in lines)
    assert "How much of its time does each flow cover?" in done.stdout
    files = [each for each in ROOT.glob("sql/*/*.sql") if each.parent.name not in ("tables",)]
    assert len(files) == len(lines)


def test_one_engines_names(run: Run) -> None:
    done = run("sql", "--engine", "duckdb")

    assert {"duckdb"} == {line.split()[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(
    ("engine", "name", "file"),
    [
        ("duckdb", "verb_gaps", "duckdb/verb_gaps.sql"),
        ("trino", "verb_gaps", "trino/verb_gaps.sql"),
        ("trino", "functions", "trino/functions.sql"),
        (None, "bytes_nobody_knows", "federation/bytes_nobody_knows.sql"),
        (None, "segment_details", "views/segment_details.sql"),
    ],
)
def test_a_name_prints_the_file(run: Run, engine: str | None, name: str, file: str) -> None:
    done = run("sql", name, *(["--engine", engine] if engine else []))

    assert (ROOT / "sql" / file).read_text("utf-8") == done.stdout


def test_an_unknown_name_tells_those_that_are_there(run: Run) -> None:
    done = run("sql", "verb_gap", "--engine", "duckdb")

    assert (1, "") == (done.exit_code, done.stdout)
    assert "verb_gaps" in done.stderr
    assert "hot_and_cold" not in done.stderr


def test_it_is_run_on_a_store(rows: Rows, file: str) -> None:
    found = rows("sql", "verb_coverage", "--run", "-s", file)

    with ta.connect(file, read_only=True) as store:
        expected = ta.coverage(store.segments, by="flow_id").to_pyarrow().to_pylist()
    assert sorted(map(str, expected)) == sorted(map(str, found))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--run"], "--run needs a name"),
        (["verb_gaps", "--install", "a.b"], "takes neither a name nor --run"),
        (["verb_gaps", "--run", "--engine", "trino", "-s", "{file}"], "is not that of"),
        (["hot_and_cold", "--run", "-s", "{file}"], "there is no statement hot_and_cold"),
        (["--install", "nowhere", "-s", "{file}"], "names no schema"),
        (["--install", "a.b", "-s", "{file}"], "name a store by trino://"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    run: Run, file: str, words: list[str], says: str
) -> None:
    done = run("sql", *(word.replace("{file}", file) for word in words))

    assert done.exit_code in (1, 2)
    assert "" == done.stdout
    assert says in done.stderr


@pytest.fixture(scope="module")
def on_trino(trino_server: Trino) -> Any:
    """The address of a small newsroom behind Trino."""
    with (
        ta.examples.newsroom(segments=1000) as store,
        copied(store, trino_server, f"tams/cli_{uuid.uuid4().hex[:8]}") as there,
    ):
        yield there.url


@pytest.mark.trino
def test_it_is_run_on_trino(rows: Rows, on_trino: str) -> None:
    with ta.connect(on_trino) as store:
        expected = ta.gaps(store.segments, by="flow_id").count().to_pyarrow().as_py()

    assert expected == len(rows("sql", "verb_gaps", "--run", "-s", on_trino)) > 0
    assert 1000 == rows("query", on_trino, "SELECT count(*) AS n FROM segments")[0]["n"]


@pytest.mark.trino
@pytest.mark.parametrize("catalog", ["iceberg", "files"])
def test_views_and_functions_are_kept_where_a_catalog_keeps_them(
    run: Run, on_trino: str, trino_server: Trino, catalog: str
) -> None:
    trino_shared.catalog_or_skip(trino_server, catalog)
    own = f"views_{uuid.uuid4().hex[:8]}"
    trino_server.execute(f"CREATE SCHEMA {catalog}.{own}")
    for _again in range(2):
        done = run("sql", "--install", f"{catalog}.{own}", "-s", on_trino)
        assert 0 == done.exit_code, done.stderr
        assert f"14 views in {catalog}.{own}" in done.stdout

    counted = f"SELECT count(*) FROM {catalog}.{own}.segments"  # noqa: S608
    found = trino_server.execute(counted)
    assert [[1000]] == found
    if "functions in" in done.stdout:
        text = trino_server.execute(f"SELECT {catalog}.{own}.tams_text(5, 9)")
        assert [["[0:5_0:9)"]] == text
    else:
        assert "no functions: " in done.stdout
    trino_server.execute(f"DROP SCHEMA {catalog}.{own} CASCADE")
