"""DuckDB's plan, read as scans with what they push.

DuckDB drops a condition that its statistics prove true, and names it nowhere: a condition that
stands neither under ``pushed`` nor under ``refused`` had nothing to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import ibis.expr.types as ir
from ibis.backends import BaseBackend

from tams_analytics.engines.conditions import conjuncts
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.explanation import Explanation, Refused, Scan

SCANS = {"SEQ_SCAN", "TABLE_SCAN", "INDEX_SCAN", "ARROW_SCAN", "PANDAS_SCAN", "READ_PARQUET"}
PLUMBING = {"EXPLAIN_ANALYZE", "PROJECTION", "QUERY", "RESULT_COLLECTOR"}
"""Operators that only pass on or rename."""
DYNAMIC = "optional: "
"""DuckDB's own filters, learnt while running."""

Node = dict[str, Any]


def explain_duckdb(backend: BaseBackend, expression: ir.Expr, run: bool) -> Explanation:
    """The explanation of an expression on DuckDB; ``run`` executes it and counts rows."""
    table = expression.as_table()
    backend._run_pre_execute_hooks(table)
    sql = str(backend.compile(table))
    roots = _plan(backend, sql, run)
    nodes = [node for root in roots for node in _walk(root)]
    return Explanation(
        engine="duckdb",
        scans=tuple(_scan(node, above) for node, above in nodes if _name(node) in SCANS),
        local=tuple(_local(node) for node, _above in nodes if _is_local(node)),
        sql=sql,
    )


def _plan(backend: BaseBackend, sql: str, run: bool) -> list[Node]:
    how = "ANALYZE, FORMAT json" if run else "FORMAT json"
    cursor = backend.con
    with translated("explaining", cursor):
        text = cursor.execute(f"EXPLAIN ({how}) {sql}").fetchall()[0][1]
    plan = json.loads(text)
    return plan.get("children", []) if isinstance(plan, dict) else list(plan)


def _walk(node: Node, above: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    yield node, above
    for child in node.get("children", ()):
        yield from _walk(child, node)


def _name(node: Node) -> str:
    return str(node.get("name") or node.get("operator_name") or "").strip()


def _is_local(node: Node) -> bool:
    return _name(node) not in SCANS | PLUMBING


def _local(node: Node) -> str:
    details = [" ".join(_texts(value)) for value in _details(node).values()]
    return " ".join([_name(node), *details]).strip()


def _details(node: Node) -> dict[str, Any]:
    info = node.get("extra_info", {})
    return {key: value for key, value in info.items() if "Cardinality" not in key} if info else {}


def _texts(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _scan(node: Node, above: Node | None) -> Scan:
    info = node.get("extra_info", {})
    estimated = info.get("Estimated Cardinality")
    pushed = tuple(_conditions(info.get("Filters", [])))
    return Scan(
        table=str(info.get("Table") or info.get("Text") or info.get("Function") or _name(node)),
        columns=tuple(dict.fromkeys([*_texts(info.get("Projections", [])), *_filtered(pushed)])),
        pushed=pushed,
        refused=_refused(above),
        limit=None,
        estimated_rows=int(estimated) if estimated else None,
        rows=node.get("operator_cardinality"),
    )


def _conditions(filters: Any) -> Iterator[str]:
    for text in _texts(filters):
        for condition in conjuncts(text):
            if not condition.startswith(DYNAMIC):
                yield condition


def _filtered(conditions: Iterable[str]) -> list[str]:
    """The columns that are read for a condition alone; DuckDB does not list them."""
    leading = (re.match(r"\w+", condition) for condition in conditions)
    return [found[0] for found in leading if found]


def _refused(above: Node | None) -> tuple[Refused, ...]:
    if above is None or _name(above) != "FILTER":
        return ()
    reason = "DuckDB evaluates it above the scan"
    expression = above.get("extra_info", {}).get("Expression", "")
    return tuple(
        Refused(condition, reason) for text in _texts(expression) for condition in conjuncts(text)
    )
