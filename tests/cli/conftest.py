"""A small newsroom in a file, and the command run in this process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

import tams_analytics as ta
from tams_analytics.cli import main
from tams_analytics.examples import newsroom
from tests.conftest import ENGINES
from tests.support.vast_stores import VastStores

Run = Callable[..., Result]
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A newsroom with its defects; nobody writes to it."""
    file = tmp_path_factory.mktemp("cli") / "newsroom.duckdb"
    with ta.connect(str(file)) as store:
        newsroom(store, segments=5_000)
    return str(file)


@pytest.fixture(scope="session")
def vast_url(file: str, vast_stores: VastStores) -> str:
    """The same newsroom on VAST."""
    with ta.connect(file, read_only=True) as store:
        return vast_stores.filled(store)


@pytest.fixture(params=ENGINES)
def path(request: pytest.FixtureRequest) -> str:
    """The newsroom that is asked, on each engine; what is DuckDB's own asks for ``file``."""
    return str(request.getfixturevalue({"duckdb": "file", "vast": "vast_url"}[request.param]))


@pytest.fixture
def opened(path: str) -> Iterator[ta.Store]:
    with ta.connect(path, read_only=True) as store:
        yield store


@pytest.fixture
def moved(path: str, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Moves a DuckDB file to the engine of ``path``."""

    def move(file: str) -> str:
        if not path.startswith("vast:"):
            return file
        with ta.connect(file, read_only=True) as store:
            return str(request.getfixturevalue("vast_stores").filled(store))

    return move


@pytest.fixture
def muxed(file: str, opened: ta.Store, tmp_path: Path, moved: Callable[[str], str]) -> str:
    """A copy where the multi flow Clip 1 has the media, and its parts have none."""
    copy = shutil.copy(file, tmp_path / "muxed.duckdb")
    whole, *parts = (opened.flow(f"Clip 1{part}").id for part in ("", " video", " audio"))
    with duckdb.connect(str(copy)) as store:
        store.execute("DELETE FROM segments WHERE flow_id = ?", [parts[1]])
        store.execute("UPDATE segments SET flow_id = ? WHERE flow_id = ?", [whole, parts[0]])
    return moved(str(copy))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`tams` with these words, without settings of whoever runs the tests."""
    for name in ("TAMS_URL", "NO_COLOR", "LOG_LEVEL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def rows(run: Run) -> Rows:
    """What a command prints with ``--format json``."""

    def read(*words: object) -> list[dict[str, Any]]:
        done = run(*words, "--format", "json")
        assert 0 == done.exit_code
        answer: list[dict[str, Any]] = json.loads(done.stdout)
        assert "" == done.stderr or not answer
        return answer

    return read
