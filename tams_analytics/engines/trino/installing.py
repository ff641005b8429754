"""What `tams sql --install` makes in a catalog of Trino: a schema, views, routines."""

from __future__ import annotations

import re

from trino.exceptions import TrinoQueryError

from tams_analytics.engines.trino.asking import literal
from tams_analytics.engines.trino.backend import Backend
from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.errors import EngineFailed, TamsError, Unsupported

FUNCTION = re.compile(r"(?i)CREATE\s+(OR\s+REPLACE\s+)?FUNCTION\b")
VIEWS, FUNCTIONS = "views", "functions"
KEEPERS = {
    VIEWS: ("iceberg", "hive", "vast", "delta_lake", "memory"),
    FUNCTIONS: ("hive", "memory"),
}
"""The connectors that keep each, the memory connector until Trino ends."""
TITLES = {VIEWS: "views, as one of Iceberg's", FUNCTIONS: "functions, as one of Hive's"}


class Installing:
    """In one schema, by its catalog's and its own name."""

    def __init__(self, backend: Backend, catalog: str, schema: str) -> None:
        self._backend = backend
        self._catalog, self._schema = _quoted(catalog), schema
        self._place = f"{self._catalog}.{_quoted(schema)}"
        self._said = f"{catalog}.{schema}"

    def make_schema(self) -> bool:
        """Make it where it is not there; whether it was made."""
        sql = (
            f"SELECT count(*) AS n FROM {self._catalog}.information_schema.schemata "
            f"WHERE schema_name = {literal(self._schema)}"
        )
        (found,) = self._backend.read(sql, doing="looking for the schema").to_pylist()
        if found["n"]:
            return False
        self._run(f"CREATE SCHEMA IF NOT EXISTS {self._place}", VIEWS)
        return True

    def drop_schema(self) -> bool:
        """Drop it where it is empty; whether it is gone."""
        try:
            self._run(f"DROP SCHEMA {self._place} RESTRICT", VIEWS)
        except TamsError:
            return False
        return True

    def install(self, statement: str) -> None:
        """Run what makes a view, or a function that others of this schema may call.

        Raises `Unsupported` where the catalog keeps no such thing, naming those that do.
        """
        self._run(statement, FUNCTIONS if FUNCTION.match(statement) else VIEWS)

    def _run(self, statement: str, what: str) -> None:
        doing = f"making it in {self._said}"
        try:
            self._backend.con.run(statement, doing=doing, path=self._place)
        except EngineFailed as error:
            cause = error.__cause__
            if not isinstance(cause, TrinoQueryError) or cause.error_name != "NOT_SUPPORTED":
                raise
            instead = f"install into a catalog that keeps {TITLES[what]}{self._here(what)}"
            problem = f"keep that in {self._said}: {cause.message}"
            raise Unsupported(ENGINE, problem, instead) from error

    def _here(self, what: str) -> str:
        """The catalogs of this Trino that keep it, where this user may know."""
        sql = "SELECT catalog_name AS name, connector_name AS kind FROM system.metadata.catalogs"
        try:
            found = self._backend.read(sql, doing="looking for catalogs").to_pylist()
        except TamsError:
            return ""
        names = sorted({each["name"] for each in found if each["kind"] in KEEPERS[what]})
        return f"; here {', '.join(names) or 'none does'}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
