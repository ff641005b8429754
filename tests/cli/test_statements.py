"""`tams sql`: the library's SQL by name, printed, run, and kept in a catalog of Trino."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import duckdb
import pytest

import tams_analytics as ta
from tams_analytics.cli import routines, shipped
from tams_analytics.timerange import to_utc
from tests.cli.conftest import Rows, Run
from tests.support import trino_shared, verb_snapshots
from tests.support.trino_server import Trino
from tests.trino.conftest import copied

ROOT = Path(__file__).resolve().parents[2]


def test_the_names_are_listed_with_their_questions(run: Run) -> None:
    done = run("sql")

    assert 0 == done.exit_code
    lines = done.stdout.splitlines()
    assert any(line.split()[0] == "hot_and_cold" for line in lines)
    assert "How much of its time does each flow cover?" in done.stdout
    files = [each for each in ROOT.glob("sql/*/*.sql") if each.parent.name not in ("tables",)]
    named = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted({each.stem for each in files}) == sorted(named)


def test_they_stand_in_groups_and_in_columns(run: Run) -> None:
    lines = run("sql").stdout.splitlines()

    heads = [line for line in lines if not line.startswith("  ")]
    assert heads == [
        "Of one store, for Trino; --engine duckdb prints DuckDB's",
        "Of a store and other catalogs, for Trino",
        "Views, for Trino; --install makes them all",
    ]
    ends = [
        {len(line) - len(shipped.question(shipped.text(folder, line.split()[0]))) for line in group}
        for folder, group in zip(("trino", "federation", "views"), grouped(lines), strict=True)
    ]
    assert [1, 1, 1] == [len(each) for each in ends]


def grouped(lines: list[str]) -> list[list[str]]:
    """What stands below each head."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("  "):
            found[-1].append(line)
        else:
            found.append([])
    return found


WITH_WINDOWS = [
    each
    for each in sorted(ROOT.glob("sql/*/*.sql"))
    if shipped.windows(each.read_text("utf-8")) and each.parent.name != "tables"
    if each.stem != "cost_of_expired_clips"  # asks about a moment, as tests/sql shows
]


@pytest.mark.parametrize("file", WITH_WINDOWS, ids=lambda file: file.stem)
def test_a_window_is_told_as_the_sql_has_it(file: Path) -> None:
    sql = file.read_text("utf-8")
    (said,) = shipped.windows(sql)
    window = said.removeprefix("Its window: ").partition(",")[0]

    assert verb_snapshots.head(window) == f"-- {said}"
    for ns in (ta.tr(window).start_ns, ta.tr(window).end_ns):
        assert ns is not None
        assert str(ns) in sql or f"TIMESTAMP '{to_utc(ns):%Y-%m-%d %H:%M:%S.%f}'" in sql


@pytest.mark.parametrize("engine", ["duckdb", "trino"])
def test_what_has_numbers_of_an_hour_in_it_says_of_which(engine: str) -> None:
    files = ROOT.glob(f"sql/{engine}/*.sql")
    hour = str(ta.tr(verb_snapshots.WINDOW).start_ns)
    those = [each.stem for each in files if hour in each.read_text("utf-8")]

    assert ["verb_coverage_within", "verb_gaps_within"] == sorted(those)
    assert {*those} <= {file.stem for file in WITH_WINDOWS if file.parent.name == engine}


def test_what_is_run_says_of_which_window_it_answers(run: Run, file: str) -> None:
    done = run("sql", "verb_gaps_within", "--run", "-s", file)

    assert (0, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "from 2025-08-24T01:46:03Z to 2025-08-24T02:46:03Z" in done.stderr
    assert "What is missing of each flow in one hour" in done.stderr
    assert "" == run("sql", "verb_gaps", "--run", "-s", file).stderr


def test_a_name_of_both_engines_says_whose_text_it_prints(run: Run) -> None:
    assert "this is Trino's text; --engine duckdb" in run("sql", "verb_gaps").stderr
    assert "" == run("sql", "verb_gaps", "--engine", "trino").stderr
    assert "" == run("sql", "hot_and_cold").stderr


@pytest.mark.parametrize(
    ("place", "name", "says"),
    [
        ("{file}", "functions", "name: 'functions' are functions, not a question"),
        ("trino://me@127.0.0.1:1/a/b", "functions", "expected --install, which makes all"),
        ("trino://me@127.0.0.1:1/a/b", "segments", "name: 'segments' is a view, not a question"),
    ],
)
def test_what_makes_something_is_not_run(
    run: Run, file: str, place: str, name: str, says: str
) -> None:
    done = run("sql", name, "--run", "-s", place.replace("{file}", file))

    assert (2, "", 1) == (done.exit_code, done.stdout, len(done.stderr.splitlines()))
    assert says in done.stderr


def test_what_an_engine_refuses_is_named_and_not_quoted(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.duckdb"
    ta.connect(str(empty)).close()

    done = run("sql", "inventory_unknown", "--run", "-s", empty)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert done.stderr.startswith("tams: sql: 'inventory_unknown' is refused: ")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("inventory_unknown", "CREATE TABLE s3_objects AS FROM 'listing.parquet'"),
        ("verb_closest", "clips of yours, with flow_id, object_id, start_ns and end_ns"),
    ],
)
def test_a_table_that_no_store_has_is_told_of(run: Run, file: str, name: str, says: str) -> None:
    done = run("sql", name, "--run", "-s", file)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert says in done.stderr


def test_a_listing_that_became_a_table_is_asked(run: Run, file: str, tmp_path: Path) -> None:
    listing, own = tmp_path / "listing.parquet", shutil.copy(file, tmp_path)
    with duckdb.connect(own) as con:
        con.execute(
            f"COPY (SELECT 'b' AS bucket, 'k' AS key, 1 AS size, 'STANDARD' AS storage_class, "
            f"NULL AS etag, now()::TIMESTAMP AS last_modified, now()::TIMESTAMP AS listed_at) "
            f"TO '{listing}'"
        )
        con.execute(f"CREATE TABLE s3_objects AS FROM '{listing}'")

    done = run("sql", "inventory_usage", "--run", "-s", own, "--format", "csv")

    assert (0, 2) == (done.exit_code, len(done.stdout.splitlines()))


def test_one_engines_names(run: Run) -> None:
    done = run("sql", "--engine", "duckdb")

    head, *lines = done.stdout.splitlines()
    assert "Of one store, for DuckDB" == head
    assert sorted(each.stem for each in ROOT.glob("sql/duckdb/*.sql")) == [
        line.split()[0] for line in lines
    ]


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


def test_a_text_goes_into_a_file_of_any_name(run: Run, tmp_path: Path) -> None:
    done = run("sql", "hot_and_cold", "-o", tmp_path / "my.sql")
    listed = run("sql", "-o", tmp_path / "names")

    assert [(0, "", "")] * 2 == [
        (each.exit_code, each.output, each.stderr) for each in (done, listed)
    ]
    assert (ROOT / "sql/federation/hot_and_cold.sql").read_text() == (
        tmp_path / "my.sql"
    ).read_text()
    assert run("sql").stdout == (tmp_path / "names").read_text()


@pytest.mark.parametrize("way", ["option", "environment", "name"])
def test_a_text_is_of_the_store_that_is_meant(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """What ``--run`` runs there: it can be changed, and asked by tams query. Nothing is asked."""
    url = "trino://me@nowhere.invalid/hive/tams"
    if way == "environment":
        monkeypatch.setenv("TAMS_URL", url)
    elif way == "name":
        (tmp_path / "config" / "tams").mkdir(parents=True)
        (tmp_path / "config" / "tams" / "stores.toml").write_text(f'[lake]\nurl = "{url}"\n')
    store = {"option": ["-s", url], "environment": [], "name": ["-s", "lake"]}[way]

    done = run("sql", "uncontrolled_urls_by_host", *store)

    text = (ROOT / "sql/federation/uncontrolled_urls_by_host.sql").read_text()
    assert (0, "") == (done.exit_code, done.stderr)
    assert text.replace('vast."tams/meta"', "hive.tams") == done.stdout != text
    assert "" == run("sql", "verb_gaps", *store).stderr


def test_a_routine_is_printed_in_a_query_that_brings_what_it_calls(run: Run) -> None:
    done = run("sql", "tams_utc_text,tams_text", "--engine", "trino")

    head, _, query = done.stdout.partition("WITH\n")
    assert (0, "") == (done.exit_code, done.stderr)
    assert head.startswith("-- How do I use tams_utc_text and tams_text where no catalog keeps")
    assert "FUNCTION tams_digits_(" in query
    assert "FUNCTION tams_start_ns(" not in query
    assert "CREATE" not in query
    assert query.endswith("5, 10000000000) AS tams_text\n")
    assert "tams sql tams_start_ns,tams_end_ns" in run("sql", "functions").stdout


def test_each_routine_for_users_can_be_asked_for() -> None:
    made = [each.partition("(")[0].split()[-1] for each in shipped.functions()]

    assert [name for name in made if not name.endswith("_")] == [*routines.EXAMPLES]


@pytest.mark.parametrize("name", ["tams_utc,tams_ut", "tams_digits_", "tams_utc,", ","])
def test_what_is_no_routine_is_not_found(run: Run, name: str) -> None:
    done = run("sql", name)

    assert (1, "") == (done.exit_code, done.stdout)
    assert f"there is no statement {name}" in done.stderr


def test_duckdb_has_macros_instead(run: Run, file: str) -> None:
    printed = run("sql", "tams_utc", "--engine", "duckdb")
    asked = run("sql", "tams_utc", "--run", "-s", file)

    assert (1, 1) == (printed.exit_code, asked.exit_code)
    assert "there is no statement tams_utc" in printed.stderr
    assert "there is no statement tams_utc" in asked.stderr


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
        (["--install", "ICEBERG.New6", "-s", "{file}"], "expected iceberg.new6"),
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
def test_routines_run_in_one_statement_on_trino(
    run: Run, rows: Rows, on_trino: str, trino_server: Trino
) -> None:
    """For who may make none: nothing is kept."""
    found = rows("sql", ",".join(routines.EXAMPLES), "--run", "-s", on_trino)
    assert [
        {
            "tams_start_ns": 0,
            "tams_end_ns": 10**10,
            "tams_overlaps": True,
            "tams_text": "[0:5_10:0)",
            "tams_utc": "2026-08-31T20:00:00.000000Z",
            "tams_utc_text": "2026-08-31T20:00:00Z",
            "tams_from_utc": 1788206437000000000,
        }
    ] == found

    printed = run("sql", "tams_start_ns,tams_end_ns", "--engine", "trino").stdout
    brought = printed.rpartition("\nSELECT\n")[0]
    own = "WITH t AS (SELECT 5 AS at) SELECT tams_end_ns('[0:3]') - at FROM t"
    assert [[-1]] == trino_server.execute(f"{brought}\n{own}")
    for name in routines.EXAMPLES:
        assert 1 == len(trino_server.execute(run("sql", name, "--engine", "trino").stdout))


@pytest.mark.trino
@pytest.mark.parametrize("catalog", ["iceberg", "files"])
def test_views_and_functions_are_kept_where_a_catalog_keeps_them(
    run: Run, on_trino: str, trino_server: Trino, catalog: str
) -> None:
    trino_shared.catalog_or_skip(trino_server, catalog)
    own = f"views_{uuid.uuid4().hex[:8]}"
    for again in range(2):
        done = run("sql", "--install", f"{catalog}.{own}", "-s", on_trino)
        assert 0 == done.exit_code, done.stderr
        assert again != (f"schema {catalog}.{own}" in done.stdout)
        assert f"20 views in {catalog}.{own}" in done.stdout

    counted = f"SELECT count(*) FROM {catalog}.{own}.segments"  # noqa: S608
    found = trino_server.execute(counted)
    assert [[1000]] == found
    if "functions in" in done.stdout:
        text = trino_server.execute(f"SELECT {catalog}.{own}.tams_text(5, 9)")
        assert [["[0:5_0:9)"]] == text
    else:
        assert "no functions: " in done.stdout
    trino_server.execute(f"DROP SCHEMA {catalog}.{own} CASCADE")


@pytest.mark.trino
def test_nothing_is_left_where_a_catalog_keeps_no_views(
    run: Run, on_trino: str, trino_server: Trino
) -> None:
    """Nor is a schema taken away that was there; what would do is named."""
    trino_shared.catalog_or_skip(trino_server, "rights")
    own, mine = f"none_{uuid.uuid4().hex[:8]}", f"mine_{uuid.uuid4().hex[:8]}"
    trino_server.execute(f"CREATE SCHEMA rights.{mine}")
    try:
        for schema in (own, mine):
            done = run("sql", "--install", f"rights.{schema}", "-s", on_trino)
            assert (2, "") == (done.exit_code, done.stdout)
            assert "keeps views, as one of Iceberg's; here " in done.stderr
            assert {"files", "iceberg"} <= {*done.stderr.replace(",", " ").split()}
            assert "rights" not in done.stderr.partition("; here ")[2]
        there = {name for (name,) in trino_server.execute("SHOW SCHEMAS FROM rights")}
        assert (False, True) == (own in there, mine in there)
        read_only = run("sql", "--install", "tpch.new", "-s", on_trino)
        assert (2, True) == (read_only.exit_code, "keeps views, as one" in read_only.stderr)
    finally:
        trino_server.execute(f"DROP SCHEMA rights.{mine}")
