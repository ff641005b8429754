"""A flow or a source by what people call it: its id, its label, the beginning of its id.

``entity`` is ``flow`` or ``source``; ``ask`` is `tams_analytics.store.Store.ask`.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.errors import named as shown
from tams_analytics.span import Text
from tams_analytics.tables import Tables

Ask = Callable[..., pa.Table]
Row = dict[str, Any]

TABLES = {"flow": "flows", "source": "sources"}
"""What can be named, and the table that it stands in."""
MOST_CANDIDATES = 10
"""How many an ambiguous name lists."""
MOST_LABELS, LONGEST_LABEL = 10_000, 100
"""How many labels an unknown name is compared with, and how many characters such have."""
CLOSE = 3
"""How many labels like an unknown name are told."""


def named(tables: Tables, *, entity: str, key: Text) -> ir.Table:
    """Those with ``key`` as id, label or beginning of the id; all columns of their table."""
    rows = _rows(tables, entity)
    rows = rows.filter((_.id == key) | (_.label == key) | _.id.startswith(key))
    return rows.order_by("id").limit(1000)


def labels(tables: Tables, *, entity: str) -> ir.Table:
    """The first labels that are short enough for a name, each once: ``label``."""
    rows = _rows(tables, entity).filter(_.label.length() <= LONGEST_LABEL)
    return rows.select("label").distinct().order_by("label").limit(MOST_LABELS)


def find(ask: Ask, entity: str, key: str) -> SimpleNamespace:
    """The one that ``key`` names: by id, else by label, else by the beginning of its id.

    Raises `NotFound`, or `BadParameter` with the candidates, or for an id that is there twice.
    """
    rows = rows_of(ask, entity, key)
    if len(rows) > 1:
        problem = f"names {entity} {rows[0]['id']}, whose id is there {len(rows)} times"
        raise BadParameter(entity, key, problem, f"a {entity} that is there once")
    return SimpleNamespace(**rows[0])


def rows_of(ask: Ask, entity: str, key: str) -> list[Row]:
    """The rows of the one id that ``key`` names: one, or more where an id is there twice.

    Raises `NotFound`, or `BadParameter` with the candidates.
    """
    if not isinstance(key, str) or not key:
        expected = "an id, the beginning of one, or a label"
        raise BadParameter(entity, key, f"names no {entity}", expected)
    found = ask(named, entity=entity, key=key).to_pylist()
    for chosen in ("id", "label"):
        exact = [row for row in found if row[chosen] == key]
        if exact:
            return _of_one_id(entity, key, exact)
    if not found:
        hint = f"nor does a {entity} have that label or begin with it"
        raise NotFound(entity, key, f"{hint}{_labels_like(ask, entity, key)}")
    return _of_one_id(entity, key, found)


def _rows(tables: Tables, entity: str) -> ir.Table:
    rows: ir.Table = getattr(tables, TABLES[entity])
    return rows


def _labels_like(ask: Ask, entity: str, key: str) -> str:
    """`labels_like` of all that there are, as the end of a sentence."""
    if len(key) > LONGEST_LABEL:
        return ""
    told = labels_like(key, ask(labels, entity=entity)["label"].to_pylist())
    return f"; {told}" if told else ""


def labels_like(key: str, known: Iterable[str]) -> str:
    """Of these labels those that differ from ``key`` by little, or by case alone, or nothing."""
    folded: dict[str, str] = {}
    for label in known:
        folded.setdefault(label.casefold(), label)
    close = difflib.get_close_matches(key.casefold(), folded, CLOSE)
    told = ", ".join(shown(folded[each]) for each in close)
    return f"labels like it: {told}" if told else ""


def _of_one_id(entity: str, key: str, rows: list[Row]) -> list[Row]:
    times = Counter(row["id"] for row in rows)
    if len(times) == 1:
        return rows
    named_by = {row["id"]: shown(row["label"]) if row["label"] else "no label" for row in rows}
    told = ", ".join(
        f"{each} ({named_by[each]}{f', {count} times' if count > 1 else ''})"
        for each, count in [*times.items()][:MOST_CANDIDATES]
    )
    more = f" and {len(times) - MOST_CANDIDATES} more" if len(times) > MOST_CANDIDATES else ""
    raise BadParameter(entity, key, f"names {len(times)} {TABLES[entity]}", f"one of {told}{more}")
