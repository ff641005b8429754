"""One entity as the specification's document: what GET of its id gives.

``ask`` is `tams_analytics.store.Store.ask`, an engine's, or a transaction's. Unknown: `NotFound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.errors import NotFound
from tams_analytics.queries import collections, documents, flows, profiles, sources, tags
from tams_analytics.queries.documents import Document

Ask = Callable[..., pa.Table]


def flow(ask: Ask, id: str) -> Document:
    """The flow ``id``, without its timerange (§111)."""
    return documents.flow_document(
        row(ask, "flow", id),
        tags_of(ask, "flows", id),
        collection_of(ask, id),
        collectors_of(ask, id),
    )


def source(ask: Ask, id: str) -> Document:
    """The source ``id``, with the collections that follow from those of its flows (§86)."""
    found = row(ask, "source", id)
    collected = ask(collections.members_of_sources, source_ids=[id]).to_pylist()
    collectors = ask(collections.collectors_of_sources, member_ids=[id]).to_pylist()
    return documents.source_document(
        found,
        tags_of(ask, "sources", id),
        _each_once(collected),
        [collector["source_id"] for collector in collectors],
    )


def profile(ask: Ask, id: str) -> Document:
    """The profile ``id``."""
    return documents.profile_document(row(ask, "profile", id), tags_of(ask, "profiles", id))


BY_IDS = {"flow": flows.by_ids, "source": sources.by_ids, "profile": profiles.by_ids}


def row(ask: Ask, entity: str, id: str) -> dict[str, Any]:
    """The row of a flow, source or profile. Raises `NotFound`."""
    found = ask(BY_IDS[entity], ids=[id]).to_pylist() if is_askable(id) else []
    if not found:
        raise NotFound(entity, id)
    row: dict[str, Any] = found[0]
    return row


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


def _each_once(rows: Sequence[dict[str, Any]]) -> list[Document]:
    """Items of a ``source_collection``; several flows of a source may say the same."""
    pairs = dict.fromkeys((row["member_id"], row["role"]) for row in rows)
    return [{"id": id} if role is None else {"id": id, "role": role} for id, role in pairs]
