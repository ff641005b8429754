"""Segments: objects put on a flow's timeline (statements 158 to 184).

One transaction a request, whatever the number of segments: the flow's fence first, then one read
of what the flow has in that stretch of time and one of the objects, then the rules, then the rows.
Requests that come at the same time may share one: a commit costs the same whatever it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused, TamsError
from tams_analytics.queries.documents import Document, date_text
from tams_analytics.watching import PARTLY_DONE
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import segments as bodies
from tams_analytics.writes.bodies.limits import MOST_SEGMENTS
from tams_analytics.writes.ids import refuse_bad_id, refuse_bad_name
from tams_analytics.writes.registry import Use
from tams_analytics.writes.segment_batch import SegmentBatch
from tams_analytics.writes.standing import raise_fence, writable_standing


class Created(NamedTuple):
    """What became of a request: the segments that are stored, and those that are not.

    ``failed`` has items ``{object_id, timerange, error: {type, summary, time}}``, as the
    specification's ``failed_segments``.
    """

    created: list[Document]
    failed: list[Document]


Outcome = Created | TamsError
"""What became of one of several requests: an error is that request's own."""


@dataclass(frozen=True)
class Registration:
    """A request to register one segment (an object) or several (an array) on a flow.

    What is told of it is told in the context that it was made in, whoever works for it.
    """

    flow_id: str
    posted: Any
    principal: str | None = None
    context: Context = field(default_factory=copy_context, repr=False, compare=False)


def create_segments(
    engine: Engine, flow_id: str, posted: Any, *, principal: str | None = None
) -> Created:
    """Register one segment (an object) or several (an array) on a flow.

    A single one that is refused raises: `BadParameter`, `BadTimeRange`, `SegmentsOverlap`,
    `Refused`. Of several the sound ones are stored; where two overlap the first one wins (§165).
    Raises `NotFound` and `ReadOnlyFlow` for the flow, and `BadParameter` for a flow without
    container (§171).
    """
    (outcome,) = create_segments_together(engine, [Registration(flow_id, posted, principal)])
    return _raised(outcome)


def create_segments_together(
    engine: Engine, registrations: Sequence[Registration]
) -> list[Outcome]:
    """What `create_segments` gives or raises for each of these, in one transaction for all.

    Each is judged as if those before it had been stored. Where the engine fails at all of them
    together, each is tried alone, so that nobody fails for another one's sake.
    """
    checked = [_checked(each) for each in registrations]
    judged = iter(_judged(engine, [each for each in checked if isinstance(each, Checked)]))
    return [
        _told(each.registration, next(judged)) if isinstance(each, Checked) else each
        for each in checked
    ]


@dataclass(frozen=True)
class Checked:
    """A request whose body is one; `single` where an object was posted, no array."""

    registration: Registration
    items: list[Posted]
    single: bool

    @property
    def uses(self) -> list[Use]:
        return [each.outcome for each in self.items if isinstance(each.outcome, Use)]


class Posted(NamedTuple):
    """One item of a request: what was posted, and its use of an object or what is wrong."""

    item: Mapping[str, Any]
    outcome: Use | TamsError


def _checked(registration: Registration) -> Checked | TamsError:
    posted = registration.posted
    single = not isinstance(posted, list)
    try:
        if not single and len(posted) > MOST_SEGMENTS:
            problem = "are too many for one request"
            raise BadParameter("body", len(posted), problem, f"at most {MOST_SEGMENTS}")
        items = [_item(each, at, posted) for at, each in enumerate([posted] if single else posted)]
        refuse_bad_id("flow", registration.flow_id)
        if registration.principal is not None:
            refuse_bad_name("principal", registration.principal)
    except TamsError as error:
        return error
    return Checked(registration, items, single)


def _item(item: Any, at: int, posted: Any) -> Posted:
    """An item of an array that names its object fails alone, anything else the whole request."""
    is_single = item is posted
    try:
        return Posted(item, Use.of(bodies.segment(item, () if is_single else (at,))))
    except TamsError as error:
        if is_single or not _names_object(item):
            raise
        error.__cause__ = error.__context__ = None  # stacks: 2.2 KB of 2.7 KB for each failure
        return Posted(item, error.with_traceback(None))


def _names_object(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("object_id"), str)


class NothingStored(Exception):
    """Undoes a transaction in which every request was refused; the first argument says how."""


def _judged(engine: Engine, requests: Sequence[Checked]) -> list[Outcome]:
    def work(tx: Transaction) -> list[Outcome]:
        outcomes = _create(tx, requests, strict=engine.settings.strict)
        if any(isinstance(each, Created) and each.created for each in outcomes):
            return outcomes
        raise NothingStored(outcomes)

    try:
        return engine.transact(work) if requests else []
    except NothingStored as nothing:
        outcomes: list[Outcome] = nothing.args[0]
        return outcomes
    except EngineFailed as error:
        if len(requests) == 1:
            return [error]
    return [_judged(engine, [each])[0] for each in requests]


def _create(tx: Transaction, requests: Sequence[Checked], *, strict: bool) -> list[Outcome]:
    """Flow by flow, and in their order where several are for one flow."""
    of_flows: dict[str, list[int]] = {}
    for place, each in enumerate(requests):
        of_flows.setdefault(each.registration.flow_id, []).append(place)
    outcomes: dict[int, Outcome] = {}
    for flow_id, places in of_flows.items():
        mine = _create_on(tx, flow_id, [requests[place] for place in places], strict=strict)
        outcomes.update(zip(places, mine, strict=True))
    return [outcomes[place] for place in range(len(requests))]


def _create_on(
    tx: Transaction, flow_id: str, requests: Sequence[Checked], *, strict: bool
) -> list[Outcome]:
    try:
        flow = registrable(tx, flow_id)
    except (NotFound, Refused, BadParameter) as error:
        return [error for _each in requests]
    uses = [use for each in requests for use in each.uses]
    raise_fence(tx, flow, [use.timerange for use in uses])
    batch = SegmentBatch(tx, flow, uses, strict=strict)
    outcomes = [_registered(batch, each) for each in requests]
    batch.write()
    return outcomes


def registrable(tx: Transaction, flow_id: str) -> dict[str, Any]:
    """What `standing` says of a flow that takes segments. Raises as `create_segments` does."""
    flow = writable_standing(tx, flow_id, "creating segments")
    if not flow["container"]:
        raise BadParameter(f"container of flow {flow_id}", None, "is not set", "a MIME type")
    return flow


def _registered(batch: SegmentBatch, request: Checked) -> Outcome:
    result = Created([], [])
    for item, outcome in request.items:
        try:
            result.created.append(batch.register(_raised(outcome)))
        except TamsError as error:
            if request.single:
                return error
            result.failed.append(_failure(item, error.with_traceback(None), now()))
    return result


T = TypeVar("T")


def _raised(outcome: T | TamsError) -> T:
    if isinstance(outcome, TamsError):
        raise outcome
    return outcome


def _told(registration: Registration, outcome: Outcome) -> Outcome:
    return registration.context.run(_audited, registration, outcome)


def _audited(registration: Registration, outcome: Outcome) -> Outcome:
    flow_id, principal = registration.flow_id, registration.principal
    try:
        with audited("create segments of", "flow", flow_id, principal) as change:
            made = _raised(outcome)
            if made.failed:
                first: str = made.failed[0]["error"]["type"]
                change.result = PARTLY_DONE if made.created else first
            return made
    except TamsError as error:
        return error


def _failure(item: Mapping[str, Any], error: TamsError, moment: dt.datetime) -> Document:
    said = {"type": type(error).__name__, "summary": str(error), "time": date_text(moment)}
    failure = {"object_id": item["object_id"], "error": said}
    if isinstance(item.get("timerange"), str):
        failure["timerange"] = item["timerange"]
    return failure
