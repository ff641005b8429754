"""VAST DB as a store: reads by plans, writes in one transaction each, tried again on a conflict."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from random import SystemRandom

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
import vastdb
from pyarrow import dataset

from tams_analytics.engines.engine import (
    BIG_CATALOG,
    Engine,
    Question,
    T,
    Transaction,
    only_transaction,
)
from tams_analytics.engines.opening import entity_table
from tams_analytics.engines.parquet import schema_of
from tams_analytics.engines.trino.compiler import COMPILER
from tams_analytics.engines.vast import fences
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.backend import Backend
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.errors import ENGINE, Conflict, ConnectionLost
from tams_analytics.engines.vast.plans import Plans
from tams_analytics.engines.vast.snapshots import names_of, require
from tams_analytics.engines.vast.standing import Standing
from tams_analytics.engines.vast.sweeping import sweeping
from tams_analytics.engines.vast.transaction import VastTransaction
from tams_analytics.errors import EngineFailed, Unsupported
from tams_analytics.settings import Settings
from tams_analytics.tables import FLOW_FENCES, SPECIFICATION, Tables

MOST_TRIES = 30
"""How often a transaction runs before conflicts are given up."""
MOST_LOST = 3
"""How often it runs when no answer comes."""
WAIT = "wait until the others are done, or the cluster has ended the transaction, and write again"
PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.5
"""Between two tries: at random up to this, twice as much each time."""


class VastEngine(Engine):
    """A store in one schema of a bucket of a VAST cluster, or in a snapshot of it."""

    name = ENGINE
    reads_files = True

    def __init__(
        self,
        address: Address,
        settings: Settings,
        *,
        read_only: bool = False,
        backend: Backend | None = None,
    ) -> None:
        self.address = address
        self.url = address.url
        self.settings = settings
        self.read_only = read_only or address.is_snapshot
        self._lent = backend
        self.backend: Backend = backend or Backend().connect(address)
        self.tables = Tables.opened(
            lambda table: entity_table(
                self.backend,
                table,
                ops.Namespace(catalog=address.bucket, database=address.schema),
            )
        )
        self.plans = Plans(self.backend.runner, self.tables)
        self.standing = Standing(address)

    @property
    def capabilities(self) -> dict[str, bool]:
        return {"read": True, "write": not self.read_only, "SQL": False, "snapshots": True}

    def sql_of(self, expression: ir.Table) -> str:
        """For Trino, in the schema of this store there: VAST DB itself reads no SQL."""
        tree = COMPILER.to_sqlglot(expression.unbind())
        for table in tree.find_all(sge.Table):  # the names of bucket and schema are others there
            table.set("catalog", None)
            table.set("db", None)
        return str(tree.sql(COMPILER.dialect, pretty=True))

    @property
    def versions(self) -> dict[str, str]:
        return {
            "VAST": self.backend.con.version,
            "vastdb": vastdb.version(),
            "ibis": ibis.__version__,
            "TAMS": SPECIFICATION,
        }

    def ask(self, question: Question, /, **arguments: object) -> pa.Table:
        with self.backend.con.reading() as transaction:
            return self.plans.ask(question, arguments, transaction)

    @contextlib.contextmanager
    def swept(self, ask: Callable[[Tables], Sequence[ir.Table]]) -> Iterator[Tables]:
        """The same tables: what this thread asks of them meanwhile is of one state of the store."""
        with sweeping(self.backend, lambda: ask(self.tables)):
            yield self.tables

    def interrupter(self) -> Callable[[], None]:
        """Scans hear signals; what is left of a question is DuckDB's."""
        return self.backend.interrupter()

    def stamp(self, flow_id: str) -> Hashable | None:
        place = Place(self.address.bucket, self.address.schema, FLOW_FENCES.name)
        with self.backend.con.reading() as transaction:
            return fences.stamp(place, flow_id, transaction)

    @property
    def has_versions(self) -> bool:
        return self.address.is_snapshot

    def version(self, tables: Collection[str]) -> Hashable | None:
        """A snapshot never changes. Of the live tables nothing tells of every write."""
        return self.address.url if self.address.is_snapshot else None

    def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.read_only:
            raise Unsupported(self.name, "write to a store that is open read-only")
        with only_transaction(self):
            return self._tried(work)

    def _tried(self, work: Callable[[Transaction], T]) -> T:
        lost = 0
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return self._once(work)
            except Conflict as error:
                conflict = error
            except ConnectionLost:
                lost += 1
                if lost == MOST_LOST:
                    raise
            time.sleep(_pause(attempt))
        who = "other writers, or one that crashed and is not forgotten yet"
        reason = f"{who}, held what it writes {MOST_TRIES} times: {conflict}"
        raise EngineFailed(self.name, "writing", reason, WAIT) from conflict

    def _once(self, work: Callable[[Transaction], T]) -> T:
        with self.backend.con.begin() as opened:
            transaction = VastTransaction(self.address, self.plans, self.standing, opened)
            result = work(transaction)
            transaction.hold()
            try:
                opened.commit()
            except EngineFailed as error:  # whatever was answered, if anything was, it may be done
                if not self._was_committed(transaction, error):
                    raise
        return result

    def _was_committed(self, transaction: VastTransaction, error: EngineFailed) -> bool:
        """Look up a commit that was not confirmed. Raises `EngineFailed` where nobody can tell."""
        try:
            with self.backend.con.reading() as another:
                found = transaction.is_committed(another)
            why = "others have written since"
        except EngineFailed as lost:
            found, why = None, f"it cannot be looked up: {lost.reason}"
        if found is None:
            reason = f"{error.reason}; {why}, so whether it was done is unknown"
            raise EngineFailed(self.name, error.doing, reason, "look before you write it again")
        return found

    def read_parquet(self, files: Sequence[str]) -> ir.Table:
        """Lent to DuckDB where it finishes a question, which takes of it what that needs."""
        return ibis.memtable(dataset.dataset([*files], schema=schema_of(files), format="parquet"))

    def big_catalog(self) -> ir.Table:
        bucket, schema, name = BIG_CATALOG
        return self.backend.table(name, database=(bucket, schema))

    def snapshots(self) -> list[str]:
        return names_of(self.backend.con, self.address)

    def at(self, snapshot: str) -> VastEngine:
        require(self.backend.con, self.address, snapshot)
        return VastEngine(self.address.at(snapshot), self.settings, backend=self.backend)

    def close(self) -> None:
        if self._lent is None:
            self.backend.disconnect()


def _pause(attempt: int) -> float:
    longest: float = min(PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
    return SystemRandom().uniform(0, longest)
