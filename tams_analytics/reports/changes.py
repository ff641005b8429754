"""What became of a store since an earlier state of it: what came, what went, how much that was."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.engines.beside import Beside
from tams_analytics.queries import states
from tams_analytics.queries.differences import KEYS
from tams_analytics.reports.report import Parameter, Part, Report, Scope, whole_number

LIMIT = Parameter("limit", "so many rows of a table are copied at most", 1_000_000, whole_number)
"""Of stores on two connections."""


def parts(scope: Scope, *, limit: int) -> Iterator[Part]:
    """The tables."""
    both = Beside(scope.compared, scope.tables, limit).tables(tuple(KEYS))
    yield Part(
        "summary", "how many rows of an entity came, went, and changed", states.summary(*both)
    )
    yield Part(
        "bytes",
        "what became of objects, and the bytes of the copies that the store keeps",
        states.changed_bytes(*both),
    )
    yield Part(
        "segments",
        "what came and went on a flow, and the time that it lost, the most first",
        states.changed_segments(*both),
    )
    yield Part("flows", "a flow that went, came, or changed", states.changed_flows(*both))
    yield Part("sources", "a source that went, came, or changed", states.changed_sources(*both))
    yield Part(
        "objects",
        "an object that went, came, was released, or has other copies, the largest first",
        states.changed_objects(*both),
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
    parameters=(LIMIT,),
    takes=frozenset({"other"}),
)
