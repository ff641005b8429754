"""The SDK's errors as ours, in one place."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import Callable, Iterator
from http.client import BadStatusLine, RemoteDisconnected
from typing import Any

import pyarrow as pa
import requests
import urllib3
from vastdb import _internal
from vastdb import errors as sdk

from tams_analytics.errors import EngineFailed, NotFound, Refused, TamsError

ENGINE = "vast"

MISSING = (sdk.MissingBucket, sdk.MissingSchema, sdk.MissingTable, sdk.MissingSnapshot)
NO_SUCH = "NoSuch"
ABOVE_A_TABLE = {"NoSuchBucket", "NoSuchSnapshot"}
GONE = "the transaction is not there any more: it expired, or the server was restarted"
FOREIGN = (
    sdk.HttpError,
    sdk.InvalidArgument,
    sdk.Missing,
    sdk.NotSupported,
    sdk.Exists,
    sdk.ConnectionError,
    sdk.ApiResponseError,
    _internal.QueryDataInternalError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    pa.ArrowException,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
)
"""What the SDK raises. A status that it does not know is a bare ValueError, an answer that ends
too early an EOFError or an error of pyarrow, and one of another server whatever its parts lack
(seen at 2.1.0)."""

_sdk_log = logging.getLogger("vastdb")
if _sdk_log.level == logging.NOTSET:
    # Each failure is told by the error that is raised; the SDK logs all of them, conflicts too.
    _sdk_log.setLevel(logging.CRITICAL + 1)


class Conflict(Exception):
    """Another transaction wrote the same row or table; a new transaction may succeed."""


class ConnectionLost(EngineFailed):
    """No answer came: whether the request was carried out is not known."""


@contextlib.contextmanager
def translated(doing: str) -> Iterator[None]:
    """The SDK's errors as ours, the original chained; ``doing`` names the request.

    A lost connection is `ConnectionLost`, a conflict with another transaction `Conflict`; the rest
    `NotFound`, `Refused` or `EngineFailed`.
    """
    try:
        yield
    except TamsError:
        raise
    except FOREIGN as error:
        raise _ours(error, doing) from error


def _ours(error: Exception, doing: str) -> Exception:
    for kind, translate in TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error, doing)
    return EngineFailed(ENGINE, doing, told(error))


@contextlib.contextmanager
def table_of(bucket: str, schema: str, table: str) -> Iterator[None]:
    """Within `translated`: what is not found is this table, unless the server names another."""
    try:
        yield
    except sdk.NotFound as error:
        if _is_gone(error) or error.code in ABOVE_A_TABLE:
            raise
        raise sdk.MissingTable(bucket, schema, table) from error


def told(error: BaseException) -> str:
    """What happened, on one line, without headers or keys."""
    if isinstance(error, sdk.HttpError):
        said = ": ".join(part for part in (error.code, error.message) if part)
        return f"{error.method} was answered {error.status}{f' {said}' if said else ''}"
    inner = _inner(error)
    if inner is not None:
        return told(inner)
    text = " ".join(str(error).split())
    return text or type(error).__name__


def _inner(error: BaseException) -> BaseException | None:
    """What a wrapped error is about: the SDK wraps those of requests, which wraps urllib3's."""
    reason: object = getattr(error, "reason", None)
    if isinstance(error, sdk.ConnectionError):
        reason = error.cause
    elif isinstance(error, requests.RequestException) and error.args:
        reason = error.args[0]
    return reason if isinstance(reason, BaseException) else None


def _lost(error: Exception, doing: str) -> Exception:
    return ConnectionLost(ENGINE, doing, f"no answer: {told(error)}", DOCTOR)


@contextlib.contextmanager
def connecting_to(url: str) -> Iterator[None]:
    """`translated` for the first request, of which no answer may mean that ``url`` is wrong."""
    try:
        with translated(f"connecting to {url}"):
            yield
    except ConnectionLost as lost:
        causes = set(map(type, _causes(lost)))
        way_out = next((said for kinds, said in WRONG_SCHEME if kinds & causes), DOCTOR)
        raise ConnectionLost(ENGINE, lost.doing, lost.reason, way_out) from lost.__cause__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and all that it was made of."""
    if isinstance(error, BaseException):
        yield error
        for inner in (error.__cause__ or error.__context__, *error.args):
            yield from _causes(inner)


DOCTOR = "tams doctor says whether the cluster is there"
WRONG_SCHEME: tuple[tuple[set[type], str], ...] = (
    (
        {ssl.SSLCertVerificationError},
        "set REQUESTS_CA_BUNDLE to the certificate of who signed the cluster's",
    ),
    (
        {ssl.SSLError, ssl.SSLEOFError, ssl.SSLZeroReturnError},
        "if this port speaks no TLS, write vast:// instead of vast+https://",
    ),
    (
        {ConnectionResetError, RemoteDisconnected, BadStatusLine},
        "if this port speaks TLS, write vast+https:// instead of vast://",
    ),
)
"""What is seen where plain and encrypted meet."""


def _forbidden(error: Exception, doing: str) -> Exception:
    way_out = "check VAST_ACCESS_KEY, VAST_SECRET_KEY and the policy of the bucket"
    return Refused(doing, f"VAST forbids it ({told(error)})", way_out)


def _not_found(error: sdk.NotFound, doing: str) -> Exception:
    if _is_gone(error):
        return EngineFailed(ENGINE, doing, told(error), GONE)
    if (error.code or "").startswith(NO_SUCH):
        return NotFound(error.code.removeprefix(NO_SUCH).lower(), error.message or doing)
    return EngineFailed(ENGINE, doing, told(error))


def _is_gone(error: sdk.NotFound) -> bool:
    """Whether it is the transaction that is not there."""
    return "transaction" in told(error).lower()


def _missing(error: Exception, _doing: str) -> Exception:
    if isinstance(error, sdk.MissingTable):
        hint = "tams schema apply makes the tables of a store"
        return NotFound("table", f"{error.bucket}/{error.schema}/{error.table}", hint)
    if isinstance(error, sdk.MissingSchema):
        hint = "if the name is right, tams schema apply makes a store there"
        return NotFound("schema", f"{error.bucket}/{error.schema}", hint)
    if isinstance(error, sdk.MissingSnapshot):
        return NotFound("snapshot", error.snapshot)
    return NotFound("bucket", getattr(error, "bucket", ""), "an administrator of VAST makes it")


TRANSLATIONS: tuple[tuple[Any, Callable[[Any, str], Exception]], ...] = (
    (sdk.Conflict, lambda error, doing: Conflict(told(error))),
    (MISSING, _missing),
    (sdk.Forbidden, _forbidden),
    (sdk.NotFound, _not_found),
    ((sdk.ConnectionError, requests.RequestException), _lost),
)
