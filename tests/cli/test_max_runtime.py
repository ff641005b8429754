"""``--max-runtime`` of what is asked once: an answer in time, or none and exit 2."""

from __future__ import annotations

from pathlib import Path

import pytest

import tams_analytics as ta
from tests.cli.conftest import Run

ASKED = [("measure", "hours_covered", "gaps"), ("report", "codecs")]


@pytest.mark.parametrize("words", ASKED)
def test_when_the_time_is_over_there_is_no_answer(
    run: Run, file: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    command, *names = words

    done = run(command, file, *names, "--max-runtime", "0.000001", "-o", tmp_path / "out.html")

    assert (2, "") == (done.exit_code, done.stdout)
    assert "the time was over after --max-runtime 0.000001" in done.stderr
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize("words", ASKED)
def test_with_enough_time_the_answer_is_the_same(
    run: Run, file: str, words: tuple[str, ...]
) -> None:
    command, *names = words

    timed = run(command, file, *names, "--max-runtime", "10m", "--format", "json")

    assert 0 == timed.exit_code
    assert run(command, file, *names, "--format", "json").stdout == timed.stdout


def test_a_run_that_ends_early_is_not_remembered(run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "store.duckdb")
    with ta.connect(path) as store:
        ta.examples.newsroom(store, segments=1_000)

    done = run("measure", path, "flows", "--remember", "--max-runtime", "0.000001")

    assert 2 == done.exit_code
    with ta.connect(path, read_only=True) as store:
        assert 0 == store.tables.runs.count().to_pyarrow().as_py()


def test_a_length_that_is_none_is_refused(run: Run, file: str) -> None:
    done = run("report", file, "codecs", "--max-runtime", "soon")

    assert 2 == done.exit_code
    assert "max_runtime: 'soon'" in done.stderr
