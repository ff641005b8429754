"""What was planted in a newsroom: rows by table, and one of ``store_metadata`` for each defect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.examples.catalogue import Row
from tams_analytics.examples.clock import END_UTC
from tams_analytics.tables import BY_NAME, Tables, arrow_schema

HANDFUL = 3
"""How many of each kind."""
PLANTED = "planted/"
"""How the names of the rows of ``store_metadata`` begin that say what was planted."""

Rows = dict[str, list[pa.Table]]


@dataclass(frozen=True)
class Planted:
    """Rows by table, and what they break: ``(check, entity, id)``."""

    rows: Rows = field(default_factory=dict)
    defects: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, rows: pa.Table) -> None:
        self.rows.setdefault(name, []).append(rows)

    def add_rows(self, name: str, rows: list[Row]) -> None:
        self.add(name, table_of(name, rows))

    def found_by(self, check: str, entity: str, ids: list[str]) -> None:
        self.defects.extend((check, entity, id) for id in ids)

    def records(self) -> Iterator[Row]:
        """The rows of ``store_metadata``."""
        for number, (check, entity, id) in enumerate(self.defects):
            yield {"name": f"{PLANTED}{check}/{entity}/{number}", "value": id, "updated": END_UTC}


def table_of(name: str, rows: list[Row]) -> pa.Table:
    """Rows of a table as Arrow; columns that no row has are left to their default."""
    schema = arrow_schema(BY_NAME[name])
    given = [column for column in schema if any(column.name in row for row in rows)]
    return pa.Table.from_pylist(rows, schema=pa.schema(given))


def planted_in(tables: Tables) -> ir.Table:
    """What was planted: ``check, entity, id``; a segment's id is ``flow_id@timerange``."""
    rows = tables.store_metadata.filter(_.name.startswith(PLANTED))
    parts = _.name.split("/")
    return rows.select(check=parts[1], entity=parts[2], id="value")


def has_defects(tables: Tables) -> bool:
    """Whether anything was planted."""
    first = tables.store_metadata.filter(_.name.startswith(PLANTED)).select("name").limit(1)
    return bool(first.to_pyarrow().num_rows)
