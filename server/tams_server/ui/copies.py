"""What is on a page, asked otherwise: as Python, as SQL, by curl."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tams_analytics.store import Store
from tams_server.settings import ServerSettings

IN_MEMORY = "this store is in the memory of the server: nobody else can open it"
HELD = "the server holds this file: stop it first, or open a copy"
DIALECTS = {"vast": "Trino"}
"""The SQL of engines that read none themselves."""
NAMES = {"duckdb": "DuckDB", "trino": "Trino"}


@dataclass(frozen=True)
class Copy:
    """One question of a page in three languages; ``dialect`` is that of the SQL."""

    of: str
    python: str
    sql: str
    dialect: str
    curl: str


def copied(
    store: Store,
    of: str,
    question: Callable[..., Any],
    arguments: Mapping[str, Any],
    curl: str,
) -> Copy:
    """A question of `tams_analytics.queries` with these arguments."""
    module = question.__module__.rpartition(".")[2]
    said = "".join(f", {name}={value!r}" for name, value in arguments.items())
    python = opening(store) + f"rows = store.ask(ta.queries.{module}.{question.__name__}{said})\n"
    return Copy(of, python, store.sql(question, **arguments), dialect(store), curl)


def opening(store: Store) -> str:
    """The lines that open a store, read-only; secrets come from where they come from here."""
    note = only_here(store)
    lines = ["import tams_analytics as ta", "", *([f"# {note}"] if note else [])]
    lines.append(f"store = ta.connect({store.url!r}, read_only=True)")
    return "\n".join([*lines, ""])


def only_here(store: Store) -> str:
    """Why another process cannot open the store as long as this one serves it; or nothing."""
    if store.engine != "duckdb":
        return ""
    return IN_MEMORY if store.url.endswith(":memory:") else HELD


def dialect(store: Store) -> str:
    return DIALECTS.get(store.engine) or NAMES.get(store.engine, store.engine)


def curl(settings: ServerSettings, url: str) -> str:
    """The command, which takes a credential from the environment where one is needed."""
    shown = ""
    if settings.auth_tokens or settings.jwt_issuer:
        shown = '-H "Authorization: Bearer $TAMS_TOKEN" '
    elif settings.auth_basic:
        shown = '-u "$TAMS_USER:$TAMS_PASSWORD" '
    return f"curl {shown}{shlex.quote(url)}"
