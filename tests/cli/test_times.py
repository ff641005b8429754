"""Clocks in UTC on the command line, beside TAMS texts."""

from __future__ import annotations

from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics import span, tr
from tams_analytics.cli import times
from tams_command.words import INSTANTS, SPELLINGS
from tests.cli.conftest import Rows, Run

HOUR = tr.utc("2026-08-31T22:30", "23:30")
CLOCKS = (
    "2026-08-31T22:30/23:30",
    "2026-08-31 22:30/23:30",
    "2026-08-31T22:30:00Z/2026-08-31T23:30:00Z",
    "2026-09-01T00:30+02:00/01:30",
)


@pytest.mark.parametrize("text", CLOCKS)
def test_a_command_takes_two_clocks_for_its_timerange(
    rows: Rows, path: str, opened: ta.Store, text: str
) -> None:
    count = opened.segments.filter(span.overlaps(HOUR)).count().to_pyarrow().as_py()

    (found,) = rows("info", path, "--timerange", text)

    assert count == found["segments"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-31T20:00",
        "2026-08-31",
        "[2026-08-31T20:00_21:00)",
        "20:00:00",
        "09:30",
        "garbage",
        "3600_7200",
    ],
)
def test_what_is_no_timerange_is_told_both_spellings(run: Run, path: str, text: str) -> None:
    done = run("gaps", path, "--timerange", text)

    assert 2 == done.exit_code
    assert SPELLINGS in done.stderr
    assert "tr." not in done.stderr


@pytest.mark.parametrize(
    "text", ["20:00:00", "09:30", "2026-08-31T20:00/21:00", "3600", "31.8.2026", "soon"]
)
def test_what_is_no_instant_is_told_both_spellings(run: Run, tmp_path: Path, text: str) -> None:
    done = run("ingest", tmp_path, "-s", tmp_path / "x.duckdb", "--start", text)

    assert 2 == done.exit_code
    assert INSTANTS in done.stderr
    assert "tr." not in done.stderr
    assert not (tmp_path / "x.duckdb").exists()


@pytest.mark.parametrize("command", ["gaps", "info", "ingest"])
def test_the_help_shows_a_clock(run: Run, command: str) -> None:
    assert "2026-08-31T20:00" in run(command, "--help").stdout


@pytest.mark.parametrize("text", ["2026-08-31T20:00/24:00", "2026-08-31T24:00/2026-09-01T02:00"])
def test_midnight_as_24_is_told_to_be_that_of_the_next_day(run: Run, path: str, text: str) -> None:
    done = run("gaps", path, "--timerange", text)

    assert 2 == done.exit_code
    assert "has no such time of day; expected 00:00 of the next day" in done.stderr


@pytest.mark.parametrize(
    ("text", "exact"), [("1.5s", "1:500000000"), ("1.5", "1:500000000"), ("0.5h", "1800:0")]
)
@pytest.mark.parametrize("option", ["--min-duration", "--last"])
def test_a_decimal_length_is_told_its_timestamp(
    run: Run, path: str, option: str, text: str, exact: str
) -> None:
    done = run("gaps", path, option, text)

    assert 2 == done.exit_code
    assert f"{text!r} is no duration; expected {exact} for it, a whole number of s" in done.stderr


@pytest.mark.parametrize(
    ("text", "is_backwards"),
    [("[10:0_5:0)", True), ("10:0_5:0", True), ("[5:0_5:0)", False), ("()", False), ("_", False)],
)
def test_an_end_before_the_start_is_seen(text: str, is_backwards: bool) -> None:
    assert is_backwards == times.is_backwards(text)


def test_the_help_says_when_an_end_lies_on_the_next_day(run: Run) -> None:
    said = " ".join(run("gaps", "--help").stdout.split())

    assert "an end with only a time of day, if not after the start, lies on the next day" in said
