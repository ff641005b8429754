"""What holds and answers: the databases under a store. Only here are drivers imported."""

from __future__ import annotations

from tams_analytics.engines.engine import Engine, Question, Transaction
from tams_analytics.engines.explain import explain
from tams_analytics.engines.explanation import Explanation, Refused, Scan
from tams_analytics.engines.localize import localize
from tams_analytics.engines.urls import duckdb_path
from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, load, named_stores


def open_engine(
    url: str | None = None,
    *,
    read_only: bool = False,
    sealed: bool = False,
    settings: Settings | None = None,
) -> Engine:
    """The engine that ``url`` names (default: ``$TAMS_URL``), opened.

    ``sealed`` is for SQL of others: read-only, and nothing beside the store can be read. Raises
    `BadParameter`, `NotFound`, `Unsupported` or `EngineFailed`, none with a secret in it.
    """
    settings = settings or load()
    url = url or settings.url
    if not url:
        raise BadParameter(
            "url", url, "names no store", "for example newsroom.duckdb, or $TAMS_URL"
        )
    from tams_analytics.engines.duckdb import DuckDBEngine  # noqa: PLC0415 - the driver, when asked for

    path = duckdb_path(str(url), named_stores())
    return DuckDBEngine(path, settings, read_only=read_only, sealed=sealed)


__all__ = [
    "Engine",
    "Explanation",
    "Question",
    "Refused",
    "Scan",
    "Transaction",
    "explain",
    "localize",
    "open_engine",
]
