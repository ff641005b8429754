"""A store as its administrator sees it: made, brought forward, looked at, dropped, diagnosed.

Nothing is opened before it is asked for, so that a store which cannot be opened can say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tams_analytics.engines import require_trino, require_vast
from tams_analytics.engines.health import Finding
from tams_analytics.engines.urls import duckdb_path, trino_url, vast_url
from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, load, named_stores


class Administration(Protocol):
    """What `tams schema` and `tams doctor` ask for."""

    def apply(self) -> Iterator[str]:
        """Make what is missing; what was done, step by step. It may be repeated."""

    def status(self) -> Iterator[Finding]:
        """Each table, and what it lacks; nothing is changed."""

    def droppable(self) -> Iterator[str]:
        """What `drop` would remove. Raises `Refused` where nothing can be dropped."""

    def drop(self) -> Iterator[str]:
        """Remove the tables with all that they hold; what was done, step by step."""

    def diagnose(self) -> Iterator[Finding]:
        """All that can keep the store from working; what depends on a failure is left out."""


def administration(url: str | None, settings: Settings | None = None) -> Administration:
    """Of the store that ``url`` names (default: `Settings.store_url`), as for `open_engine`.

    Raises `BadParameter`, `NotFound`, `Unsupported` for a URL that is none.
    """
    settings = settings or load()
    url = url or settings.store_url
    if not url:
        raise BadParameter("url", None, "is not given", "a URL, or $TAMS_URL")
    named = named_stores()
    on_vast, on_trino = vast_url(url, named), trino_url(url, named)
    if on_trino is not None:
        return _of_trino(*on_trino, settings)
    if on_vast is None:
        from tams_analytics.engines.duckdb_administration import DuckDBAdministration  # noqa: PLC0415 - the driver

        return DuckDBAdministration(duckdb_path(url, named), settings)
    require_vast()
    from tams_analytics.engines.vast.address import Address  # noqa: PLC0415 - the driver
    from tams_analytics.engines.vast.administration import VastAdministration  # noqa: PLC0415

    address, shown = on_vast
    return VastAdministration(Address.parse(address, settings, shown=shown), settings)


def _of_trino(url: str, shown: str, settings: Settings) -> Administration:
    require_trino()
    from tams_analytics.engines.trino.address import Address  # noqa: PLC0415 - the driver
    from tams_analytics.engines.trino.administration import TrinoAdministration  # noqa: PLC0415

    return TrinoAdministration(Address.parse(url, settings, shown=shown))
