"""Routines of ``sql/trino/functions.sql`` inside one query, for who may make none in a catalog."""

from __future__ import annotations

import functools
import re

from tams_analytics.cli import shipped

EXAMPLES = {
    "tams_start_ns": "'[0:0_10:0)'",
    "tams_end_ns": "'[0:0_10:0)'",
    "tams_overlaps": "5, 20, '[0:0_10:0)'",
    "tams_text": "5, 10000000000",
    "tams_utc": "1788206437000000000",
    "tams_utc_text": "1788206437000000000",
    "tams_from_utc": "TIMESTAMP '2026-08-31 20:00:00.000000'",
}
"""What each is called with; those that only help others are not named to users."""
HEAD = "-- {question}\n-- Put your own query, WITH or SELECT, in place of the last SELECT.\n"
_CALLED = re.compile(r"\b(tams_\w+)\(")
_CREATED = "CREATE OR REPLACE "


def are_named(name: str) -> bool:
    """Whether ``name`` is one of the routines, or several with commas."""
    return all(each in EXAMPLES for each in name.split(","))


def query(name: str) -> str:
    """A query that brings these routines and what they call, and calls them."""
    asked = name.split(",")
    needed = _needed(asked)
    brought = [text.removeprefix(_CREATED) for each, text in _routines().items() if each in needed]
    called = [f"  {each}({EXAMPLES[each]}) AS {each}" for each in dict.fromkeys(asked)]
    question = f"How do I use {' and '.join(dict.fromkeys(asked))} where no catalog keeps routines?"
    return "\n".join(
        [HEAD.format(question=question) + "WITH", ",\n".join(brought), "SELECT", ",\n".join(called)]
    )


@functools.cache
def _routines() -> dict[str, str]:
    """By name, in an order in which each comes after what it calls."""
    return {_CALLED.findall(text)[0]: text for text in shipped.functions()}


def _needed(asked: list[str]) -> set[str]:
    found: set[str] = set()
    left = [*asked]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _CALLED.findall(_routines()[name])
    return found
