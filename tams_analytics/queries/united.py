"""Rows of several questions as those of one."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def united(*tables: ir.Table) -> ir.Table:
    """All rows of tables with the same columns, which may be NULL afterwards.

    ibis unites columns that may be NULL with each other only.
    """
    return ibis.union(*(_nullable(table) for table in tables))


def _nullable(table: ir.Table) -> ir.Table:
    kinds = {name: kind.copy(nullable=True) for name, kind in table.schema().items()}
    return table.select(**{name: table[name].cast(kind) for name, kind in kinds.items()})
