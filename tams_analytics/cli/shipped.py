"""The files of ``sql/``, which the package carries: as texts, and as statements for an engine.

What is written by hand there names the store as ``vast."tams/meta"``; `renamed` names another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import sqlglot
from sqlglot.tokens import TokenType

from tams_analytics.errors import NotFound

FOLDER = resources.files("tams_analytics").joinpath("sql")
STORE = 'vast."tams/meta"'
"""The catalog and the schema that stand in the files for the store that is asked."""
SUFFIX = ".sql"
WINDOW = "-- Its window: "
"""How the line of a file's head begins that tells when it asks about, as its SQL has numbers."""
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*").fullmatch
_CREATED = re.compile(r"(?i)\A(CREATE\s+OR\s+REPLACE\s+(?:VIEW|FUNCTION)\s+)(?=[a-z])")


def names(folder: str) -> list[str]:
    """What lies in ``views``, ``federation``, ``trino``, ``duckdb`` or ``tables``, in order."""
    files = (file.name for file in FOLDER.joinpath(folder).iterdir())
    return sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX))


def text(folder: str, name: str) -> str:
    """A file as it is. Raises `NotFound`."""
    if name not in names(folder):
        raise NotFound("statement", name, f"there are: {', '.join(names(folder))}")
    return FOLDER.joinpath(folder).joinpath(name + SUFFIX).read_text("utf-8")


def question(sql: str) -> str:
    """What a file answers: its first line."""
    return sql.partition("\n")[0].lstrip("- ")


def windows(sql: str) -> list[str]:
    """When a file asks about; none: always."""
    return [line.lstrip("- ") for line in sql.splitlines() if line.startswith(WINDOW)]


def statements(sql: str, dialect: str = "trino") -> list[str]:
    """The statements of a text, each from its first word on, without the semicolon."""
    found, first = [], None
    for token in sqlglot.tokenize(sql, read=dialect):
        if token.token_type is TokenType.SEMICOLON:
            if first is not None:
                found.append(sql[first : token.start].rstrip())
            first = None
        elif first is None:
            first = token.start
    if first is not None:
        found.append(sql[first:].rstrip())
    return found


def renamed(sql: str, catalog: str, schema: str) -> str:
    """The same of another store."""
    return sql.replace(STORE, place(catalog, schema))


def place(catalog: str, schema: str) -> str:
    """``CATALOG.SCHEMA`` as SQL names it."""
    return f"{_named(catalog)}.{_named(schema)}"


def views(catalog: str, schema: str) -> Iterator[str]:
    """What makes the views of a store in Trino's current schema, a statement each."""
    for name in names("views"):
        yield from statements(renamed(text("views", name), catalog, schema))


def functions() -> list[str]:
    """What makes the routines in Trino's current schema, in an order that can be run.

    They call each other by the session's path, which has to name that schema.
    """
    return statements(text("trino", "functions"))


def made_in(statement: str, catalog: str, schema: str) -> str:
    """One of `views` or `functions`, made in this schema whatever the current one is."""
    return _CREATED.sub(lambda found: f"{found[1]}{place(catalog, schema)}.", statement)


def _named(name: str) -> str:
    return name if _PLAIN(name) else '"' + name.replace('"', '""') + '"'
