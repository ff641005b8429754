"""Trino's errors as ours, in one place; and which of them another try may help."""

from __future__ import annotations

import ast
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
BYTES = re.compile(r"(error \d+): (b['\"].*)", re.DOTALL)
"""An answer over HTTP, as the client tells it."""
DENIED = "AccessDeniedException: "
QUOTED = re.compile(r"'([^']*)'")
POSITION = re.compile(r"^line (\d+):(\d+): ")
PART = re.compile(r'"(?:[^"]|"")+"|[^\W\d]\w*')
BARE = re.compile(r'\A"([a-z_][a-z0-9_]*)"\Z')
"""A name that needs no quotes."""
NAME = re.compile(rf"(?:{PART.pattern})(?:\.(?:{PART.pattern}))*")
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
PATIENCE = "request_timeout= in the URL says how many seconds it may take"


class Silence(theirs.TrinoConnectionError):
    """A coordinator that hangs; ``has_begun``: amid a query."""

    def __init__(self, seconds: float, has_begun: bool) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.has_begun = has_begun


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
    return unauthorized or isinstance(error, theirs.TrinoAuthError) or denied(error) is not None


def denied(error: BaseException) -> str | None:
    """What the user may not be, as a role, where Trino answers that like a fault of its own."""
    _, found, what = told(error).partition(DENIED)
    return what if found and isinstance(error, theirs.HttpError) else None


def is_users(error: BaseException) -> bool:
    """The query itself is wrong."""
    return isinstance(error, theirs.TrinoUserError)


NO_TLS = "this port speaks no TLS, which is what trino+https:// asks for"
LINKS = ("__cause__", "__context__", "reason")
"""Where an error has what led to it; ``reason``: urllib3's."""


def root(error: BaseException) -> OSError | None:
    """What the system said, below all that HTTP libraries said about it."""
    waiting, seen = [error], set[int]()
    found = None
    while waiting:
        one = waiting.pop()
        seen.add(id(one))
        if isinstance(one, OSError) and one.strerror:
            found = one
        links = [*(getattr(one, name, None) for name in LINKS), *one.args]
        waiting += [
            each for each in links if isinstance(each, BaseException) and id(each) not in seen
        ]
    return found


def unanswered(error: BaseException) -> str:
    """Why there is no answer, in a few words."""
    found = root(error)
    if found is None:
        return told(error)
    if getattr(found, "reason", None) in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return NO_TLS
    return str(getattr(found, "verify_message", "") or found.strerror)


def told(error: BaseException) -> str:
    """What happened, on one line, without where it stands in the SQL."""
    text = error.message if isinstance(error, theirs.TrinoQueryError) else _first_line(str(error))
    line = " ".join(text.split()) or type(error).__name__
    return POSITION.sub("", line)


def _first_line(text: str) -> str:
    """Of the bytes of an answer; a page of HTML says nothing, nor does where in Java it arose."""
    found = BYTES.fullmatch(text)
    if found is None:
        return text
    body: bytes = ast.literal_eval(found[2])
    line = body.decode(errors="replace").strip().partition("\n")[0]
    return found[1] if line.startswith("<") else f"{found[1]}: {line}"


def missing(name: str, error: theirs.TrinoQueryError, sql: str, catalog: str) -> NotFound:
    """What Trino did not find, as the SQL names it: Trino tells a schema without its catalog."""
    quoted = QUOTED.search(told(error))
    key, hint = quoted[1] if quoted else told(error), ""
    if name == "CATALOG_NOT_FOUND":
        hint = "SHOW CATALOGS lists those that there are"
    elif name == "SCHEMA_NOT_FOUND":
        parts = named_at(sql, error.message)
        within = BARE.sub(r"\1", parts[0]) if len(parts) > 2 else catalog
        if within:
            key, hint = f"{within}.{key}", f"SHOW SCHEMAS FROM {within} lists those that there are"
    return NotFound(MISSING[name], key, hint)


def named_at(sql: str, message: str) -> list[str]:
    """The parts of the name at the place in the SQL that a message tells."""
    place = POSITION.match(message)
    lines = sql.split("\n")
    if place is None or int(place[1]) > len(lines):
        return []
    found = NAME.match(lines[int(place[1]) - 1], int(place[2]) - 1)
    return PART.findall(found[0]) if found else []


def translated(
    error: BaseException, doing: str, where: str, sql: str = "", catalog: str = ""
) -> TamsError:
    """``error`` as one of ours; ``where`` are the coordinators, ``catalog`` that of the store."""
    if not isinstance(error, theirs.TrinoQueryError):
        if is_refusal(error):
            reason = f"{where} does not let this user in: {denied(error) or told(error)}"
            way_out = "TAMS_TRINO_PASSWORD or TAMS_TRINO_TOKEN, over trino+https://"
            other = "role= and the user in the URL"
            return EngineFailed(ENGINE, doing, reason, other if denied(error) else way_out)
        reason = f"{where} does not answer: {unanswered(error)}"
        return EngineFailed(ENGINE, doing, reason, PATIENCE if isinstance(error, Silence) else "")
    name, reason = str(error.error_name), told(error)
    if name in MISSING:
        return missing(name, error, sql, catalog)
    if LIMITED.fullmatch(name):
        limits = "max_run_time=, max_memory=, max_scan= in the URL"
        way_out = f"narrow the question, or raise the limit ({limits})"
        return EngineFailed(ENGINE, doing, reason, way_out)
    if name == "INVALID_SESSION_PROPERTY":
        way_out = "correct the limit, or session.NAME=VALUE in the URL"
        return EngineFailed(ENGINE, doing, reason, way_out)
    return EngineFailed(ENGINE, doing, f"{reason} ({name}, query {error.query_id})")
