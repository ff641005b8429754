"""What was planned against what is there: a schedule of channels, with planned outages."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.errors import BadParameter
from tams_analytics.queries import schedules
from tams_analytics.queries.groups import as_kind
from tams_analytics.queries.plans import as_plan
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length, text
from tams_analytics.reports.schedule import Schedule, as_schedule


def parts(
    scope: Scope,
    schedule: Schedule | None,
    channel_is: str,
    format: str | None,
    min_duration: int,
) -> Iterator[Part]:
    """The tables."""
    if schedule is None:
        expected = "a file (CSV or Parquet) or table: channel, start, end"
        raise BadParameter("schedule", None, "is not given", expected)
    tables, plan = scope.tables, as_plan(schedule.rows, tz=scope.tz, timerange=scope.during)
    days = scope.periods(plan.window)
    yield Part(
        "days",
        "a channel on a day: what of its schedule is there",
        schedules.by_day(tables, plan, days, channel_is=channel_is, format=format),
    )
    yield Part(
        "missing",
        "what was scheduled and is not there, the longest first",
        schedules.missing(
            tables, plan, channel_is=channel_is, format=format, min_duration=min_duration
        ),
    )
    yield Part(
        "unscheduled",
        "media that nobody planned, the longest first",
        schedules.unscheduled(tables, plan, channel_is=channel_is, format=format),
    )
    yield Part(
        "unmatched",
        "a channel that only the schedule or only the store knows",
        schedules.unmatched(tables, plan, channel_is=channel_is),
    )


REPORT = Report(
    name="expected",
    title="Expected coverage",
    look=(
        "Expected is what the schedule plans without its outages; a channel is there where any of "
        "its flows has media, with format=video where its picture is there. What is missing in the "
        "schedule of no channel stands in unmatched: mostly a channel that is written in two ways."
    ),
    source="Q38",
    parts=parts,
    parameters=(
        Parameter(
            "schedule",
            "a CSV or Parquet file, or a table: channel; start, end or timerange; kind, days",
            None,
            as_schedule,
        ),
        Parameter("channel_is", "tag:NAME, flow, source or label", schedules.CHANNEL, as_kind),
        Parameter("format", "only media of this format: video, audio, …", None, text),
        Parameter("min_duration", "missing at least so long, as 0:200000000", 0, length),
    ),
    takes=frozenset({"during", "tz"}),
)
