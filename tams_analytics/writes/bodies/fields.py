"""The specification's simple types, each with a refusal that says what would be right.

A field that may be absent has the default `UNSET`, which no document shows; null is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from tams_analytics.tables.formats import FORMATS, STATUSES
from tams_analytics.writes.bodies.limits import (
    MOST_LABEL_BYTES,
    MOST_SHORT_BYTES,
    MOST_TAGS,
    MOST_TEXT_BYTES,
)

UNSET: Any = None
MOST_BYTES_OF_A_LETTER = 4
"""In UTF-8."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MIME = re.compile(r"[^\s/]+/[^\s/]+")
DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?")
"""ISO 8601 as the specification's own examples have it: some have no zone."""


def refusal(problem: str, expected: str, field: str = "", value: Any = UNSET) -> Exception:
    """What a validator raises; ``field`` is a further step of the path."""
    context = {"problem": problem, "expected": expected, "field": field, "value": value}
    return PydanticCustomError("tams", "{problem}", context)


def matching(pattern: re.Pattern[str], problem: str, expected: str) -> AfterValidator:
    """Texts that the pattern matches as a whole."""

    def check(text: str) -> str:
        if pattern.fullmatch(text):
            return text
        raise refusal(problem, expected)

    return AfterValidator(check)


def at_most(most_bytes: int) -> AfterValidator:
    """Texts of at most this many bytes."""

    def check(text: str) -> str:
        refuse_long(text, most_bytes)
        return text

    return AfterValidator(check)


def refuse_long(text: str, most_bytes: int, field: str = "") -> None:
    if len(text) * MOST_BYTES_OF_A_LETTER <= most_bytes:
        return
    size = len(text.encode("utf-8"))
    if size > most_bytes:
        raise refusal(f"has {size} bytes", f"at most {most_bytes}", field, text)


def is_date(text: str) -> str:
    found = DATE.fullmatch(text)
    try:
        dt.datetime.fromisoformat(found[1].replace(":60", ":59") if found else "")
    except ValueError as error:
        raise refusal("is no ISO 8601 date and time", "for example 2026-09-01T12:00:00Z") from error
    return text


def is_tags(value: Any) -> dict[str, str | list[str]]:
    """Tags: an object whose values are texts or arrays of texts (F36)."""
    if not isinstance(value, dict):
        raise refusal("is no set of tags", 'for example {"genre": "news", "crew": ["a", "b"]}')
    if len(value) > MOST_TAGS:
        raise refusal(f"holds {len(value)} tags", f"at most {MOST_TAGS}")
    for name, tag in value.items():
        refuse_long(name, MOST_SHORT_BYTES, name)
        _refuse_unless_tag(tag, name)
    return dict(value)


def _refuse_unless_tag(value: Any, field: str) -> None:
    values = value if isinstance(value, list) else [value]
    if len(values) > MOST_TAGS:
        raise refusal(f"has {len(values)} values", f"at most {MOST_TAGS}", field, value)
    for text in values:
        if not isinstance(text, str):
            raise refusal("is no value of a tag", "a text or an array of texts", field, value)
        refuse_long(text, MOST_TEXT_BYTES, field)


def one_of(*allowed: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        raise refusal("is not known", "one of " + ", ".join(allowed))

    return check


Uuid = Annotated[
    str, matching(UUID, "is no UUID", "lower case, version 1 to 5: 4f1cd6e2-0a3b-4c57-9d6a-…")
]
MimeType = Annotated[
    str, at_most(MOST_SHORT_BYTES), matching(MIME, "is no MIME type", "for example video/h264")
]
Short = Annotated[str, at_most(MOST_SHORT_BYTES)]
Label = Annotated[str, at_most(MOST_LABEL_BYTES)]
Text = Annotated[str, at_most(MOST_TEXT_BYTES)]
Date = Annotated[str, AfterValidator(is_date)]
Positive = Annotated[int, Field(gt=0, lt=2**63)]
Count = Annotated[int, Field(ge=0, lt=2**63)]
Whole = Annotated[int, Field(gt=-(2**63), lt=2**63)]
Tags = Annotated[Any, PlainValidator(is_tags)]

Format = Annotated[str, PlainValidator(one_of(*FORMATS))]
NoLink = Literal[""]
Status = Annotated[str, PlainValidator(one_of(*STATUSES))]
