"""What was recorded, a page of it at a time, each source with its flows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tams_analytics.queries import attached, entities, flows, sources
from tams_analytics.store import Store
from tams_server.listings import Listing, Paged, page_of
from tams_server.ui.copies import Copy
from tams_server.ui.visit import Page, Visit

SHOWN = 50
"""So many on a page, where nobody says otherwise."""
FLOWS_SHOWN = 20
"""So many flows of each source; the timeline of the source has all."""
LISTED = Listing("sources", sources.listing, attached.source_of, sources.ORDERS)


@dataclass(frozen=True)
class Asked:
    """What a visitor may ask for; ``source`` is the id of the one that is wanted."""

    label: str | None = None
    format: str | None = None
    source: str | None = None
    sort_by: str = "label"
    limit: int = SHOWN
    page: str | None = None


def listed(visit: Visit, asked: Asked) -> Page:
    """The same page, by the same key, as ``GET /sources``. Raises `BadParameter`, `NotFound`."""
    if asked.source is not None:
        documents = [entities.source(visit.store.ask, asked.source)]
        return _page(visit, asked, documents, None, _of_one(visit, asked.source))
    filters = {"label": asked.label, "format": asked.format}
    found = page_of(visit.ctx, LISTED, Paged(asked.limit, asked.page, asked.sort_by), filters)
    documents = [LISTED.document(row) for row in found.rows]
    given = {name: value for name, value in found.asked.items() if value is not False}
    given["limit"] = asked.limit
    said = {name: value for name, value in filters.items() if value is not None}
    said |= {"sort_by": asked.sort_by, "limit": str(asked.limit)}
    said |= {"page": asked.page} if asked.page else {}
    copy = visit.copied("These sources", sources.listing, given, visit.curl("/sources", **said))
    return _page(visit, asked, documents, found.next_key, copy)


def _of_one(visit: Visit, id: str) -> Copy:
    return visit.copied("This source", sources.one, {"id": id}, visit.curl(f"/sources/{id}"))


def _page(
    visit: Visit, asked: Asked, documents: list[dict[str, Any]], next_key: str | None, copy: Copy
) -> Page:
    ids = [document["id"] for document in documents]
    by_source = _flows(visit.store, ids)
    copies = [copy]
    if ids:
        given = {"source_ids": ids, "most": FLOWS_SHOWN}
        copies.append(visit.copied("Their flows", flows.of_sources, given))
    data = {
        "asked": {"label": asked.label, "format": asked.format, "source": asked.source},
        "sources": [{**each, "flows": by_source[each["id"]]} for each in documents],
        "is_first": asked.page is None,
        "next": next_key,
    }
    return Page("sources", "Sources", data, tuple(copies))


def _flows(store: Store, source_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """By source, its first flows; the first of them tells how many there are."""
    found = defaultdict[str, list[dict[str, Any]]](list)
    if source_ids:
        asked = store.ask(flows.of_sources, source_ids=source_ids, most=FLOWS_SHOWN)
        for row in asked.to_pylist():
            found[row["source_id"]].append(row)
    return found
