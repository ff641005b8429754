"""Which URLs of bytes a request asks for: the same parameters on segments and objects."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from tams_analytics.representations.urls import UrlOptions
from tams_server.parameters import AskedTags, Flag, TagFilters, uuids

LABELS = re.compile(r"([^,]+(,[^,]+)*)?")


def labels(text: str) -> tuple[str, ...]:
    """Labels with commas between them; an empty text is none at all (§146)."""
    if not LABELS.fullmatch(text):
        raise ValueError("is no list of labels with commas between them")
    return tuple(text.split(",")) if text else ()


async def url_options(
    tags: Annotated[AskedTags, Depends(TagFilters("storage_backend_tag"))],
    verbose_storage: Annotated[Flag, Query(description="with the storage backend")] = False,
    accept_get_urls: Annotated[
        str | None, AfterValidator(lambda text: text if text is None else labels(text))
    ] = None,
    accept_storage_ids: Annotated[str, AfterValidator(uuids)] = "",
    presigned: Annotated[Flag | None, Query(description="one kind only")] = None,
) -> UrlOptions:
    """``async``, so that FastAPI needs no thread for it."""
    accepted = tuple(accept_get_urls) if accept_get_urls is not None else None
    ids = tuple(accept_storage_ids)
    return UrlOptions(verbose_storage, accepted, ids, presigned, tags.values, tags.exists)


Urls = Annotated[UrlOptions, Depends(url_options)]
