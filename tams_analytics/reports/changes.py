"""What became of a store since an earlier state of it: what came, what went, how much that was."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.engines.beside import Beside
from tams_analytics.queries import two_stores
from tams_analytics.queries.differences import KEYS
from tams_analytics.reports.report import Parameter, Part, Report, Scope, whole_number

MOST = 1_000_000
"""So many rows of a table are copied without being asked for more."""


def parts(scope: Scope, *, limit: int) -> Iterator[Part]:
    """The tables."""
    states = Beside(scope.compared, scope.tables, limit).tables(tuple(KEYS))
    yield Part(
        "summary", "how many rows of an entity came, went, and changed", two_stores.summary(*states)
    )
    yield Part(
        "bytes",
        "what became of objects, and the bytes of the copies that the store keeps",
        two_stores.changed_bytes(*states),
    )
    yield Part(
        "segments",
        "what came and went on a flow, and the time that it lost, the most first",
        two_stores.changed_segments(*states),
    )
    yield Part("flows", "a flow that went, came, or changed", two_stores.changed_flows(*states))
    yield Part(
        "sources", "a source that went, came, or changed", two_stores.changed_sources(*states)
    )
    yield Part(
        "objects",
        "an object that went, came, was released, or has other copies, the largest first",
        two_stores.changed_objects(*states),
    )


REPORT = Report(
    name="changes",
    title="What has changed",
    look=(
        "After an incident: lost is time that had media and has none now. What was removed is in "
        "the earlier state alone; a released object is still there until min_object_timeout is "
        "over, and a segment may take it back. Who did it is told by the server's log and by "
        "updated_by. Compared is with other: store.at(snapshot) on VAST, a copy of the file "
        "(--other copy.duckdb). Stores on two connections are copied to this machine first, at "
        "most limit rows of each table."
    ),
    source="Q36",
    parts=parts,
    parameters=(
        Parameter("limit", "so many rows of a table are copied at most", MOST, whole_number),
    ),
    takes=frozenset({"other"}),
)
