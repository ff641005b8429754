"""One entity as the specification's document: what GET of its id gives.

``ask`` is `tams_analytics.store.Store.ask`, an engine's, or a transaction's. Unknown: `NotFound`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from tams_analytics.errors import NotFound
from tams_analytics.queries import (
    attached,
    collections,
    deletion_requests,
    deletions,
    documents,
    flows,
    profiles,
    sources,
    tags,
)
from tams_analytics.queries.documents import Document
from tams_analytics.span import as_window
from tams_analytics.timerange import TimeRange, as_timerange

Ask = Callable[..., pa.Table]


def flow(ask: Ask, id: str, *, with_extent: bool = False, timerange: Any = None) -> Document:
    """The flow ``id``; ``with_extent``: with the ``timerange`` of its segments (§111 to §113).

    That runs from the start of the first to the end of the last, of those that overlap
    ``timerange``. Raises `NotFound`, `BadTimeRange`.
    """
    asked = {"with_extent": True, "timerange": as_window(timerange)} if with_extent else {}
    found = _one(ask, "flow", id, flows.one, id=id, **asked)
    document = attached.flow_of(found)
    if with_extent:
        document["timerange"] = _extent(**found["extent"] or {"first": None, "last": None})
    return document


def source(ask: Ask, id: str) -> Document:
    """The source ``id``, with the collections that follow from those of its flows (§86)."""
    return attached.source_of(_one(ask, "source", id, sources.one, id=id))


def profile(ask: Ask, id: str) -> Document:
    """The profile ``id``."""
    return attached.profile_of(_one(ask, "profile", id, profiles.one, id=id))


def deletion_request(ask: Ask, id: str) -> Document:
    """The deletion request ``id`` (§216)."""
    row = _one(ask, "deletion request", id, deletion_requests.one, id=id)
    return deletions.request_document(row)


def _one(ask: Ask, entity: str, key: str, question: Any, **asked: Any) -> dict[str, Any]:
    """The first row that a question about ``key`` has. Raises `NotFound`."""
    found = ask(question, **asked).to_pylist() if is_askable(key) else []
    if not found:
        raise NotFound(entity, key)
    row: dict[str, Any] = found[0]
    return row


def _extent(first: str | None, last: str | None) -> str:
    """As text, from the texts of a first and a last segment; of none: never."""
    if first is None or last is None:
        return str(TimeRange.never())
    return str(as_timerange(first).through(as_timerange(last)))


BY_IDS = {"flow": flows.by_ids, "source": sources.by_ids, "profile": profiles.by_ids}


def row(ask: Ask, entity: str, id: str) -> dict[str, Any]:
    """The row of a flow, source or profile. Raises `NotFound`."""
    return _one(ask, entity, id, BY_IDS[entity], ids=[id])


def is_askable(text: str) -> bool:
    """It is Unicode; no engine takes half a surrogate pair, and nothing is named by one."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def tags_of(ask: Ask, entity_type: str, id: str) -> dict[str, str | list[str]]:
    """The tags of an entity; none: ``{}``."""
    return documents.tags_document(
        ask(tags.of, entity_type=entity_type, entity_ids=[id]).to_pylist()
    )


def collection_of(ask: Ask, flow_id: str) -> list[Document]:
    """What a flow collects, in order."""
    members = ask(collections.members, flow_ids=[flow_id]).to_pylist()
    return [documents.member_document(member) for member in members]


def collectors_of(ask: Ask, flow_id: str) -> list[str]:
    """The flows that collect a flow."""
    return [
        str(found["flow_id"])
        for found in ask(collections.collectors, member_ids=[flow_id]).to_pylist()
    ]
