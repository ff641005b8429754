"""`tams ingest`: a file becomes flows once, and a broken one leaves nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("av", reason="PyAV is in the extra [media]")

from tams_analytics import settings
from tams_analytics.ingest.sample import Sample, make_mp4
from tests.cli.conftest import Rows, Run

SMALL = Sample(seconds=2, width=160, height=90)


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mp4(tmp_path_factory.mktemp("mp4") / "short.mp4", SMALL)


def test_a_file_becomes_flows_and_a_second_time_nothing(
    run: Run, rows: Rows, mp4: Path, tmp_path: Path
) -> None:
    store = tmp_path / "x.duckdb"

    first = run("ingest", mp4, "-s", store, "--start", "100:0")
    second = run("ingest", mp4, "-s", store, "--start", "100:0")
    (segment,) = rows("segments", store)

    assert (0, "") == (first.exit_code, first.stderr)
    assert ["short.mp4", "short", "3", "3", "1", "1"] == first.stdout.splitlines()[2].split()[:6]
    assert ["short.mp4", "short", "3", "0", "0", "0"] == second.stdout.splitlines()[2].split()[:6]
    assert 100_000_000_000 == segment["start_ns"]


def test_what_a_folder_has_beside_media_is_named(run: Run, mp4: Path, tmp_path: Path) -> None:
    rushes = tmp_path / "rushes"
    (rushes / "more").mkdir(parents=True)
    for name in ("a.txt", "b.jpg", "c.md5", "d.pdf", ".hidden"):
        (rushes / name).write_text("no media")
    shutil.copy(mp4, rushes)

    done = run("ingest", rushes, "-s", tmp_path / "x.duckdb")

    assert 0 == done.exit_code
    said = "5 names are skipped, as they are not those of media: a.txt, b.jpg, c.md5, …"
    assert f"tams: {said}\n" == done.stderr


def test_a_skipped_name_stays_on_its_line(run: Run, mp4: Path, tmp_path: Path) -> None:
    rushes = tmp_path / "rushes"
    rushes.mkdir()
    (rushes / "a\nb\x1b[31m.txt").write_text("no media")
    shutil.copy(mp4, rushes)

    done = run("ingest", rushes, "-s", tmp_path / "x.duckdb")

    said = r"1 name is skipped, as it is not that of media: 'a\nb\x1b[31m.txt'"
    assert f"tams: {said}\n" == done.stderr


def test_a_broken_file_leaves_nothing(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no media at all")

    done = run("ingest", broken, "-s", tmp_path / "x.duckdb")

    assert 2 == done.exit_code
    assert "broken.mp4" in done.stderr
    assert [broken] == list(tmp_path.iterdir())


def test_a_missing_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("ingest", tmp_path / "none.mp4", "-s", tmp_path / "x.duckdb")

    assert done.exit_code in {1, 2}
    assert "none.mp4" in done.stderr
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("store", ["duckdb:///new.duckdb", "named", "new.duckdb"])
@pytest.mark.parametrize("is_set", [True, False])
def test_a_broken_file_leaves_nothing_wherever_the_store_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, is_set: bool
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no media at all")
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    stores = settings.config_folder(os.environ) / "stores.toml"
    stores.parent.mkdir(parents=True)
    stores.write_text('named = "new.duckdb"')
    if is_set:
        monkeypatch.setenv("TAMS_URL", store)

    done = run("ingest", broken, *([] if is_set else ["-s", store]))

    assert 2 == done.exit_code
    assert "broken.mp4" in done.stderr
    assert [] == list(folder.iterdir())


def test_a_store_that_was_there_stays(run: Run, mp4: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no media at all")
    store = tmp_path / "x.duckdb"
    run("ingest", mp4, "-s", store)

    done = run("ingest", broken, "-s", f"duckdb:///{store}")

    assert 2 == done.exit_code
    assert store.exists()
