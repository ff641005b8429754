"""Trino's errors as ours, in one place; and which of them another try may help."""

from __future__ import annotations

import re

import requests
import trino.exceptions as theirs

from tams_analytics.errors import EngineFailed, NotFound, TamsError

ENGINE = "trino"

MISSING = {"TABLE_NOT_FOUND": "table", "SCHEMA_NOT_FOUND": "schema", "CATALOG_NOT_FOUND": "catalog"}
"""Trino's names for what is not there, and ours."""
PASSING = {
    "ABANDONED_TASK",
    "NO_NODES_AVAILABLE",
    "PAGE_TRANSPORT_ERROR",
    "PAGE_TRANSPORT_TIMEOUT",
    "REMOTE_HOST_GONE",
    "REMOTE_TASK_ERROR",
    "REMOTE_TASK_MISMATCH",
    "SERVER_SHUTTING_DOWN",
    "SERVER_STARTING_UP",
    "TOO_MANY_REQUESTS_FAILED",
}
"""Errors of the cluster, not of the query: the same read may go well a moment later."""
LIMITED = re.compile(r"EXCEEDED_\w*LIMIT|QUERY_QUEUE_FULL|QUERY_HAS_TOO_MANY_STAGES")
QUOTED = re.compile(r"'([^']*)'")
POSITION = re.compile(r"^line (\d+):(\d+): ")
LOST = (
    theirs.TrinoConnectionError,
    theirs.HttpError,
    theirs.OperationalError,
    requests.exceptions.RequestException,
)
"""No answer, or one that is not Trino's. `TrinoExternalError` is told apart before."""
FOREIGN = (ValueError, KeyError, AttributeError, TypeError)
"""What the client raises over an answer that is not Trino's, as a proxy's page of HTML."""
ANY = (theirs.Error, *LOST)
"""All that the client raises."""


def is_passing(error: BaseException) -> bool:
    """Whether the same read may be answered by another try, or another coordinator."""
    if isinstance(error, theirs.TrinoQueryError):
        return error.error_name in PASSING
    untrusted = isinstance(error.__context__, requests.exceptions.SSLError)
    return isinstance(error, LOST) and not untrusted and not is_refusal(error)


def is_refusal(error: BaseException) -> bool:
    """Trino does not let this user in."""
    unauthorized = isinstance(error, theirs.HttpError) and str(error)[:9] in {
        "error 401",
        "error 403",
    }
    return unauthorized or isinstance(error, theirs.TrinoAuthError)


def is_users(error: BaseException) -> bool:
    """The query itself is wrong."""
    return isinstance(error, theirs.TrinoUserError)


def told(error: BaseException) -> str:
    """What happened, on one line, without where it stands in the SQL."""
    text = error.message if isinstance(error, theirs.TrinoQueryError) else str(error)
    line = " ".join(text.split()) or type(error).__name__
    return POSITION.sub("", line)


def translated(error: BaseException, doing: str, where: str) -> TamsError:
    """``error`` as one of ours; ``where`` are the coordinators."""
    if not isinstance(error, theirs.TrinoQueryError):
        if is_refusal(error):
            reason = f"{where} does not let this user in: {told(error)}"
            way_out = "TAMS_TRINO_PASSWORD or TAMS_TRINO_TOKEN, over trino+https://"
            return EngineFailed(ENGINE, doing, reason, way_out)
        return EngineFailed(ENGINE, doing, f"{where} does not answer: {told(error)}")
    name, reason = str(error.error_name), told(error)
    if name in MISSING:
        quoted = QUOTED.search(reason)
        return NotFound(MISSING[name], quoted[1] if quoted else reason)
    if LIMITED.fullmatch(name):
        way_out = "narrow the question, or raise the limit (max_run_time=, max_memory= in the URL)"
        return EngineFailed(ENGINE, doing, reason, way_out)
    return EngineFailed(ENGINE, doing, f"{reason} ({name}, query {error.query_id})")
