"""An object as a document (§202 to §209, F34)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from tams_analytics.queries.documents import Document
from tams_analytics.queries.showing import OF_INSTANCE, ORDER
from tams_analytics.representations.urls import Instance, UrlWriter

NAMED = {
    "id": "id",
    "timerange": "timerange",
    "key_frame_count": "key_frame_count",
    "first_flow_id": "first_referenced_by_flow",
}
"""Columns that are shown as they are; nothing else of them is (§208)."""


def object_document(row: Mapping[str, Any], urls: UrlWriter, flows: Iterable[str]) -> Document:
    """From the row of `queries.objects.shown`, and the flows that a page shows.

    An initialisation object has no timerange (§204).
    """
    document = {shown: row[column] for column, shown in NAMED.items() if row[column] is not None}
    document["referenced_by_flows"] = list(flows)
    document["get_urls"] = _get_urls(row["instances"], urls)
    if row["init_object_id"] is not None:
        document["init_object"] = {
            "id": row["init_object_id"],
            "get_urls": _get_urls(row["init_instances"], urls),
        }
    return document


def _get_urls(instances: Iterable[Mapping[str, Any]] | None, urls: UrlWriter) -> Any:
    ordered = sorted(instances or (), key=_place)
    return orjson.loads(
        urls.array(Instance.of(*(each[n] for n in OF_INSTANCE)) for each in ordered)
    )


def _place(instance: Mapping[str, Any]) -> list[Any]:
    """As `showing.order` says."""
    first, *others = ORDER
    return [not instance[first], *((instance[n] is None, instance[n] or "") for n in others)]
