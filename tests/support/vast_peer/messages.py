"""HTTP as values: what came in, what goes out, and a refusal as VAST words it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Request:
    """One request, its header names in lower case, its path and query decoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def command(self) -> str:
        """The word of the query that has no value: ``table`` of ``/b/s/t?table&x=1``."""
        parts = [part.partition("=") for part in self.target.partition("?")[2].split("&")]
        return next((name for name, _, value in parts if not value), "")

    @property
    def parameters(self) -> dict[str, str]:
        pairs = [part.partition("=") for part in self.target.partition("?")[2].split("&")]
        return {name: unquote_plus(value) for name, equals, value in pairs if equals}

    @property
    def parts(self) -> list[str]:
        """The names in the path."""
        return [part for part in self.path.split("/") if part]

    @property
    def txid(self) -> int:
        """The transaction that it belongs to; 0 commits by itself, -1 is none that was begun."""
        text = self.headers.get("tabular-txid", "0")
        return int(text) if text.isdecimal() else -1

    def number(self, header: str, otherwise: int) -> int:
        return int(self.headers.get(header, otherwise))


@dataclass
class Response:
    """An answer; one of frames is sent in chunks, as a stream of unknown length."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = False
    facts: dict[str, object] = field(default_factory=dict)
    """What the log is told of a select."""
    borders: list[int] = field(default_factory=list)
    """Where the frames of a select end."""


class Refused(Exception):
    """A request that is answered with an error in XML, as S3 does."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        message = escape(self.message or self.code)
        text = f"<Error><Code>{escape(self.code)}</Code><Message>{message}</Message></Error>"
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
        return Response(body, self.status, {"Content-Type": "application/xml"})


def bad_request(message: str) -> Refused:
    return Refused(400, "InvalidArgument", f"InvalidArgument: {message}")


def not_found(kind: str, name: str) -> Refused:
    """``kind`` completes the code: NoSuchSchema, NoSuchTable, ..."""
    return Refused(404, f"NoSuch{kind}", name)


def conflict(what: str) -> Refused:
    return Refused(409, "TabularConflict", what)
