"""Questions about flows."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.errors import named as shown
from tams_analytics.queries.paging import limited
from tams_analytics.span import Text
from tams_analytics.tables import Tables

MOST_CANDIDATES = 10
"""How many flows an ambiguous name lists."""
MOST_LABELS, LONGEST_LABEL = 10_000, 100
"""How many labels an unknown name is compared with, and how many characters such have."""
CLOSE = 3
"""How many labels like an unknown name are told."""
UNDER_WAY = ("created", "started")
"""What a deletion request is before it ends."""


def named(tables: Tables, *, key: Text) -> ir.Table:
    """The flows with ``key`` as id, label or beginning of the id; all columns of ``flows``."""
    rows = tables.flows.filter((_.id == key) | (_.label == key) | _.id.startswith(key))
    return rows.order_by("id").limit(1000)


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, by id; all columns of ``flows``."""
    return tables.flows.filter(_.id.isin(ids)).order_by("id")


def known(tables: Tables, *, ids: Text) -> ir.Table:
    """Those of these ids that flows have: ``id``."""
    return tables.flows.filter(_.id.isin(ids)).select("id").order_by("id")


def labels(tables: Tables) -> ir.Table:
    """The first labels that are short enough for a name, each once: ``label``."""
    rows = tables.flows.filter(_.label.length() <= LONGEST_LABEL)
    return rows.select("label").distinct().order_by("label").limit(MOST_LABELS)


def for_writing(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, and ``being_deleted``: a deletion request is under way."""
    requests = tables.deletion_requests.filter(_.delete_flow, _.status.isin(UNDER_WAY))
    rows = tables.flows.filter(_.id.isin(ids))
    return rows.mutate(being_deleted=rows.id.isin(requests.flow_id)).order_by("id")


def of_source(tables: Tables, *, source_id: Text, limit: int | None = None) -> ir.Table:
    """The flows of a source, by id; all columns of ``flows``."""
    rows = tables.flows.filter(_.source_id == source_id).order_by("id")
    return limited(rows, limit)


def find(ask: Callable[..., pa.Table], key: str) -> SimpleNamespace:
    """The one flow that ``key`` names: by id, else by label, else by the beginning of its id.

    Raises `NotFound`, or `BadParameter` with the candidates.
    """
    if not isinstance(key, str) or not key:
        raise BadParameter("flow", key, "names no flow", "an id, the beginning of one, or a label")
    found = ask(named, key=key).to_pylist()
    for chosen in ("id", "label"):
        exact = [row for row in found if row[chosen] == key]
        if exact:
            return _only(key, exact)
    if not found:
        hint = "nor does a flow have that label or begin with it"
        raise NotFound("flow", key, f"{hint}{_labels_like(ask, key)}")
    return _only(key, found)


def _labels_like(ask: Callable[..., pa.Table], key: str) -> str:
    """The labels that differ from ``key`` by little, or by case alone, as the end of a sentence."""
    if len(key) > LONGEST_LABEL:
        return ""
    folded: dict[str, str] = {}
    for label in ask(labels)["label"].to_pylist():
        folded.setdefault(label.casefold(), label)
    close = difflib.get_close_matches(key.casefold(), folded, CLOSE)
    told = ", ".join(shown(folded[each]) for each in close)
    return f"; labels like it: {told}" if told else ""


def _only(key: str, rows: list[dict[str, Any]]) -> SimpleNamespace:
    if len(rows) == 1:
        return SimpleNamespace(**rows[0])
    times = Counter(row["id"] for row in rows)
    if len(times) == 1:
        problem = f"names flow {rows[0]['id']}, whose id is there {len(rows)} times"
        raise BadParameter("flow", key, problem, "a flow that is there once")
    named_by = {row["id"]: row["label"] or "no label" for row in rows}
    told = ", ".join(
        f"{each} ({named_by[each]}{f', {count} times' if count > 1 else ''})"
        for each, count in [*times.items()][:MOST_CANDIDATES]
    )
    more = f" and {len(times) - MOST_CANDIDATES} more" if len(times) > MOST_CANDIDATES else ""
    raise BadParameter("flow", key, f"names {len(times)} flows", f"one of {told}{more}")
