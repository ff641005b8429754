"""`tams doctor` puts an object and reads it back (F94, F97)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tams_analytics.media.directory import DirectoryStorage
from tests.cli.conftest import Run


def test_a_folder_is_tried_where_it_is_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.duckdb"
    run("schema", "apply", file)
    assert "media" not in run("doctor", file).stdout
    folder = tmp_path / "x-media"
    DirectoryStorage(folder).begin()

    told = run("doctor", file)
    assert told.exit_code == 0
    assert "ok  media default: directory x-media keeps and gives bytes in its folder" in told.stdout
    assert "ok  clock of default: within 5 s of ours" in told.stdout
    assert [each for each in folder.rglob("*") if each.is_file()] == []

    folder.rename(tmp_path / "elsewhere")  # as with its disk
    told = run("doctor", file)
    assert told.exit_code == 1
    assert "x-media is gone, and x-media.key is still beside it" in told.stdout

    monkeypatch.setenv("TAMS_MEDIA", (file / "below a file").as_uri())
    told = run("doctor", file)
    assert told.exit_code == 1
    assert "BAD media default: the media directory failed at reaching" in told.stdout


def test_settings_that_name_no_storage_are_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.duckdb"
    run("schema", "apply", file)
    monkeypatch.setenv("TAMS_MEDIA", "s3")
    told = run("doctor", file)
    assert told.exit_code == 1
    assert "BAD media: S3_BUCKET_NAME" in told.stdout
