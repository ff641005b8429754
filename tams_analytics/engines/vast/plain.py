"""What is left of a question when a scan took all of it: columns chosen and renamed, in Arrow.

DuckDB would do it as well, and takes longer for it than the cluster for a small scan.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa


def renamed(rest: ir.Table) -> Mapping[str, str] | None:
    """The column of the one scan that each column of ``rest`` is; ``None`` where it is more."""
    op = rest.op()
    if isinstance(op, ops.UnboundTable):
        return {name: name for name in op.schema}
    if not isinstance(op, ops.Project) or not isinstance(op.parent, ops.UnboundTable):
        return None
    if not all(isinstance(value, ops.Field) for value in op.values.values()):
        return None
    return {name: value.name for name, value in op.values.items()}


def chosen(rows: pa.Table, names: Mapping[str, str], schema: pa.Schema) -> pa.Table:
    """The columns that ``names`` chooses, typed as ``schema`` promises."""
    columns = [rows.column(names[field.name]).cast(field.type) for field in schema]
    return pa.table(columns, schema=schema)
