"""Rows as they come, in a reader of Arrow's whose end is the end of the query."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pyarrow as pa

from tams_analytics.engines.trino.errors import ANY, ENGINE
from tams_analytics.errors import EngineFailed

END = b"\xff\xff\xff\xff\0\0\0\0"
"""Of a stream of Arrow's."""
STOPPED = "its reader was closed while it was read; what came so far is not the whole answer"


class Stop:
    """Ends a read for the thread that waits for it, by another one."""

    def __init__(self) -> None:
        self.is_asked = False
        self.is_over = False
        """All rows were there before."""
        self._cursor: Callable[[], Any] = lambda: None

    def cancel(self) -> None:
        """The query, so that the server answers at once who waits for it."""
        cursor = self._cursor()
        if cursor is not None:
            with contextlib.suppress(*ANY):
                cursor.close()

    def watch(self, cursor: Any) -> None:
        """This is the one to cancel. Raises `EngineFailed` where it is not wanted any more."""
        self._cursor = weakref.ref(cursor)  # which knows `check`: its rows would wait for a gc
        self.check()

    def check(self, _counts: Any = None) -> None:
        """At each answer, as one that was on its way has the query go on, and before each part.

        Raises `EngineFailed`: an end would be taken for that of the answer.
        """
        if self.is_asked and not self.is_over:
            raise EngineFailed(ENGINE, "reading", STOPPED)


class Reader(pa.ipc.RecordBatchStreamReader):
    """Closing it ends what makes the batches: that of `pa.RecordBatchReader.from_batches` does not.

    pyarrow lets a subclass read only from a stream, so each batch is written as one, and read.
    Threads that share it take turns; closing it waits for none of them.
    """

    def __init__(
        self, schema: pa.Schema, batches: Generator[pa.RecordBatch, None, None], stop: Stop
    ) -> None:
        self._stream = _Stream(schema, batches, stop)
        self._turn = threading.Lock()
        super().__init__(self._stream)

    def read_next_batch(self) -> pa.RecordBatch:
        with self._turn:
            return super().read_next_batch()

    def read_next_batch_with_custom_metadata(self) -> Any:
        with self._turn:
            return super().read_next_batch_with_custom_metadata()

    def read_all(self) -> pa.Table:
        with self._turn:
            return super().read_all()

    def close(self) -> None:
        self._stream.leave()
        super().close()

    def __exit__(self, *_error: Any) -> None:
        self.close()


class _Stream:
    """A file of batches, each made when it is read."""

    closed = False

    def __init__(
        self, schema: pa.Schema, batches: Generator[pa.RecordBatch, None, None], stop: Stop
    ) -> None:
        self._batches = batches
        self._parts = _parts(schema, batches, stop)
        self._rest = memoryview(b"")
        self._stop = stop
        self._making = threading.Lock()

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end. Raises `EngineFailed` where it was closed before."""
        try:
            with self._making:
                self._stop.check()
                return self._read(size)
        except EngineFailed as error:
            if self._stop.is_asked:
                raise EngineFailed(ENGINE, "reading", STOPPED) from error
            raise
        finally:
            if self._stop.is_asked:
                self._ended()

    def _read(self, size: int) -> bytes:
        taken = [self._rest[:size]]
        self._rest = self._rest[size:]
        missing = size - len(taken[0])
        while missing and (part := next(self._parts, None)) is not None:
            taken.append(part[:missing])
            self._rest = part[missing:]
            missing -= len(taken[-1])
        return b"".join(taken)

    def leave(self) -> None:
        """End the query, also for a thread that waits for its rows."""
        self._stop.is_asked = True
        if not self._ended():
            self._stop.cancel()

    def _ended(self) -> bool:
        """Whether what makes the batches is; at work, it is left to the thread that waits."""
        if not self._making.acquire(blocking=False):
            return False
        try:
            self._batches.close()
        finally:
            self._making.release()
        return True

    def close(self) -> None:
        """The reader closes what makes the batches."""


def _parts(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], stop: Stop
) -> Iterator[memoryview]:
    yield memoryview(schema.serialize())
    for batch in batches:
        yield memoryview(batch.serialize())
    stop.check()
    stop.is_over = True
    yield memoryview(END)
