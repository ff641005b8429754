"""How complete collections are: who lacks what others of it have, who is not there at all."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import completeness
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length


def parts(scope: Scope, min_duration: int) -> Iterator[Part]:
    """The tables."""
    tables, during = scope.tables, scope.during
    yield Part(
        "collections",
        "a collection, and how much of its time is complete",
        completeness.by_collection(tables, timerange=during),
    )
    yield Part(
        "members",
        "a member of a collection: what it covers of its time",
        completeness.by_member(tables, timerange=during),
    )
    yield Part(
        "missing",
        "where a member lacks what others have, the longest first",
        completeness.missing(tables, timerange=during, min_duration=min_duration),
    )
    yield Part("unknown", "a member that is no flow", completeness.unknown_members(tables))


REPORT = Report(
    name="collections",
    title="Completeness of collections",
    look=(
        "The time of a collection is what its members cover together. A member that lacks some of "
        "it can be made again from the others (a proxy, thumbnails) or is lost (sound, subtitles). "
        "Members that are no flow are to be taken out of the flow_collection."
    ),
    source="Q15, Q16",
    parts=parts,
    parameters=(Parameter("min_duration", "missing at least so long, as 1:0", 0, length),),
)
