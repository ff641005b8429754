"""Parts of a statement that are limited, and used more than once."""

from __future__ import annotations

from collections import Counter

import sqlglot.expressions as sge


def compute_once(query: sge.Expression) -> None:
    """Mark such a part as one that DuckDB keeps.

    It would work it out, and plan it, for each of its uses. What is not limited is better off so,
    as each use narrows it down; a limit lets nothing of that through anyway.
    """
    uses = Counter(table.name for table in query.find_all(sge.Table))
    for part in query.find_all(sge.CTE):
        if part.this.args.get("limit") is not None and uses[part.alias] > 1:
            part.set("materialized", True)
