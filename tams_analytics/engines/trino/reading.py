"""Rows as they come, in a reader of Arrow's whose end is the end of the query."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pyarrow as pa

END = b"\xff\xff\xff\xff\0\0\0\0"
"""Of a stream of Arrow's."""


class Reader(pa.ipc.RecordBatchStreamReader):
    """Closing it ends what makes the batches: that of `pa.RecordBatchReader.from_batches` does not.

    pyarrow lets a subclass read only from a stream, so each batch is written as one, and read.
    """

    def __init__(self, schema: pa.Schema, batches: Generator[pa.RecordBatch, None, None]) -> None:
        self._batches = batches
        super().__init__(_Stream(schema, batches))

    def close(self) -> None:
        self._batches.close()
        super().close()

    def __exit__(self, *_error: Any) -> None:
        self.close()


class _Stream:
    """A file of batches, each made when it is read."""

    closed = False

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._parts = _parts(schema, batches)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end."""
        taken = [self._rest[:size]]
        self._rest = self._rest[size:]
        missing = size - len(taken[0])
        while missing and (part := next(self._parts, None)) is not None:
            taken.append(part[:missing])
            self._rest = part[missing:]
            missing -= len(taken[-1])
        return b"".join(taken)

    def close(self) -> None:
        """The reader closes what makes the batches."""


def _parts(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[memoryview]:
    yield memoryview(schema.serialize())
    for batch in batches:
        yield memoryview(batch.serialize())
    yield memoryview(END)
