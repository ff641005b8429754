"""An answer replaces a file, and never what is none, nor the store that it is read from."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def path(file: str) -> str:
    """A file: what could be replaced by mistake."""
    return file


@pytest.fixture
def own(path: str, tmp_path: Path) -> Path:
    """A store whose name does not tell that it is one."""
    return Path(shutil.copy(path, tmp_path / "newsroom"))


@pytest.mark.parametrize("name", ["table", "json", "csv", "parquet"])
@pytest.mark.parametrize("is_linked", [True, False])
def test_a_pipe_is_written_to_and_stays_a_pipe(
    run: Run, path: str, tmp_path: Path, name: str, is_linked: bool
) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()

    done = run("coverage", path, "--format", name, "-o", link if is_linked else pipe)
    reader.join(timeout=20)

    assert (0, "") == (done.exit_code, done.stderr)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()
    assert read[0]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_its_target_is_replaced(
    run: Run, path: str, tmp_path: Path, is_there: bool
) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.csv"
    if is_there:
        target.write_text("old")
    link.symlink_to(target)

    done = run("coverage", path, "-o", link)

    assert (0, "") == (done.exit_code, done.stderr)
    assert link.is_symlink()
    assert target.read_text().startswith('"flow_id"')


@pytest.mark.parametrize("words", ["gaps STORE", "info STORE", "query STORE", "explain STORE gaps"])
@pytest.mark.parametrize("kind", ["itself", "symlink", "hard link", "link to the log"])
def test_the_store_that_is_read_is_never_replaced(
    run: Run, own: Path, words: str, kind: str
) -> None:
    before = own.read_bytes()
    asked = [str(own) if word == "STORE" else word for word in words.split()]
    sql = ["SELECT 1"] if "query" in words else []

    done = run(*asked, *sql, "--format", "json", "-o", named(own, kind))

    assert 2 == done.exit_code
    assert "store" in done.stderr
    assert 1 == len(done.stderr.splitlines())
    assert before == own.read_bytes()


def named(own: Path, kind: str) -> Path:
    """The store by another name."""
    other = own.with_name("other.json")
    if kind == "symlink":
        other.symlink_to(own)
    elif kind == "hard link":
        other.hardlink_to(own)
    elif kind == "link to the log":
        other.symlink_to(f"{own}.wal")
    return own if kind == "itself" else other


def test_a_folder_that_is_missing_is_told_before_anything_is_asked(
    run: Run, path: str, tmp_path: Path
) -> None:
    for name, says in (("none/x.csv", "does not exist"), ("x/", "is a folder")):
        done = run("gaps", path, "-o", f"{tmp_path}/{name}")

        assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
        assert says in done.stderr
