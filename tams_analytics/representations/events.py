"""Events as webhooks get them: what was kept of them, and URLs that are made now (§227, §228)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from tams_analytics.media.storages import Storages
from tams_analytics.queries.documents import Document, date_text
from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.segments import segment_documents
from tams_analytics.representations.urls import UrlOptions, UrlWriter

PLACES = ("start_ns", "end_ns", "body")
"""What is kept of a segment and no document shows as it is."""


def event_json(event_type: str, moment: dt.datetime, payload: Document) -> bytes:
    """The body of a delivery."""
    said = {"event_timestamp": date_text(moment), "event_type": event_type, "event": payload}
    return orjson.dumps(said)


def segments_told(
    kept: Sequence[Mapping[str, Any]],
    answers: Iterable[pa.Table],
    storages: Storages,
    webhook: Mapping[str, Any],
) -> list[Document]:
    """The segments that were ``kept``, as GET would give them to this webhook.

    ``answers`` are those of `queries.segments.of_objects`. One that is gone by now is told as it
    was, without URLs. ``webhook`` is its body, with the options.
    """
    found = {_key(each): each for each in _documents(answers, storages, webhook)}
    return [found.get(_key(each)) or _gone(each) for each in kept]


def _key(segment: Mapping[str, Any]) -> tuple[str, str]:
    return segment["object_id"], segment["timerange"]


def _documents(
    answers: Iterable[pa.Table], storages: Storages, webhook: Mapping[str, Any]
) -> Iterator[Document]:
    options = _options(webhook)
    shows_timerange = bool(webhook.get("include_object_timerange"))
    for answer in answers:
        columns = SegmentColumns.of(answer)
        urls = UrlWriter(storages, storages.settings.public_url, options, columns.backends)
        yield from segment_documents(columns, urls, include_object_timerange=shows_timerange)


def _options(webhook: Mapping[str, Any]) -> UrlOptions:
    accepted = webhook.get("accept_get_urls")
    return UrlOptions(
        verbose_storage=bool(webhook.get("verbose_storage")),
        accept_get_urls=None if accepted is None else tuple(accepted),
        accept_storage_ids=tuple(webhook.get("accept_storage_ids", ())),
        presigned=webhook.get("presigned"),
    )


def _gone(kept: Mapping[str, Any]) -> Document:
    shown = {name: value for name, value in kept.items() if name not in PLACES}
    return {**shown, **json.loads(kept["body"]), "get_urls": []}
