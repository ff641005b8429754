"""Filters of the catalogue's listings, as values that the library's questions take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, Field

from tams_analytics.errors import BadParameter
from tams_analytics.queries import tags
from tams_analytics.tables.formats import FORMATS, STATUSES
from tams_analytics.writes.bodies.fields import MIME
from tams_server.parameters import AskedTags, Flag, Id, Number, uuids

LEAST, MOST = -(2**63), 2**63 - 1
MOST_VALUES = 500
"""So many ids, or values of tags, may one request name: to compile 1700 takes seconds."""
MOST_TAGS = 20
"""So many filters by tags; each is a sub-query."""


def optional(check: Callable[[str], Any]) -> AfterValidator:
    """``check`` of what is given; the value is what it gives."""
    return AfterValidator(lambda text: None if text is None else check(text))


def one_of(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text in allowed:
            return text
        raise ValueError(f"is none of {', '.join(allowed)}")

    return check


def mime(text: str) -> str:
    if MIME.fullmatch(text):
        return text
    raise ValueError("is no MIME type")


def padded(values: Sequence[str]) -> list[str]:
    """The same values, the last one repeated up to a power of two.

    How many there are is a part of a statement, and each new one is compiled.
    """
    size = 1 << max(len(values) - 1, 0).bit_length()
    return [*values, *[*values[-1:]] * (size - len(values))]


def some_uuids(text: str) -> list[str]:
    """Ids with commas between them, not too many; an empty text is none (§84)."""
    found = uuids(text)
    if len(found) > MOST_VALUES:
        raise ValueError(f"names more than {MOST_VALUES} ids")
    return padded(found)


def tags_asked(asked: AskedTags) -> dict[str, Any]:
    """Filters by tags as a listing of the library takes them. Raises `BadParameter`."""
    count = sum(map(len, asked.values.values()))
    if len(asked.values) + len(asked.exists) > MOST_TAGS or count > MOST_VALUES:
        problem = f"are too many filters: at most {MOST_TAGS} tags and {MOST_VALUES} values"
        raise BadParameter("tag", count, problem)
    values = {name: padded(each) for name, each in asked.values.items()}
    return tags.asked(values, asked.exists)


Label = Annotated[str | None, Query(description="exactly this label")]
Format = Annotated[str | None, Query(description="a format's URN"), optional(one_of(*FORMATS))]
Codec = Annotated[str | None, Query(description="a MIME type"), optional(mime)]
Status = Annotated[str | None, Query(description="of its content"), optional(one_of(*STATUSES))]
CollectedBy = Annotated[
    str | None,
    Query(description="any of these ids; of none: what nothing collects"),
    optional(some_uuids),
]
Whole = Annotated[Annotated[Number, Field(ge=LEAST, le=MOST)] | None, Query()]
Timerange = Annotated[str | None, Query(description="a timerange of TAMS")]


async def source_filters(
    label: Label = None, format: Format = None, collected_by_ids: CollectedBy = None
) -> dict[str, Any]:
    """As `queries.sources.listing` takes them (§83 to §85)."""
    return {"label": label, "format": format, "collected_by_ids": collected_by_ids}


async def flow_filters(  # noqa: PLR0913 - what the specification lets a client say
    *,
    source_id: Id | None = None,
    timerange: Timerange = None,
    format: Format = None,
    codec: Codec = None,
    profile_id: Id | None = None,
    label: Label = None,
    status: Status = None,
    frame_width: Whole = None,
    frame_height: Whole = None,
    init_segments: Flag | None = None,
    collected_by_ids: CollectedBy = None,
) -> dict[str, Any]:
    """As `queries.flows.listing` takes them (§103 to §109, §128)."""
    return {
        "source_id": source_id,
        "timerange": timerange,
        "format": format,
        "codec": codec,
        "profile_id": profile_id,
        "label": label,
        "status": status,
        "frame_width": frame_width,
        "frame_height": frame_height,
        "init_segments": init_segments,
        "collected_by_ids": collected_by_ids,
    }
