"""The rows that a transaction has read one by one, so that a change of them need not read again.

A transaction reads one snapshot: the same condition chooses the same rows until it writes to their
table itself. So nothing that is read here can have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from tams_analytics.engines.vast.planning import Plan, Scan
from tams_analytics.engines.vast.pushing import Conjunct
from tams_analytics.engines.vast.running import Ran
from tams_analytics.engines.vast.scanning import ROW_ID

MOST_ROWS = 64
"""Of larger answers nothing is kept."""


class Seen:
    """Of one transaction; `forget` what it writes to."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, frozenset[Conjunct]], pa.Table] = {}

    def remember(self, ran: Ran) -> None:
        """What a scan that asked for row ids has brought."""
        scan, rows = ran.scan, ran.answer.rows
        is_whole = scan.limit is None and not scan.is_never  # those that fulfil what was pushed
        if is_whole and rows.num_rows <= MOST_ROWS:
            self._rows[scan.table.name, frozenset(scan.pushed)] = _with_said(rows, scan)

    def rows(
        self, table: str, conjuncts: Iterable[Conjunct], columns: tuple[str, ...]
    ) -> pa.Table | None:
        """These columns of the rows that fulfil all ``conjuncts``; ``None`` where nobody knows."""
        found = self._rows.get((table, frozenset(conjuncts)))
        if found is None or not set(columns) <= set(found.column_names):
            return None
        return found.select(list(columns))

    def forget(self, table: str) -> None:
        """The transaction writes to it."""
        self._rows = {key: rows for key, rows in self._rows.items() if key[0] != table}


def _with_said(rows: pa.Table, scan: Scan) -> pa.Table:
    """With the columns that were not asked for, as the condition says what is in them."""
    for conjunct in scan.pushed:
        term = conjunct.terms[0]
        is_said = len(conjunct.terms) == 1 and term.op == "=="
        if is_said and conjunct.column not in rows.column_names:
            value = pa.scalar(term.values[0], conjunct.dtype.to_pyarrow())
            rows = rows.append_column(conjunct.column, pa.repeat(value, rows.num_rows))
    return rows


def with_row_ids(planned: Plan) -> Plan:
    """The plan whose scans bring the ids of their rows, too."""
    return replace(planned, scans=tuple(map(_with_row_id, planned.scans)))


def _with_row_id(scan: Scan) -> Scan:
    schema = ibis.schema({**scan.table.schema, ROW_ID: dt.uint64})
    return replace(scan, table=scan.table.copy(schema=schema), columns=(*scan.columns, ROW_ID))
