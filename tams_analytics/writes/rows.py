"""Rows on their way into and out of a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies.limits import MOST_JSON_BYTES

SIZES = (1, 8, 64, 512)
"""How many ids one question is asked for: few sizes, as each is a statement of its own."""


def insert(tx: Transaction, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows that all have the same columns; missing columns take their default."""
    if rows:
        tx.insert(name, rows)


def found(
    tx: Transaction, question: Callable[..., ir.Table], parameter: str, ids: Iterable[str]
) -> list[dict[str, Any]]:
    """The answer to a question about any number of ids, by ids; each is asked for once."""
    wanted = sorted(set(ids))
    rows: list[dict[str, Any]] = []
    while wanted:
        size = next((size for size in SIZES if size >= len(wanted)), SIZES[-1])
        chunk, wanted = wanted[:size], wanted[size:]
        padded = chunk + chunk[-1:] * (size - len(chunk))
        rows += tx.few(question, **{parameter: padded})
    return rows


def refuse_large(text: str, name: str) -> None:
    """Raise `BadParameter` when a JSON text does not fit into one cell."""
    size = len(text.encode("utf-8"))
    if size > MOST_JSON_BYTES:
        problem = f"has {size} bytes beside what the specification names"
        raise BadParameter(name, text, problem, f"at most {MOST_JSON_BYTES}")
