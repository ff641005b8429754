"""Questions: functions from the entity tables to an ibis table.

Each is asked in the same words everywhere: ``store.ask(ta.queries.segments.listing, …)`` compiles
it once per shape, ``ta.queries.segments.listing(store.tables, …)`` gives the lazy expression.
"""

from __future__ import annotations

from tams_analytics.queries import (
    analytics,
    attached,
    collections,
    days,
    deletion_requests,
    documents,
    entities,
    flows,
    freeing,
    hygiene,
    inventory,
    keyset,
    names,
    objects,
    overview,
    previews,
    profiles,
    retention,
    reuse,
    segments,
    sources,
    storage_backends,
    tags,
    vast_catalog,
)

__all__ = [
    "analytics",
    "attached",
    "collections",
    "days",
    "deletion_requests",
    "documents",
    "entities",
    "flows",
    "freeing",
    "hygiene",
    "inventory",
    "keyset",
    "names",
    "objects",
    "overview",
    "previews",
    "profiles",
    "retention",
    "reuse",
    "segments",
    "sources",
    "storage_backends",
    "tags",
    "vast_catalog",
]
