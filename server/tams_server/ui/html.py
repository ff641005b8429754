"""Templates: whatever is put into one is escaped, and shown as people read it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import jinja2
from fastapi import Request, Response
from markupsafe import Markup

from tams_analytics.display import readable, text
from tams_analytics.tables.formats import FORMATS
from tams_analytics.timerange import format_timestamp
from tams_analytics.widgets.page import inlined
from tams_command.words import INSTANTS, SPELLINGS
from tams_server.ui import links

MEDIA_TYPE = "text/html"
NONCE = "nonce"
"""Of ``scope["state"]``: what lets the style of the timeline in (`guarded`)."""


def page_answer(
    request: Request,
    template: str,
    page: Mapping[str, Any],
    *,
    twin: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """``page`` in its template; ``twin`` leads to the same as data."""
    body = (
        templates()
        .get_template(f"{template}.html")
        .render(
            page=page,
            twin=twin,
            token=links.token_of(request),
            nonce=request.scope.get("state", {}).get(NONCE, ""),
            link=functools.partial(links.link, request),
        )
    )
    return Response(body, status, headers, MEDIA_TYPE)


@functools.cache
def templates() -> jinja2.Environment:
    """An unknown name in a template is an error."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("tams_server", "ui/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(FILTERS)
    found.globals.update(formats=FORMATS, spellings=SPELLINGS, instants=INSTANTS)
    return found


def in_script(value: Any) -> Markup:
    """JSON in a script element of data, which it cannot end."""
    return Markup(inlined(value))  # noqa: S704 - `inlined` is what makes it safe


def of_format(urn: str | None) -> str:
    """The last word of a format: ``video``."""
    return (urn or text.DASH).rpartition(":")[2]


def since(ns: int) -> str:
    """How long ago, or how far ahead, in words."""
    return f"{text.roughly(ns)} ago" if ns >= 0 else f"in {text.roughly(-ns)}"


def dashed(value: Any) -> Any:
    return text.DASH if value is None or value == "" else value


def clock(date: str | None) -> str:
    """A date of the API, which is in UTC, for people: ``2026-09-01 06:00:00``."""
    return text.DASH if date is None else date.replace("T", " ").removesuffix("Z")


def flow_text(flow: Mapping[str, Any]) -> str:
    """What a flow is made of: ``video · h264``, and how large it is."""
    width, height = flow.get("frame_width"), flow.get("frame_height")
    codec = (flow.get("codec") or "").rpartition("/")[2]
    size = f"{width}\u00d7{height}" if width and height else ""
    kind = of_format(flow.get("format"))
    return " · ".join(filter(None, [kind, codec, size]))


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


FILTERS = {
    "count": text.count,
    "plural": text.plural,
    "roughly": text.roughly,
    "percent": text.percent,
    "length_of": readable.length,
    "moment": readable.moment,
    "timestamp": format_timestamp,
    "sentence": sentence,
    "since": since,
    "clock": clock,
    "dashed": dashed,
    "of_format": of_format,
    "flow_text": flow_text,
    "in_script": in_script,
    "in_path": links.in_path,
}
