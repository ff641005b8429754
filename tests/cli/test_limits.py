"""A limit that leaves rows out says so, to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Rows, Run

SQL = "SELECT * FROM flows"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (1, "the first 1 row; there are more"),
        (3, "the first 3 rows; there are more"),
        (60, "the first 60 rows; there are more"),
    ],
)
def test_a_limit_that_cuts_says_that_there_are_more(
    run: Run, path: str, limit: int, said: str
) -> None:
    done = run("segments", path, "--limit", limit)

    assert said == done.stdout.splitlines()[-1]
    assert limit + 3 == len(done.stdout.splitlines())


@pytest.mark.parametrize("more", [0, 1])
def test_a_limit_that_does_not_cut_counts_the_rows(
    run: Run, rows: Rows, path: str, more: int
) -> None:
    total = len(rows("flows", path))

    done = run("flows", path, "--limit", total + more)

    assert f"{total} rows" == done.stdout.splitlines()[-1]


def test_a_query_says_that_a_limit_cuts_it(run: Run, rows: Rows, file: str) -> None:
    total = len(rows("flows", file))

    cut = run("query", file, SQL, "--limit", total - 1)
    whole = run("query", file, SQL, "--limit", total)

    assert f"the first {total - 1} rows; there are more" == cut.stdout.splitlines()[-1]
    assert f"{total} rows" == whole.stdout.splitlines()[-1]


@pytest.mark.parametrize("words", [("flows", "PATH"), ("query", "PATH", SQL)])
def test_a_page_and_a_file_say_it_too(
    run: Run, file: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    asked = [file if word == "PATH" else word for word in words]

    page = run(*asked, "--limit", 3, "--format", "html")
    run(*asked, "--limit", 3, "-o", tmp_path / "flows.table")

    assert "<p>the first 3 " in page.stdout
    assert "\nthe first 3 " in (tmp_path / "flows.table").read_text("utf-8")


@pytest.mark.parametrize("words", [("flows",), ("segments",)])
def test_a_page_without_a_limit_has_all_rows(
    run: Run, rows: Rows, path: str, words: tuple[str, ...]
) -> None:
    page = run(*words, path, "--format", "html")

    assert "<p>" not in page.stdout
    assert len(rows(*words, path)) + 1 == page.stdout.count("<tr>")


def test_rows_for_machines_have_no_such_line(run: Run, path: str) -> None:
    done = run("flows", path, "--limit", 3, "--format", "csv")

    assert (4, "") == (len(done.stdout.splitlines()), done.stderr)
