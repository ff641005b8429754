"""`tams notebook` copies what the package carries, and keeps what is there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tams_analytics.cli.notebook import names
from tams_command.commands import main


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["notebook", *words])


def test_the_notebooks_are_copied(tmp_path: Path, root: Path) -> None:
    ran = run(str(tmp_path / "mine"), "--copy-only")

    assert (0, names()) == (ran.exit_code, sorted(f.name for f in (tmp_path / "mine").iterdir()))
    for name in names():
        assert (root / "notebooks" / name).read_bytes() == (tmp_path / "mine" / name).read_bytes()


def test_a_notebook_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    changed = tmp_path / names()[0]
    changed.write_text("mine")
    ran = run(str(tmp_path), "--copy-only")

    assert "mine" == changed.read_text()
    assert "1 notebook there already stayed as they are" in ran.output


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run(str(tmp_path / "file"), "--copy-only")

    assert 2 == ran.exit_code
    assert "is a file; expected a folder" in ran.output


def test_without_jupyterlab_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ran = run(str(tmp_path))

    assert 2 == ran.exit_code
    assert 'pip install "tams-analytics[lab]"' in ran.output
