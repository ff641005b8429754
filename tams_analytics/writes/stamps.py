"""What every change leaves behind: when, by whom, which version (statements 20, 90, 100, 115)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from tams_analytics.engines.rows import now

TICK = dt.timedelta(microseconds=1)


def later(previous: dt.datetime) -> dt.datetime:
    """Now, and in any case after ``previous``, whatever the clock was set to."""
    return max(now(), previous + TICK)


def new_version() -> str:
    """A ``metadata_version`` that no flow has had."""
    return str(uuid.uuid4())


def said_anew(said: str | None, stored: str | None) -> bool:
    """The client sets a value itself; giving back what GET gave does not count."""
    return bool(said) and said != stored


def changed_flow(
    stored: Mapping[str, Any], principal: str | None, said: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The columns that move with each change of a flow's metadata.

    ``said`` is what the client's document says of them.
    """
    said = said or {}
    version, author = said.get("metadata_version"), said.get("updated_by")
    by_client = principal is None or said_anew(author, stored["updated_by"])
    keeps = said_anew(version, stored["metadata_version"])
    return {
        "metadata_updated": later(stored["metadata_updated"]),
        "metadata_version": version if keeps else new_version(),
        "updated_by": author if by_client else principal,
    }


def changed_source(stored: Mapping[str, Any], principal: str | None) -> dict[str, Any]:
    """The columns that move with each change of a source."""
    return {"updated": later(stored["updated"]), "updated_by": principal}
