"""What an engine is: the seam between the library and a database.

An engine opens the entity tables as plain ibis tables, answers questions, and, where it can write,
runs a transaction. Everything above it is the same for every engine.
"""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from tams_analytics.engines.parquet import parquet_files
from tams_analytics.engines.topics import Topic
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.settings import Settings
from tams_analytics.tables import Tables
from tams_analytics.watching import Asked, timed

Question = Callable[..., ir.Table]
"""A function ``(tables, *, …) -> ibis table``; `span.Value` marks parameters that are values."""

Where = Any
"""Which rows: a mapping of column to value (a list: any of them), an ibis predicate, or, of a
delete, `Chosen`."""


@dataclass(frozen=True)
class Chosen:
    """Which rows: those of one table that a question filters; compiled once per shape."""

    question: Question
    arguments: Mapping[str, Any]


BIG_CATALOG = ("vast-big-catalog-bucket", "vast_big_catalog_schema", "vast_big_catalog_table")
"""Bucket, schema and table of VAST Catalog on each cluster that has it."""

T = TypeVar("T")


class Transaction(Protocol):
    """One transaction: reads see what it wrote, others see all of it or nothing."""

    tables: Tables
    notes: dict[str, Any]
    """What the rules keep of one try of a transaction, by whose it is; empty when it begins."""

    @property
    def is_alone(self) -> bool:
        """Only this process writes to the store, and nobody else while this transaction runs."""

    def recall(self, topic: Topic) -> Any:
        """What is remembered of a topic (`memory`); ``None``: it has to be asked."""

    def remember(self, topic: Topic, value: Any) -> None:
        """Remember what was asked; where others may write (`is_alone`) this does nothing."""

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        """The answer to a question, as this transaction sees the store; compiled once per shape."""

    def few(self, question: Question, /, **arguments: Any) -> list[dict[str, Any]]:
        """The same as rows: for answers so small that making a table of them takes longer."""

    def rows(self, expression: ir.Table) -> pa.Table:
        """The rows of any expression over ``tables``, as this transaction sees the store."""

    def insert(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> None:
        """Add rows, which all have the same columns; missing columns take their default."""

    def update(self, name: str, where: Where, values: Mapping[str, Any]) -> int:
        """Set columns of the rows that fulfil ``where``; how many there were."""

    def update_each(self, name: str, key: str, rows: pa.Table) -> int:
        """Set the columns of ``rows`` in the rows with the same ``key``; how many there were."""

    def delete(self, name: str, where: Where) -> int:
        """Remove the rows that fulfil ``where``; how many there were."""

    def shows_anew(self) -> None:
        """Something changes that segments of any flow may show: kept answers end (`stamps`).

        Said by rules that change objects which segments show already; what else changes such
        things tells of itself.
        """


class Engine(ABC):
    """What holds and answers: one open store."""

    name: str
    """``duckdb``, ``vast``, ``trino`` or ``rest``."""
    url: str
    """Where it is, without secrets."""
    settings: Settings
    backend: BaseBackend
    """The ibis backend whose tables these are."""
    tables: Tables

    @property
    @abstractmethod
    def capabilities(self) -> Mapping[str, bool]:
        """What this open store can do and what not, in words for people."""

    @property
    @abstractmethod
    def versions(self) -> Mapping[str, str]:
        """What answers, and its version."""

    @abstractmethod
    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        """The answer to a question; the expression is compiled once per shape."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction and give its result.

        The transaction is committed when ``work`` returns and undone when it raises. On a conflict
        with another writer ``work`` runs again in a new transaction, so it may change nothing but
        the store, and begins none itself (`BadParameter`). A KeyboardInterrupt at the very end
        leaves open whether it was committed.
        """
        raise Unsupported(self.name, "write", "open the store by its DuckDB or VAST URL")

    def sql_of(self, expression: ir.Table) -> str:
        """An expression over ``tables`` as SQL that this engine takes."""
        return str(ibis.to_sql(expression))

    @contextlib.contextmanager
    def swept(self, ask: Callable[[Tables], Sequence[ir.Table]]) -> Iterator[Tables]:
        """Tables for questions that are asked one after the other: those that ``ask`` gives.

        Where each question would bring its rows from afar, they come once for all of them, and all
        are of one state. That holds for this thread, and for these questions as expressions; others
        are answered as well, from rows of their own.
        """
        yield self.tables

    @contextlib.contextmanager
    def kept(self, *_questions: ir.Table) -> Iterator[ir.Table | None]:
        """The rows of all these questions, kept for this thread as long as the context is open.

        ``None``: this engine keeps nothing between two questions.
        """
        yield None

    def interrupter(self) -> Callable[[], None]:
        """What ends, called by another thread, the question that this one asks.

        For an engine that hears signals late; on others it does nothing.
        """
        return lambda: None

    def refuse_unwritable(self) -> None:
        """Raise `EngineFailed` where it is known that no transaction could be committed now."""
        return

    stamps_are_local: bool = False
    """A stamp is known in this process, without asking anybody."""

    def stamp(self, flow_id: str) -> Hashable | None:
        """What changes whenever what is shown of a flow's segments does; see `stamps`.

        Read before an answer that is kept, and again before it is given: while it is the same, so
        is the answer. ``None``: nothing of this flow can be kept.
        """
        return None

    @property
    def has_versions(self) -> bool:
        """Whether `version` ever tells anything here; to know that asks nobody."""
        return False

    def version(self, tables: Collection[str]) -> Hashable | None:
        """What changes with every write to any of ``tables``, whoever writes; see `results`.

        ``None``: nobody can tell, so no answer about them may be kept.
        """
        return None

    def threads_per_question(self, number: int) -> AbstractContextManager[None]:
        """As long as the context is open, so many threads work on each question, where they do."""
        return contextlib.nullcontext()

    def listing(self, source: str) -> ir.Table:
        """What holds a listing of buckets: a Parquet file, a folder of them, or a pattern.

        An engine that has other catalogs takes the name of a table of theirs. Its columns are as
        they are: `queries.inventory.as_listing` judges them. Raises `NotFound`, `BadParameter`.
        """
        return self.read_parquet(parquet_files(source))

    reads_files: bool = False
    """Files of this machine can be joined with `tables`."""

    def read_parquet(self, files: Sequence[str]) -> ir.Table:
        """The rows of files of this machine, lazily, to be joined with `tables`."""
        raise self.cannot_read_files()

    def cannot_read_files(self) -> Unsupported:
        """What is raised where not `reads_files`."""
        instead = "name a table that holds them, or open the store by its DuckDB or VAST URL"
        return Unsupported(self.name, "read files of this machine", instead)

    def big_catalog(self) -> ir.Table:
        """VAST Catalog: a row for each file and folder of the cluster, as of a while ago."""
        instead = "open the store by its VAST URL, or list the bucket"
        raise Unsupported(self.name, "read the VAST Catalog", instead)

    def snapshots(self) -> list[str]:
        """The names of what was kept of the store as it once was."""
        raise Unsupported(self.name, "keep snapshots", "keep copies of the file, or use VAST DB")

    def at(self, snapshot: str) -> Engine:
        """The store as of a snapshot, read-only, on the same connection."""
        raise Unsupported(self.name, "go back to a snapshot", "open a copy, or use VAST DB")

    @abstractmethod
    def close(self) -> None:
        """Let go of the store; a second call does nothing."""


class _Writing(threading.local):
    """The engines whose transactions this thread is in; a context would outlive them in a task."""

    engines: tuple[Engine, ...] = ()


_writing = _Writing()


@contextlib.contextmanager
def only_transaction(engine: Engine) -> Iterator[None]:
    """Around `Engine.transact`: raise `BadParameter` where ``work`` itself comes here again.

    What it does there would be committed each time that the outer transaction is tried. Whoever
    looks on is told how long it took, with all tries.
    """
    before = _writing.engines
    if any(each is engine for each in before):
        problem = "begins a transaction inside another one of the same store"
        raise BadParameter("work", engine.url, problem, "the transaction that it was given")
    _writing.engines = (*before, engine)
    try:
        with timed(lambda seconds, result: Asked(engine.name, "transact", seconds, result)):
            yield
    finally:
        _writing.engines = before
