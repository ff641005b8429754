"""A page of segments as an answer: its body, its headers, and the place that a page key names."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request, Response

from tams_analytics.errors import BadParameter
from tams_analytics.representations.pages import AskedSegments, Place, SegmentPage
from tams_analytics.representations.segments import segments_json
from tams_analytics.representations.urls import UrlOptions, UrlWriter
from tams_analytics.span import LEAST, MOST
from tams_server.answers import raw_json
from tams_server.context import Context
from tams_server.paging import page_key, paging_headers, place_of

LISTING = {False: "segments", True: "segments reversed"}
"""The name of a page key's listing, by its order."""
KINDS = (int, int, str)
MOST_AT_ONCE = 200
"""Longer pages are written in a thread, as other requests would wait."""


@dataclass(frozen=True)
class Shown:
    """How a request wants to see segments."""

    ctx: Context
    base_url: str
    urls: UrlOptions
    include_object_timerange: bool

    def at_once(self, request: Request, asked: AskedSegments) -> Response | None:
        """The answer, where it is kept and takes no thread."""
        found = self.ctx.kept.at_once(asked) if asked.limit <= MOST_AT_ONCE else None
        return None if found is None else self._answer(request, asked, found)

    def answer(self, request: Request, asked: AskedSegments) -> Response:
        """The answer, where the store may have to be asked."""
        return self._answer(request, asked, self.ctx.kept.page(asked))

    def _answer(self, request: Request, asked: AskedSegments, page: SegmentPage) -> Response:
        urls = UrlWriter(self.ctx.storages, self.base_url, self.urls, page.columns.backends)
        body = segments_json(
            page.columns,
            urls,
            page.numbers,
            include_object_timerange=self.include_object_timerange,
        )
        return raw_json(body, headers=_headers(request, asked, page))


def after_of(key: str | None, *, reverse: bool) -> Place | None:
    """The place that a page begins after. Raises `BadParameter` for one that nothing has (§31)."""
    place = place_of(key, LISTING[reverse], KINDS)
    if not place:
        return None
    if not all(LEAST <= number <= MOST for number in place[:2]):
        raise BadParameter("page", key, "is no key of this listing", "X-Paging-NextKey of a page")
    return Place(*place)


def _headers(request: Request, asked: AskedSegments, found: SegmentPage) -> dict[str, str]:
    """§22, §28, §29, §139."""
    place = found.next
    listing = LISTING[asked.reverse]
    key = page_key(listing, place.short(reverse=asked.reverse)) if place else None
    more: dict[str, str | int] = {
        "X-Paging-Count": len(found),
        "X-Paging-Reverse-Order": str(asked.reverse).lower(),
        "X-Paging-Timerange": found.timerange,
    }
    return paging_headers(request, asked.limit, key, **more)
