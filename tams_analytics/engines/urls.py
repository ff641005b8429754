"""Where a store is: what a URL names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.settings import redacted

MEMORY = ":memory:"
DATABASE_SUFFIXES = {".duckdb", ".ddb", ".db"}
LATER = {"vast", "vast+https", "trino", "http", "https"}
"""Schemes that are part of the design and have no engine yet."""


def duckdb_path(url: str, named: Mapping[str, str]) -> str:
    """The path of the DuckDB file that ``url`` means, or ``:memory:``.

    ``x.duckdb``, a path, ``:memory:``, ``duckdb:///x.duckdb`` (in the current folder),
    ``duckdb:///folder/x.duckdb`` (an absolute path), or a named store. Raises `NotFound` for an
    unknown name, `Unsupported` for an engine that is not there, `BadParameter` for anything else.
    """
    scheme, separator, rest = url.partition("://")
    if separator:
        return _of_scheme(scheme, rest, url)
    if url == MEMORY:
        return url
    if url in named:
        return duckdb_path(named[url], {})
    if _names_a_file(url):
        return url
    known = f"named stores: {', '.join(sorted(named))}" if named else "no store is named"
    raise NotFound("store", redacted(url), f"{known}; a file ends in .duckdb")


def _of_scheme(scheme: str, rest: str, url: str) -> str:
    if scheme.lower() == "duckdb":
        return _of_duckdb_url(rest, url)
    if scheme in LATER:
        engine = scheme.partition("+")[0]
        raise Unsupported(
            "rest" if engine.startswith("http") else engine, "be opened yet", "open a DuckDB store"
        )
    raise BadParameter("url", redacted(url), "names no engine", "for example newsroom.duckdb")


def _of_duckdb_url(rest: str, url: str) -> str:
    if rest in {MEMORY, "/" + MEMORY, ""}:
        return MEMORY
    if not rest.startswith("/"):
        raise BadParameter("url", redacted(url), "has two slashes", "duckdb:///x.duckdb")
    path = "/" + rest.lstrip("/")
    return path if rest.startswith("//") or path.count("/") > 1 else path[1:]


def _names_a_file(url: str) -> bool:
    path = Path(url)
    return path.suffix in DATABASE_SUFFIXES or len(path.parts) > 1 or path.exists()
