"""`tams sql --etc`: a Trino's files from the settings of `tams` (T1), without a secret (T9)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tams_analytics.cli import etc, main
from tests.sql.test_etc import KEYS, OTHERS, environment
from tests.support.trino_etc import ETC, properties

SECRETS = {
    "VAST_ACCESS_KEY": "key-of-vast",
    "VAST_SECRET_KEY": "secret-of-vast",
    "S3_ACCESS_KEY_ID": "key-of-s3",
    "S3_SECRET_ACCESS_KEY": "secret-of-s3",
    "TAMS_TRINO_PASSWORD": "secret-of-trino",
}
VAST = {"VAST_ENDPOINT": "https://cluster.example:8443", "VAST_BUCKET": "b", "VAST_SCHEMA": "s"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "etc"


def run(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["sql", "--etc", str(folder), *more])


def said(folder: Path) -> dict[str, str]:
    return properties(folder / "tams.env")


def test_the_files_are_those_of_this_library(folder: Path) -> None:
    done = run(folder)

    assert 0 == done.exit_code
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {*KEYS, *OTHERS, "tams.env"} == there
    for name in (*KEYS, *OTHERS):
        assert (ETC / name).read_bytes() == (folder / name).read_bytes()


def test_every_variable_of_the_catalogs_is_passed(folder: Path) -> None:
    run(folder)

    assert environment() == said(folder).keys()


def test_endpoints_are_those_of_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**VAST, "S3_ENDPOINT_URL": "s3.example:9000", "S3_USE_SSL": "0"}.items():
        monkeypatch.setenv(name, value)
    run(folder)

    known = {name: value for name, value in said(folder).items() if value}
    assert {
        "VAST_ENDPOINT": "https://cluster.example:8443",
        "S3_ENDPOINT_URL": "http://s3.example:9000",
    } == known


def settings_with(folder: Path, *endpoints: str) -> str:
    entry = '[storage_backends.n{}]\nendpoint = "{}"\nbucket = "media"\n'
    file = folder.parent / "settings.toml"
    file.write_text("".join(entry.format(n, place) for n, place in enumerate(endpoints, 1)))
    return str(file)


EAST, WEST, HERE = "https://east.example", "https://west.example", "http://here.example:9000"


@pytest.mark.parametrize(
    ("endpoints", "first", "chosen", "says"),
    [
        ([EAST, EAST], "", EAST, ""),
        ([EAST], HERE, HERE, f"is {HERE}, not {EAST} (n1)."),
        ([EAST, WEST, EAST], "", "", f"is one of {EAST} (n1, n3); {WEST} (n2)."),
        ([EAST, WEST], EAST, EAST, f"is {EAST}, not {WEST} (n2)."),
        (["https://me:geheim@east.example", WEST], "", WEST, ""),
    ],
)
def test_of_several_storage_backends_one_has_the_tables(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    endpoints: list[str],
    first: str,
    chosen: str,
    says: str,
) -> None:
    """It is told which they are: the catalogs need one, as no media is read through them."""
    monkeypatch.setenv("TAMS_SETTINGS", settings_with(folder, *endpoints))
    if first:
        monkeypatch.setenv("S3_ENDPOINT_URL", first)
    done = run(folder)

    assert chosen == said(folder)["S3_ENDPOINT_URL"]
    text = (folder / "tams.env").read_text("utf-8")
    for told in (done.output, text):
        assert (bool(says), True) == ("One will do" in told, says in told)
        assert "geheim" not in told


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("vast://cluster.example/b/s", "http://cluster.example"),
        (
            "vast+https://a:geheim@cluster.example:8443/b/s?timeout=3",
            "https://cluster.example:8443",
        ),
        ("mine.duckdb", ""),
        ("trino://ana@trino.example:8080/vast/b/s", ""),
    ],
)
def test_a_store_tells_the_cluster(folder: Path, url: str, endpoint: str) -> None:
    run(folder, "-s", url)

    assert endpoint == said(folder)["VAST_ENDPOINT"]


def test_no_secret_is_written_or_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://me:geheim@s3.example")
    monkeypatch.setenv("TAMS_URL", "vast://me:geheim@cluster.example/b/s")
    done = run(folder)

    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    for secret in (*SECRETS.values(), "geheim"):
        assert not any(secret in text for text in (*texts, done.output))
    assert "fill in ICEBERG_JDBC_URL, " in done.output


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_nobody_else_reads_what_secrets_are_filled_into(folder: Path) -> None:
    run(folder)

    assert 0o600 == stat.S_IMODE((folder / "tams.env").stat().st_mode)


def test_what_is_there_is_kept(folder: Path) -> None:
    folder.mkdir()
    assert 0 == run(folder).exit_code
    (folder / "tams.env").write_text("VAST_SECRET_KEY=filled in")

    again = run(folder)
    assert (2, True) == (
        again.exit_code,
        "is there, and is not empty; expected a new" in again.stderr,
    )
    assert "VAST_SECRET_KEY=filled in" == (folder / "tams.env").read_text()
    into_a_file = run(folder / "tams.env")
    assert (2, True) == (into_a_file.exit_code, "is there" in into_a_file.stderr)
    below_a_file = run(folder / "tams.env" / "etc")
    assert (2, True) == (below_a_file.exit_code, "cannot be written: Not a" in below_a_file.stderr)


@pytest.mark.parametrize("more", [("gaps",), ("--run",), ("--install", "iceberg.tams")])
def test_it_is_asked_alone(folder: Path, more: tuple[str, ...]) -> None:
    done = run(folder, *more)

    assert (2, True) == (done.exit_code, "--etc takes neither" in done.stderr)
    assert not folder.exists()


def test_somebodys_own_files_in_a_checkout_are_not_taken() -> None:
    taken = [*KEYS, *OTHERS]

    assert all(name.endswith(etc.ENDINGS) for name in taken)
    assert not "tams.env".endswith(etc.ENDINGS)
