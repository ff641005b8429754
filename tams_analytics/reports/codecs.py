"""What media is made of: codings, sizes, rates, lengths; and what has another rate than it says."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import mix, rates
from tams_analytics.reports.report import Parameter, Part, Report, Scope, number, unit
from tams_analytics.timerange.days import Unit


def parts(scope: Scope, off: float, per: Unit) -> Iterator[Part]:
    """The tables."""
    tables, during = scope.tables, scope.during
    window = scope.lately("365d")
    each = scope.periods(window, per)
    yield Part(
        "kinds",
        "a kind of flow: how much time and how many bytes there are of it",
        mix.by_kind(tables, timerange=during),
    )
    yield Part(
        "periods",
        f"a coding in one {per}, of the last year if no time is said",
        mix.over_time(tables, each),
    )
    yield Part(
        "off",
        f"a flow above its max_bit_rate, or more than {off:.0%} from its avg_bit_rate",
        rates.off(tables, by_more_than=off, timerange=during),
    )
    yield Part(
        "rates",
        "a flow, and its bit rate as it is and as it says",
        rates.by_flow(tables, timerange=during),
    )
    yield Part(
        "lengths",
        "segments by their length, as a part of what their flow aims at",
        mix.lengths(tables, timerange=during),
    )


REPORT = Report(
    name="codecs",
    title="Codings, bit rates and lengths",
    look=(
        "Time is that of flows added up. Rates are of objects that are shown as a whole and whose "
        "size is known, in 1000 bits a second. A flow whose rate is far off says something wrong, "
        "or has lost samples; players trust max_bit_rate. Many segments of other lengths than the "
        "target make seeking uneven."
    ),
    source="Q27, Q28, Q29",
    parts=parts,
    parameters=(
        Parameter("off", "a rate is off by more than this part of it", 0.25, number),
        Parameter("per", "hour, day, week or month", "month", unit),
    ),
    takes=frozenset({"during", "tz", "now"}),
)
