"""Requests as they come over a connection: HTTP/1.1 heads, bodies of four kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from tests.support.vast_peer.messages import Request


def read_request(source: BinaryIO, sink: BinaryIO) -> Request | None:
    """The next request of a connection; None at its end."""
    line = source.readline(65_537)
    if not line.strip():
        return None
    method, target, _version = line.decode("latin-1").split()
    headers = {}
    while (line := source.readline(65_537)) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        sink.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        sink.flush()
    return Request(method, target, headers, read_body(source, headers))


def read_body(source: BinaryIO, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b"".join(chunks(source))
    else:
        body = source.read(int(headers.get("content-length", "0")))
    if "aws-chunked" in headers.get("content-encoding", "") or headers.get(
        "x-amz-content-sha256", ""
    ).startswith("STREAMING-"):
        return unwrapped(body)
    return body


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """The chunks of a body of unknown length, its trailers passed over."""
    while size := int(source.readline().split(b";")[0], 16):
        yield source.read(size)
        source.readline()
    while source.readline().strip():
        pass


def unwrapped(body: bytes) -> bytes:
    """What AWS signs in parts: ``size;chunk-signature=...`` before each."""
    parts, position = [], 0
    while True:
        end = body.index(b"\r\n", position)
        size = int(body[position:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        position = end + 2 + size + 2
