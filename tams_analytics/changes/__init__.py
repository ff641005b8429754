"""What is different between two stores, or between a store and one of its snapshots, row by row.

What is a row that was added, removed or modified, `queries.differences` says.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from html import escape

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.display import tables as shown
from tams_analytics.engines.beside import Beside
from tams_analytics.engines.localize import MOST_ROWS
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.queries.differences import HAD, HAS, KEYS, counts, paired, unequal
from tams_analytics.store import Store
from tams_analytics.tables import BY_NAME


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
        self._beside = Beside(before.tables, after.tables, limit)
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
        told = ibis.union(*(counts(name, self._unequal(name)) for name in KEYS))
        found = {row["entity"]: row for row in told.to_pyarrow().to_pylist()}
        return pa.Table.from_pylist([found[name] for name in KEYS], told.schema().to_pyarrow())

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
            self._known[name] = unequal(*self._beside.pair(name))
        return self._known[name]


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


def _names(name: str) -> tuple[str, ...]:
    return tuple(BY_NAME[name].names)
