"""What is covered, read once: from it come figures, gaps and runs, without asking the store again.

Of ten million segments the stretches that they cover are some ten thousand. Where they are too many
to be copied, the rows stay where they are, and each question is asked of the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from tams_analytics.engines import localize
from tams_analytics.errors import BadParameter
from tams_analytics.intervals import merge

MOST_STRETCHES = 1_000_000


@dataclass(frozen=True)
class Stretches:
    """``table`` has ``lane, start_ns, end_ns``, to be asked by verbs.

    ``pieces`` says of how many segments each row is made, in the order of lane and start; None
    where each is one.
    """

    table: ir.Table
    pieces: Any = None

    @classmethod
    def of(cls, rows: ir.Table) -> Stretches:
        """Of the segments ``rows``."""
        try:
            found = localize(merge(rows, by="lane"), limit=MOST_STRETCHES)
        except BadParameter as refused:
            if refused.name != "limit":
                raise
            return cls(rows)
        counted = found.order_by("lane", "start_ns").pieces.to_pyarrow()
        return cls(found.drop("pieces"), counted.to_numpy())

    def runs(self, max_gap_ns: int) -> list[dict[str, Any]]:
        """Stretches merged across gaps so long, by lane and start; ``pieces`` counts segments."""
        found = merge(self.table, by="lane", max_gap=max_gap_ns).order_by("lane", "start_ns")
        runs: list[dict[str, Any]] = found.to_pyarrow().to_pylist()
        if self.pieces is None or not runs:
            return runs
        ends = np.cumsum([run["pieces"] for run in runs])
        counted = np.add.reduceat(self.pieces, [0, *ends[:-1]])
        return [{**run, "pieces": int(n)} for run, n in zip(runs, counted, strict=True)]
