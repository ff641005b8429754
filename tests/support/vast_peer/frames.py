"""The answer of a select: frames of ``<u32 stream><u64 next row id><one Arrow IPC message>``.

A stream is a sub-split. In it each leaf is an Arrow stream of one column: a schema, batches, an
end; all leaves together are a page, after which the stream may go on with another page.
"""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from tests.support.vast_peer.messages import Response

KEEP_ALIVE = 0xFFFFFFFF
COMPLETE = 0xFFFFFFFE
FAILED = 0xFFFFFFFD
NO_MORE_ROWS = 2**48 - 1
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def page(
    stream: int, next_row: int, columns: Sequence[tuple[str, pa.Array]], rows: int, batches: int
) -> Iterator[bytes]:
    """The frames of one page. Without columns, one batch of as many rows."""
    header = struct.pack("<LQ", stream, next_row)
    if not columns:
        yield from column_frames(header, counted(rows), 1)
    for name, array in columns:
        schema = pa.schema([pa.field(name, array.type)])
        batch = pa.RecordBatch.from_arrays([array], schema=schema)
        yield from column_frames(header, batch, batches)


def response(frames: Iterable[bytes], facts: dict[str, object]) -> Response:
    """All frames and the one that says "complete", as one answer."""
    sent = [*frames, struct.pack("<L", COMPLETE)]
    borders = list(itertools.accumulate(map(len, sent)))
    return Response(b"".join(sent), chunked=True, facts=facts, borders=borders)


def counted(rows: int) -> pa.RecordBatch:
    """So many rows of nothing."""
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))


def column_frames(header: bytes, batch: pa.RecordBatch, batches: int) -> Iterator[bytes]:
    yield header + batch.schema.serialize().to_pybytes()
    step = max(1, -(-batch.num_rows // batches))
    for start in range(0, max(batch.num_rows, 1), step):
        part = batch if batches == 1 else batch.slice(start, step)
        yield header + part.serialize().to_pybytes()
    yield header + END_OF_STREAM


def keep_alive() -> bytes:
    return struct.pack("<L", KEEP_ALIVE)


def failed(code: int) -> bytes:
    return struct.pack("<LQL", FAILED, code, 0)


def interleaved(streams: list[list[bytes]], dice: random.Random) -> Iterator[bytes]:
    """The frames of all streams in a random order that keeps each stream's own."""
    waiting = [iter(stream) for stream in streams]
    while waiting:
        chosen = dice.choice(waiting)
        frame = next(chosen, None)
        if frame is None:
            waiting.remove(chosen)
        else:
            yield frame
