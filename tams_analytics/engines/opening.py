"""Entity tables as ibis tables, without asking the database what it has."""

from __future__ import annotations

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends import BaseBackend

from tams_analytics.tables import TableDef, ibis_schema


def entity_table(
    backend: BaseBackend, table: TableDef, namespace: ops.Namespace | None = None
) -> ir.Table:
    """The table as an ibis table of ``backend``, with the types and nullability of its definition.

    `connection.table` would ask the database each time; the definition already knows.
    """
    return ops.DatabaseTable(
        name=table.name,
        schema=ibis_schema(table),
        source=backend,
        namespace=namespace or ops.Namespace(),
    ).to_expr()
