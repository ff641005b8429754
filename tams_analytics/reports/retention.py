"""What may go by the tags of AppNote 0019, by age or another tag, and what that really frees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tams_analytics.queries import retention
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length, text

WEEK = "604800:0"


def parts(
    scope: Scope, *, tag: str | None, older_than: int | None, empty_for: int
) -> Iterator[Part]:
    """The tables."""
    asked: dict[str, Any] = {"now": scope.now, "tag": tag, "older_than": older_than}
    yield Part(
        "freed",
        "what a rule lets go of now, and what of that nothing else needs; all: by any of them",
        retention.by_rule(scope.tables, **asked),
    )
    yield Part(
        "flows",
        "what goes of a flow by a rule, and what that alone would free",
        retention.by_flow(scope.tables, **asked),
    )
    yield Part(
        "empty",
        "a flow without segments that nobody changes any more",
        retention.empty(scope.tables, now=scope.now, older_than=empty_for),
    )
    yield Part(
        "unreadable",
        "a tag that says how long to keep, but is no timestamp: the flow keeps all",
        retention.unreadable(scope.tables),
    )


REPORT = Report(
    name="retention",
    title="What may go, and what it frees",
    look=(
        "Bytes are freed where the last segment that shows an object goes: shown_bytes less "
        "freed_bytes are still needed, by clips for the most part. What goes is deleted by DELETE "
        "/flows/{id}/segments with the timerange in deletes, or DELETE /flows/{id}; the report "
        "delete_preview says what one of these does. Bytes go after min_object_timeout. Flows that "
        "refuse keep all until they are writable."
    ),
    source="Q30, Q6, AppNote 0019",
    parts=parts,
    parameters=(
        Parameter("tag", "flows that have this tag too: name, or name=value", None, text),
        Parameter("older_than", "flows too that did not change for so long", None, length),
        Parameter(
            "empty_for", "flows without segments that did not change for so long", WEEK, length
        ),
    ),
    takes=frozenset({"now"}),
)
