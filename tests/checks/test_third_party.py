"""Checks of others: a package with an entry point, found where packages are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics import checks
from tams_analytics.errors import BadParameter

CHECK = """
from ibis import _
from tams_analytics.checks import Check

def rows(scope):
    found = scope.tables.flows.filter(_.label.isnull() | ~_.label.startswith("S1"))
    return found.select("id", detail="label")

ODD = Check(
    {id!r}, "warn", "flows", "a flow is of no first studio", "our newsroom", "call it S1", rows
)
NONE = "no check"
"""
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package on the path: what its module says, and its entry point."""

    def installed(module: str, entry: str) -> None:
        name = f"house_checks_{tmp_path.name.replace('-', '_')}"
        (tmp_path / f"{name}.py").write_text(module)
        about = tmp_path / "house_checks-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: house-checks\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[tams.checks]\nours = {name}:{entry}\n")
        monkeypatch.syspath_prepend(tmp_path)

    return installed


def test_a_check_of_others_runs_behind_those_of_the_library(install: Install) -> None:
    install(CHECK.format(id="not_the_first_studio"), "ODD")

    with ta.examples.newsroom(segments=1000, defects=False) as store:
        checked = store.check(only=["not_the_first_studio", "duplicate_id"])
        flows = set(store.flows.filter(~ta._.label.startswith("S1")).id.to_pyarrow().to_pylist())

    assert ["duplicate_id", "not_the_first_studio"] == [each["id"] for each in checked.checks]
    assert [0, len(flows)] == [each["failures"] for each in checked.checks]
    assert checked.passed


def test_two_checks_of_one_name_are_refused(install: Install) -> None:
    install(CHECK.format(id="duplicate_id"), "ODD")

    with pytest.raises(BadParameter, match=r"tams\.checks ours: 'duplicate_id' is taken"):
        checks.all_checks()


def test_what_is_no_check_is_refused(install: Install) -> None:
    install(CHECK.format(id="odd"), "NONE")

    with pytest.raises(BadParameter, match="is a str, no check; expected a Check"):
        checks.all_checks()
