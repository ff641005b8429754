"""What a doctor looks at on VAST: clock, version, tables, layout, push-down; one finding each."""

from __future__ import annotations

import email.utils

import ibis.expr.datatypes as dt
import vastdb

from tams_analytics.display import text
from tams_analytics.engines.health import Finding
from tams_analytics.engines.migrations import VERSION, drift
from tams_analytics.engines.vast import layout
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.holds import METADATA
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import Asked, scan
from tams_analytics.engines.vast.schema import APPLY, Schema
from tams_analytics.settings import Settings
from tams_analytics.tables import SCHEMA_VERSION, STORE_METADATA, TABLES

MOST_SKEW_S = 5.0
"""A clock that is wrong by more makes times of writes wrong; by 15 minutes, signatures."""
CELLS_GREW = (5, 5)
"""Before this version a cell holds at most 126 KB."""
WITHOUT_LAYOUT = (
    f"{APPLY}; answers are right, but slower "
    "(set ENABLE_TABLE_PROJECTIONS=false where projections are not wanted)"
)
NONE = f"none of the {len(TABLES)} tables is there"


def of_clock(date: str | None, now: float) -> Finding:
    """The cluster's clock, of an answer's header ``Date``, against ours; both count UTC seconds."""
    try:
        theirs = email.utils.parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return Finding("clock", True, "not known: the answer has no date")
    skew = now - theirs
    if abs(skew) <= MOST_SKEW_S:
        return Finding("clock", True, f"within {MOST_SKEW_S:.0f} s of the cluster's")
    said = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the cluster's"
    return Finding("clock", False, said, "set both by NTP: at 15 minutes signatures are refused")


def of_version(connection: Connection) -> Finding:
    """Of the server and the SDK."""
    version = tuple(map(int, connection.version.split(".")))
    limit = "; a cell holds at most 126 KB" if version < CELLS_GREW else ""
    return Finding("version", True, f"VAST {connection.version}, vastdb {vastdb.version()}{limit}")


def of_tables(schema: Schema) -> Finding:
    """Whether all are there as they are defined, and of which version."""
    actual = schema.actual()
    if not actual:
        return Finding("tables", False, NONE, APPLY)
    differs = [f"{table.name} is missing" for table in TABLES if table.name not in actual]
    differs += [
        f"{table.name} {drift(table, actual[table.name])}"
        for table in TABLES
        if table.name in actual and drift(table, actual[table.name])
    ]
    version = schema.fact(VERSION)
    if version != str(SCHEMA_VERSION):
        differs.append(f"their version is {version or 'none'}, this library's {SCHEMA_VERSION}")
    said = "; ".join(differs) or f"all {len(TABLES)} as defined, version {version}"
    return Finding("tables", not differs, said, APPLY if differs else "")


def of_layout(schema: Schema, connection: Connection, settings: Settings) -> Finding:
    """Sorting keys and projections: they make point questions fast, and no answer right."""
    actual = schema.actual()
    lacking: list[str] = []
    projected = 0
    for table in (table for table in TABLES if table.name in actual):
        with connection.begin() as transaction:
            key = layout.sorted_by(transaction.table(schema.place(table)))
            there = set(layout.projections(transaction, schema.place(table)))
        if table.sort_key and key != table.sort_key:
            lacking.append(f"{table.name} is not sorted by {', '.join(table.sort_key)}")
        wanted = {layout.projection_name(table, columns) for columns in table.projections}
        projected += len(wanted & there)
        if settings.enable_table_projections:
            lacking += [f"there is no projection {name}" for name in sorted(wanted - there)]
    left_out = "" if settings.enable_table_projections else ", as ENABLE_TABLE_PROJECTIONS is off"
    said = "; ".join(lacking) or f"tables are sorted, {projected} projections{left_out}"
    way_out = WITHOUT_LAYOUT if lacking else ""
    return Finding("layout", not lacking, said, way_out)


def of_push_down(schema: Schema, connection: Connection) -> Finding:
    """Whether a condition that is sent keeps all other rows from being sent back."""
    place = schema.place(STORE_METADATA)
    condition = predicate([Conjunct("name", (Term("==", (VERSION,)),), dt.string)], METADATA)
    with connection.begin() as transaction:
        every = scan(transaction, Asked(place, ("name",))).rows
        chosen = scan(transaction, Asked(place, ("name",), condition)).rows
    return judged(*(rows.column("name").to_pylist() for rows in (every, chosen)))


def judged(every: list[str], chosen: list[str]) -> Finding:
    """``chosen`` came back for the condition that a name is `VERSION`, ``every`` without one."""
    expected = [name for name in every if name == VERSION]
    if not expected:
        return Finding("push-down", False, "not tried: the store has no version", APPLY)
    if chosen == expected:
        said = f"a condition brings {len(chosen)} of {text.plural(len(every), 'row')}"
        return Finding("push-down", True, said)
    said = f"a condition that {len(expected)} of {len(every)} rows fulfil brings {len(chosen)}"
    return Finding("push-down", False, said, "answers would be wrong here; ask VAST's support")
