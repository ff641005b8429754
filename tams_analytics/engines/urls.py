"""Where a store is: what a URL names."""

from __future__ import annotations

import os
from pathlib import Path

from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.settings import EXAMPLE, NamedStores, has_options, redacted

MEMORY = ":memory:"
DATABASE_SUFFIXES = {".duckdb", ".ddb", ".db"}
VAST = ("vast://", "vast+https://")
TRINO = ("trino://", "trino+https://")
LATER = {"http", "https"}
"""Schemes that are part of the design and have no engine yet."""


def vast_url(url: str, named: NamedStores) -> tuple[str, str] | None:
    """A ``vast://`` URL, or that of a named store, and how errors quote it; else ``None``."""
    return _of_server(url, named, VAST)


def trino_url(url: str, named: NamedStores) -> tuple[str, str] | None:
    """A ``trino://`` URL, or that of a named store, and how errors quote it; else ``None``."""
    return _of_server(url, named, TRINO)


def _of_server(url: str, named: NamedStores, schemes: tuple[str, ...]) -> tuple[str, str] | None:
    if "://" not in url and url != MEMORY and url in named:
        url, written = named[url], named.written(url)
    else:
        written = url
    return (url, redacted(written)) if url.lower().startswith(schemes) else None


def duckdb_path(url: str, named: NamedStores) -> str:
    """The path of the DuckDB file that ``url`` means, or ``:memory:``.

    ``x.duckdb``, a path, ``:memory:``, ``duckdb:///x.duckdb`` (in the current folder),
    ``duckdb:///folder/x.duckdb`` (an absolute path), or a named store. Raises `NotFound` for an
    unknown name, `Unsupported` for an engine that is not there, `BadParameter` for anything else.
    """
    if "://" not in url and url != MEMORY and url in named:
        return _of_entry(url, named)
    path = _path(url, url)
    if path is None:
        names = ", ".join(sorted(map(redacted, named)))
        known = f"named stores: {names}" if names else f"{named.file} names none"
        shown = redacted(url)
        file = "ends in .duckdb" if shown == url else "of such a name needs its whole path"
        raise NotFound("store", shown, f"{known}; a file {file}")
    return path


def _of_entry(name: str, named: NamedStores) -> str:
    written, url = named.written(name), named[name]
    path = _path(url, written)
    if path is not None:
        return path
    shown = redacted(written)
    if url in named:
        problem = f"in {named.file} is the name of a store, and names in there are not followed"
        raise BadParameter(name, shown, problem, "that store's own URL")
    raise BadParameter(name, shown, f"in {named.file} names no store", EXAMPLE)


def _path(url: str, written: str) -> str | None:
    """The path that ``url`` means; None where it may be a name.

    ``written`` is ``url`` as errors quote it, redacted: before variables were put into it.
    """
    scheme, separator, rest = url.partition("://")
    if separator:
        return _of_scheme(scheme, rest, redacted(written))
    return url if url == MEMORY or _names_a_file(url, written) else None


def _of_scheme(scheme: str, rest: str, shown: str) -> str:
    if scheme.lower() == "duckdb":
        return _of_duckdb_url(rest, shown)
    if scheme in LATER:
        instead = "open its database by x.duckdb, vast://… or trino://…"
        raise Unsupported("rest", "be opened yet", instead)
    raise BadParameter("url", shown, "names no engine", "for example newsroom.duckdb")


def _of_duckdb_url(rest: str, shown: str) -> str:
    if rest in {MEMORY, "/" + MEMORY, ""}:
        return MEMORY
    if not rest.startswith("/"):
        raise BadParameter("url", shown, "has two slashes", "duckdb:///x.duckdb")
    if has_options(f"duckdb://{rest}"):
        raise BadParameter("url", shown, "has options, and DuckDB takes none", "duckdb:///x.duckdb")
    path = "/" + rest.lstrip("/")
    return path if rest.startswith("//") or path.count("/") > 1 else path[1:]


def _names_a_file(url: str, written: str) -> bool:
    """Has it a folder as written, the ending of a database, or is it there?

    A new file's name is told by errors. So it must not look like what `redacted` hides, unless it
    is a whole path, and a slash that only a variable brought may be one of a secret.
    """
    if os.path.exists(url):
        return True
    is_path = Path(url).suffix in DATABASE_SUFFIXES or len(Path(written).parts) > 1
    return is_path and (written.startswith("/") or redacted(url) == url)
