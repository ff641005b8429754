"""Files read as one."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tams_analytics.ingest.joined import Joined


@pytest.fixture
def halves(tmp_path: Path) -> list[Path]:
    first, second = tmp_path / "init", tmp_path / "media"
    first.write_bytes(b"abc")
    second.write_bytes(b"defg")
    return [first, second]


def test_a_read_stops_where_a_file_ends(halves: list[Path]) -> None:
    with Joined(halves) as file:
        assert [file.read(2), file.read(9), file.read(2), file.read(), file.read()] == [
            b"ab",
            b"c",
            b"de",
            b"fg",
            b"",
        ]


def test_a_place_is_found_in_whichever_file_it_lies(halves: list[Path]) -> None:
    with Joined(halves) as file:
        assert (file.seek(-2, 2), file.read(), file.seek(1), file.read()) == (5, b"fg", 1, b"bc")


def test_a_missing_file_leaves_none_open(halves: list[Path]) -> None:
    halves[1].unlink()

    with pytest.raises(FileNotFoundError):
        Joined(halves)

    gc.collect()  # an open file, or a close that fails, would be told as an unraisable exception
