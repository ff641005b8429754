"""URLs, asked as a client would: for their first byte, to see whether, and how fast, it comes.

A presigned URL permits GET and not HEAD, so a GET asks for one byte. Redirects are followed. What
is told of a URL is its host and path: neither its query, in which signatures are, nor whose it is.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib import request
from urllib.error import URLError
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from tams_analytics.errors import EngineFailed

AT_ONCE = 8
"""So many URLs are asked at a time."""
GOOD, MISSING, FORBIDDEN, FAILED, OTHER_SIZE = (
    "good",
    "missing",
    "forbidden",
    "failed",
    "other_size",
)
UNREACHABLE, TIMEOUT, UNKNOWN = "unreachable", "timeout", "unknown"
REDIRECTS = (301, 302, 303, 307, 308)
MOST_HOPS = 5
OF_STATUS = {401: FORBIDDEN, 403: FORBIDDEN, 404: MISSING, 410: MISSING}
WEB = "the web"
"""What errors call a server that a client named."""
FIRST_BYTE = "bytes=0-0"
AGENT = "tams-analytics"
AS_IT_IS = "/%:@!$&'()*+,;=~?"
"""What a URL's path and query may have; all else is escaped."""
_range = re.compile(r"bytes (?:\*|[0-9]+-[0-9]+)/([0-9]{1,18})").fullmatch


@dataclass(frozen=True)
class Answer:
    """What came of asking one URL."""

    health: str
    """``good``, or what is wrong with it."""
    status: int | None = None
    delay_ms: int | None = None
    """Until the answer began; NULL: none came."""
    found_size: int | None = None
    """How many bytes there are, as the answer says; NULL: it does not."""
    problem: str | None = None

    @property
    def is_good(self) -> bool:
        """It gives what it should."""
        return self.health == GOOD


def ask(url: str, *, size: int | None, timeout_s: float) -> Answer:
    """Ask for the first byte of what should have ``size`` bytes, if that is known."""
    parts = _split(url)
    if not _is_http(parts):
        return Answer(UNKNOWN, problem="it is no URL of HTTP")
    began = time.monotonic()
    try:
        status, headers = _answer(parts, timeout_s)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _unanswered(error, timeout_s)
    delay_ms = round((time.monotonic() - began) * 1000)
    found = _size(status, headers)
    return Answer(_health(status, size, found), status, delay_ms, found, _said(status, size, found))


def read(url: str, start: int, stop: int, *, timeout_s: float) -> bytes:
    """The bytes from ``start`` up to ``stop`` of what is at ``url``. Raises `EngineFailed`."""
    doing = f"reading {shown(url)}"
    parts = _split(url)
    if not _is_http(parts):
        raise EngineFailed(WEB, doing, "it is no URL of HTTP")
    try:
        with _answered(parts, f"bytes={start}-{stop - 1}", timeout_s) as answer:
            said = answer.headers.get("Content-Range", "nothing")
            if answer.status != http.client.PARTIAL_CONTENT:
                raise EngineFailed(WEB, doing, f"its answer to a Range has status {answer.status}")
            if not said.startswith(f"bytes {start}-"):
                raise EngineFailed(WEB, doing, f"byte {start} was asked for, it gives {said}")
            return bytes(answer.read(stop - start))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineFailed(WEB, doing, str(_unanswered(error, timeout_s).problem)) from error


def ask_all(urls: Iterable[tuple[str, int | None]], *, timeout_s: float) -> list[Answer]:
    """`ask` each of these URLs with their sizes, several at a time."""

    def one(asked: tuple[str, int | None]) -> Answer:
        url, size = asked
        return ask(url, size=size, timeout_s=timeout_s)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, urls))


def place_of(url: str) -> tuple[str | None, str | None]:
    """Host (with the port, if it says one) and path: no user, no query, no fragment."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None, None
    return _host(parts), parts.path


def shown(url: str) -> str:
    """`place_of` in an error."""
    host, path = place_of(url)
    return "a URL without a host" if host is None else f"{host}{path}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # which may be no number
    except ValueError:
        return None
    return parts


def _is_http(parts: SplitResult | None) -> TypeGuard[SplitResult]:
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return name if parts.port is None else f"{name}:{parts.port}"


def _request(parts: SplitResult, wanted: str) -> request.Request:
    path, query = quote(parts.path or "/", safe=AS_IT_IS), quote(parts.query, safe=AS_IT_IS)
    plain = urlunsplit((parts.scheme, _host(parts), path, query, ""))
    asked = request.Request(plain, headers={"Range": wanted, "User-Agent": AGENT})  # noqa: S310 - HTTP alone
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        said = base64.b64encode(user.encode()).decode()
        asked.add_header("Authorization", f"Basic {said}")
    return asked


def _opener() -> request.OpenerDirector:
    """Of HTTP alone, and no proxy of the environment."""
    opener = request.OpenerDirector()
    for handler in (request.HTTPHandler, request.HTTPSHandler):
        opener.add_handler(handler())
    return opener


def _answer(parts: SplitResult, timeout_s: float) -> tuple[int, http.client.HTTPMessage]:
    """Status and headers, where redirects lead; of the bodies nothing is read."""
    with _answered(parts, FIRST_BYTE, timeout_s) as answer:
        return answer.status, answer.headers


@contextlib.contextmanager
def _answered(parts: SplitResult, wanted: str, timeout_s: float) -> Iterator[Any]:
    """The answer where redirects lead, its body unread.

    urllib itself would read that of a redirect, however long it is.
    """
    opener = _opener()
    for hop in range(MOST_HOPS + 1):
        asked = _request(parts, wanted)
        with opener.open(asked, timeout=timeout_s) as answer:
            there = _split(urljoin(asked.full_url, answer.headers.get("Location", "")))
            if answer.status not in REDIRECTS or hop == MOST_HOPS or not _is_http(there):
                yield answer
                return
        parts = there


def _size(status: int, headers: http.client.HTTPMessage) -> int | None:
    """Of a part the header says how long the whole is."""
    said = headers.get("Content-Range") if status in (206, 416) else None
    if said is not None:
        match = _range(said)
        return None if match is None else int(match[1])
    length = headers.get("Content-Length", "") if status == http.client.OK else ""
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None


def _health(status: int, size: int | None, found: int | None) -> str:
    is_empty = status == 416 and found == 0  # of no bytes there is no first one
    if status not in (200, 206) and not is_empty:
        return OF_STATUS.get(status, FAILED)
    return OTHER_SIZE if None not in (size, found) and size != found else GOOD


def _said(status: int, size: int | None, found: int | None) -> str | None:
    health = _health(status, size, found)
    if health == OTHER_SIZE:
        return f"{found} bytes, on record are {size}"
    return None if health == GOOD else http.client.responses.get(status, f"status {status}")


def _unanswered(error: Exception, timeout_s: float) -> Answer:
    """In words that have nothing of the URL in them."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return Answer(TIMEOUT, problem=f"no answer in {timeout_s:g} s")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Answer(UNREACHABLE, problem=f"its certificate: {reason.verify_message}")
    if isinstance(reason, socket.gaierror):
        return Answer(UNREACHABLE, problem="nobody knows its host")
    if isinstance(reason, OSError) and reason.strerror:
        return Answer(UNREACHABLE, problem=reason.strerror.lower())
    return Answer(UNREACHABLE, problem=f"its answer is no HTTP ({type(reason).__name__})")
