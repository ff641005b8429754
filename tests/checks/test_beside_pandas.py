"""What `make bench` compares the checks with finds the same, or it would be no comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

import tams_analytics as ta
from bench.checks_naive import NAIVE, load


@pytest.mark.parametrize("defects", [False, True])
def test_checks_in_pandas_find_as_many(defects: bool, tmp_path: Path) -> None:
    path = str(tmp_path / "newsroom.duckdb")
    with ta.connect(path) as store:
        ta.examples.newsroom(store, segments=2_000, defects=defects)
        told = {each["id"]: each["failures"] for each in store.check(only=NAIVE).checks}

    frames = load(path)

    assert told == {name: check(frames) for name, check in NAIVE.items()}
    assert any(told.values()) is defects
