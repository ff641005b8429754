"""What Trino pushes into its connectors: `tams_analytics.explain` of a store there."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot as sg
import sqlglot.expressions as sge

from tams_analytics.engines.explanation import Explanation
from tams_analytics.engines.trino import plans
from tams_analytics.engines.trino.backend import Backend, short_enough
from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.errors import TamsError

SIZE = re.compile(r"([\d.]+)(B|kB|MB|GB|TB|PB)")
UNITS = {"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40, "PB": 1 << 50}


def explain_trino(backend: Backend, expression: ir.Expr, run: bool) -> Explanation:
    """The explanation of an expression on Trino; ``run`` executes it and counts rows and bytes."""
    table = expression.as_table()
    sql = short_enough(str(backend.compile(table)))
    plan = _explained(backend, "DISTRIBUTED", sql)
    reads = _explained(backend, "IO", sql)
    offered = _offered(reads)
    tables = [_named(each, backend) for each in table.op().find(ops.DatabaseTable)]
    said = _said(sql, backend)
    counts = _counted(backend, sql) if run else {}
    found = list(plans.nodes(plan))
    if any(plans.is_scan(each) and plans.is_nameless(each, tables) for each in found):
        tables = _looked_up(tables, reads, backend)
    return Explanation(
        engine=ENGINE,
        scans=tuple(
            dataclasses.replace(
                plans.scan(each, tables, offered, said), **counts.get(each["id"], {})
            )
            for each in found
            if plans.is_scan(each)
        ),
        local=tuple(plans.local(each) for each in found if plans.is_local(each)),
        sql=sql,
    )


def _explained(backend: Backend, kind: str, sql: str) -> dict[str, Any]:
    parts = backend.con.drain(
        f"EXPLAIN (TYPE {kind}, FORMAT JSON) {sql}", lambda _columns, rows: rows, doing="explaining"
    )
    document: dict[str, Any] = json.loads(parts[0][0][0])
    return document


def _named(table: ops.DatabaseTable, backend: Backend) -> plans.Named:
    place = table.namespace
    return plans.Named(
        place.catalog or backend.address.catalog,
        place.database or backend.address.schema,
        table.name,
        frozenset(table.schema.names),
    )


def _looked_up(
    tables: Iterable[plans.Named], reads: Mapping[str, Any], backend: Backend
) -> list[plans.Named]:
    """With how their catalogs write them, and with those that views hide.

    The memory connector has a number for each table. One that this user may read by a view alone
    stays without a name.
    """
    found = {each.text: each for each in tables}
    read = [each["table"] for each in reads["inputTableColumnInfos"]]
    # a table has an entry for each condition that it is read with
    places = [(t["catalog"], t["schemaTable"]["schema"], t["schemaTable"]["table"]) for t in read]
    for place in dict.fromkeys(places):
        catalog, schema, name = place
        whole = sg.select("*").from_(sge.table_(name, schema, catalog, quoted=True))
        try:
            plan = _explained(backend, "DISTRIBUTED", whole.sql("trino"))
        except TamsError:
            continue
        plain = plans.plain_scan(place, plan)
        if plain is not None:
            found[plain.text] = plain
    return [*found.values()]


def _offered(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """The columns about which each table's connector was told something."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in document["inputTableColumnInfos"]:
        place = each["table"]
        name = (
            f"{place['catalog']}.{place['schemaTable']['schema']}.{place['schemaTable']['table']}"
        )
        constraints = each["constraint"].get("columnConstraints", [])
        found[name] |= {one["columnName"] for one in constraints}
    return found


def _said(sql: str, backend: Backend) -> dict[str, list[sge.Expression]]:
    """The conditions of the SQL, by table."""
    found: dict[str, list[sge.Expression]] = defaultdict(list)
    for table, condition in plans.conditions(sg.parse_one(sql, read="trino")):
        catalog = table.catalog or backend.address.catalog
        schema = table.db or backend.address.schema
        found[f"{catalog}.{schema}.{table.name}"].append(condition)
    return found


def _counted(backend: Backend, sql: str) -> dict[str, dict[str, Any]]:
    """Rows and bytes that really left each scan, by its number in the plan."""
    found: dict[str, dict[str, Any]] = {}
    for each in backend.con.operators(sql, doing="running"):
        if "Scan" in each["operatorType"]:
            size = SIZE.fullmatch(each["physicalInputDataSize"])
            found[each["planNodeId"]] = {
                "rows": each["physicalInputPositions"],
                "bytes": int(float(size[1]) * UNITS[size[2]]) if size else 0,
            }
    return found
