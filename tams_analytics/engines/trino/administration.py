"""A store on Trino as its administrator sees it: looked at and diagnosed, never changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tams_analytics.display import text
from tams_analytics.engines.health import Finding
from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.trino.asking import literal
from tams_analytics.engines.trino.backend import ELSEWHERE, Backend
from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.errors import TamsError, Unsupported
from tams_analytics.tables import TABLES

MOST_SKEW_S = 60
"""Between this clock and the server's; questions of the last minutes would be off by more."""
MOST_NAMED = 10
APPLY = "run tams schema apply on the store's VAST URL"
VIEWS = "or name a schema that tams sql --install has filled"
OF_THE_SERVER = {"events", "flow_fences", "store_metadata"}
READ = [table for table in TABLES if table.name not in OF_THE_SERVER]
"""What is read on Trino. Installed views have just these, and no secret."""
SECRETS = {"api_key_value"}
Columns = Mapping[str, Collection[str]]
"""The names of the columns of each table."""


class TrinoAdministration:
    """What `tams_analytics.engines.administration.Administration` asks for."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def apply(self) -> Iterator[str]:
        raise Unsupported(ENGINE, "make tables", ELSEWHERE)

    def droppable(self) -> Iterator[str]:
        raise Unsupported(ENGINE, "drop tables", ELSEWHERE)

    drop = droppable

    def status(self) -> Iterator[Finding]:
        """Each table or view."""
        backend = Backend().connect(self._address)
        try:
            found = self._columns(backend)
        finally:
            backend.disconnect()
        for table in READ:
            lacks = _lacks(table.name, table.columns, found)
            yield Finding(table.name, not lacks, lacks or "as defined", APPLY if lacks else "")

    def diagnose(self) -> Iterator[Finding]:
        """Does it answer, at which time, has it catalog, schema, tables."""
        backend = Backend().connect(self._address)
        try:
            yield from self._looked_at(backend)
        except TamsError as error:
            yield Finding("readable", False, str(error))
        finally:
            backend.disconnect()

    def _looked_at(self, backend: Backend) -> Iterator[Finding]:
        try:
            before = time.time()
            (row,) = _read(backend, NOW)
            after = time.time()
        except TamsError as error:
            yield Finding("server", False, str(error))
            return
        who = f"{row['who']}, by {backend.con.where}"
        yield Finding("server", True, f"Trino {row['version']} answers {who}")
        yield of_clock(float(row["now"]), before, after)
        catalog, schema = self._address.catalog, self._address.schema
        for what, name, sql in (
            ("catalog", catalog, "SHOW CATALOGS"),
            ("schema", schema, f"SHOW SCHEMAS FROM {_quoted(catalog)}"),
        ):
            names = [str(next(iter(each.values()))) for each in _read(backend, sql)]
            yield _of_name(what, name, names)
            if name not in names:
                return
        yield _of_tables(self._columns(backend), self._views(backend))
        yield Finding("writable", True, f"no, as is meant: {ELSEWHERE}")

    def _columns(self, backend: Backend) -> Columns:
        found: dict[str, set[str]] = defaultdict(set)
        for each in _read(backend, self._described("columns", "table_name, column_name")):
            found[each["table_name"]].add(each["column_name"])
        return found

    def _views(self, backend: Backend) -> set[str]:
        sql = self._described("tables", "table_name")
        return {each["table_name"] for each in _read(backend, f"{sql} AND table_type = 'VIEW'")}

    def _described(self, of: str, columns: str) -> str:
        place = f"{_quoted(self._address.catalog)}.information_schema.{of}"
        return f"SELECT {columns} FROM {place} WHERE table_schema = {literal(self._address.schema)}"


NOW = "SELECT version() AS version, current_user AS who, to_unixtime(current_timestamp) AS now"


def of_clock(now: float, before: float, after: float) -> Finding:
    """The server's clock, asked between two moments of this one."""
    skew = max(before - now, now - after, 0.0)
    said = (
        "as here" if skew < 1 else f"{skew:.0f} s {'behind' if now < before else 'ahead of'} ours"
    )
    is_well = skew <= MOST_SKEW_S
    return Finding("clock", is_well, said, "" if is_well else "set one of the two by NTP")


def _of_name(what: str, name: str, names: list[str]) -> Finding:
    if name in names:
        return Finding(what, True, name)
    there = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    return Finding(what, False, f"there is no {name}, or not for this user", f"there are: {there}")


def _of_tables(found: Columns, views: set[str]) -> Finding:
    """All of them in one line."""
    differs = [
        f"{table.name} {lacks}"
        for table in READ
        if (lacks := _lacks(table.name, table.columns, found))
    ]
    ours = sum(table.name in views for table in READ)
    kind = f"; {text.plural(ours, 'view')} among them" if ours else ""
    said = "; ".join(differs) or f"the {len(READ)} that are read here, with all their columns{kind}"
    return Finding("tables", not differs, said, f"{APPLY}, {VIEWS}" if differs else "")


def _lacks(name: str, columns: Collection[Any], found: Columns) -> str:
    if name not in found:
        return "is missing"
    missing = sorted({column.name for column in columns} - {*found[name]} - SECRETS)
    return f"lacks {', '.join(missing)}" if missing else ""


def _read(backend: Backend, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = backend.read(sql, doing="looking at the store").to_pylist()
    return rows


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
