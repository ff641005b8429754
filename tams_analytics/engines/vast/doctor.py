"""What keeps a store on VAST from working, looked for step by step, a line for each.

What depends on a step that failed is left out. No line shows a key.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import requests

from tams_analytics.display import text
from tams_analytics.engines.health import Finding
from tams_analytics.engines.vast import looks
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.api import CONNECT_S
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.errors import Conflict, told, translated
from tams_analytics.engines.vast.holds import PASSED
from tams_analytics.engines.vast.schema import APPLY, UNSAFE, Schema
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused, TamsError
from tams_analytics.settings import Settings
from tams_analytics.tables import STORE_METADATA

FAILED = "try it again, and look into the cluster's own log"
KEYS = "set VAST_ACCESS_KEY and VAST_SECRET_KEY, and let the bucket's policy allow them"

SHORTEST_KEY = 4
"""Letters of a key that is hidden: a shorter one is of a stand-in, and hides parts of words."""


class Doctor:
    """Looks at one address; it writes only the row of the probe."""

    def __init__(self, address: Address, settings: Settings) -> None:
        self._address = address
        self._settings = settings

    def findings(self) -> Iterator[Finding]:
        """One after the other, as they are found."""
        for finding in self._found():
            yield replace(finding, said=self._without_keys(finding.said))

    def _without_keys(self, said: str) -> str:
        for key in (self._address.secret_key, self._address.access_key):
            said = said.replace(key, "***") if key and len(key) >= SHORTEST_KEY else said
        return said

    def _found(self) -> Iterator[Finding]:
        reached, date = self._reached()
        yield reached
        if not reached.is_well:
            return
        yield looks.of_clock(date, time.time())
        try:
            connection = Connection(self._address, self._settings.vast_timeout)
        except BadParameter as error:
            yield Finding("credentials", False, str(error), KEYS)
        except Refused as error:
            yield Finding("credentials", False, error.reason, KEYS)
        except TamsError as error:
            yield Finding("version", False, str(error), "use a cluster and vastdb that fit")
        else:
            try:
                yield from self._of_cluster(connection)
            finally:
                connection.close()

    def _reached(self) -> tuple[Finding, str | None]:
        """Whether anything answers, whoever asks; and the date that it says."""
        timeout_s = min(CONNECT_S, self._settings.vast_timeout)
        started = time.monotonic()
        try:
            answer = requests.get(
                self._address.endpoint, timeout=timeout_s, allow_redirects=False, stream=True
            )
        except requests.RequestException as error:
            said = f"{self._address.endpoint} does not answer: {reason(error)}"
            way_out = "check host, port, http or https, and the network between"
            return Finding("reachable", False, said, way_out), None
        with answer:
            said = f"{self._address.endpoint} answers in {time.monotonic() - started:.3f} s"
            return Finding("reachable", True, said), answer.headers.get("Date")

    def _of_cluster(self, connection: Connection) -> Iterator[Finding]:
        schema = Schema(connection, self._address, self._settings)
        yield guarded("version", lambda: looks.of_version(connection))
        for look in (self._of_bucket, self._of_schema):
            found = guarded("credentials", functools.partial(look, connection))
            yield found
            if not found.is_well:
                return
        tables = guarded("tables", lambda: looks.of_tables(schema))
        yield tables
        if tables.said == looks.NONE:
            return
        yield guarded("layout", lambda: looks.of_layout(schema, connection, self._settings))
        yield guarded("row conflicts", lambda: self._of_probe(schema))
        yield guarded("push-down", lambda: looks.of_push_down(schema, connection))

    def _of_bucket(self, connection: Connection) -> Finding:
        name = self._address.live_bucket
        with connection.begin() as transaction, translated(f"looking for bucket {name}"):
            transaction.sdk.bucket(name)
        return Finding("credentials", True, f"they open bucket {name}")

    def _of_schema(self, connection: Connection) -> Finding:
        with connection.begin() as transaction:
            tables = transaction.tables(self._address.bucket, self._address.schema)
        return Finding(
            "schema", True, f"{self._address.path} has {text.plural(len(tables), 'table')}"
        )

    def _of_probe(self, schema: Schema) -> Finding:
        if self._address.is_snapshot:
            return Finding("row conflicts", True, "not tried: nobody writes to a snapshot")
        if STORE_METADATA.name not in schema.actual():
            said = f"not tried: there is no table {STORE_METADATA.name}"
            return Finding("row conflicts", False, said, APPLY)
        found = schema.probe()
        passed = found.startswith(PASSED)
        return Finding("row conflicts", passed, found, "" if passed else UNSAFE)


def reason(error: requests.RequestException) -> str:
    """Why nothing answered: what the system said, else what the library did."""
    if isinstance(error, requests.Timeout):
        return "it took too long"
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.strerror:
            return found.strerror
        found = found.__cause__ or found.__context__
    return told(error)


def guarded(what: str, look: Callable[[], Finding]) -> Finding:
    """What ``look`` finds, or the error that kept it from looking."""
    try:
        return look()
    except Refused as error:
        return Finding(what, False, error.reason, KEYS)
    except NotFound as error:
        is_whole = error.entity in ("bucket", "schema")
        return Finding(error.entity if is_whole else what, False, str(error))
    except Conflict as error:
        return Finding(what, False, f"another transaction was faster: {error}", "try it again")
    except EngineFailed as error:
        return Finding(what, False, str(error), "" if error.instead else FAILED)
    except TamsError as error:
        return Finding(what, False, str(error))
