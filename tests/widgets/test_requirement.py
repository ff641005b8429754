"""Without a browser its tests say why they are skipped, and fail where one is required."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.widgets.browser import executable, required_or_skip


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A path on which there is no browser."""
    pytest.importorskip("playwright")
    monkeypatch.setenv("PATH", str(tmp_path))
    executable.cache_clear()
    yield tmp_path
    executable.cache_clear()


def program(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)


def test_without_a_browser_its_tests_are_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TAMS_REQUIRE_BROWSER", raising=False)

    with pytest.raises(pytest.skip.Exception, match="needs a browser: none of chromium"):
        required_or_skip()


def test_a_required_browser_that_is_not_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_REQUIRE_BROWSER", "1")

    with pytest.raises(pytest.fail.Exception, match="TAMS_REQUIRE_BROWSER=1, but none of chromium"):
        required_or_skip()


def test_a_browser_that_does_not_run_is_not_there(path: Path) -> None:
    program(path / "chromium", "exit 1")

    assert "" == executable()


def test_the_first_browser_that_runs_is_taken(path: Path) -> None:
    program(path / "chromium", "exit 1")
    program(path / "chromium-browser", "echo Chromium 1")

    assert str(path / "chromium-browser") == executable()
