"""What keeps a store on VAST from working, looked for step by step, a line for each.

What depends on a step that failed is left out. No line shows a key.
"""

from __future__ import annotations

import email.utils
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import ibis.expr.datatypes as dt
import requests
import vastdb

from tams_analytics.display import text
from tams_analytics.engines.health import Finding
from tams_analytics.engines.migrations import VERSION, drift
from tams_analytics.engines.vast import layout
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.api import CONNECT_S
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.errors import Conflict, told, translated
from tams_analytics.engines.vast.holds import METADATA
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import Asked, scan
from tams_analytics.engines.vast.schema import APPLY, UNSAFE, Schema
from tams_analytics.engines.vast.standing import PASSED
from tams_analytics.errors import BadParameter, NotFound, Refused, TamsError
from tams_analytics.settings import Settings
from tams_analytics.tables import SCHEMA_VERSION, STORE_METADATA, TABLES

MOST_SKEW_S = 5.0
"""A clock that is wrong by more makes times of writes wrong; by 15 minutes, signatures."""
CELLS_GREW = (5, 5)
"""Up to this version a cell holds at most 126 KB."""
KEYS = "set VAST_ACCESS_KEY and VAST_SECRET_KEY, and let the bucket's policy allow them"


class Doctor:
    """Looks at one address; it writes only the row of the probe."""

    def __init__(self, address: Address, settings: Settings) -> None:
        self._address = address
        self._settings = settings

    def findings(self) -> Iterator[Finding]:
        """One after the other, as they are found."""
        for finding in self._found():
            yield replace(finding, said=self._without_keys(finding.said))

    def _without_keys(self, text: str) -> str:
        for key in (self._address.secret_key, self._address.access_key):
            text = text.replace(key, "***") if key else text
        return text

    def _found(self) -> Iterator[Finding]:
        reached, date = self._reached()
        yield reached
        if not reached.is_well:
            return
        yield of_clock(date, time.time())
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
        yield guarded("version", lambda: of_version(connection))
        for look in (self._of_bucket, self._of_schema):
            found = guarded("credentials", functools.partial(look, connection))
            yield found
            if not found.is_well:
                return
        yield guarded("tables", lambda: of_tables(schema))
        yield guarded("layout", lambda: of_layout(schema, connection, self._settings))
        yield guarded("row conflicts", lambda: self._of_probe(schema))
        yield guarded("push-down", lambda: of_push_down(schema, connection))

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
    except TamsError as error:
        return Finding(what, False, str(error))


def of_clock(date: str | None, now: float) -> Finding:
    """The cluster's clock, of an answer's header ``Date``, against ours; both count UTC seconds."""
    try:
        theirs = email.utils.parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return Finding("clock", True, "not known: the answer has no date")
    skew = now - theirs
    if abs(skew) <= MOST_SKEW_S:
        return Finding("clock", True, f"within {MOST_SKEW_S:.0f} s of the cluster's")
    said = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the cluster's"
    return Finding("clock", False, said, "set both by NTP: at 15 minutes signatures are refused")


def of_version(connection: Connection) -> Finding:
    """Of the server and the SDK."""
    version = tuple(map(int, connection.version.split(".")))
    limit = "; a cell holds at most 126 KB" if version < CELLS_GREW else ""
    return Finding("version", True, f"VAST {connection.version}, vastdb {vastdb.version()}{limit}")


def of_tables(schema: Schema) -> Finding:
    """Whether all are there as they are defined, and of which version."""
    actual = schema.actual()
    differs = [f"{table.name} is missing" for table in TABLES if table.name not in actual]
    differs += [
        f"{table.name} {drift(table, actual[table.name])}"
        for table in TABLES
        if table.name in actual and drift(table, actual[table.name])
    ]
    version = schema.fact(VERSION)
    if version != str(SCHEMA_VERSION):
        differs.append(f"their version is {version or 'none'}, this library's {SCHEMA_VERSION}")
    said = "; ".join(differs) or f"all {len(TABLES)} as defined, version {version}"
    return Finding("tables", not differs, said, APPLY if differs else "")


def of_layout(schema: Schema, connection: Connection, settings: Settings) -> Finding:
    """Sorting keys and projections: they make point questions fast, and no answer right."""
    actual = schema.actual()
    lacking: list[str] = []
    projected = 0
    for table in (table for table in TABLES if table.name in actual):
        with connection.begin() as transaction:
            key = layout.sorted_by(transaction.table(schema.place(table)))
            there = set(layout.projections(transaction, schema.place(table)))
        if table.sort_key and key != table.sort_key:
            lacking.append(f"{table.name} is not sorted by {', '.join(table.sort_key)}")
        wanted = {layout.projection_name(table, columns) for columns in table.projections}
        projected += len(wanted & there)
        if settings.enable_table_projections:
            lacking += [f"there is no projection {name}" for name in sorted(wanted - there)]
    said = "; ".join(lacking) or f"tables are sorted, {projected} projections"
    way_out = f"{APPLY}; answers are right, but slower" if lacking else ""
    return Finding("layout", not lacking, said, way_out)


def of_push_down(schema: Schema, connection: Connection) -> Finding:
    """Whether a condition that is sent keeps all other rows from being sent back."""
    place = schema.place(STORE_METADATA)
    condition = predicate([Conjunct("name", (Term("==", (VERSION,)),), dt.string)], METADATA)
    with connection.begin() as transaction:
        every = scan(transaction, Asked(place, ("name",))).rows
        chosen = scan(transaction, Asked(place, ("name",), condition)).rows
    return judged(*(rows.column("name").to_pylist() for rows in (every, chosen)))


def judged(every: list[str], chosen: list[str]) -> Finding:
    """``chosen`` came back for the condition that a name is `VERSION`, ``every`` without one."""
    expected = [name for name in every if name == VERSION]
    if not expected:
        return Finding("push-down", False, "not tried: the store has no version", APPLY)
    if chosen == expected:
        said = f"a condition brings {len(chosen)} of {text.plural(len(every), 'row')}"
        return Finding("push-down", True, said)
    said = f"a condition that {len(expected)} of {len(every)} rows fulfil brings {len(chosen)}"
    return Finding("push-down", False, said, "answers would be wrong here; ask VAST's support")
