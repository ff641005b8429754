"""Where flows of one source disagree: format, role, time, where segments begin."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import agreement
from tams_analytics.reports.report import Part, Report, Scope


def parts(scope: Scope) -> Iterator[Part]:
    """The table."""
    yield Part(
        "pairs",
        "a flow beside the first flow of its source; what differs most comes first",
        agreement.of_sources(scope.tables, timerange=scope.during),
    )


REPORT = Report(
    name="sources",
    title="Flows of one source",
    look=(
        "All flows of a source show the same content on one timeline. An offset of years is a flow "
        "that was registered from 0 on instead of on its source's timeline; one of frames an "
        "encoder's delay that nobody took off. Where a flow covers less, it was made of a part, or "
        "lost some. Segments that begin elsewhere make it harder to switch between flows."
    ),
    source="Q34",
    parts=parts,
)
