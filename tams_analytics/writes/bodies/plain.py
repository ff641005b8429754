"""What is JSON at all, and text that every engine and client can hold."""

from __future__ import annotations

import math
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies.limits import MOST_DEPTH, MOST_INTEGER_BITS

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A place in a document as messages name it: ``flow_collection.0.id``."""
    return ".".join(str(part) for part in path) or "body"


def refuse_unless_plain(value: Any, path: Path = ()) -> None:
    """Raise `BadParameter` for what is no JSON, too deep, or holds NUL or half a surrogate pair."""
    if len(path) > MOST_DEPTH:
        kind = type(value).__name__  # the value itself may be too deep to be shown
        raise BadParameter(dotted(path), kind, "is nested too deep", f"{MOST_DEPTH} levels")
    if isinstance(value, dict):
        _refuse_unless_plain_object(value, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            refuse_unless_plain(item, (*path, position))
    elif isinstance(value, str):
        refuse_unless_text(value, path)
    elif isinstance(value, int) and value.bit_length() > MOST_INTEGER_BITS:
        problem = f"of {value.bit_length()} bits is too large"  # Python may refuse to print it
        raise BadParameter(dotted(path), "number", problem, f"{MOST_INTEGER_BITS} bits")
    elif not _is_plain_scalar(value):
        raise BadParameter(dotted(path), value, "is no JSON", "text, number, object, array")


def _refuse_unless_plain_object(value: dict[Any, Any], path: Path) -> None:
    is_deepest = len(path) == MOST_DEPTH
    for name, item in value.items():
        if not isinstance(name, str):
            raise BadParameter(dotted(path), name, "is no JSON name", "a text")
        if not _is_plain_text(name):
            refuse_unless_text(name, path)
        if is_deepest or type(item) is not str or not _is_plain_text(item):
            refuse_unless_plain(item, (*path, name))


def _is_plain_text(text: str) -> bool:
    """As nearly all texts are: sound at a glance."""
    return text.isascii() and "\0" not in text


def _is_plain_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int)


def refuse_unless_text(text: str, path: Path) -> None:
    """Raise `BadParameter` for a NUL character and for half a surrogate pair."""
    if "\0" in text:
        raise BadParameter(dotted(path), text, "holds a NUL character", "text without it")
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadParameter(dotted(path), text, "holds half a surrogate pair", "Unicode") from error
