"""What a page may say to a live timeline: where it looks, which lanes it shows, what is clicked."""

from __future__ import annotations

from typing import Any

FARTHEST_S = 1e11
"""No view reaches so far: int64's nanoseconds are a tenth of it on each side of the origin."""


def is_said(name: str, value: Any) -> bool:
    """Whether the page sets this trait, and to what it can be."""
    if name == "window":
        return _is_list(value) and len(value) == 2 and all(_is_second(at) for at in value)
    if name == "seen":
        return _is_list(value) and all(_is_index(number) for number in value)
    return name == "selected" and _is_index(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_index(value: Any) -> bool:
    return type(value) is int  # True is an int, too


def _is_second(value: Any) -> bool:
    """Not NaN, which is no number between any two."""
    return type(value) in (int, float) and -FARTHEST_S <= value <= FARTHEST_S
