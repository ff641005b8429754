"""Folders on the disk for a while: they go with their context, and after who was killed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tams_analytics.engines.temporary import temporary_folder

PREFIX = "tams-tried-"
KILLED = f"""\
import os
from tams_analytics.engines.temporary import temporary_folder
with temporary_folder({PREFIX!r}) as folder:
    (folder / "large").write_text("rows")
    os._exit(0)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_its_context(temporary: Path) -> None:
    with temporary_folder(PREFIX) as folder:
        (folder / "rows").write_text("1")
        assert temporary == folder.parent
        assert folder.name.startswith(PREFIX)
    assert [] == list(temporary.iterdir())


def test_it_goes_with_an_error_too(temporary: Path) -> None:
    with pytest.raises(KeyboardInterrupt), temporary_folder(PREFIX):
        raise KeyboardInterrupt
    assert [] == list(temporary.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can tell there who is gone")
def test_what_somebody_left_who_is_gone_goes_with_the_next_and_what_is_in_use_stays(
    temporary: Path,
) -> None:
    others = temporary / f"{PREFIX}of-others"
    others.mkdir()
    with temporary_folder(PREFIX) as in_use:
        subprocess.run([sys.executable, "-c", KILLED], check=True)
        assert 3 == len(list(temporary.iterdir()))

        with temporary_folder(PREFIX) as folder:
            assert {in_use, others, folder} == set(temporary.iterdir())
