"""`tams query` reads the store, and can do nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tams_analytics.cli import main
from tams_analytics.cli import sql as command
from tests.cli.conftest import Rows, Run
from tests.engines.test_duckdb import HOSTILE


@pytest.fixture
def path(file: str) -> str:
    """DuckDB's: SQL about a store on VAST is asked on Trino."""
    return file


def test_rows_come_as_they_are_named(rows: Rows, path: str) -> None:
    sql = "SELECT max(end_ns) AS last, sum(end_ns - start_ns) AS total FROM segments"

    (row,) = rows("query", path, sql)

    assert 1_788_220_837_000_000_000 == row["last"]
    assert isinstance(row["total"], int)


@pytest.mark.parametrize("sql", [*HOSTILE, "PRAGMA database_list; DELETE FROM flows"])
def test_nothing_but_the_store_can_be_read_and_nothing_changed(
    run: Run, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = Path(path).read_bytes()

    done = run("query", path, sql.replace("{path}", path))

    assert (2, "") == (done.exit_code, done.stdout)
    assert 1 == len(done.stderr.splitlines())
    assert before == Path(path).read_bytes()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM flows;", " ; ", ""])
def test_one_statement_at_a_time(run: Run, path: str, sql: str) -> None:
    done = run("query", path, sql)

    assert 2 == done.exit_code
    assert "statement" in done.stderr


@pytest.mark.parametrize("sql", ["SELECT ';' AS a;", "SELECT 1 AS a -- ; more"])
def test_a_semicolon_in_a_text_or_a_comment_separates_nothing(
    run: Run, path: str, sql: str
) -> None:
    assert 0 == run("query", path, sql).exit_code


def test_sql_that_is_wrong_is_one_sentence(run: Run, path: str) -> None:
    for sql in ("SELEC 1", "SELECT 'open", "SELECT nothing FROM nowhere"):
        done = run("query", path, sql)

        assert 2 == done.exit_code
        assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT lable FROM flows", 'Candidate bindings: "label"'),
        ("SELECT id FROM flow", 'Did you mean "flows'),
        ("SELECT lenght(label) FROM flows", 'Did you mean "length"?'),
    ],
)
def test_a_misspelt_name_is_told_what_is_like_it(run: Run, path: str, sql: str, hint: str) -> None:
    done = run("query", path, sql)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert hint in done.stderr
    assert "LINE" not in done.stderr


def test_words_without_quotes_are_explained(run: Run, path: str) -> None:
    done = run("query", path, "SELECT", "1")

    assert 2 == done.exit_code
    assert "quotes" in done.stderr


@pytest.mark.parametrize("is_set", [True, False])
def test_a_store_without_sql_says_that_the_sql_is_missing(
    run: Run, path: str, monkeypatch: pytest.MonkeyPatch, is_set: bool
) -> None:
    if is_set:
        monkeypatch.setenv("TAMS_URL", path)
    for word in (path, "vast://host/bucket/schema"):
        done = run("query", word)

        assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
        assert "the SQL is missing" in done.stderr


def test_a_table_shows_fifty_rows_and_says_that_there_are_more(run: Run, path: str) -> None:
    done = run("query", path, "SELECT object_id FROM segments")
    all_of_it = run("query", path, "SELECT object_id FROM segments", "--format", "json")

    assert "the first 50 rows; there are more: --limit N for more" in done.stdout
    assert 52 == done.stdout.count("\n") - 1
    assert 5_000 == len(json.loads(all_of_it.stdout))


@pytest.mark.parametrize(
    ("limit", "rows", "says"),
    [(0, 0, "the first 0 rows; there are more"), (3, 3, "the first 3 rows; there are more")]
    + [(most, 4, "4 rows") for most in (4, 9)],
)
def test_no_more_rows_are_read_than_are_shown(
    run: Run, path: str, monkeypatch: pytest.MonkeyPatch, limit: int, rows: int, says: str
) -> None:
    read: list[int] = []
    show = command.show
    monkeypatch.setattr(
        command, "show", lambda found, to: (read.append(len(found)), show(found, to))
    )
    asked = "SELECT * FROM (VALUES (1), (2), (3), (4)) AS t(a)"

    done = run("query", path, asked, "--limit", limit)
    as_json = run("query", path, asked, "--limit", limit, "--format", "json")

    assert says == done.stdout.splitlines()[-1]
    assert rows == len(json.loads(as_json.stdout))
    assert [min(limit + 1, 4), rows] == read


@pytest.mark.parametrize("of", ["segments", "(SELECT * FROM segments ORDER BY object_id) LIMIT 90"])
def test_the_first_rows_are_first_in_the_order_that_was_asked(
    rows: Rows, path: str, of: str
) -> None:
    sql = f"FROM (SELECT flow_id, end_ns FROM {of}) ORDER BY hash(end_ns), flow_id"  # noqa: S608

    found = rows("query", path, sql)

    assert found[:7] == rows("query", path, sql, "--limit", 7)


COMMENTED = "-- Which flows are there?\n-- Tables: flows\nSELECT count(*) AS n FROM flows;\n"


def test_sql_comes_from_a_file_or_from_stdin(run: Run, path: str, tmp_path: Path) -> None:
    (file := tmp_path / "mine.sql").write_text(COMMENTED, "utf-8-sig")
    expected = run("query", path, "SELECT count(*) AS n FROM flows").stdout

    for words in (("-f", file, path), ("-s", path, "--file", file)):
        assert (0, expected) == ((done := run("query", *words)).exit_code, done.stdout)
    done = CliRunner().invoke(main, ["query", path, "-f", "-"], input=COMMENTED)
    assert (0, expected) == (done.exit_code, done.stdout)


def test_sql_may_begin_with_a_comment(run: Run, path: str) -> None:
    expected = run("query", path, "SELECT count(*) AS n FROM flows", "--format", "csv").stdout

    for words in ((path, COMMENTED), ("-s", path, COMMENTED), (COMMENTED, "-s", path)):
        done = run("query", *words, "--format", "csv")
        assert (0, expected) == (done.exit_code, done.stdout), done.stderr


@pytest.mark.parametrize(
    ("words", "text", "says"),
    [
        (["{path}", "SELECT 1"], b"SELECT 1", "SQL is given beside --file"),
        (["SELECT 1", "-s", "{path}"], b"SELECT 1", "SQL is given beside --file"),
        (["{path}"], b"\xff", "is no text in UTF-8"),
        (["{path}"], b"SELECT nothing\nFROM nowhere", "mine.sql' is refused"),
        (["{path}"], b"-- nothing", "mine.sql' says nothing"),
    ],
)
def test_a_file_that_cannot_be_asked_is_a_sentence(
    run: Run, path: str, tmp_path: Path, words: list[str], text: bytes, says: str
) -> None:
    (file := tmp_path / "mine.sql").write_bytes(text)

    done = run("query", *(word.replace("{path}", path) for word in words), "-f", file)

    assert (2, "", 1) == (done.exit_code, done.stdout, len(done.stderr.splitlines()))
    assert says in done.stderr


def test_a_plan_is_shown_by_its_lines(run: Run, path: str) -> None:
    done = run("query", path, "EXPLAIN SELECT count(*) FROM segments")

    assert "explain_key" not in done.stdout
    assert "\\u000a" not in done.stdout
    assert ["┌", "│"] == [line[0] for line in done.stdout.splitlines()[:2]]
    lines = run("query", path, "SELECT E'a\\n\\tb \\x1b[2J\\n' AS x").stdout
    assert "a\n\\u0009b \\u001b[2J\n1 row\n" == lines
    assert "\\u000a" in run("query", path, "SELECT unnest([E'a\\nb', 'c']) AS x").stdout


@pytest.mark.parametrize("word", ["COMMIT", "rollback"])
def test_the_end_of_a_transaction_is_no_store(
    run: Run, path: str, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("TAMS_URL", path)

    assert "is not a question" in run("query", word).stderr


def test_columns_of_one_name_are_refused_before_one_is_lost(run: Run, path: str) -> None:
    done = run("query", path, "SELECT 1 AS a, 2 AS a")

    assert 2 == done.exit_code
    assert "'a'" in done.stderr


@pytest.mark.parametrize("name", ["json", "csv", "parquet", "table", "html"])
def test_every_type_can_be_written(run: Run, path: str, name: str) -> None:
    sql = """SELECT {'a': [1, 2]} AS struct, [DATE '2026-01-01'] AS list, map {'a': 1} AS map,
        1.5 AS x, 'a'::BLOB AS bytes, TIME '12:00' AS time, now() AS moment,
        'nan'::DOUBLE AS nan, NULL AS nothing, uuid() AS id, 2::HUGEINT AS huge"""

    done = run("query", path, sql, "--format", name, "-o", path + ".out")

    assert (0, "", "") == (done.exit_code, done.stdout, done.stderr)


def test_an_engine_that_is_not_there_is_one_sentence(run: Run) -> None:
    done = run("query", "vast://host/bucket/schema", "SELECT 1")

    assert 2 == done.exit_code
    assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize(("name", "code"), [("json", 0), ("csv", 0), ("table", 0), ("parquet", 2)])
def test_an_interval_is_a_text_or_refused(run: Run, path: str, name: str, code: int) -> None:
    sql = "SELECT INTERVAL 1 DAY + INTERVAL 3 HOUR AS i, [INTERVAL (-2) MONTH] AS l"
    done = run("query", path, sql, "--format", name)

    assert code == done.exit_code
    assert (code == 0) == ("1 days 03:00:00" in done.output and "-2 months" in done.output)


STRANGE = {
    "TIMESTAMP '290000-01-01'": "290000-01-01T00:00:00.000000Z",
    "'infinity'::TIMESTAMP": "infinity",
    "'-infinity'::TIMESTAMPTZ": "-infinity",
    "'infinity'::TIMESTAMP_NS": "infinity",
    "TIMESTAMP '0044-03-15 (BC) 12:00:00.5'": "-0043-03-15T12:00:00.500000Z",
    "TIMESTAMP_NS '2026-09-01 00:00:00.123456789'": "2026-09-01T00:00:00.123456789Z",
    "TIMESTAMP_S '40000-02-29 23:59:59'": "40000-02-29T23:59:59Z",
    "DATE '-infinity'": "-infinity",
    "DATE '20000-12-31'": "20000-12-31",
    "DATE '2026-09-01'": "2026-09-01",
    "TIME '24:00:00'": "24:00:00",
}


@pytest.mark.parametrize("sql", STRANGE)
def test_a_moment_that_python_cannot_hold_is_written_exactly(
    run: Run, rows: Rows, path: str, sql: str
) -> None:
    asked = f"SELECT {sql} AS at, [{sql}] AS list, {{'a': {sql}}} AS struct, NULL::DATE AS none"
    expected = STRANGE[sql]

    (row,) = rows("query", path, asked)
    lines = run("query", path, asked, "--format", "csv").stdout.splitlines()

    assert {"at": expected, "list": [expected], "struct": {"a": expected}, "none": None} == row
    assert f'"{expected}"' == lines[1].split(",")[0]
    for name in ("table", "html"):
        done = run("query", path, asked, "--format", name)
        assert (0, "", 3) == (done.exit_code, done.stderr, done.stdout.count(expected))


def test_a_moment_of_any_year_is_the_one_that_duckdb_means(rows: Rows, path: str) -> None:
    sql = """SELECT m, year(m) AS y, strftime(m, '-%m-%dT%H:%M:%S.%fZ') AS said FROM (
        SELECT make_timestamp(i * 11000000000000000 + 1) AS m FROM range(-800, 800) r(i))"""

    found = rows("query", path, sql)

    assert 1_600 == len(found)

    for row in found:
        sign = "-" if row["y"] < 0 else ""
        assert f"{sign}{abs(row['y']):04}{row['said']}" == row["m"]
