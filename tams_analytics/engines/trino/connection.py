"""Queries sent to Trino: to the coordinator that answers, ended where nobody waits any more.

A read that fails for want of a coordinator is asked of the next one, or once more of the only one.
Whoever interrupts it (Ctrl-C, an error of ours) ends it on the server, where it would run on.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from trino.exceptions import TrinoConnectionError

from tams_analytics.engines.trino.address import Address, bracketed
from tams_analytics.engines.trino.errors import (
    ANY,
    ENGINE,
    FOREIGN,
    Silence,
    is_passing,
    translated,
)
from tams_analytics.engines.trino.read_only import ReadOnlyConnection
from tams_analytics.engines.trino.reading import Stop
from tams_analytics.engines.trino.sessions import connected, hurried
from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.watching import Queried, tell

MOST_ROUNDS = 2
"""How often a read is asked of each coordinator."""
PAUSE_S = 0.2
CHUNK = 100_000
"""Rows that are taken from an answer at a time."""
T = TypeVar("T")
Row = Sequence[Any]
Connect = Callable[[Address, str, int], Any]
"""A DB-API connection to one coordinator; to be made when it is asked first."""


@dataclass(frozen=True)
class Column:
    """A column of an answer: its name, and its type as Trino writes it."""

    name: str
    type: str


class Connection:
    """All coordinators of a store; the one that answered last is asked first."""

    def __init__(self, address: Address, connect: Connect | None = None, first: int = 0) -> None:
        self.address = address
        self._connect = connect or connected
        self._lock = threading.Lock()
        self._connections: dict[tuple[str, int], Any] = {}
        self._first = first
        self._is_closed = False

    @property
    def where(self) -> str:
        """The coordinators, for messages."""
        return " and ".join(f"{bracketed(host)}:{port}" for host, port in self.address.coordinators)

    def drain(
        self,
        sql: str,
        take: Callable[[list[Column], list[Row]], T],
        *,
        doing: str,
        most: int | None = None,
    ) -> list[T]:
        """What ``take`` makes of each part of the rows of a read; one without rows has one part.

        Asked again where no coordinator was there to answer it to its end. With ``most`` rows it
        is ended there. Raises `EngineFailed`, `NotFound`.
        """

        def drained(cursor: Any) -> list[T]:
            columns = _columns(cursor)
            left = sys.maxsize if most is None else most
            rows = cursor.fetchmany(min(CHUNK, left))
            parts = [take(columns, rows)]
            while (left := left - len(rows)) and (rows := cursor.fetchmany(min(CHUNK, left))):
                parts.append(take(columns, rows))
            if not left:
                _end(cursor)
            return parts

        return self._tried(sql, drained, doing)

    @contextlib.contextmanager
    def streamed(
        self, sql: str, *, doing: str, stop: Stop | None = None
    ) -> Iterator[tuple[list[Column], Any]]:
        """The columns of a read and the cursor to take its rows from, as they come.

        Asked again only until its first rows are there. What is left at the end is cancelled.
        ``stop`` ends it from another thread.
        """
        began = time.perf_counter()
        cursor = self._tried(sql, lambda cursor: cursor, doing, is_whole=False, stop=stop)
        try:
            with self.translated(doing, _place(cursor.connection)):
                yield _columns(cursor), cursor
        finally:
            _end(cursor)
            tell(_queried(cursor, time.perf_counter() - began))

    def operators(self, sql: str, *, doing: str) -> list[dict[str, Any]]:
        """What each operator of a read did, as the server counted; the rows are not kept."""

        def counted(cursor: Any) -> list[dict[str, Any]]:
            while cursor.fetchmany(CHUNK):
                pass
            request = cursor.connection._create_request()
            answer = request.get(request.get_url(f"/v1/query/{cursor.query_id}"))
            if not answer.ok:  # it shows queries to nobody, or not to this user
                return []
            found: list[dict[str, Any]] = answer.json()["queryStats"]["operatorSummaries"]
            return found

        return self._tried(sql, counted, doing)

    def read_only(self) -> Connection:
        """The same coordinators, each asked in a transaction that may not write; for one query."""
        connect = functools.partial(connected, kind=ReadOnlyConnection)
        return Connection(self.address, connect, self._first)

    def run(self, sql: str, *, doing: str, path: str) -> None:
        """A statement that changes something: sent once, to the coordinator that answered last.

        ``path`` is the schema in which it finds functions.
        """
        host, port = self.address.coordinators[self._first]
        made = connected(self.address, host, port, path=path)
        with self.translated(doing, _place(made)), contextlib.closing(made):
            self._asked(made, sql, lambda cursor: cursor.fetchall())

    @contextlib.contextmanager
    def translated(self, doing: str, where: str) -> Iterator[None]:
        """The client's errors as ours, the original chained."""
        try:
            yield
        except ANY as error:
            raise translated(error, doing, where) from error

    def _tried(
        self,
        sql: str,
        work: Callable[[Any], T],
        doing: str,
        *,
        is_whole: bool = True,
        stop: Stop | None = None,
    ) -> T:
        number = len(self.address.coordinators)
        first = self._first
        places = [(first + step) % number for step in range(number * MOST_ROUNDS)]
        attempt = 0
        while places:
            place, attempt = places.pop(0), attempt + 1
            try:
                with hurried(attempt < number):
                    found = self._asked(self._connection(place), sql, work, is_whole, stop)
            except ANY as error:
                self._forget(place)
                if isinstance(error, Silence) and error.has_begun:
                    places = [each for each in places if each != place]
                if not is_passing(error) or not places:
                    catalog = self.address.catalog
                    raise translated(error, doing, self.where, sql, catalog) from error
            else:
                self._first = place
                return found
            if attempt >= number:
                time.sleep(PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _asked(
        self,
        connection: Any,
        sql: str,
        work: Callable[[Any], T],
        is_whole: bool = True,
        stop: Stop | None = None,
    ) -> T:
        """What ``work`` makes of the answer; whatever ends it before its end, ends it there too.

        ``is_whole``: the answer has been read then, and what it cost is known.
        """
        began = time.perf_counter()
        # values as Trino writes them: the client's own objects are slower, and round nanoseconds
        options: dict[str, Any] = {"legacy_primitive_types": True}
        if stop is not None:
            options["stats_callback"] = stop.check
        cursor = connection.cursor(**options)
        try:
            if stop is not None:
                stop.watch(cursor)
            try:
                cursor.execute(sql)
            except UnicodeEncodeError as error:
                near = error.object[max(0, error.start - 20) : error.end + 20]
                raise BadParameter("text", near, "is no text", "whole characters") from error
            except FOREIGN as error:
                what = "its answer is not that of a Trino"
                raise TrinoConnectionError(f"{what} ({type(error).__name__})") from error
            found = work(cursor)
        except BaseException:
            _end(cursor)
            raise
        if is_whole:
            tell(_queried(cursor, time.perf_counter() - began))
        return found

    def _connection(self, place: int) -> Any:
        host, port = self.address.coordinators[place]
        with self._lock:
            if self._is_closed:
                raise EngineFailed(ENGINE, "asking", "the store is closed")
            found = self._connections.get((host, port))
            if found is None:
                found = self._connections[host, port] = self._connect(self.address, host, port)
            return found

    def _forget(self, place: int) -> None:
        """A connection that failed: what it holds on the server, as a transaction, is lost."""
        with self._lock:
            connection = self._connections.pop(self.address.coordinators[place], None)
        if connection is not None:
            with hurried():
                connection.close()

    def close(self) -> None:
        """Let go of all coordinators; a second call does nothing."""
        with self._lock:
            self._is_closed = True
            connections = list(self._connections.values())
            self._connections.clear()
        for connection in connections:
            with hurried():
                connection.close()


def _place(connection: Any) -> str:
    """The coordinator of a connection, for messages."""
    return f"{connection.host}:{connection.port}"


def _columns(cursor: Any) -> list[Column]:
    return [Column(each.name, each.type_code) for each in cursor.description or ()]


def _end(cursor: Any) -> None:
    """Cancel a query that is not at its end; where nobody answers, there is nothing to end."""
    with contextlib.suppress(*ANY):
        cursor.close()


def _queried(cursor: Any, seconds: float) -> Queried:
    stats = cursor.stats or {}
    return Queried(
        engine=ENGINE,
        rows=stats.get("processedRows", 0),
        bytes=stats.get("processedBytes", 0),
        seconds=seconds,
        splits=stats.get("totalSplits", 0),
        query_id=cursor.query_id,
    )
