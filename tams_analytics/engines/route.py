"""Which engine should answer a question, and why: `tams_analytics.route`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tams_analytics.errors import BadParameter
from tams_analytics.tables import BY_NAME

LARGE = frozenset({"segments", "objects", "object_instances", "discarded_instances"})
"""The tables that grow with what is recorded; all others are small."""
KEYS = {
    "segments": ("flow_id", "object_id"),
    "objects": ("id",),
    "object_instances": ("object_id",),
    "discarded_instances": ("object_id",),
}
"""The columns by which few rows of a large table are found."""
LOCAL = "duckdb"
SQL = "SQL"
"""What is read by SQL of the user, which nobody looks into."""
WHOLE = {
    "trino": "its workers share that",
    "vast": "its columns come here; a trino:// URL of the same schema lets workers share that",
}
"""What it means to read a large table whole."""


@dataclass(frozen=True)
class Route:
    """``engine``: which one; ``reason``: why, in a sentence; ``tables``: what is read."""

    engine: str
    reason: str
    tables: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.engine}: {self.reason}"


@dataclass(frozen=True)
class _Read:
    """A table that a question reads; ``store`` tells one connection from another."""

    engine: str
    catalog: str
    name: str
    is_narrow: bool
    store: str

    def __str__(self) -> str:
        return ".".join(filter(None, (self.engine, self.catalog, self.name)))


def route(expression: ir.Expr) -> Route:
    """The engine that can answer ``expression`` at the least cost, without asking anybody.

    Tables of several catalogs: Trino, which alone joins them. Few rows of a large table, found by a
    flow or an object: the store's own engine (VAST pushes them down, and Trino would plan and send
    for longer than that takes). Small tables, or those of a DuckDB file: here. All of a large
    table: Trino where the store is behind it, as its workers share the work; else the store's own.
    Raises `BadParameter` for what is no ibis expression.
    """
    if not isinstance(expression, ir.Expr):
        raise BadParameter("expression", expression, "is no ibis expression", "store.segments…")
    read = list(dict.fromkeys(_read(expression.op())))
    engine, reason = _chosen(read)
    return Route(engine, reason, tuple(map(str, read)))


def _chosen(read: list[_Read]) -> tuple[str, str]:
    engines = sorted({each.engine for each in read})
    catalogs = sorted({each.catalog for each in read if each.catalog})
    if len({each.store for each in read}) > 1:
        return _of_several(engines)
    if len(catalogs) > 1:
        return "trino", f"it reads the catalogs {' and '.join(catalogs)}, which Trino alone joins"
    if not read:
        return LOCAL, "it reads tables in memory only"
    return _of_one(engines[0], read)


def _of_several(engines: list[str]) -> tuple[str, str]:
    """Of the tables of several connections."""
    stores = f"it reads several stores, on {' and '.join(engines)}"
    if LOCAL in engines:
        return LOCAL, f"{stores}: ta.localize brings their rows into one DuckDB"
    return "trino", f"{stores}: as catalogs of one Trino they can be joined"


def _of_one(engine: str, read: list[_Read]) -> tuple[str, str]:
    """Of the tables of one schema."""
    large = [each for each in read if each.name in LARGE or each.name not in BY_NAME]
    if engine == LOCAL:
        return LOCAL, "all its tables are in this DuckDB"
    if not large:
        return LOCAL, "its tables are small: ta.localize brings them here once, for all questions"
    if any(each.is_narrow for each in large):  # what is joined with them is reduced by their keys
        return _of_few(engine, read)
    names = " and ".join(sorted({each.name for each in large}))
    return engine, f"it reads all of {names}: {WHOLE.get(engine, 'the store works on it')}"


def _of_few(engine: str, read: list[_Read]) -> tuple[str, str]:
    few = "it reads few rows, of a flow or an object"
    if "vast" in (engine, *(each.catalog for each in read)):
        return "vast", f"{few}: VAST finds them in a few requests"
    return engine, f"{few}, which its catalog may find"


def _read(op: ops.Node) -> Iterator[_Read]:
    """Each table, once for each way in which it is read."""
    narrow = {table for found in op.find(ops.Filter) for table in _narrowed(found)}
    for table in op.find((ops.DatabaseTable, ops.SQLQueryResult)):
        if isinstance(table, ops.DatabaseTable):
            catalog = table.namespace.catalog or ""
            name, is_narrow = table.name, table in narrow
        else:
            catalog, name, is_narrow = "", SQL, False
        yield _Read(table.source.name, catalog, name, is_narrow, table.source.db_identity)


def _narrowed(found: ops.Filter) -> Iterator[ops.DatabaseTable]:
    """The table of which a filter leaves few rows."""
    parent = found.parent
    while isinstance(parent, (ops.Filter, ops.Project, ops.Sort, ops.Limit, ops.SelfReference)):
        parent = parent.parent
    if isinstance(parent, ops.DatabaseTable):
        keys = KEYS.get(parent.name, ())
        if any(_names_few(predicate, keys) for predicate in found.predicates):
            yield parent


def _names_few(predicate: ops.Node, keys: tuple[str, ...]) -> bool:
    if isinstance(predicate, ops.Equals):
        sides = (predicate.left, predicate.right)
        return any(_is_key(side, keys) for side in sides) and any(map(_is_value, sides))
    if isinstance(predicate, ops.InValues):
        return _is_key(predicate.value, keys) and all(map(_is_value, predicate.options))
    return False


def _is_key(side: ops.Node, keys: tuple[str, ...]) -> bool:
    return isinstance(side, ops.Field) and side.name in keys


def _is_value(side: ops.Node) -> bool:
    return isinstance(side, (ops.Literal, ops.ScalarParameter))
