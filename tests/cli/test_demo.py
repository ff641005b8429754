"""`tams demo`: both halves, a page, and a second run; and what it says without PyAV."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics.cli.demo import MARK, NEWSROOM, PAGE
from tams_analytics.errors import Unsupported
from tests.cli.conftest import Rows, Run


def test_it_makes_cuts_tells_and_draws(
    run: Run, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("av", reason="PyAV is in the extra [media]")
    folder = Path("demo-out")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(tmp_path / ".venv" / "bin" / "tams")])
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")

    done = run("demo", "-o", folder, "--seconds", 16, "--segments", 1000)
    page = (folder / "timeline.html").read_text()

    assert (0, "") == (done.exit_code, done.stderr)
    assert str(folder / "timeline.html") == done.stdout.splitlines()[-1]
    assert "bars video" in page
    assert "S1 video" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    (gap,) = rows("gaps", folder / "media.duckdb")
    assert (8_000_000_000, 12_000_000_000) == (gap["start_ns"], gap["end_ns"])
    assert "clip of the bars" in done.stdout
    assert 100 >= max(map(len, done.stdout.splitlines()))
    assert (folder / "mine.txt").read_text() == "mine"
    with ta.connect(str(folder / "media.duckdb"), read_only=True) as store:  # as its server does
        kept = store.object_instances.to_pyarrow().to_pylist()
        assert kept
        assert all(store.storages.of(row["storage_id"]).exists(row["key"]) for row in kept)


def test_without_pyav_it_shows_the_newsroom_and_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_given: object) -> None:
        raise Unsupported("media", "read media files", 'pip install "tams-analytics[media]"')

    monkeypatch.setattr("tams_analytics.cli.demo_media.make", missing)
    for name, text in ((MARK, ""), (PAGE, "of an earlier run"), (NEWSROOM, "of an earlier run")):
        (tmp_path / name).write_text(text)

    done = run("demo", "-o", tmp_path, "--segments", 1000)

    assert 0 == done.exit_code
    assert "tams-analytics[media]" in done.stdout
    assert "S1 video" in (tmp_path / "timeline.html").read_text()
    assert not (tmp_path / "media.duckdb").exists()
    assert re.search(rf"tams\S* serve {tmp_path / NEWSROOM} +its API", done.stdout)
    (during,) = re.findall(r"daily_gaps --during (\S+)  a report", done.stdout)
    gaps = run("report", tmp_path / NEWSROOM, "daily_gaps", "--during", during, "--table", "days")
    assert "S1 video" in gaps.stdout
    start = done.stdout.index("  import tams_analytics as ta\n")
    typed = done.stdout[start:].partition("\n\n")[0]
    with ta.connect(str(tmp_path / NEWSROOM), read_only=True):
        assert "end_ns" in answer_of(f"{textwrap.dedent(typed)}\n")


def answer_of(typed: str) -> str:
    """What a Python beside this one prints, when these lines are typed into it."""
    command = [sys.executable, "-i", "-q"]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_store_that_no_demo_made_is_not_replaced(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "newsroom.duckdb"
    mine.write_text("mine")

    done = run("demo", "-o", tmp_path)

    assert 2 == done.exit_code
    assert "newsroom.duckdb" in done.stderr
    assert "mine" == mine.read_text()
    assert [mine] == list(tmp_path.iterdir())


HOLDER = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
)


def test_a_store_that_another_process_has_open_is_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / MARK).touch()
    (tmp_path / PAGE).write_text("of an earlier run")
    command = [sys.executable, "-c", HOLDER, str(tmp_path / NEWSROOM)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        before = sorted(tmp_path.iterdir())

        done = run("demo", "-o", tmp_path, "--seconds", 16, "--segments", 1000)

        assert 0 != done.exit_code
        assert f"process {holder.pid} " in done.stderr
        assert before == sorted(tmp_path.iterdir())
        holder.communicate()


def test_a_folder_without_a_name_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = run("demo", "-o", "")

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert [] == list(tmp_path.iterdir())
