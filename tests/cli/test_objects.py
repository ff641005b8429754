"""`tams objects`: what storages hold, into a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import tams_analytics as ta
from tams_analytics.tables import S3_OBJECTS
from tests.cli.conftest import Run

PATIENCE_S = 60


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A store with a folder of two files beside it."""
    file = tmp_path / "store.duckdb"
    with ta.connect(file) as store:
        store.writes.prepare_storage_backends()
        (storage,) = store.storages.known.values()
        storage.put("a/b", b"12")
        storage.put("c", b"")
    return file


def test_what_a_folder_holds_is_written(run: Run, media: Path, tmp_path: Path) -> None:
    target = tmp_path / "listing.parquet"
    done = run("objects", media, "-o", target)

    assert (0, f"2 keys of store-media in {target}\n", "") == (
        done.exit_code,
        done.stdout,
        done.stderr,
    )
    rows = duckdb.read_parquet(str(target)).project("bucket, key, size").order("key").fetchall()
    assert [("store-media", "a/b", 2), ("store-media", "c", 0)] == rows
    assert list(S3_OBJECTS.names) == pq.read_schema(target).names


def test_duckdb_alone_joins_it_with_the_store(run: Run, media: Path, tmp_path: Path) -> None:
    """As the README says."""
    run("objects", media, "-o", tmp_path / "listing.parquet")
    with duckdb.connect() as plain:
        plain.execute(f"ATTACH '{media}' AS store (READ_ONLY)")
        listed = plain.read_parquet(str(tmp_path / "listing.parquet"))  # noqa: F841 - for the SQL
        unknown = "SELECT key FROM listed ANTI JOIN store.object_instances USING (bucket, key)"
        assert [("a/b",), ("c",)] == plain.sql(f"{unknown} ORDER BY key").fetchall()


def test_a_server_may_have_the_store(run: Run, media: Path, tmp_path: Path) -> None:
    held = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    command = [sys.executable, "-c", held, str(media)]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        done = run("objects", media, "-o", tmp_path / "listing.parquet")
        process.communicate(b"\n")
    assert 0 == done.exit_code


def test_a_store_that_is_not_there_has_no_folder(run: Run, tmp_path: Path) -> None:
    done = run("objects", tmp_path / "mistyped.duckdb", "-o", tmp_path / "listing.parquet")

    assert (1, True) == (done.exit_code, "there is no store" in done.stderr)
    assert [] == [*tmp_path.glob("listing*")]


def test_one_storage_is_chosen_by_its_label(
    run: Run, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only way where two have one name."""
    near = tmp_path / "elsewhere" / "store-media"
    (near / ".incoming").mkdir(parents=True)
    (near / "x").write_bytes(b"")
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[storage_backends.near]\nfolder = "{near}"\n')
    monkeypatch.setenv("TAMS_SETTINGS", str(settings))
    target = tmp_path / "listing.parquet"

    both = run("objects", media, "-o", target)
    assert (2, True) == (both.exit_code, "expected one of them, by its label" in both.stderr)
    one = run("objects", media, "-o", target, "--storage", "near")
    assert f"1 key of store-media in {target}\n" == one.stdout
    none = run("objects", media, "-o", target, "--storage", "far")
    assert (1, True) == (none.exit_code, "there are default, near" in none.stderr)


def test_a_bucket_of_the_store_that_was_not_listed_is_named(
    run: Run, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else all that lies there would count as missing, and nothing would say why."""
    target = tmp_path / "listing.parquet"
    place = (
        "UPDATE object_instances SET bucket = ? "
        "WHERE object_id = (SELECT min(object_id) FROM object_instances)"
    )
    newsroom = tmp_path / "newsroom.duckdb"
    with ta.connect(newsroom) as store:
        ta.examples.newsroom(store, segments=1000)
    with duckdb.connect(str(newsroom)) as store:
        store.execute("UPDATE object_instances SET bucket = 'newsroom-media'")
    monkeypatch.setenv("TAMS_MEDIA", (tmp_path / "media").as_uri())

    none = run("objects", newsroom, "-o", target)
    assert (0, 1) == (none.exit_code, len(none.stderr.splitlines()))
    assert "instances in newsroom-media, not listed, and none in media: all" in none.stderr
    assert "S3_BUCKET_NAME, or a [storage_backends.LABEL] of the settings" in none.stderr

    with duckdb.connect(str(newsroom)) as store:
        store.execute(place, ["media"])
    assert (
        "instances in newsroom-media, not listed: " in run("objects", newsroom, "-o", target).stderr
    )
    label = run("objects", newsroom, "-o", target, "--storage", "default")
    assert (0, "") == (label.exit_code, label.stderr)

    with duckdb.connect(str(newsroom)) as store:
        store.execute("UPDATE object_instances SET bucket = 'media' WHERE bucket IS NOT NULL")
    assert "" == run("objects", newsroom, "-o", target).stderr


@pytest.mark.parametrize("output", ["listing.csv", "listing", "/dev/stdout", "-", "no/x.parquet"])
def test_what_cannot_hold_a_listing_is_refused(run: Run, media: Path, output: str) -> None:
    done = run("objects", media, "-o", output)

    assert (2, True) == (done.exit_code, done.stderr.startswith("tams: output"))


@pytest.mark.parametrize("url", ["vast://127.0.0.1:1/b/s", "trino://me@127.0.0.1:1/vast/b/s"])
def test_of_a_store_elsewhere_the_settings_name_the_storages(
    run: Run, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not asked."""
    target = tmp_path / "listing.parquet"
    done = run("objects", url, "-o", target)
    assert (2, True) == (done.exit_code, "there is nothing to list" in done.stderr)

    monkeypatch.setenv("TAMS_MEDIA", (tmp_path / "media").as_uri())
    assert f"0 keys of media in {target}\n" == run("objects", url, "-o", target).stdout


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for one process")
def test_an_interrupt_keeps_what_is_listed(
    run: Run, media: Path, tmp_path: Path, root: Path
) -> None:
    """It is heard while an S3 does not answer; the folder, which is listed, is not read again."""
    (tmp_path / "settings.toml").write_text(
        f'[storage_backends.near]\nfolder = "{tmp_path / "store-media"}"\n'
    )
    target = tmp_path / "listing.parquet"
    with socket.create_server(("127.0.0.1", 0)) as mute:
        environ = {
            **os.environ,
            "PYTHONPATH": str(root),
            "TAMS_SETTINGS": str(tmp_path / "settings.toml"),
            "TAMS_MEDIA": "s3",
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{mute.getsockname()[1]}",
            "S3_BUCKET_NAME": "mute",
            "S3_ACCESS_KEY_ID": "k",
            "S3_SECRET_ACCESS_KEY": "s",
        }
        command = [sys.executable, "-m", "tams_command", "objects", str(media), "-o", str(target)]
        with subprocess.Popen(command, env=environ, stderr=-1, text=True) as process:
            partial = tmp_path / "listing.parquet.partial"
            patience = time.monotonic() + PATIENCE_S
            while not [*partial.glob("*.parquet")] and time.monotonic() < patience:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=PATIENCE_S)
    assert 130 == process.returncode
    assert f"tams: {partial} keeps what is listed; the same command goes on from there" in said
    assert not target.exists()
    assert [2] == [pq.read_metadata(each).num_rows for each in partial.glob("*.parquet")]
