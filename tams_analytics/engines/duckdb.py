"""DuckDB, the embedded default: one process holds the file, one writer, many readers."""

from __future__ import annotations

import contextlib
import glob
import re
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from random import SystemRandom

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines import duckdb_schema, duckdb_threads
from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.duckdb_errors import CALLERS_MISTAKE, told, translated
from tams_analytics.engines.duckdb_parsed import Parsed
from tams_analytics.engines.duckdb_room import UNWRITTEN, Room
from tams_analytics.engines.duckdb_sealed import refuse_unsealed
from tams_analytics.engines.duckdb_transaction import DuckDBTransaction, undo
from tams_analytics.engines.duckdb_writer import memory_of, room_of, stamps_of, writer_of
from tams_analytics.engines.engine import Engine, Question, T, Transaction, only_transaction
from tams_analytics.engines.opening import entity_table
from tams_analytics.engines.parquet import schema_of
from tams_analytics.engines.statement import prepare
from tams_analytics.engines.urls import MEMORY
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Unsupported, named
from tams_analytics.settings import Settings
from tams_analytics.tables import SPECIFICATION, Tables
from tams_analytics.watching import Queried, is_watched, tell

MOST_TRIES = 8
"""How often a transaction runs before a conflict is given up."""

PAUSE_S = 0.002
"""A conflict comes from another connection to the file: it is given twice the time each try."""

LATE = "late_materialization"
"""It makes a window of one flow 1.6 to 8 times slower (measured)."""

GLOBAL_SETTINGS = f"SET GLOBAL disabled_optimizers = '{LATE}'"
IS_OPEN = f"SELECT current_setting('disabled_optimizers') = '{LATE}'"
"""Asked before the settings: whether this process has the file open already."""

SEALED = {"enable_external_access": "false", "python_enable_replacements": "false"}
"""With these, SQL can neither read a file beside the store, nor attach one, nor see a variable."""

MAGIC = slice(8, 12)
"""Where a DuckDB file says that it is one, behind a checksum."""

ASK_HOLDER = "ask it (tams serve says at /_mgmt/health how it is)"
HOLDER = re.compile(r"lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")


class DuckDBEngine(Engine):
    """A store in one DuckDB file, or in memory.

    ``sealed`` is for SQL of others: read-only, and nothing but the store can be read.
    """

    name = "duckdb"
    stamps_are_local = True
    reads_files = True

    def __init__(
        self, path: str, settings: Settings, *, read_only: bool = False, sealed: bool = False
    ) -> None:
        self.url = path
        self.settings = settings
        self.read_only = read_only or sealed
        self._sealed = sealed
        is_new = path == MEMORY or not Path(path).exists()
        self.backend: Backend = open_backend(path, read_only=self.read_only, sealed=sealed)
        self.tables = Tables.opened(lambda table: entity_table(self.backend, table))
        self.parsed = Parsed()
        self._writer = writer_of(path)
        self._stamps = stamps_of(path)
        self._memory = memory_of(path)
        self._idle: duckdb.DuckDBPyConnection | None = None
        self._room = room_of(path)
        try:
            with translated("bringing its tables forward", self.backend.con):
                cursor = self.backend.con
                duckdb_schema.prepare(cursor, is_new=is_new, read_only=self.read_only)
        except BaseException:
            self.close()
            raise

    @property
    def capabilities(self) -> dict[str, bool]:
        return {"read": True, "write": not self.read_only, "SQL": True, "snapshots": False}

    @property
    def versions(self) -> dict[str, str]:
        return {"DuckDB": duckdb.__version__, "ibis": ibis.__version__, "TAMS": SPECIFICATION}

    def ask(self, question: Question, /, **arguments: object) -> pa.Table:
        statement, values = prepare(question, arguments)
        cursor = self.backend.con
        with translated(f"answering {question.__name__}", cursor):
            began = time.perf_counter()
            result = self.parsed.execute(cursor, statement.sql, values).fetch_arrow_table()
            seconds = time.perf_counter() - began
        if is_watched():
            tell(Queried(self.name, result.num_rows, result.nbytes, seconds, splits=1))
        return statement.typed(result)

    def stamp(self, flow_id: str) -> tuple[int, int]:
        return self._stamps.of(flow_id)

    @property
    def has_versions(self) -> bool:
        return self.url != MEMORY

    def version(self, tables: Collection[str]) -> Hashable | None:
        """Of the file, as DuckDB tells nothing of single tables."""
        return self._memory.version()

    def query(self, sql: str, *, most: int | None = None) -> pa.Table:
        """The rows of a SQL text; at most so many.

        Raises `BadParameter` for one that DuckDB does not understand and, on a sealed store, for
        one that could do more than read it.
        """
        try:
            if self._sealed:
                refuse_unsealed(sql)
            cursor = self.backend.con
            with translated("running the SQL", cursor), self._in_turn(cursor, sql):
                # A relation is never streamed, see `Backend.to_pyarrow_batches`.
                rows = cursor.sql(sql)
                if rows is None:
                    return pa.table({})
                return (rows if most is None else rows.limit(most)).arrow()
        except EngineFailed as error:
            if isinstance(error.__cause__, CALLERS_MISTAKE):
                raise BadParameter("sql", sql, f"is refused: {error.reason}") from error
            raise

    @contextlib.contextmanager
    def _in_turn(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> Iterator[None]:
        """SQL that may write is one of the writers, and nothing that is kept holds after it."""
        kinds = {statement.type.name for statement in cursor.extract_statements(sql)}
        if kinds == {"SELECT"} or self.read_only:
            yield
            return
        with self._writer:
            self._room.refuse_none()
            try:
                yield
            finally:
                self._stamps.renew()

    @contextlib.contextmanager
    def threads_per_question(self, number: int) -> Iterator[None]:
        """For all stores on the same file, as DuckDB has it."""
        duckdb_threads.use(self.backend.con, number)
        try:
            yield
        finally:
            with contextlib.suppress(duckdb.ConnectionException):  # closed meanwhile
                duckdb_threads.use_all(self.backend.con)

    @contextlib.contextmanager
    def kept(self, *questions: ir.Table) -> Iterator[ir.Table | None]:
        with self.backend.kept(questions) as found:
            yield found

    def read_parquet(self, files: Sequence[str]) -> ir.Table:
        """As text of the query: a view would be seen by the cursor alone that made it."""
        schema = ibis.Schema.from_pyarrow(schema_of(files))
        names = ", ".join(f"'{_quoted(glob.escape(each))}'" for each in files)
        found = f"read_parquet([{names}], union_by_name = true, hive_partitioning = false)"
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in schema)
        sql = f"SELECT {columns} FROM {found}"
        return ops.SQLQueryResult(sql, schema, self.backend).to_expr()

    def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.read_only:
            raise Unsupported(self.name, "write to a store that is open read-only")
        with only_transaction(self), self._writer:
            self._room.refuse_none()
            for attempt in range(1, MOST_TRIES + 1):
                try:
                    with translated("writing"):
                        return self._once(work)
                except EngineFailed as error:
                    conflict = isinstance(error.__cause__, duckdb.TransactionException)
                    is_last = self._room.lacked(error, self.backend.con) or attempt == MOST_TRIES
                    if not conflict or is_last:
                        raise
                time.sleep(SystemRandom().uniform(0, PAUSE_S * 2**attempt))
        raise AssertionError("the last try returns or raises")

    def interrupter(self) -> Callable[[], None]:
        thread = threading.get_ident()
        return lambda: self.backend.interrupt(thread)

    def refuse_unwritable(self) -> None:
        if not self.read_only:
            self._room.refuse_none()

    def _once(self, work: Callable[[Transaction], T]) -> T:
        """On the last transaction's cursor: opening one takes as long as two statements."""
        cursor = self._idle or self.backend.new_cursor()
        self._idle = None
        transaction = DuckDBTransaction(
            self.backend, self.tables, self.parsed, cursor, self._memory
        )
        try:
            cursor.begin()
            result = work(transaction)
            self._commit(cursor, transaction)
        except BaseException:
            undo(cursor)
            raise
        if transaction.has_lent or self._idle is not None:  # another one ran inside this one
            cursor.close()
        else:
            self._idle = cursor
        return result

    def _commit(self, cursor: duckdb.DuckDBPyConnection, transaction: DuckDBTransaction) -> None:
        is_committed = False
        transaction.remembering.look_again()
        try:
            cursor.commit()
            is_committed = True
        finally:  # after an interrupt it may be committed
            try:
                self._stamps.publish(transaction.changes)
            finally:
                transaction.remembering.end(is_committed=is_committed)

    def close(self) -> None:
        self._idle = None
        self._room = Room(None)
        self.backend.disconnect()


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def open_backend(path: str, *, read_only: bool, sealed: bool = False) -> Backend:
    """A connection to the file, whatever tables it has.

    Raises `BadParameter`, `NotFound`, or `EngineFailed`, which names the process that holds it.
    """
    if path == MEMORY and read_only:
        raise BadParameter("read_only", path, "has nothing to read when it is opened", "a file")
    _refuse_other_file(path)
    backend = Backend()
    has_log = not read_only and Path(f"{path}.wal").exists()
    try:
        backend.do_connect(path, read_only=read_only, **(SEALED if sealed else {}))
        was_killed = has_log and backend.con.execute(IS_OPEN).fetchone() == (False,)
        backend.con.execute(GLOBAL_SETTINGS)
        if was_killed:
            _empty_log(backend)
        if sealed:
            backend.seal()
    except duckdb.Error as error:
        raise _cannot_open(path, error) from error
    return backend


def _empty_log(backend: Backend) -> None:
    """Bring what a killed process left in the log into the file.

    A kill can tear the log's last entry. DuckDB 1.3.2 passes over that and writes on behind it,
    and after the next kill nothing of that is found, or the file cannot be opened at all.
    """
    try:
        backend.con.execute("CHECKPOINT")
    except duckdb.TransactionException:  # this process writes to it already
        return
    except duckdb.Error:  # the disk is full: DuckDB refuses all else until it is opened anew
        backend.disconnect()
        raise


def _refuse_other_file(path: str) -> None:
    """DuckDB would open a CSV or Parquet file as a database in memory, and lose what is written."""
    place = Path(path)
    if path == MEMORY:
        return
    if place.is_dir():
        raise BadParameter("store", path, "is a folder", "a file, or the name of a new one, in it")
    if not place.parent.is_dir():
        raise NotFound("folder", place.parent, f"a store {place.name} is made in one that is there")
    if not place.is_file():
        return
    with open(path, "rb") as file:
        head = file.read(MAGIC.stop)
    if head[MAGIC] != b"DUCK":
        raise BadParameter("store", path, "is no DuckDB database", "one, or the name of a new file")


def holder_of(error: BaseException | None) -> str | None:
    """The other process that has the file open, where that is why it could not be opened."""
    held = HOLDER.search(told(error)) if isinstance(error, duckdb.Error) else None
    return f"process {held['pid']} ({Path(held['program']).name})" if held else None


def _beside(path: str) -> str:
    """Files there that are called like one that is not, as the end of a sentence."""
    place = Path(path)
    files = [each.name for each in place.parent.glob("*") if each.suffix == place.suffix]
    near = get_close_matches(place.name, files)
    return f"; beside it is {' and '.join(map(named, near))}" if near else ""


def _cannot_open(path: str, error: duckdb.Error) -> Exception:
    """What is wrong with the file, and the way out."""
    text = told(error)
    holder = holder_of(error)
    if holder:
        way_out = (
            f"{ASK_HOLDER}, end it, or open a copy of the "
            "file; where neither writes, both can open it with read_only=True"
        )
        return EngineFailed("duckdb", f"opening {path}", f"{holder} has it open", way_out)
    if UNWRITTEN in text:  # what a killed process left in the log
        way_out = "make room on its disk; until then it opens with read_only=True"
        return EngineFailed("duckdb", f"opening {path}", text, way_out)
    if "database does not exist" in text:
        return NotFound("store", path, f"a store is made by opening it for writing{_beside(path)}")
    if "different configuration" in text:
        reason = "this process has it open in another way (read-only against writable)"
        return EngineFailed("duckdb", f"opening {path}", reason, "close that one first")
    return EngineFailed("duckdb", f"opening {path}", text)
