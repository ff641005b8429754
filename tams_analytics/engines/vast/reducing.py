"""Joins made smaller: the side that few rows leave goes first, its keys go with the other side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.compute as pc
from ibis.formats.pyarrow import PyArrowDatasetProxy
from pyarrow import dataset

from tams_analytics.engines.vast.planning import Plan, Reduction, Scan
from tams_analytics.engines.vast.pushing.conjuncts import MOST_VALUES, isin


class Reducer:
    """The order of a plan's scans, and the keys that later ones take from earlier ones."""

    def __init__(self, planned: Plan, is_small: Callable[[Scan], bool]) -> None:
        self._scans = {scan.name: scan for scan in planned.scans}
        self._reductions = planned.reductions
        self._is_small = is_small
        self._rows: dict[str, pa.Table] = {}

    def stages(self) -> Iterator[list[Scan]]:
        """Scans that run together. Small ones come first, then what their keys reduce, and so on.

        What no small scan reaches does not wait for anything.
        """
        if not self._reductions:
            yield list(self._scans.values())
            return
        level = self._levels()
        for number in range(1 + max(level.values(), default=0)):
            stage = [scan for name, scan in self._scans.items() if level.get(name, 0) == number]
            if stage:
                yield stage

    def _levels(self) -> dict[str, int]:
        """When each scan comes; one with keys from memory waits for those of others as well."""
        small = [name for name, scan in self._scans.items() if self._is_small(scan)]
        known = [
            reduction.target
            for reduction in self._reductions
            if isinstance(reduction.source, ops.InMemoryTable)
        ]
        level: dict[str, int] = {}
        for first in (small, known):
            frontier = {name for name in first if name not in level}
            level |= dict.fromkeys(frontier, 0)
            while frontier:
                frontier = self._reached(frontier) - level.keys()
                level |= dict.fromkeys(frontier, 1 + max(level.values()))
        return level

    def _reached(self, sources: set[str]) -> set[str]:
        return {each.target for each in self._reductions if each.source in sources}

    def learn(self, rows: Mapping[str, pa.Table]) -> None:
        """The rows of the scans that have run."""
        self._rows |= rows

    def reduced(self, scan: Scan) -> Scan:
        """``scan`` with the keys that are known by now; few enough of them, or none at all."""
        for reduction in self._reductions:
            if reduction.target == scan.name and not scan.is_never:
                scan = self._with_keys(scan, reduction)
        return scan

    def _with_keys(self, scan: Scan, reduction: Reduction) -> Scan:
        keys = self._keys(reduction)
        if keys is None or len(keys) > MOST_VALUES:
            return scan
        if not keys:
            return replace(scan, is_never=True)
        dtype = scan.table.schema[reduction.target_column]
        conjunct = isin(reduction.target_column, dtype, keys)
        return scan if conjunct is None else replace(scan, pushed=(*scan.pushed, conjunct))

    def _keys(self, reduction: Reduction) -> list[object] | None:
        """The distinct values of the source; ``None`` where it has not run."""
        rows = self._source(reduction.source)
        if rows is None:
            return None
        found = pc.drop_null(rows.column(reduction.source_column).unique())
        return found.to_pylist() if len(found) <= MOST_VALUES else [None] * (MOST_VALUES + 1)

    def _source(self, source: str | ops.InMemoryTable) -> pa.Table | None:
        if isinstance(source, str):
            return self._rows.get(source)
        if isinstance(source.data, PyArrowDatasetProxy):
            return _few_rows(source.data.to_pyarrow_dataset(source.schema))
        rows: pa.Table = source.data.to_pyarrow(source.schema)
        return rows


def _few_rows(files: dataset.Dataset) -> pa.Table | None:
    """Files are read for their keys only where they are few; their footers say how many."""
    return files.to_table() if files.count_rows() <= MOST_VALUES else None
