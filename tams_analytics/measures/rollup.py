"""Groups put together: only where that gives what asking for fewer of them would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir

from tams_analytics.errors import BadParameter
from tams_analytics.measures import dimensions
from tams_analytics.measures.catalogue import BY_NAME
from tams_analytics.measures.measure import Measure
from tams_analytics.span import WIDE, held


def rollup(table: ir.Table, by: str | Sequence[str] = ()) -> ir.Table:
    """What `measure` gave, in fewer groups: sums, or the least or largest of all.

    ``by`` names the columns that are kept; of none, one row. Raises `BadParameter` where the sum
    would be wrong (hours that two flows cover would count twice), and for a measure that it says
    how to ask for.
    """
    keep = [by] if isinstance(by, str) else list(by)
    groups = [name for name in table.columns if name not in BY_NAME]
    for name in keep:
        if name not in groups:
            raise BadParameter(
                "by", name, "is no group of the table", f"one of {', '.join(groups)}"
            )
    gone = [dimensions.of_column(name) for name in groups if name not in keep]
    wanted = [BY_NAME[name] for name in table.columns if name in BY_NAME]
    if not wanted:
        raise BadParameter("table", groups, "has no measure", "what measure gives")
    for each in wanted:
        _refuse(each, gone, [dimensions.of_column(name).name for name in keep])
    return table.aggregate(by=keep, **{each.name: _folded(each, table) for each in wanted})


def _refuse(each: Measure, gone: Sequence[dimensions.Dimension], keep: Sequence[str]) -> None:
    for dimension in gone:
        if dimension.kind not in each.adds_up:
            problem = f"does not add up over {dimension.name}, because {each.why_not}"
            right = f"it to be asked: store.measure({each.name!r}, by={list(keep)})"
            raise BadParameter("measure", each.name, problem, right)


def _folded(each: Measure, table: ir.Table) -> Any:
    column = table[each.name]
    if each.fold != "sum":
        return column.min() if each.fold == "min" else column.max()
    if column.type().is_integer():
        return held(column.cast(WIDE).sum().coalesce(0))
    return column.sum().coalesce(0.0)
