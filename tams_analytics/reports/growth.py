"""How a store grows by the day, week or month; what it will be; and when a capacity is full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.queries import growing, inventory
from tams_analytics.queries.clocks import moment_ns
from tams_analytics.reports.report import Parameter, Part, Report, Scope, text, unit, whole_number
from tams_analytics.timerange import HIGHEST_NS, SECOND, Period, TimeRange
from tams_analytics.timerange.days import Unit

MOST_AHEAD = 500
"""So many periods ahead it is looked for the one in which a capacity is full."""
HOUR_NS = 3600 * SECOND
LONGEST_NS = {"hour": HOUR_NS, "day": 26 * HOUR_NS, "week": 170 * HOUR_NS, "month": 746 * HOUR_NS}
"""No period is longer, where clocks are put back, too."""
LAST_NS = HIGHEST_NS - 2 * LONGEST_NS["month"]
"""What begins before it ends within int64 (in the year 2262), and so does the one after it."""


def parts(
    scope: Scope, per: Unit, ahead: int, last: int, capacity: int | None, storage_id: str | None
) -> Iterator[Part]:
    """The tables; ``full`` only where a capacity is given, ``buckets`` only of a listing."""
    tables, window = scope.tables, scope.window()
    shown = scope.periods(window, per)
    if not shown:
        raise BadParameter("during", str(window), "has no length", "for example tr.last('90d')")
    place: dict[str, Any] = {"storage_id": storage_id}
    yield Part(
        "periods",
        f"a {per}, the newest first: objects created and segments registered in it, "
        "and all objects until then",
        growing.over_time(tables, shown, **place),
    )
    past = [each for each in shown if each.end_ns <= moment_ns(scope.now)][-last:]
    coming = _coming(scope, per)
    yield Part(
        "forecast",
        f"a coming {per}: bytes added from now to its end, and stored then, at the mean rate of "
        f"{_told(past, per)}",
        growing.forecast(tables, past, coming[:ahead], scope.now, **place),
    )
    if capacity is not None:
        yield Part(
            "full",
            f"the {per} in which so many bytes are stored, of the next {MOST_AHEAD}",
            growing.full(tables, past, coming, scope.now, capacity=capacity, **place),
        )
    if scope.objects is not None:
        yield Part(
            "buckets",
            "a bucket on a day in UTC: what came of what is there, as the listing says",
            inventory.growth(scope.listing),
        )


def _coming(scope: Scope, per: Unit) -> list[Period]:
    """The periods from the present one on, `MOST_AHEAD` of them."""
    now = moment_ns(scope.now)
    future = TimeRange.from_ns(now, min(now + MOST_AHEAD * LONGEST_NS[per], LAST_NS))
    return scope.periods(future, per)[:MOST_AHEAD]


def _told(past: list[Period], per: Unit) -> str:
    """Of what the mean is."""
    if not past:
        return f"whole {per}s, of which there are none before now"
    if len(past) == 1:
        return past[0].label
    return f"{past[0].label} to {past[-1].label}"


def at_least_one(value: Any) -> int:
    """A parameter that counts from 1 on. Raises `BadParameter`."""
    number = whole_number(value)
    if number == 0:
        raise BadParameter("value", value, "is too few", "1 or more")
    return number


def not_too_far(value: Any) -> int:
    """A parameter that counts up to `MOST_AHEAD`. Raises `BadParameter`."""
    number = whole_number(value)
    if number > MOST_AHEAD:
        raise BadParameter("value", value, "is too far ahead", f"{MOST_AHEAD} or fewer")
    return number


REPORT = Report(
    name="growth",
    title="Growth, and what it comes to",
    look=(
        "Bytes are sizes on record, each object once; with storage_id of what a storage backend "
        "holds. An object counts from its creation on, if it was registered since. Objects that "
        "were deleted are not among them, so that old periods look small where much is deleted, "
        "and forecasts are too high there: nothing is taken to be deleted from now on. The rate "
        "is the mean of whole periods before now, from the first object on: take weeks, if you "
        "work by the week, and leave out a backfill that will not come again, by during and last. "
        "added_bytes are all from now to the end of a period, so that its rows do not add up. "
        "Unknown sizes count as nothing."
    ),
    source="Q20",
    parts=parts,
    parameters=(
        Parameter("per", "hour, day, week or month", "day", unit),
        Parameter("ahead", "so many periods to come", 30, not_too_far),
        Parameter("last", "the rate is the mean of so many whole periods", 28, at_least_one),
        Parameter("capacity", "when are so many bytes stored", None, whole_number),
        Parameter("storage_id", "of this storage backend alone", None, text),
    ),
    takes=frozenset({"during", "tz", "now", "objects"}),
    usual="90d",
)
