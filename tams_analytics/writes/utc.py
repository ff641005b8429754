"""Moments that callers give, as the wall-clock columns have them: UTC without a zone."""

from __future__ import annotations

import datetime as dt

from tams_analytics.errors import BadParameter

AWARE = "a datetime with a time zone, for example .replace(tzinfo=timezone.utc)"


def without_zone(moment: dt.datetime, name: str = "moment") -> dt.datetime:
    """The moment in UTC. Raises `BadParameter` for what is no datetime with a zone."""
    if not isinstance(moment, dt.datetime) or moment.utcoffset() is None:
        raise BadParameter(name, moment, "is no moment with a time zone", AWARE)
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)
