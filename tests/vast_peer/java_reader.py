"""A select's answer, read as strictly as VAST's Trino connector reads it.

pyarrow is lenient: it takes any values below a NULL, and columns in any order. The connector takes
them in the order in which it asked, and counts the bytes of texts, those below a NULL struct not.
(Padding after a buffer is not counted: Arrow's Java cuts it off when it loads a batch.)
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf import MessageHeader
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf.Message import Message

KEEP_ALIVE, COMPLETED, FAILED = -1, -2, -3
FINISHED = 2**48 - 1
END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass
class Stream:
    """One sub-split: its pages, and where to go on."""

    next_row: int = 0
    pages: list[list[list[Any]]] = field(default_factory=list)
    """Of each page the columns, one a leaf."""
    columns: list[list[Any]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    """Of the column that is being read."""


def read(body: bytes, leaves: list[pa.Field]) -> dict[int, Stream]:
    """Each sub-split's rows; ``leaves`` are the columns as they must come."""
    streams: dict[int, Stream] = defaultdict(Stream)
    for number, next_row, message in frames(body):
        stream = streams[number]
        stream.messages.append(message)
        if message != END:
            continue
        wanted = leaves[len(stream.columns)] if leaves else None
        stream.columns.append(values(stream.messages, wanted))
        stream.messages = []
        if len(stream.columns) == max(len(leaves), 1):
            assert len({len(column) for column in stream.columns}) == 1, "columns differ in length"
            stream.pages.append(stream.columns)
            stream.columns, stream.next_row = [], next_row
    unread = {n for n, each in streams.items() if each.columns or each.messages}
    assert not unread, f"sub-splits {unread} end within a page"
    return dict(streams)


def frames(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while True:
        (number,) = struct.unpack_from("<i", body, at)
        at += 4
        if number == COMPLETED:
            assert at == len(body), "bytes after the end"
            return
        if number == KEEP_ALIVE:
            continue
        assert number >= 0, f"frame {number}"
        (next_row,) = struct.unpack_from("<q", body, at)
        end = at + 8 + size_of(body[at + 8 :])
        yield number, next_row, body[at + 8 : end]
        at = end


def size_of(rest: bytes) -> int:
    marker, length = struct.unpack_from("<iI", rest)
    assert marker == -1, "no Arrow message"
    if length == 0:
        return len(END)
    return 8 + length + Message.GetRootAs(rest, 8).BodyLength()


def values(messages: list[bytes], wanted: pa.Field | None) -> list[Any]:
    """Of one column, or as many empty tuples as there are rows where none is asked for."""
    schema = pa.ipc.open_stream(b"".join([messages[0], END])).schema
    assert Message.GetRootAs(messages[0], 8).HeaderType() == MessageHeader.MessageHeader.Schema
    rows: list[Any] = []
    batches = list(pa.ipc.open_stream(b"".join(messages)))
    if wanted is None:
        assert schema.names == []
        return [()] * sum(batch.num_rows for batch in batches)
    assert alike(schema.field(0).type, wanted.type), f"{schema.field(0).type} for {wanted}"
    assert len(schema) == 1
    for batch in batches:
        require_readable(batch.column(0))
        rows += batch.column(0).to_pylist()
    return rows


def alike(given: pa.DataType, wanted: pa.DataType) -> bool:
    """The same types all the way down; names are the asker's own."""
    if given.num_fields == 0 or wanted.num_fields == 0:
        return given == wanted
    children = [
        (given.field(n).type, wanted.field(n).type)
        for n in range(max(given.num_fields, wanted.num_fields))
    ]
    return given.id == wanted.id and all(alike(one, other) for one, other in children)


def require_readable(array: pa.Array) -> None:
    """Texts end where the connector, which passes over those below a NULL struct, finds the end."""
    for part, below_null in parts(array, [False] * len(array)):
        if pa.types.is_string(part.type) or pa.types.is_binary(part.type):
            offsets = struct.unpack_from(f"<{len(part) + 1}i", part.buffers()[1] or bytes(4))
            seen = [end for end, gone in zip(offsets[1:], below_null, strict=True) if not gone]
            assert max(seen, default=0) == offsets[-1], f"bytes below a NULL of {part.type}"


def parts(array: pa.Array, below_null: list[bool]) -> Iterator[tuple[pa.Array, list[bool]]]:
    """The array and those within, and which of their rows lie in a struct that is NULL."""
    yield array, below_null
    if pa.types.is_struct(array.type):
        gone = [above or not row.is_valid for above, row in zip(below_null, array, strict=True)]
        for number in range(array.type.num_fields):
            child = array.field(number)
            assert not any(
                one.is_valid for one, is_gone in zip(child, gone, strict=True) if is_gone
            )
            yield from parts(child, gone)
    elif pa.types.is_list(array.type):
        yield from parts(array.values, [False] * len(array.values))
