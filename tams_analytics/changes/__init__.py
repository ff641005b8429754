"""What is different between two stores, or between a store and one of its snapshots, row by row.

Rows that are equal in every column, NULLs too, are the same row. Of the others those with the same
key are one row that was modified; the rest was added or removed. A key that several rows share (two
flows of one id) pairs them in the order of their other columns; a row that is there twice counts
twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from html import escape

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.changes.rows import HAD, HAS, counted, paired, unequal
from tams_analytics.display import tables as shown
from tams_analytics.engines import localize
from tams_analytics.engines.localize import MOST_ROWS
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.store import Store
from tams_analytics.tables import BY_NAME

KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("id",),
    "flows": ("id",),
    "segments": ("flow_id", "start_ns", "end_ns", "object_id"),
    "objects": ("id",),
    "object_instances": ("object_id", "storage_id", "label"),
    "collections": ("flow_id", "member_id"),
    "tags": ("entity_type", "entity_id", "name", "position"),
    "profiles": ("id",),
    "storage_backends": ("id",),
    "webhooks": ("id",),
    "deletion_requests": ("id",),
}
"""The entities that are compared, and the columns that say which row is which."""


def changes(before: Store, after: Store, *, limit: int = MOST_ROWS) -> Changes:
    """What was added, removed and modified between two stores: ``(store.at("monday"), store)``.

    Nothing is read before it is asked for. Stores on one connection are compared there. Of others
    the rows of an entity are copied into a local DuckDB when it is first asked for, at most
    ``limit`` of each (more: `BadParameter`).
    """
    for name, store in (("before", before), ("after", after)):
        if not isinstance(store, Store):
            raise BadParameter(name, type(store).__name__, "is no store", "what ta.connect gives")
    return Changes(before, after, limit)


class Changes:
    """Added, removed and modified rows for each entity, by its name: lazy ibis tables.

    ``added["segments"]`` and ``removed["segments"]`` have the columns of the entity.
    ``modified["segments"]`` has its key, ``changed`` (an array of the names of the columns that
    differ), and each other column twice: ``body_before``, ``body_after``. All rows of an entity are
    compared; those that were not copied are read anew each time, so the stores have to be open.
    """

    def __init__(self, before: Store, after: Store, limit: int) -> None:
        self.before = before.url
        self.after = after.url
        self._before = before
        self._after = after
        self._limit = limit
        self._local: ir.Table | None = None
        self._known: dict[str, ir.Table] = {}

    @property
    def added(self) -> Mapping[str, ir.Table]:
        """The rows that only the later store has."""
        return Rows(lambda name: _one_sided(name, self._pairs(name).filter(~_[HAD]), "after"))

    @property
    def removed(self) -> Mapping[str, ir.Table]:
        """The rows that only the earlier store has."""
        return Rows(lambda name: _one_sided(name, self._pairs(name).filter(~_[HAS]), "before"))

    @property
    def modified(self) -> Mapping[str, ir.Table]:
        """The rows that both have, and not alike: key, ``changed``, ``…_before``, ``…_after``."""
        return Rows(lambda name: _both_sided(name, self._pairs(name).filter(_[HAD] & _[HAS])))

    @functools.cached_property
    def summary(self) -> pa.Table:
        """``entity, added, removed, modified``: how many rows; counted once, when first asked."""
        counts = ibis.union(*(_counts(name, self._unequal(name)) for name in KEYS))
        found = {row["entity"]: row for row in counts.to_pyarrow().to_pylist()}
        return pa.Table.from_pylist([found[name] for name in KEYS], counts.schema().to_pyarrow())

    def __bool__(self) -> bool:
        """Whether anything is different."""
        return any(any(row[1:]) for row in self._rows())

    def __repr__(self) -> str:
        return f"{self._heading()}\n{shown.plain(self.summary.column_names, self._rows())}"

    def _repr_html_(self) -> str:
        table = shown.html(self.summary.column_names, self._rows())
        return f"<p>{escape(self._heading())}</p>{table}"

    def _heading(self) -> str:
        return shown.one_line(f"Changes from {self.before} to {self.after}")

    def _rows(self) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in self.summary.to_pylist()]

    def _pairs(self, name: str) -> ir.Table:
        return paired(self._unequal(name), KEYS[name])

    def _unequal(self, name: str) -> ir.Table:
        if name not in self._known:
            before, after = (getattr(store.tables, name) for store in (self._before, self._after))
            if before.get_backend() is not after.get_backend():
                before, after = self._copied(before), self._copied(after)
            self._known[name] = unequal(before, after)
        return self._known[name]

    def _copied(self, table: ir.Table) -> ir.Table:
        """Into one local database for all entities, since their counts are one question."""
        self._local = localize(table, limit=self._limit, into=self._local)
        return self._local


class Rows(Mapping[str, ir.Table]):
    """A table for each entity, made when it is asked for."""

    def __init__(self, make: Callable[[str], ir.Table]) -> None:
        self._make = make

    def __getitem__(self, name: str) -> ir.Table:
        if name not in KEYS:
            raise NotFound("entity", name, f"one of {', '.join(KEYS)}")
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return name in KEYS

    def __iter__(self) -> Iterator[str]:
        return iter(KEYS)

    def __len__(self) -> int:
        return len(KEYS)

    def _ipython_key_completions_(self) -> list[str]:
        return list(KEYS)


def _one_sided(name: str, rows: ir.Table, side: str) -> ir.Table:
    """The entity's own columns."""
    key = KEYS[name]
    values = [rows[n].name(n) if n in key else rows[f"{n}_{side}"].name(n) for n in _names(name)]
    return rows.select(*values)


def _both_sided(name: str, rows: ir.Table) -> ir.Table:
    others = [each for each in _names(name) if each not in KEYS[name]]
    differing = [
        ibis.ifelse(rows[f"{n}_before"].identical_to(rows[f"{n}_after"]), ibis.null(str), n)
        for n in others
    ]
    changed = ibis.array(differing).filter(lambda each: each.notnull())
    sides = [f"{n}_{side}" for n in others for side in ("before", "after")]
    return rows.select(*KEYS[name], changed.name("changed"), *sides)


def _counts(name: str, rows: ir.Table) -> ir.Table:
    """``entity, added, removed, modified``."""
    found = counted(rows, KEYS[name])
    return found.select(ibis.literal(name).name("entity"), *found.columns)


def _names(name: str) -> tuple[str, ...]:
    return tuple(BY_NAME[name].names)
