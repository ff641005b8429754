"""Do two transactions that update one row conflict on this cluster?

VAST says so nowhere, and all that keeps two writers of one flow apart rests on it. So it is tried,
with a row of our own, before segments may be written.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import ibis.expr.datatypes as dt
import pyarrow as pa

from tams_analytics.engines.rows import as_table, completed
from tams_analytics.engines.vast.connection import Connection, Place
from tams_analytics.engines.vast.errors import Conflict
from tams_analytics.engines.vast.holds import METADATA, PASSED, PROBE
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import ROW_ID, Asked, scan
from tams_analytics.tables import STORE_METADATA

ROW = "row_conflicts_probe "
"""How the name of the row begins that is fought for: each probe has its own, as others may run."""


def probe(connection: Connection, metadata: Place) -> str:
    """`PASSED` or what went wrong, with the server's version; kept in ``store_metadata``.

    ``metadata`` is that table. Raises `EngineFailed`.
    """
    row = f"{ROW}{uuid.uuid4().hex}"
    set_fact(connection, metadata, row, "")
    problems = [problem for trial in TRIALS if (problem := trial(connection, metadata, row))]
    found = f"{problems[0] if problems else PASSED} (VAST {connection.version})"
    with connection.begin() as transaction:
        transaction.delete(metadata, read_first(transaction, metadata, row).select([ROW_ID]))
    set_fact(connection, metadata, PROBE, found)
    return found


def _both_open(connection: Connection, place: Place, row: str) -> str:
    """Both have written before either commits."""
    first, second = connection.begin(), connection.begin()
    with second, first:
        mine = _write(first, place, row)
        try:
            _write(second, place, row)
        except Conflict:
            second.abandon(wait=True)
            first.commit()
            return _wrong_value(connection, place, row, mine)
        first.commit()
        return _refused(second.commit, "both of two open transactions changed one row")


def _one_late(connection: Connection, place: Place, row: str) -> str:
    """One has committed before the other, which began before that, writes."""
    first, second = connection.begin(), connection.begin()
    with second, first:
        read_first(second, place, row)
        _write(first, place, row)
        first.commit()

        def write_late() -> None:
            _write(second, place, row)
            second.commit()

        return _refused(write_late, "a transaction changed a row that another one had changed")


TRIALS: tuple[Callable[[Connection, Place, str], str], ...] = (_both_open, _one_late)


def _refused(write: Callable[[], None], otherwise: str) -> str:
    try:
        write()
    except Conflict:
        return ""
    return f"FAILED: {otherwise}"


def _wrong_value(connection: Connection, place: Place, row: str, mine: str) -> str:
    with connection.begin() as transaction:
        found = read_first(transaction, place, row).column("value").to_pylist()
    return "" if found == [mine] else f"FAILED: a committed change is not there ({found})"


def read_first(transaction: OpenTransaction, place: Place, name: str) -> pa.Table:
    """``$row_id, value`` of a fact."""
    named = predicate([Conjunct("name", (Term("==", (name,)),), dt.string)], METADATA)
    return scan(transaction, Asked(place, (ROW_ID, "value"), named, is_narrow=True)).rows


def read_fact(transaction: OpenTransaction, place: Place, name: str) -> str | None:
    """The value of a fact; ``None`` where there is none."""
    values = read_first(transaction, place, name).column("value").to_pylist()
    return str(values[0]) if values else None


def _write(transaction: OpenTransaction, place: Place, row: str) -> str:
    value = uuid.uuid4().hex
    found = read_first(transaction, place, row)
    rows = pa.table({ROW_ID: found.column(ROW_ID), "value": pa.array([value] * found.num_rows)})
    transaction.update(place, rows)
    return value


def set_fact(connection: Connection, place: Place, name: str, value: str) -> None:
    """Keep a fact in ``store_metadata``, instead of what was there of this name."""
    with connection.begin() as transaction:
        found = read_first(transaction, place, name)
        transaction.delete(place, found.select([ROW_ID]))
        fact = as_table(STORE_METADATA, [{"name": name, "value": value}])
        transaction.insert(place, completed(STORE_METADATA, fact))
