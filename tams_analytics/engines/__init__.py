"""What holds and answers: the databases under a store. Only here are drivers imported."""

from __future__ import annotations

from tams_analytics.engines.engine import Engine, Question, Transaction
from tams_analytics.engines.explain import explain
from tams_analytics.engines.explanation import Explanation, Refused, Scan
from tams_analytics.engines.localize import localize
from tams_analytics.engines.results import Results
from tams_analytics.engines.route import Route, route
from tams_analytics.engines.urls import duckdb_path, trino_url, vast_url
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.settings import Settings, load, named_stores


def open_engine(
    url: str | None = None,
    *,
    read_only: bool = False,
    sealed: bool = False,
    settings: Settings | None = None,
) -> Engine:
    """The engine that ``url`` names (default: `Settings.store_url`), opened.

    ``sealed`` is for SQL of others: read-only, and nothing beside the store can be read. Raises
    `BadParameter`, `NotFound`, `Unsupported` or `EngineFailed`, none with a secret in it.
    """
    settings = settings or load()
    url = url or settings.store_url
    if not url:
        raise BadParameter("url", None, "is not given", "for example newsroom.duckdb, or $TAMS_URL")
    named = named_stores()
    on_vast = vast_url(str(url), named)
    if on_vast is not None:
        if sealed:
            raise Unsupported("vast", "read SQL", "use ibis expressions, or SQL on Trino")
        return _open_vast(*on_vast, settings, read_only=read_only)
    on_trino = trino_url(str(url), named)
    if on_trino is not None:
        return _open_trino(*on_trino, settings)
    from tams_analytics.engines.duckdb import DuckDBEngine  # noqa: PLC0415 - the driver, when asked for

    path = duckdb_path(str(url), named)
    return DuckDBEngine(path, settings, read_only=read_only, sealed=sealed)


def require_vast() -> None:
    """Raise `Unsupported` where the driver is not installed."""
    try:
        import vastdb  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        way_out = 'pip install "tams-analytics[vast]"'
        raise Unsupported("vast", "be opened without the package vastdb", way_out) from error


def require_trino() -> None:
    """Raise `Unsupported` where the client is not installed."""
    try:
        import trino  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        way_out = 'pip install "tams-analytics[trino]"'
        raise Unsupported("trino", "be opened without the package trino", way_out) from error


def _open_trino(url: str, shown: str, settings: Settings) -> Engine:
    require_trino()
    from tams_analytics.engines.trino.address import Address  # noqa: PLC0415 - the driver
    from tams_analytics.engines.trino.engine import TrinoEngine  # noqa: PLC0415 - the driver

    return TrinoEngine(Address.parse(url, settings, shown=shown), settings)


def _open_vast(url: str, shown: str, settings: Settings, *, read_only: bool) -> Engine:
    require_vast()
    from tams_analytics.engines.vast.address import Address  # noqa: PLC0415 - the driver
    from tams_analytics.engines.vast.engine import VastEngine  # noqa: PLC0415 - the driver

    return VastEngine(Address.parse(url, settings, shown=shown), settings, read_only=read_only)


__all__ = [
    "Engine",
    "Explanation",
    "Question",
    "Refused",
    "Results",
    "Route",
    "Scan",
    "Transaction",
    "explain",
    "localize",
    "open_engine",
    "route",
]
