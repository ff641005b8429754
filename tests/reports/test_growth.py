"""Growth and forecasts against a calendar and plain arithmetic."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import tams_analytics as ta
from tams_analytics import tr
from tams_analytics.errors import BadParameter
from tams_analytics.store import Store
from tests.reports.conftest import Refilled
from tests.reports.worlds import NOW, Row, Rows, world

LONDON = ZoneInfo("Europe/London")
UTC = dt.timezone.utc
UTC_NOW = NOW.replace(tzinfo=UTC)
SIX = dt.time(6)
WINDOW = (dt.datetime(2026, 10, 5, 3), dt.datetime(2026, 11, 24))
"""Its first day begins on the 4th; in it clocks are put back; it ends after now."""
ASKED: dict[str, Any] = {
    "during": tr.utc("2026-10-05T03:00", "2026-11-24"),
    "tz": "Europe/London",
    "day_starts": "06:00",
    "now": UTC_NOW,
}
DAY = dt.timedelta(days=1)


def day_of(moment: dt.datetime) -> dt.date:
    """The day of the broadcast day that a moment (UTC, naive) is in."""
    local = moment.replace(tzinfo=UTC).astimezone(LONDON)
    return local.date() if local.time() >= SIX else local.date() - DAY


def begins(day: dt.date) -> dt.datetime:
    """When it begins, in UTC, naive."""
    return dt.datetime.combine(day, SIX, LONDON).astimezone(UTC).replace(tzinfo=None)


def first_of(day: dt.date, per: str) -> dt.date:
    """The first day of the period that a day is in."""
    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}
    return day - back[per] * DAY


def next_of(first: dt.date, per: str) -> dt.date:
    return first_of(first + {"day": 1, "week": 7, "month": 31}[per] * DAY, per)


def label(first: dt.date, per: str) -> str:
    return first.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[per])


def calendar(since: dt.datetime, until: dt.datetime, per: str) -> list[dt.date]:
    """The first days of the periods that share time with these."""
    found = [first_of(day_of(since), per)]
    while begins(next_of(found[-1], per)) < until:
        found.append(next_of(found[-1], per))
    return found


def held(rows: Rows, storage_id: str | None) -> dict[str, tuple[dt.datetime, int | None]]:
    """Since when an object is there, and its size."""
    known = {row["id"]: row for row in rows["objects"] if row["registered_at"] is not None}
    if storage_id is None:
        return {id: (row["created"], row["size"]) for id, row in known.items()}
    found: dict[str, tuple[dt.datetime, int | None]] = {}
    for row in rows["object_instances"]:
        if row["storage_id"] == storage_id and row["object_id"] in known:
            id, at = row["object_id"], row["created"]
            found[id] = (min(at, found.get(id, (at, None))[0]), known[id]["size"])
    return found


def expected_periods(rows: Rows, per: str, storage_id: str | None = None) -> list[Row]:
    objects = held(rows, storage_id)
    found = []
    for first in calendar(*WINDOW, per):
        start, end = begins(first), begins(next_of(first, per))
        sizes = [size for at, size in objects.values() if start <= at < end]
        before = [size for at, size in objects.values() if at < end]
        shown = [
            row
            for row in rows["segments"]
            if start <= row["created"] < end and (storage_id is None or row["object_id"] in objects)
        ]
        found.append(
            {
                "period": label(first, per),
                "objects": len(sizes),
                "bytes": sum(size or 0 for size in sizes),
                "unknown": sizes.count(None),
                "segments": len(shown),
                "length_ns": sum(row["end_ns"] - row["start_ns"] for row in shown),
                "total_objects": len(before),
                "total_bytes": sum(size or 0 for size in before),
            }
        )
    return found[::-1]


def rate(rows: Rows, per: str, last: int, storage_id: str | None) -> Fraction | None:
    """Bytes in a microsecond, of the last whole periods that have a first object, or are later."""
    objects = held(rows, storage_id)
    oldest = min((at for at, _size in objects.values()), default=None)
    past = [(begins(first), begins(next_of(first, per))) for first in calendar(*WINDOW, per)]
    past = [(start, end) for start, end in past if end <= NOW][-last:]
    past = [(start, end) for start, end in past if oldest is not None and end > oldest]
    if not past:
        return None
    came = [size or 0 for at, size in objects.values() if past[0][0] <= at < past[-1][1]]
    return Fraction(sum(came), (past[-1][1] - past[0][0]) // dt.timedelta(microseconds=1))


def stored(rows: Rows, storage_id: str | None = None) -> int:
    return sum(size or 0 for at, size in held(rows, storage_id).values() if at <= NOW)


def expected_forecast(
    rows: Rows, per: str, ahead: int, last: int, storage_id: str | None = None
) -> list[tuple[str, Fraction | None]]:
    """What comes up to the end of each period."""
    speed, first, found = rate(rows, per, last, storage_id), first_of(day_of(NOW), per), []
    for _n in range(ahead):
        until = begins(next_of(first, per)) - NOW
        came = None if speed is None else speed * (until // dt.timedelta(microseconds=1))
        found.append((label(first, per), came))
        first = next_of(first, per)
    return found


def refuse_far(wanted: Fraction | None, found: int | None) -> None:
    """Doubles have 15 figures, and a half is rounded."""
    if wanted is None or found is None:
        assert wanted is None is found
    else:
        assert abs(wanted - found) <= Fraction(1, 2) + wanted / 10**14


def refuse_wrong_forecast(wanted: list[tuple[str, Fraction | None]], found: list[Row]) -> None:
    assert [each for each, _came in wanted] == [row["period"] for row in found]
    for (_period, came), row in zip(wanted, found, strict=True):
        refuse_far(came, row["added_bytes"])


def scattered(rows: Rows, seed: int) -> Rows:
    """The same, registered at other times; at bounds too, and after now."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    oldest = chance.choice([5, 40, 100])
    days = [dt.date(2026, 10, 25), *(dt.date(2026, 11, day) for day in (1, 16, 20))]
    odd = [*map(begins, days), NOW, NOW + DAY]
    just_before = [each - dt.timedelta(microseconds=1) for each in odd]

    def some() -> dt.datetime:
        moment = NOW - dt.timedelta(microseconds=chance.randrange(oldest * 86_400_000_000))
        return chance.choice([*odd[-2:], moment, moment] if oldest == 5 else _all(moment))

    def _all(moment: dt.datetime) -> list[dt.datetime]:
        return [*odd, *just_before, *[moment] * 16]

    at = {row["id"]: some() for row in rows["objects"]}
    return {
        **rows,
        "objects": [{**row, "created": at[row["id"]]} for row in rows["objects"]],
        "segments": [{**row, "created": some()} for row in rows["segments"]],
        "object_instances": [{**row, "created": some()} for row in rows["object_instances"]],
    }


Asked = Callable[..., dict[str, list[Row]]]


def asked(store: Store, **more: Any) -> dict[str, list[Row]]:
    found = store.report("growth", **ASKED, **more).tables
    return {name: found[name].to_pyarrow().to_pylist() for name in found}


@pytest.mark.parametrize("per", ["day", "week", "month"])
def test_q20_a_period_has_what_was_registered_in_it(per: str, small: Store, rows: Rows) -> None:
    found = asked(small, per=per, ahead=3)

    assert expected_periods(rows, per) == found["periods"]
    refuse_wrong_forecast(expected_forecast(rows, per, 3, 28), found["forecast"])
    assert found["periods"][-1]["total_objects"] > found["periods"][-1]["objects"]


def test_an_object_that_is_registered_again_counts_from_its_creation_on(
    refilled: Refilled, rows: Rows
) -> None:
    again = [
        row if row["registered_at"] is None else {**row, "registered_at": NOW - DAY}
        for row in rows["objects"]
    ]
    store = refilled({**rows, "objects": again})

    assert expected_periods(rows, "day") == asked(store)["periods"]
    assert "objects created and segments registered in it" in repr(store.report("growth", **ASKED))


def test_q20_of_a_storage_backend_is_told_what_it_has(small: Store, rows: Rows) -> None:
    found = asked(small, per="week", ahead=2, storage_id="two")

    assert expected_periods(rows, "week", "two") == found["periods"]
    refuse_wrong_forecast(expected_forecast(rows, "week", 2, 28, "two"), found["forecast"])
    assert expected_periods(rows, "week") != found["periods"]


@pytest.mark.parametrize("seed", range(12))
def test_q20_in_other_worlds_too(seed: int, refilled: Refilled) -> None:
    rows = scattered(world(seed + 400), seed)
    store = refilled(rows)
    per, last, place = (
        ("day", "week", "month")[seed % 3],
        (1, 4, 28)[seed % 3],
        (None, "one")[seed % 2],
    )

    found = asked(store, per=per, ahead=40, last=last, storage_id=place)

    assert expected_periods(rows, per, place) == found["periods"]
    refuse_wrong_forecast(expected_forecast(rows, per, 40, last, place), found["forecast"])
    for row in found["forecast"]:
        came = row["added_bytes"]
        assert row["expected_bytes"] == (None if came is None else stored(rows, place) + came)


def test_the_newest_periods_are_shown_and_that_bytes_are_added_from_now_on(small: Store) -> None:
    shown = repr(small.report("growth", **ASKED))

    assert "the first 20 of 51 rows" in shown
    assert shown.index("2026-11-23") < shown.index("2026-11-05")
    assert "a coming day: bytes added from now to its end, and stored then, at the mean" in shown


def test_q20_an_hour_is_a_period_too(small: Store, rows: Rows) -> None:
    found = asked(small, per="hour")["periods"]

    days = expected_periods(rows, "day")
    assert (WINDOW[1] - WINDOW[0]) // dt.timedelta(hours=1) == len(found)
    assert days[0]["total_bytes"] == found[0]["total_bytes"]
    assert days[0]["total_objects"] == found[0]["total_objects"]


@pytest.mark.parametrize("free", [1, 10**9, 10**12, 10**13])
def test_q20_it_is_told_when_a_capacity_is_full(free: int, small: Store, rows: Rows) -> None:
    now = stored(rows)
    speed = rate(rows, "week", 5, None)

    (found,) = asked(small, per="week", last=5, capacity=now + free)["full"]

    assert speed
    day = dt.timedelta(days=1) // dt.timedelta(microseconds=1)
    refuse_far(speed * day, found["daily_bytes"])
    refuse_far(free * 1000 / speed, found["left_ns"])
    full_at = NOW + dt.timedelta(microseconds=found["left_ns"] // 1000)
    assert label(first_of(day_of(full_at), "week"), "week") == found["period"]
    assert (now + free, now, free) == (
        found["capacity_bytes"],
        found["stored_bytes"],
        found["free_bytes"],
    )


def test_what_is_full_is_full_now(small: Store, rows: Rows) -> None:
    (found,) = asked(small, per="day", capacity=stored(rows) - 1)["full"]

    assert (0, 0, "2026-11-20") == (found["free_bytes"], found["left_ns"], found["period"])


def test_an_empty_store_has_no_rate_and_one_that_stands_still_is_never_full() -> None:
    with ta.connect(":memory:") as store:
        empty = asked(store, per="month", ahead=1, capacity=5)
    with ta.examples.newsroom(segments=1000, defects=False) as store:
        still = asked(store, per="day", ahead=1, capacity=2**60)  # nothing for months

    assert [{"period": "2026-11", "added_bytes": None, "expected_bytes": None}] == (
        empty["forecast"]
    )
    assert (None, None) == (empty["full"][0]["left_ns"], empty["full"][0]["period"])
    assert [0] == [row["added_bytes"] for row in still["forecast"]]
    assert (None, None) == (still["full"][0]["left_ns"], still["full"][0]["period"])
    assert still["full"][0]["stored_bytes"] > 0


def test_with_a_listing_buckets_are_told_too() -> None:
    with ta.examples.newsroom(segments=1000) as store:
        listing = ta.examples.s3_objects(store)
        found = asked(store, objects=listing)
        size = listing.size.sum().to_pyarrow().as_py()

    assert ["periods", "forecast", "buckets"] == [*found]
    assert size == sum(row["size"] for row in found["buckets"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ahead": 501}, "ahead: 501 is too far ahead; expected 500 or fewer"),
        ({"last": "0"}, "last: '0' is too few; expected 1 or more"),
        ({"capacity": "1 TB"}, "capacity: '1 TB' is no number"),
        ({"per": "year"}, "per: 'year' is unknown; expected one of hour, day, week, month"),
    ],
)
def test_what_means_nothing_is_refused(given: dict[str, Any], said: str, small: Store) -> None:
    with pytest.raises(BadParameter, match=said):
        asked(small, **given)
