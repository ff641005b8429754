"""A store on VAST as its administrator sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tams_analytics.engines.health import Finding
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.doctor import Doctor
from tams_analytics.engines.vast.errors import ENGINE, Conflict
from tams_analytics.engines.vast.schema import Schema
from tams_analytics.errors import EngineFailed, Refused
from tams_analytics.settings import Settings


class VastAdministration:
    """What `tams_analytics.engines.administration.Administration` asks for."""

    def __init__(self, address: Address, settings: Settings) -> None:
        self._address = address
        self._settings = settings

    def apply(self) -> Iterator[str]:
        """Make what is missing, then try whether rows conflict."""
        self._refuse_snapshot()
        with self._schema() as schema:
            yield from schema.apply()

    def status(self) -> Iterator[Finding]:
        """Each table, the version, and what the last probe found."""
        with self._schema() as schema:
            yield from schema.status()

    def droppable(self) -> Iterator[str]:
        """The tables with the number of their rows."""
        self._refuse_snapshot()
        with self._schema() as schema:
            yield from schema.droppable()

    def drop(self) -> Iterator[str]:
        """The tables of this library go; the schema and other tables in it stay."""
        self._refuse_snapshot()
        with self._schema() as schema:
            yield from schema.drop()

    def diagnose(self) -> Iterator[Finding]:
        """See `tams_analytics.engines.vast.doctor`."""
        return Doctor(self._address, self._settings).findings()

    def _refuse_snapshot(self) -> None:
        if self._address.is_snapshot:
            url = self._address.url
            raise Refused(f"changing {url}", "it is a snapshot", "name the store itself")

    @contextlib.contextmanager
    def _schema(self) -> Iterator[Schema]:
        connection = Connection(self._address, self._settings.vast_timeout)
        try:
            yield Schema(connection, self._address, self._settings)
        except Conflict as error:
            reason = f"another transaction does the same: {error}"
            raise EngineFailed(ENGINE, "changing the schema", reason, "run it again") from error
        finally:
            connection.close()
