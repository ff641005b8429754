"""Who changed what, with which result: one line per change on the logger ``tams_analytics.audit``.

Lines hold ids and names, never what was written. Nothing is configured here (mission L2, L4).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from tams_analytics.errors import TamsError, quoted

LOG = logging.getLogger("tams_analytics.audit")


@contextlib.contextmanager
def audited(
    change: str, entity: str, keys: str | list[str], principal: str | None
) -> Iterator[None]:
    """Log the change that runs inside: ``done``, or the name of what refused it; a line per entity.

    The transaction runs inside too, so that ``done`` is said after the commit only.
    """
    try:
        yield
    except TamsError as error:
        _log(change, entity, keys, principal, type(error).__name__)
        raise
    _log(change, entity, keys, principal, "done")


def _log(
    change: str, entity: str, keys: str | list[str], principal: str | None, result: str
) -> None:
    who = "-" if principal is None else quoted(principal)  # quoted: no line breaks of a client
    for key in keys if isinstance(keys, list) else [keys]:
        LOG.info("principal=%s change=%s %s=%s result=%s", who, change, entity, quoted(key), result)
