"""What people wrote, or did not: the vocabulary of tags, who made what, what is locked."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import hygiene
from tams_analytics.reports.report import Part, Report, Scope


def parts(scope: Scope) -> Iterator[Part]:
    """The tables."""
    yield Part(
        "tag_names", "a name of tags, and how often it is used", hygiene.tag_names(scope.tables)
    )
    yield Part("writers", "who made and changed flows", hygiene.writers(scope.tables))
    yield Part("read_only", "a flow that refuses changes", hygiene.read_only_flows(scope.tables))


REPORT = Report(
    name="hygiene",
    title="Names, tags and owners",
    look=(
        "Tag names of one spelling are mostly slips of one another: PUT the tag by its usual name. "
        "The check metadata_missing names flows and sources that nobody described."
    ),
    source="Q33, Q35",
    parts=parts,
    takes=frozenset(),
)
