"""One run of checks: its name, its times, what was known before it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from tams_analytics.checks.remembered import Remembered
from tams_analytics.engines.rows import now


@dataclass(frozen=True)
class Run:
    """A run that has ended; moments are UTC without a zone, as in the tables."""

    id: str
    started: dt.datetime
    finished: dt.datetime
    before: Remembered
    versions: Mapping[str, str]
    """What answered, and its version; the engine's own comes first."""


def ended(before: Remembered, versions: Mapping[str, str]) -> Run:
    """The run that began at ``before`` and ends now, by a name that no other has."""
    id = f"{before.at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:12]}"
    return Run(id, before.at, now(), before, versions)
