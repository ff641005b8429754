"""Segments: objects put on a flow's timeline (statements 158 to 184).

One transaction a request, whatever the number of segments: the flow's fence first, then one read
of what the flow has in that stretch of time and one of the objects, then the rules, then the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, TamsError
from tams_analytics.queries.documents import Document, date_text
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import segments as bodies
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


def create_segments(
    engine: Engine, flow_id: str, posted: Any, *, principal: str | None = None
) -> Created:
    """Register one segment (an object) or several (an array) on a flow.

    A single one that is refused raises: `BadParameter`, `BadTimeRange`, `SegmentsOverlap`,
    `Refused`. Of several the sound ones are stored; where two overlap the first one wins (§165).
    Raises `NotFound` and `ReadOnlyFlow` for the flow, and `BadParameter` for a flow without
    container (§171).
    """
    items = posted if isinstance(posted, list) else [posted]
    checked = [_checked(item, at, posted) for at, item in enumerate(items)]
    with audited("create segments of", "flow", flow_id, principal):
        return engine.transact(
            lambda tx: _create(
                tx, flow_id, checked, strict=engine.settings.strict, single=items is not posted
            )
        )


class Posted(NamedTuple):
    """One item of a request: what was posted, and its use of an object or what is wrong."""

    item: Mapping[str, Any]
    outcome: Use | TamsError


def _checked(item: Any, at: int, posted: Any) -> Posted:
    """An item of an array that names its object fails alone, anything else the whole request."""
    is_single = item is posted
    try:
        return Posted(item, Use.of(bodies.segment(item, () if is_single else (at,))))
    except TamsError as error:
        if is_single or not _names_object(item):
            raise
        return Posted(item, error)


def _names_object(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("object_id"), str)


def _create(
    tx: Transaction, flow_id: str, posted: Sequence[Posted], *, strict: bool, single: bool
) -> Created:
    flow = writable_standing(tx, flow_id, "creating segments")
    if not flow["container"]:
        raise BadParameter("container", None, f"of flow {flow_id} is not set", "a MIME type")
    uses = [each.outcome for each in posted if isinstance(each.outcome, Use)]
    raise_fence(tx, flow, [use.timerange for use in uses])
    batch = SegmentBatch(tx, flow, uses, strict=strict)
    result = _registered(batch, posted, single=single)
    batch.write()
    return result


def _registered(batch: SegmentBatch, posted: Sequence[Posted], *, single: bool) -> Created:
    result = Created([], [])
    for item, outcome in posted:
        try:
            if not isinstance(outcome, Use):
                raise outcome
            result.created.append(batch.register(outcome))
        except TamsError as error:
            if single:
                raise
            result.failed.append(_failure(item, error, now()))
    return result


def _failure(item: Mapping[str, Any], error: TamsError, moment: dt.datetime) -> Document:
    said = {"type": type(error).__name__, "summary": str(error), "time": date_text(moment)}
    failure = {"object_id": item["object_id"], "error": said}
    if isinstance(item.get("timerange"), str):
        failure["timerange"] = item["timerange"]
    return failure
