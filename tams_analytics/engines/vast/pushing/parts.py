"""Long lists of values, cut so that each part fits into one request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tams_analytics.engines.vast.pushing.conjuncts import MOST_VALUES, Conjunct

MOST_BYTES = 1_500_000
"""Of the texts of one part: a request takes 4.5 MiB, and every value comes with its frame."""


def in_parts(conjuncts: Sequence[Conjunct]) -> list[tuple[Conjunct, ...]]:
    """The same conditions as several, of which each row fulfils at most one.

    Only a list that stands alone (`Conjunct.is_list`) is cut.
    """
    for place, conjunct in enumerate(conjuncts):
        chunks = list(_chunks(conjunct.terms[0].values)) if conjunct.is_list else []
        if len(chunks) > 1:
            others = (*conjuncts[:place], *conjuncts[place + 1 :])
            return [
                (*part, replace(conjunct, terms=(replace(conjunct.terms[0], values=chunk),)))
                for part in in_parts(others)
                for chunk in chunks
            ]
    return [tuple(conjuncts)]


def _chunks(values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    chunk: list[Any] = []
    size = 0
    for value in dict.fromkeys(values):  # a row must not come twice
        length = len(value.encode()) if isinstance(value, str) else 8
        if chunk and (len(chunk) == MOST_VALUES or size + length > MOST_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(value)
        size += length
    yield tuple(chunk)
