"""A DuckDB store as its administrator sees it: one file, whose tables are made by opening it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from tams_analytics.display import text
from tams_analytics.engines import duckdb_schema
from tams_analytics.engines.duckdb import ASK_HOLDER, DuckDBEngine, holder_of, open_backend
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.duckdb_room import SPARE_BYTES
from tams_analytics.engines.health import Finding
from tams_analytics.engines.migrations import Actual, drift, plan
from tams_analytics.engines.urls import MEMORY
from tams_analytics.errors import NotFound, Refused, TamsError
from tams_analytics.settings import Settings
from tams_analytics.tables import SCHEMA_VERSION, TABLES

APPLY = "run tams schema apply"


class DuckDBAdministration:
    """What `tams_analytics.engines.administration.Administration` asks for."""

    def __init__(self, path: str, settings: Settings) -> None:
        self._path = path
        self._settings = settings

    def apply(self) -> Iterator[str]:
        """Open it for writing, which does all that is missing in one transaction."""
        if self._path == MEMORY:
            raise Refused("changing :memory:", "it goes with this process", "name a file")
        steps = [f"created {self._path}"]
        if Path(self._path).exists():
            with self._looked_at() as cursor, translated("reading its tables", cursor):
                steps = [str(step) for step in plan(duckdb_schema.actual(cursor))]
        DuckDBEngine(self._path, self._settings).close()
        yield from steps
        yield f"the tables have version {SCHEMA_VERSION}"

    def status(self) -> Iterator[Finding]:
        """Each table as it was left, and the version."""
        self._refuse_missing()
        with self._looked_at() as cursor, translated("reading its tables", cursor):
            actual, version = duckdb_schema.actual(cursor), duckdb_schema.stored_version(cursor)
        for table in TABLES:
            columns = actual.get(table.name)
            said = "is missing" if columns is None else drift(table, columns)
            yield Finding(table.name, not said, said or "as defined", APPLY if said else "")
        yield _of_version(version)

    def droppable(self) -> Iterator[str]:
        """Nothing."""
        reason = "a DuckDB store is one file"
        raise Refused("dropping its tables", reason, f"delete {self._path}")

    drop = droppable

    def diagnose(self) -> Iterator[Finding]:
        """Is it there, has it room, can it be read, is it of our version, can it be written.

        Of one that another process has open, that is told in place of what could not be looked at.
        """
        if self._path == MEMORY:
            yield Finding("file", True, "none: the store goes with its process")
            return
        if not Path(self._path).exists():
            yield Finding("file", False, f"{self._path} is not there", f"{APPLY}, or name another")
            return
        yield Finding("file", True, text.size(Path(self._path).stat().st_size))
        yield _of_room(Path(self._path))
        try:
            with self._looked_at() as cursor, translated("reading its tables", cursor):
                actual = duckdb_schema.actual(cursor)
                version = duckdb_schema.stored_version(cursor)
        except TamsError as error:
            in_use = _of_holder(error, "what is inside")
            yield in_use or Finding("readable", False, str(error))
            return
        yield Finding("readable", True, f"DuckDB {duckdb.__version__} opens it")
        yield _of_version(version)
        yield _of_tables(actual)
        yield self._writable()

    def _writable(self) -> Finding:
        folder = os.path.dirname(os.path.abspath(self._path))
        if not (os.access(self._path, os.W_OK) and os.access(folder, os.W_OK)):
            said = "the file or its folder is not ours to write"
            return Finding("writable", False, said, "change its rights, or open it read-only")
        try:
            open_backend(self._path, read_only=False).disconnect()
        except TamsError as error:
            in_use = _of_holder(error, "whether it takes rows")
            return in_use or Finding("writable", False, str(error))
        return Finding("writable", True, "no other process has it open")

    def _refuse_missing(self) -> None:
        if not Path(self._path).exists():
            raise NotFound("store", self._path, f"{APPLY}, which makes it")

    @contextlib.contextmanager
    def _looked_at(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The file as it is: opened without bringing it forward."""
        backend = open_backend(self._path, read_only=self._path != MEMORY)
        try:
            yield backend.con
        finally:
            backend.disconnect()


def _of_room(file: Path) -> Finding:
    free = shutil.disk_usage(file.absolute().parent).free
    is_enough = free >= SPARE_BYTES
    said = (
        f"{text.size(free)} on its disk; with less than {text.size(SPARE_BYTES)} nothing is written"
    )
    return Finding("room", is_enough, said, "" if is_enough else "make room there")


def _of_holder(error: TamsError, unseen: str) -> Finding | None:
    """That another process has the file open, which is well; ``None`` for any other error."""
    holder = holder_of(error.__cause__)
    if holder is None:
        return None
    said = f"{holder} has it open, so that {unseen} was not looked at"
    return Finding("in use", True, said, ASK_HOLDER)


def _of_version(version: int | None) -> Finding:
    if version is not None and version > SCHEMA_VERSION:
        said = f"{version}, and this library knows {SCHEMA_VERSION}"
        return Finding("version", False, said, "use a later tams-analytics")
    is_known = version == SCHEMA_VERSION
    return Finding("version", is_known, str(version or "none"), "" if is_known else APPLY)


def _of_tables(actual: Actual) -> Finding:
    """All of them in one line."""
    differs = [
        f"{table.name} {drift(table, actual[table.name]) if table.name in actual else 'is missing'}"
        for table in TABLES
        if table.name not in actual or drift(table, actual[table.name])
    ]
    said = "; ".join(differs) or f"all {len(TABLES)} as defined"
    return Finding("tables", not differs, said, APPLY if differs else "")
