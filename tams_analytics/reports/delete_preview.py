"""What a DELETE of a source, a flow or segments would be answered, and what would go with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.queries import previews
from tams_analytics.queries.previews import Delete
from tams_analytics.reports.report import Parameter, Part, Report, Scope, as_timerange, text
from tams_analytics.timerange import TimeRange

WHAT = "what is to be deleted, by id or label: flow=… or source=…, on the command line -p flow=…"


def parts(
    scope: Scope,
    *,
    source: str | None,
    flow: str | None,
    timerange: TimeRange | None,
    object_id: str | None,
    cascade: bool | None,
) -> Iterator[Part]:
    """The tables."""
    delete = _asked(source, flow, timerange, object_id)
    tables, settings = scope.tables, scope.settings
    verdicts = previews.verdicts(
        tables,
        delete,
        cascades=[True, False] if cascade is None else [cascade],
        bare=settings.delete_default == "cascade",
        threshold=settings.async_deletion_threshold,
    )
    yield Part("verdict", "a way to ask, what it is answered, and what goes then", verdicts)
    yield Part("flows", "a flow that it is about", previews.flows(tables, delete))
    yield Part(
        "objects",
        "an object that these segments show or need, whether it goes, and how much it takes",
        previews.objects(tables, delete),
    )
    if not delete.of_segments:
        yield Part("sources", "a source of these flows", previews.sources(tables, delete))
        yield Part(
            "collectors", "a flow whose collection they leave", previews.collectors(tables, delete)
        )
    yield Part("dependents", "what cascade=false would save", previews.dependents(tables, delete))


def _asked(
    source: str | None, flow: str | None, timerange: TimeRange | None, object_id: str | None
) -> Delete:
    """Raises `BadParameter` where it is not said what is to be deleted, or two things are."""
    if (source is None) == (flow is None):
        if source is not None:
            raise BadParameter("source and flow", [source, flow], "are both given", "one of them")
        raise BadParameter("flow or source", None, "is not given", WHAT)
    if source is not None and (timerange is not None or object_id is not None):
        problem = "has no segments of its own"
        raise BadParameter("source", source, problem, "flow, with timerange or object_id")
    return Delete(source, flow, timerange, object_id)


def yes_or_no(value: Any) -> bool:
    """True or false, or its text. Raises `BadParameter`."""
    known = {"true": True, "false": False}
    found = known.get(str(value).lower())
    if found is None:
        raise BadParameter("value", value, "is neither true nor false", "true or false")
    return found


REPORT = Report(
    name="delete_preview",
    title="What a DELETE would do",
    look=(
        "status is what the API would answer now: 204 it is done, 202 it becomes deletion "
        "requests, 403, 404 or 409 nothing is done. Objects go with the last reference to them: "
        "what has references keeps its bytes. The others' wait for min_object_timeout; a segment "
        "may take them back until then."
    ),
    source="Q31, R1, R2, R4, R5",
    parts=parts,
    parameters=(
        Parameter("source", "a source, to delete with its flows", None, text, "source"),
        Parameter("flow", "a flow, to delete with its segments", None, text, "flow"),
        Parameter("timerange", "of the flow only the segments that it covers", None, as_timerange),
        Parameter("object_id", "of the flow only segments that show this object", None, text),
        Parameter("cascade", "true or false; without it both are shown", None, yes_or_no),
    ),
    takes=frozenset(),
)
