"""The SDK's errors as ours, in one place."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import pyarrow as pa
import requests
import urllib3
from vastdb import _internal
from vastdb import errors as sdk

from tams_analytics.errors import EngineFailed, NotFound, Refused, TamsError

ENGINE = "vast"

MISSING = (sdk.MissingBucket, sdk.MissingSchema, sdk.MissingTable, sdk.MissingSnapshot)
SENT_TOO_MUCH = (sdk.TooLargeRequest, sdk.TooWideRow)
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
)
"""What the SDK raises. A status that it does not know is a bare ValueError, an answer that ends
too early an EOFError or an error of pyarrow (seen at 2.1.0)."""

_sdk_log = logging.getLogger("vastdb")
if _sdk_log.level == logging.NOTSET:
    # Each failure is told by the error that is raised; the SDK logs all of them, conflicts too.
    _sdk_log.setLevel(logging.CRITICAL)


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
    except sdk.Conflict as error:
        raise Conflict(told(error)) from error
    except MISSING as error:
        raise _missing(error) from error
    except sdk.Forbidden as error:
        way_out = "check VAST_ACCESS_KEY, VAST_SECRET_KEY and the policy of the bucket"
        raise Refused(doing, f"VAST forbids it ({told(error)})", way_out) from error
    except SENT_TOO_MUCH as error:
        raise EngineFailed(ENGINE, doing, f"more than VAST takes at once: {told(error)}") from error
    except (sdk.ConnectionError, requests.RequestException) as error:
        way_out = "tams doctor says whether the cluster is there"
        raise ConnectionLost(ENGINE, doing, f"no answer: {told(error)}", way_out) from error
    except FOREIGN as error:
        raise EngineFailed(ENGINE, doing, told(error)) from error


def told(error: BaseException) -> str:
    """What happened, on one line, without headers or keys."""
    if isinstance(error, sdk.HttpError):
        said = ": ".join(part for part in (error.code, error.message) if part)
        return f"{error.method} was answered {error.status}{f' {said}' if said else ''}"
    if isinstance(error, sdk.ConnectionError):
        return told(error.cause)
    text = " ".join(str(error).split())
    return text or type(error).__name__


def _missing(error: Exception) -> NotFound:
    if isinstance(error, sdk.MissingTable):
        hint = "tams schema apply makes the tables of a store"
        return NotFound("table", f"{error.bucket}/{error.schema}/{error.table}", hint)
    if isinstance(error, sdk.MissingSchema):
        hint = "tams schema apply makes it"
        return NotFound("schema", f"{error.bucket}/{error.schema}", hint)
    if isinstance(error, sdk.MissingSnapshot):
        return NotFound("snapshot", error.snapshot)
    return NotFound("bucket", getattr(error, "bucket", ""), "an administrator of VAST makes it")
