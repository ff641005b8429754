"""Conditions as engines write them in their plans, taken apart."""

from __future__ import annotations

import re

MARKS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"| AND |[()]")


def conjuncts(text: str) -> list[str]:
    """The terms of an AND, as engines write it; what is in quotes or brackets is one term."""
    terms, depth, start = [], 0, 0
    for found in MARKS.finditer(text):
        depth += _opened(found[0])
        if depth == 0 and found[0] == " AND ":
            terms.append(text[start : found.start()])
            start = found.end()
    terms.append(text[start:])
    inner = unwrapped(text) if len(terms) == 1 else text
    return conjuncts(inner) if inner != text else terms


def unwrapped(text: str) -> str:
    """``text`` without the brackets around all of it."""
    whole = text.startswith("(") and text.endswith(")") and _closes_last(text)
    return unwrapped(text[1:-1]) if whole else text


def _opened(mark: str) -> int:
    return (mark == "(") - (mark == ")")


def _closes_last(text: str) -> bool:
    """The first bracket is closed by the last one."""
    depth = 0
    for found in MARKS.finditer(text):
        depth += _opened(found[0])
        if depth == 0 and found.end() < len(text) and found[0] == ")":
            return False
    return True
