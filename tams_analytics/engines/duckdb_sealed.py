"""Which SQL of others may run: one statement that reads the store's tables and nothing else.

With external access off DuckDB still lets SQL write over the file that it has open, over its log,
and into the folder that it spills to. So a statement has to be a SELECT (or the EXPLAIN of one),
and what it reads from are tables by name and the functions listed here, none of which opens a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.errors import BadParameter

EXPLAIN = re.compile(r"\s*EXPLAIN(\s+ANALYZE)?(\s*\([^()]*\))?\s", re.IGNORECASE)

FUNCTIONS = {
    "duckdb_columns",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_tables",
    "duckdb_types",
    "duckdb_views",
    "generate_series",
    "json_each",
    "json_tree",
    "pragma_table_info",
    "pragma_version",
    "range",
    "repeat",
    "unnest",
}
"""Functions that may stand after FROM."""


def refuse_unsealed(sql: str) -> None:
    """Raise `BadParameter` for SQL that could do more than read the store."""
    with _parser() as parser, translated("reading the SQL"):
        _refuse(parser, sql, sql)


def _parser() -> duckdb.DuckDBPyConnection:
    """A database without the store. Reading IMPORT would read the files that it names."""
    return duckdb.connect(config={"enable_external_access": "false"})


def _refuse(parser: duckdb.DuckDBPyConnection, sql: str, whole: str) -> None:
    kinds = [statement.type.name for statement in parser.extract_statements(sql)]
    if len(kinds) != 1:
        raise BadParameter("sql", whole, f"is refused: it holds {len(kinds)} statements", "one")
    explained = EXPLAIN.match(sql) if kinds == ["EXPLAIN"] else None
    if explained:
        _refuse(parser, sql[explained.end() :], whole)
        return
    tree = _tree(parser, sql) if kinds == ["SELECT"] else None
    if tree is None:
        raise BadParameter("sql", whole, "is refused: it is not a question", "a SELECT")
    for node in _nodes(tree):
        _refuse_source(node, whole)


def _tree(parser: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The syntax tree; None for what DuckDB takes for a SELECT but cannot write as one."""
    found = parser.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(found[0]) if found else {"error": True}
    return None if tree["error"] else tree


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _refuse_source(node: dict[str, Any], whole: str) -> None:
    kind = node.get("type")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in FUNCTIONS:
            raise BadParameter("sql", whole, f"is refused: {name} may read more than the store")
    if kind in ("BASE_TABLE", "SHOW_REF") and re.search(r"[/\\]", str(node.get("table_name"))):
        raise BadParameter("sql", whole, "is refused: a file is no table of the store")
