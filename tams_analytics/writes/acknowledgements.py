"""Acknowledgements: somebody answers for findings, which are no failures until that expires."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.queries import runs
from tams_analytics.timerange.clocks import to_utc
from tams_analytics.timerange.literal import UNITS
from tams_analytics.timerange.utc import utc_instant
from tams_analytics.writes.audit import audited
from tams_analytics.writes.ids import refuse_bad_name
from tams_analytics.writes.rows import insert
from tams_analytics.writes.utc import AWARE, without_zone

MOST = 20_000
"""So many findings of a check are acknowledged one by one: each is told to the engine."""
Row = dict[str, Any]
Until = dt.datetime | str
"""A moment with a zone, its ISO 8601 text, or a length of time from now such as ``30d``."""
LENGTH = re.compile(r"([0-9]{1,6})([smhdw])").fullmatch
EXPECTED = f"a length such as 30d, a moment such as 2026-12-31T12:00Z, or {AWARE}"


def acknowledge(
    engine: Engine,
    check: str,
    ids: Collection[str] | None = None,
    *,
    entity: str | None = None,
    owner: str,
    reason: str,
    expires: Until | None = None,
) -> int:
    """How many acknowledgements a check has now: ``owner`` answers for these findings of it.

    ``ids`` are those of its findings, which are not looked for: they may come back. ``None``: all
    that it finds, now and later, of the table ``entity`` or of any. Until it expires what is
    acknowledged is counted apart from failures; then it is a failure again. To acknowledge the
    same again replaces owner, reason and expiry. Raises `BadParameter` for a text that is empty, an
    expiry that is no moment to come, and more than `MOST` findings of one check.
    """
    named = _named(ids)
    for name, value in {"check": check, "entity": entity, "owner": owner, "reason": reason}.items():
        if name != "entity" or value is not None:
            _refuse_empty(name, value)
    until = None if expires is None else _moment(expires)
    row: Row = {"check_id": check, "entity": entity, "owner": owner, "reason": reason}
    row |= {"created": now(), "expires": until}
    with audited("acknowledge", "check", check, owner):
        return engine.transact(lambda tx: _acknowledge(tx, row, named))


def _acknowledge(tx: Transaction, row: Row, ids: list[str | None]) -> int:
    before = tx.ask(runs.acknowledgements, check=row["check_id"]).to_pylist()
    named = set(ids)
    kept = [each for each in before if each["entity"] != row["entity"] or each["id"] not in named]
    rows = [*kept, *({**row, "id": id} for id in ids)]
    if len(rows) > MOST:
        expected = f"at most {MOST}, or ids=None for all that the check finds"
        raise BadParameter("ids", len(rows), "are too many acknowledgements of one check", expected)
    if before:
        tx.delete("acknowledgements", {"check_id": row["check_id"]})
    insert(tx, "acknowledgements", rows)
    return len(rows)


def withdraw_acknowledgement(
    engine: Engine,
    check: str,
    ids: Collection[str] | None = None,
    *,
    entity: str | None = None,
    principal: str | None = None,
) -> int:
    """How many acknowledgements of a check went: of these findings, ``None``: all of them.

    With an ``entity`` only those that name that table. Raises `BadParameter`.
    """
    named = None if ids is None else set(_named(ids))
    with audited("withdraw acknowledgement", "check", check, principal):
        return engine.transact(lambda tx: _withdraw(tx, check, named, entity))


def _withdraw(tx: Transaction, check: str, ids: set[str | None] | None, entity: str | None) -> int:
    before = tx.ask(runs.acknowledgements, check=check).to_pylist()
    kept = [
        each
        for each in before
        if (ids is not None and each["id"] not in ids)
        or (entity is not None and each["entity"] != entity)
    ]
    if len(kept) < len(before):
        tx.delete("acknowledgements", {"check_id": check})
        insert(tx, "acknowledgements", kept)
    return len(before) - len(kept)


def _named(ids: Collection[str] | None) -> list[str | None]:
    """The ids, each once; for all that a check finds, ``None`` alone."""
    if ids is None:
        return [None]
    found = list(dict.fromkeys([ids] if isinstance(ids, str) else ids))
    if not found:
        raise BadParameter("ids", found, "names no finding", "ids=None for all of the check")
    for id in found:
        _refuse_empty("ids", id)
    return [*found]


def _refuse_empty(name: str, value: Any) -> None:
    refuse_bad_name(name, value)
    if not value.strip():
        raise BadParameter(name, value, "is empty", "a text")


def _moment(expires: Until) -> dt.datetime:
    """When it expires, UTC without a zone. Raises `BadParameter`."""
    moment = _of_text(expires) if isinstance(expires, str) else without_zone(expires, "expires")
    if moment <= now():
        raise BadParameter("expires", str(expires), "is over already", EXPECTED)
    return moment


def _of_text(text: str) -> dt.datetime:
    length = LENGTH(text)
    try:
        if length:
            return now() + dt.timedelta(seconds=int(length[1]) * UNITS[length[2]])
        return without_zone(to_utc(utc_instant(text)), "expires")
    except (BadParameter, BadTimeRange, OverflowError) as error:
        raise BadParameter("expires", text, "is no moment", EXPECTED) from error
