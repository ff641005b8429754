"""What is shown again without being copied: how much that saves, and what was made of what."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import reuse
from tams_analytics.reports.report import Parameter, Part, Report, Scope, whole_number


def parts(scope: Scope, top: int) -> Iterator[Part]:
    """The tables."""
    tables = scope.tables
    yield Part(
        "summary",
        "the store: objects that flows share, and the bytes that copies would take",
        reuse.summary(tables),
    )
    yield Part("flows", "a flow that shows objects of another", reuse.by_flow(tables))
    yield Part(
        "objects",
        f"one of the {top} objects shown by most flows",
        reuse.objects(tables, limit=top),
    )
    yield Part(
        "lineage",
        "an edit of a flow: what shows its objects, since when and until when it was made",
        reuse.lineage(tables),
    )


REPORT = Report(
    name="reuse",
    title="Reuse, and what was made of what",
    look=(
        "Saved is what the store would hold more, had each flow a copy of its own of each object "
        "that it shows. The origin of an object is the flow that it was allocated for or first "
        "used by; deleting that flow frees nothing that an edit still shows: delete_preview says "
        "what it does. An edit of an origin that does not exist any more lives on its objects."
    ),
    source="Q17, Q18",
    parts=parts,
    parameters=(Parameter("top", "so many objects, those shown by most flows", 100, whole_number),),
    takes=frozenset(),
)
