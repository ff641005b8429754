"""Times as people type them: clocks in UTC, beside TAMS texts."""

from __future__ import annotations

import pytest

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import tr, typed_instant, typed_timerange

HOUR = tr.utc("2026-08-31T22:30", "23:30")
CLOCKS = (
    "2026-08-31T22:30/23:30",
    "2026-08-31 22:30/23:30",
    "2026-08-31T22:30:00Z/2026-08-31T23:30:00Z",
    "2026-09-01T00:30+02:00/01:30",
)


@pytest.mark.parametrize("text", [*CLOCKS, str(HOUR)])
def test_a_timerange_is_two_clocks_or_a_tams_text(text: str) -> None:
    assert HOUR == typed_timerange(text)


def test_a_mistake_in_a_tams_text_keeps_its_own_advice() -> None:
    with pytest.raises(
        BadTimeRange, match=r"exclusive marker '\(' at position 0; expected \[1:0\]"
    ):
        typed_timerange("(1:0)")


@pytest.mark.parametrize("text", ["2026-08-31T20:00/", "2026-08-31T20:00/soon", "/21:00"])
def test_an_interval_with_half_of_a_clock_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match=r"is no moment|has no (end|beginning)"):
        typed_timerange(text)


@pytest.mark.parametrize("text", ["2026-08-31T22:30", "2026-09-01T00:30+02:00", "1788215437:0"])
def test_an_instant_is_a_clock_or_a_timestamp(text: str) -> None:
    assert HOUR.start_ns == typed_instant(text)
