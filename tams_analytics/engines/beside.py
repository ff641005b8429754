"""Tables of two stores, so that one expression can have both."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import ibis.expr.types as ir

from tams_analytics.engines.localize import MOST_ROWS, localize
from tams_analytics.errors import BadParameter
from tams_analytics.tables import Tables


class Beside:
    """The tables of two stores, each pair of them on one connection.

    Stores that share one are asked there, and nothing is copied. Of others all rows of a table are
    copied when it is first asked for, once, into one local DuckDB for all tables; at most ``limit``
    rows of each (more: `BadParameter`).
    """

    def __init__(self, first: Tables, second: Tables, limit: int = MOST_ROWS) -> None:
        self._stores = (first, second)
        self._limit = limit
        self._local: ir.Table | None = None
        self._known: dict[str, tuple[ir.Table, ir.Table]] = {}

    @property
    def is_one_connection(self) -> bool:
        """Whether both are where they can be joined."""
        first, second = (tables.flows.get_backend() for tables in self._stores)
        return first is second

    def pair(self, name: str) -> tuple[ir.Table, ir.Table]:
        """The table of this name of both. Raises `BadParameter`."""
        if name not in self._known:
            first, second = (getattr(tables, name) for tables in self._stores)
            if not self.is_one_connection:
                first, second = self._copied(name, first), self._copied(name, second)
            self._known[name] = (first, second)
        return self._known[name]

    def tables(self, names: Collection[str]) -> tuple[Tables, Tables]:
        """Both stores, with these tables of theirs where they can be joined.

        Raises `BadParameter`.
        """
        pairs = {name: self.pair(name) for name in names}
        first, second = (
            dataclasses.replace(tables, **{name: pair[side] for name, pair in pairs.items()})
            for side, tables in enumerate(self._stores)
        )
        return first, second

    def lent(self, name: str, table: ir.Table) -> ir.Table:
        """Another table of the first store where its pairs are. Raises `BadParameter`."""
        return table if self.is_one_connection else self._copied(name, table)

    def _copied(self, name: str, table: ir.Table) -> ir.Table:
        try:
            self._local = localize(table, limit=self._limit, into=self._local)
        except BadParameter as error:
            if error.name != "limit":
                raise
            problem = f"is less than the rows of {name}, which are copied to be compared"
            expected = "a larger limit, or two stores on one connection"
            raise BadParameter("limit", self._limit, problem, expected) from error
        return self._local
