"""Who changed what, with which result: one line per change on the logger ``tams_analytics.audit``.

Lines hold ids and names, never what was written; a record has them as fields too: ``principal``
(or ``None``), ``change``, ``entity``, ``entity_id``, ``result``. Nothing is configured here
(mission L2, L4).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tams_analytics.errors import TamsError, quoted
from tams_analytics.watching import DONE, Changed, tell
from tams_analytics.writes.ids import refuse_bad_id, refuse_bad_name

LOG = logging.getLogger("tams_analytics.audit")


@dataclass
class Audited:
    """A change that is to be logged; what runs inside may say that it was not all done."""

    result: str = DONE


@contextlib.contextmanager
def audited(change: str, entity: str, id: str, principal: str | None) -> Iterator[Audited]:
    """Log the change that runs inside: its ``result``, or the name of what refused it.

    The transaction runs inside too, so that ``done`` is said after the commit only. Raises
    `BadParameter` and `NotFound` for an id that can name nothing.
    """
    with audited_batch(change, entity, [id], principal) as made:
        refuse_bad_id(entity, id)
        yield made


@contextlib.contextmanager
def audited_batch(
    change: str, entity: str, ids: Sequence[str], principal: str | None
) -> Iterator[Audited]:
    """As `audited`, a line for each of the entities of checked bodies."""
    made = Audited()
    try:
        if principal is not None:
            refuse_bad_name("principal", principal)
        yield made
    except TamsError as error:
        _log(change, entity, ids, principal, type(error).__name__)
        raise
    _log(change, entity, ids, principal, made.result)


def _log(change: str, entity: str, ids: Sequence[str], principal: str | None, result: str) -> None:
    tell(Changed(change, entity, len(ids), result))
    who = "-" if principal is None else quoted(principal)  # quoted: no line breaks of a client
    said = {"principal": principal, "change": change, "entity": entity, "result": result}
    for id in ids:
        line = "principal=%s change=%s %s=%s result=%s"
        LOG.info(line, who, change, entity, quoted(id), result, extra=said | {"entity_id": id})
