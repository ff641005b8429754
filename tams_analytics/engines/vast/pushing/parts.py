"""Long lists of values, cut so that each part fits into one request."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tams_analytics.engines.vast.pushing.conjuncts import MOST_VALUES, Conjunct, size

MOST_BYTES = 4_000_000
"""Of the conditions of one request, which may have 4.5 MiB."""
LEAST_BYTES = 500_000
"""Left for lists, whatever else is asked."""
TOO_LONG_TOGETHER = "the conditions of the scan are too long for one request"


def within_one_request(
    conjuncts: Sequence[Conjunct],
) -> tuple[tuple[Conjunct, ...], tuple[Conjunct, ...]]:
    """The conditions that fit into a request together, and the longest ones, which do not.

    Lists that stand alone fit: they go in parts.
    """
    whole = sorted((each for each in conjuncts if not each.is_list), key=lambda each: each.size)
    sizes = itertools.accumulate(each.size for each in whole)
    left = {
        each for each, so_far in zip(whole, sizes, strict=True) if so_far > MOST_BYTES - LEAST_BYTES
    }
    fitting = tuple(each for each in conjuncts if each not in left)
    return fitting, tuple(each for each in conjuncts if each in left)


def in_parts(conjuncts: Sequence[Conjunct]) -> list[tuple[Conjunct, ...]]:
    """The same conditions as several, of which each row fulfils at most one.

    Only lists that stand alone (`Conjunct.is_list`) are cut.
    """
    lists = [conjunct for conjunct in conjuncts if conjunct.is_list]
    left = max(LEAST_BYTES, MOST_BYTES - sum(each.size for each in conjuncts if not each.is_list))
    choices = [
        list(_cut(each, left // len(lists))) if each.is_list else [each] for each in conjuncts
    ]
    return list(itertools.product(*choices))


def _cut(conjunct: Conjunct, most_bytes: int) -> Iterator[Conjunct]:
    term = conjunct.terms[0]
    chunk: list[Any] = []
    so_far = 0
    for value in dict.fromkeys(term.values):  # a row must not come twice
        length = size(value)
        if chunk and (len(chunk) == MOST_VALUES or so_far + length > most_bytes):
            yield replace(conjunct, terms=(replace(term, values=tuple(chunk)),))
            chunk, so_far = [], 0
        chunk.append(value)
        so_far += length
    yield replace(conjunct, terms=(replace(term, values=tuple(chunk)),))
