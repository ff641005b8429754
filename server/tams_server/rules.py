"""Which rule an error stands for: the numbers by which refusals are counted (mission R14)."""

from __future__ import annotations

from tams_analytics.errors import (
    AlreadyExists,
    BadTimeRange,
    NotFound,
    ReadOnlyFlow,
    SegmentsOverlap,
    StillReferenced,
)

RULES: dict[type[Exception], str] = {
    BadTimeRange: "R10",
    NotFound: "R6",
    ReadOnlyFlow: "§102",
    SegmentsOverlap: "§164",
}
BY_ENTITY: dict[type[Exception], dict[str, str]] = {
    StillReferenced: {"source": "R1", "flow": "R2", "segments": "R4", "object": "R5"},
    AlreadyExists: {"source": "R9", "flow": "R12", "profile": "§70", "object": "§194"},
}
"""Errors of several rules, told apart by what they are about."""


def rule_of(error: Exception) -> str:
    """The number of the rule; empty where the class alone says what is wrong."""
    for kind in type(error).__mro__:
        if kind in BY_ENTITY:
            return BY_ENTITY[kind].get(getattr(error, "entity", ""), "")
        if kind in RULES:
            return RULES[kind]
    return ""
