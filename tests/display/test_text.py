"""Lengths, sizes, shares and counts as they are read."""

from __future__ import annotations

import pytest

from tams_analytics.display import text


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        (0, "0 s"),
        (1, "1 ns"),
        (1_500, "1.5 µs"),
        (40_000_001, "40.000001 ms"),
        (1_000_000_000, "1 s"),
        (61_000_000_001, "1 min 01.000000001 s"),
        (3_723_500_000_000, "1 h 02 min 03.5 s"),
        (90_000_000_000_000, "1 d 01 h 00 min 00 s"),
        (-1, "-1 ns"),
        (2**63 - 1, "106751 d 23 h 47 min 16.854775807 s"),
    ],
)
def test_a_duration_is_exact(ns: int, expected: str) -> None:
    assert expected == text.duration(ns)


@pytest.mark.parametrize(
    ("ns", "expected"),
    [(0, "0 s"), (72 * 10**9, "72 s"), (86_400 * 10**9, "24 h"), (2_281_000 * 10**9, "26.4 d")],
)
def test_a_rough_length_has_three_figures_and_one_unit(ns: int, expected: str) -> None:
    assert expected == text.roughly(ns)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (1_230_000_000, "1.23 GB"), (-5_000, "-5 kB")],
)
def test_sizes_are_decimal(number: int, expected: str) -> None:
    assert expected == text.size(number)


def test_digits_are_grouped_by_spaces_that_do_not_break() -> None:
    assert "10\u202f000\u202f000" == text.count(10_000_000)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(None, "\u2013"), (0.0, "0.0 %"), (0.99999999, "99.99 %"), (1.0, "100 %"), (0.9, "90.0 %")],
)
def test_only_all_of_it_is_a_hundred_per_cent(ratio: float | None, expected: str) -> None:
    assert expected == text.percent(ratio)


def test_a_leap_second_is_shown_as_second_60() -> None:
    assert "2016-12-31 23:59:60.5 UTC" == text.utc(1_483_228_836_500_000_000)
