"""Which store: the first word, -s, $TAMS_URL; and what happens without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Rows, Run


def test_the_store_is_the_first_word_or_an_option_or_set(
    rows: Rows, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows("coverage", path)

    assert first == rows("coverage", "-s", path)
    assert first == rows("coverage", "--store", path)
    monkeypatch.setenv("TAMS_URL", path)
    assert first == rows("coverage")


def test_of_two_words_the_first_is_the_store(
    rows: Rows, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "SELECT count(*) AS n FROM segments"

    assert [{"n": 5_000}] == rows("query", file, asked) == rows("query", asked, "-s", file)
    monkeypatch.setenv("TAMS_URL", file)
    assert [{"n": 5_000}] == rows("query", asked)


def test_two_stores_are_one_too_many(run: Run, path: str) -> None:
    done = run("gaps", path, "-s", path)

    assert 2 == done.exit_code
    assert "two stores" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["gaps", "foo://k:pw@h", "-s", "foo://h/x?a=pw"],
        ["gaps", "foo://k:p w@h", "-s", "foo://k:p\npw@h"],
        ["gaps", "x", "foo://k:pw@h"],
        ["gaps", "foo://k:pw@h"],
        ["query", "foo://k:pw@h", "SELECT 1"],
        ["explain", "foo://k:pw@h", "gaps"],
        ["ingest", "a.mp4", "-s", "foo://k:pw@h"],
    ],
)
def test_no_message_tells_the_secret_of_a_url(run: Run, words: list[str]) -> None:
    done = run(*words)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "foo://" in done.stderr
    assert "***" in done.stderr
    assert "pw" not in done.stderr
    assert "p w" not in done.stderr


def test_without_a_store_it_says_how_to_name_one(run: Run) -> None:
    done = run("gaps")

    assert 2 == done.exit_code
    assert "tams: no store: name one, or set $TAMS_URL" in done.stderr


@pytest.mark.parametrize(
    "words", [["info"], ["explain", "gaps"], ["query", "SELECT 1"], ["ingest", "a.mp4"]]
)
def test_each_command_says_so(run: Run, words: list[str]) -> None:
    done = run(*words)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "no store: name one, or set $TAMS_URL" in done.stderr


@pytest.mark.parametrize("place", ["nwesroom.duckdb", "duckdb:///nwesroom.duckdb"])
@pytest.mark.parametrize(
    "words",
    [
        ["info"],
        ["flows"],
        ["segments"],
        ["gaps"],
        ["coverage"],
        ["overlaps"],
        ["depth"],
        ["query", "SELECT 1"],
        ["explain", "gaps"],
    ],
)
def test_a_store_that_is_not_there_is_not_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], place: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    done = run(*words, "-s", place)

    assert (1, "") == (done.exit_code, done.stdout)
    assert "tams: there is no store nwesroom.duckdb; a store is made by" in done.stderr
    assert 1 == len(done.stderr.splitlines())
    assert [] == list(Path().iterdir())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--flow", "nobody"], 1, "no flow nobody"),
        (["--flow", "S1"], 0, ""),
        (["--source", "nobody"], 1, "no source nobody"),
        (["--timerange", "soon"], 2, "'soon'"),
        (["--last", "soon"], 2, "'soon'"),
        (["--last", "1h", "--timerange", "_"], 2, "exclude each other"),
        (["--min-duration", "long"], 2, "'long'"),
        (["--min-duration", "²"], 2, "'²'"),
        (["--min-duration", "9" * 5000], 2, "999"),
        (["--min-duration", ""], 2, "''"),
        (["--min-duration", "s"], 2, "min_duration: 's'"),
        (["--min-duration", "9999999999w"], 2, "64 bits"),
        (["--by", "day"], 2, "'day'"),
        (["--limit", "-1"], 2, "-1"),
        (["--all-flows"], 2, "--all-flows needs a --timerange"),
        (["--colour"], 2, "--colour"),
        (["-o", "/nowhere/x.csv"], 2, "/nowhere"),
        (["-o", "x.duckdb"], 2, "name of a store"),
        (["-o", "X.DuckDB"], 2, "name of a store"),
        (["-o", "."], 2, "is a folder"),
        (["-o", ""], 2, "names no file"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: Run, path: str, words: list[str], code: int, says: str
) -> None:
    done = run("gaps", path, *words)

    assert code == done.exit_code
    assert says in done.stderr
    assert len(done.stderr.splitlines()) <= 1
