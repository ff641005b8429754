"""What makes two writers conflict who name the same entity in different rows.

VAST has no unique keys, and a transaction reads a snapshot: two writers who each look for an id and
then insert it would both succeed. So each transaction updates, before it is committed, the rows
that stand for the ids that it wrote; two transactions that update one row conflict. There is a
fixed number of such rows (`BUCKETS`), in ``store_metadata``; an id's hash says which is its own.

Each of these rows names the last transactions that held it. Thus a commit whose answer was lost
can be looked up.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines.migrations import VERSION
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import ROW_ID, Asked, scan
from tams_analytics.errors import Refused
from tams_analytics.tables import SCHEMA_VERSION, STORE_METADATA, ibis_schema

BUCKETS = 256
"""Two writers of different ids wait for each other once in so many times."""
REMEMBERED = 16
"""So many transactions can follow before a lost commit cannot be looked up any more."""
PREFIX = "hold "
PROBE = "row_conflicts"
"""The fact in ``store_metadata``: what the probe of two transactions found on this cluster."""
PASSED = "passed"
FACTS = (PROBE, VERSION)
Facts = Mapping[str, str]
METADATA = ibis.table(ibis_schema(STORE_METADATA), name=STORE_METADATA.name)

NAMED: dict[str, tuple[str, ...]] = {
    "sources": ("id",),
    "flows": ("id", "source_id", "profile_id"),
    "segments": ("flow_id", "object_id"),
    "objects": ("id", "init_object_id"),
    "object_instances": ("object_id",),
    "discarded_instances": ("object_id",),
    "collections": ("flow_id", "member_id"),
    "tags": ("entity_id",),
    "profiles": ("id",),
    "storage_backends": ("id",),
    "webhooks": ("id",),
    "events": ("id",),
    "deletion_requests": ("id", "flow_id", "source_id"),
    "runs": ("id",),
    "run_checks": ("run_id",),
    "findings": ("check_id",),
    "watermarks": ("check_id",),
    "acknowledgements": ("check_id",),
    "measurements": ("run_id",),
    "flow_fences": ("flow_id",),
    "store_metadata": ("name",),
}
"""The columns of a table that name entities. A row is about the first one."""

COUNTED = {"objects": ("init_object_id",)}
"""What goes with the last row that names it: each update of such a row counts."""

WHOLE = {"collections"}
"""Tables with a rule over many rows (no circle): their writers come one by one."""

LABELS = 8
"""A label is a backend's or a client's. Who gives one to a URL holds one of so many rows, as its
object says, so that most do not wait for each other; who writes backends holds all of them."""


def names_of(row: int) -> str:
    """The name of a bucket's row in ``store_metadata``."""
    return f"{PREFIX}{row:03d}"


def bucket(id: str) -> int:
    """Which row stands for an id."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest(), "big") % BUCKETS


def _of_label(number: int) -> int:
    return bucket(f"label {number % LABELS}")


def first_rows() -> list[dict[str, Any]]:
    """The rows that ``tams schema apply`` makes."""
    return [{"name": names_of(row), "value": ""} for row in range(BUCKETS)]


def refuse_unless_passed(facts: Facts) -> None:
    """Raise `Refused` where two writers of one flow might both succeed.

    That two transactions conflict which update the same row is what every rule about one flow rests
    on. VAST says so nowhere, so a probe has to have shown it on this very cluster.
    """
    value = facts.get(PROBE)
    if value is None or not value.startswith(PASSED):
        said = f"its probe says: {value}" if value else "it was not probed yet"
        raise Refused(
            "writing segments",
            f"it is not shown that this cluster lets two writers of one row conflict ({said})",
            "run tams schema apply, or tams doctor, on it",
        )


def refuse_later_version(facts: Facts) -> None:
    """Raise `Refused` for a store that a later library has brought forward, also meanwhile.

    A version that is no number is not one of this library's.
    """
    version = facts.get(VERSION)
    if version is None or (version.isdecimal() and int(version) <= SCHEMA_VERSION):
        return
    raise Refused(
        "changing the store",
        f"it has version {version!r} of the tables, this library knows {SCHEMA_VERSION}",
        "use a later tams-analytics",
    )


def named_rows(transaction: OpenTransaction, place: Place, names: tuple[str, ...]) -> pa.Table:
    """``$row_id, name, value`` of the rows of ``store_metadata`` with these names."""
    named = Conjunct("name", (Term("isin", names),), dt.string)
    condition = predicate([named], METADATA)
    asked = Asked(place, (ROW_ID, "name", "value"), condition, is_narrow=True)
    return scan(transaction, asked).rows


def named_by_update(table: str, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns whose old values an update of ``columns`` holds.

    The row's own name, and another one where it changes: a flow leaves one source for another. What
    many rows share (a profile) would be a bottleneck if every update held it.
    """
    first, *others = NAMED[table]
    counted = COUNTED.get(table, ())
    return (first, *(each for each in others if each in counted or each in set(columns)))


def held_rows(transaction: OpenTransaction, place: Place) -> set[str]:
    """The names of those that are there."""
    ours = Conjunct("name", (Term("startswith", (PREFIX,)),), dt.string)
    asked = Asked(place, ("name",), predicate([ours], METADATA), is_narrow=True)
    return set(scan(transaction, asked).rows.column("name").to_pylist())


class Holds:
    """What one transaction has to hold before it is committed."""

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex[:12]
        self._buckets: set[int] = set()
        self._before: dict[str, list[str]] = {}
        self._needs_probe = False

    def wrote(self, table: str, rows: pa.Table) -> None:
        """Rows of ``table`` were inserted or deleted; of updated ones, as they were and are."""
        self._needs_probe |= table == "segments"
        if rows.num_rows and table in WHOLE:
            self._buckets.add(bucket(table))
        if rows.num_rows and table == "storage_backends":
            self._buckets.update(map(_of_label, range(LABELS)))
        if table == "object_instances" and "label" in rows.column_names:
            labelled = rows.filter(pc.is_valid(rows.column("label"))).column("object_id")
            self._buckets.update(_of_label(bucket(id)) for id in labelled.unique().to_pylist())
        for name in NAMED[table]:
            if name in rows.column_names:
                self._add(rows.column(name).unique().to_pylist())

    def _add(self, ids: Iterable[str | None]) -> None:
        """Until every one is held: of many ids most need not be looked at."""
        for id in ids:
            if len(self._buckets) == BUCKETS:
                return
            if id is not None:
                self._buckets.add(bucket(id))

    def take(self, transaction: OpenTransaction, place: Place) -> None:
        """Hold them: raises `Conflict` where another transaction does, or did meanwhile.

        ``place`` is ``store_metadata``. Raises `Refused` for a store without such rows.
        """
        if not self._buckets:
            return
        found, facts = self._read(transaction, place)
        refuse_later_version(facts)
        if self._needs_probe:
            refuse_unless_passed(facts)
        if set(found.column("name").to_pylist()) != self._names():
            raise Refused(
                "writing",
                "this store has no rows yet that make writers wait for each other",
                "run tams schema apply on it",
            )
        names, held = _columns(found)
        self._before = dict(zip(names, held, strict=True))
        values = [" ".join([self.token, *tokens][:REMEMBERED]) for tokens in held]
        rows = pa.table({ROW_ID: found.column(ROW_ID), "value": pa.array(values, pa.string())})
        transaction.update(place, rows)

    def is_committed(self, transaction: OpenTransaction, place: Place) -> bool | None:
        """Whether the transaction took place; ``None`` where too many have followed to tell."""
        if not self._buckets:  # it wrote nothing
            return True
        found, _facts = self._read(transaction, place)
        held = dict(zip(*_columns(found), strict=True))
        if any(self.token in tokens for tokens in held.values()):
            return True
        return (
            False if any(_all_told(self._before[n], tokens) for n, tokens in held.items()) else None
        )

    def _names(self) -> set[str]:
        return {names_of(row) for row in self._buckets}

    def _read(self, transaction: OpenTransaction, place: Place) -> tuple[pa.Table, Facts]:
        """The rows to hold (two of a name where two made the store at once), and the facts."""
        rows = named_rows(transaction, place, (*sorted(self._names()), *FACTS))
        is_fact = pc.is_in(rows.column("name"), value_set=pa.array(FACTS))
        facts = rows.filter(is_fact).select(["name", "value"]).to_pylist()
        return rows.filter(pc.invert(is_fact)), {row["name"]: row["value"] for row in facts}


def _columns(rows: pa.Table) -> tuple[list[str], list[list[str]]]:
    """The names of the rows, and the tokens that each of them holds."""
    values = rows.column("value").to_pylist()
    return rows.column("name").to_pylist(), [(value or "").split() for value in values]


def _all_told(before: list[str], now: list[str]) -> bool:
    """Whether ``now`` names everybody who held the row since it was ``before``."""
    return now == before or len(now) < REMEMBERED or (bool(before) and before[0] in now)
