"""A report: a title, parameters, tables, and what to look at in them (design §4).

One file each. What a table says is a question of `tams_analytics.queries`, a verb or a measure; a
report only chooses and arranges. Third parties add theirs by the entry point group
``tams.reports``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from tams_analytics.display.text import when
from tams_analytics.errors import BadParameter
from tams_analytics.media.storages import Storages
from tams_analytics.queries import overview
from tams_analytics.queries.days import periods_during
from tams_analytics.settings import Settings
from tams_analytics.tables import Tables
from tams_analytics.timerange import (
    HIGHEST_NS,
    DurationLike,
    Period,
    TimeRange,
    as_ns,
    as_timerange,
    tr,
)
from tams_analytics.timerange.days import UNITS, Unit
from tams_analytics.widgets.timeline import Timeline

ANYTHING = frozenset({"during", "tz", "objects", "other", "now"})
"""What every report may be given; one that has no use for it refuses it, by `Report.takes`."""
DIGITS = len(str(HIGHEST_NS))
"""Those of the largest number that int64 holds; Python does not read texts of any length."""


@dataclass(frozen=True)
class Scope:
    """What a report looks at: the tables of a store, and what was asked of them."""

    tables: Tables
    settings: Settings
    now: dt.datetime
    """UTC, without a zone, as the tables have it."""
    during: TimeRange | None = None
    tz: str = "UTC"
    """The time zone of days."""
    day_starts: str = "00:00"
    """When a broadcast day begins there."""
    objects: ir.Table | None = None
    """A listing of buckets (`queries.inventory`)."""
    other: Tables | None = None
    """What is compared: another store, or an earlier state of this one."""
    storages: Callable[[], Storages] | None = None
    """Gives where bytes are, to reports that look at URLs; to others it is of no use."""

    @property
    def listing(self) -> ir.Table:
        """The listing of buckets. Raises `BadParameter` where there is none."""
        if self.objects is None:
            raise BadParameter("objects", None, "is not given", "a listing: store.s3_objects(…)")
        return self.objects

    @property
    def compared(self) -> Tables:
        """The tables to compare with. Raises `BadParameter` where there are none."""
        if self.other is None:
            expected = "other=ta.connect(…) or store.at(snapshot), on the command line --other"
            raise BadParameter("other", None, "is not given", expected)
        return self.other

    def window(self) -> TimeRange:
        """``during``, with both ends. Raises `BadParameter`."""
        if self.during is None or not self.during.is_bounded:
            raise BadParameter(
                "during", self.during, "has no two ends", "for example tr.last('7d')"
            )
        return self.during

    def periods(self, within: TimeRange, unit: Unit = "day") -> list[Period]:
        """The days, or others, of its time zone that share time with ``within``, in order.

        Raises `BadParameter`, `BadTimeRange`.
        """
        return periods_during(within, unit, self.tz, self.day_starts)

    def lately(self, length: DurationLike) -> TimeRange:
        """``during``, if it has both ends; else the last stretch of this length up to now."""
        if self.during is not None and self.during.is_bounded:
            return self.during
        return tr.last(length, now=self.now.replace(tzinfo=dt.timezone.utc))


def media_elsewhere(scope: Scope) -> str | None:
    """For a report about media, of what is before or after all of it: when it is, what to ask.

    As ``during`` its end is proposed, no longer than what was looked at.
    """
    window = scope.window()
    (extent,) = overview.extent(scope.tables).to_pyarrow().to_pylist()
    if extent["start_ns"] is None or window.overlaps(media := TimeRange(**extent)):
        return None
    end, length = extent["end_ns"], window.duration_ns or 0
    instead = TimeRange.from_ns(max(extent["start_ns"], end - length), end)
    return (
        f"No media lies {when(window)}: that of the store lies {when(media)}. To look at"
        f' {"it" if instead == media else "its end"}, give during="{instead}".'
    )


@dataclass(frozen=True)
class Part:
    """One table of a report, lazy, in the order in which it is read."""

    name: str
    meaning: str
    """One line: what a row is."""
    rows: ir.Table


def text(value: Any) -> str:
    """A parameter that is a text, and not an empty one. Raises `BadParameter`."""
    if not isinstance(value, str):
        raise BadParameter("value", value, "is no text", "a text")
    if not value.strip():
        raise BadParameter("value", value, "is empty", "a text")
    return value


def whole_number(value: Any) -> int:
    """A parameter that counts: a whole number from 0 on, or its text. Raises `BadParameter`."""
    is_text = isinstance(value, str) and value.isascii() and value.isdigit()
    if not is_text and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadParameter("value", value, "is no number", "a whole number from 0 on")
    found = int((value.lstrip("0") or "0")[: DIGITS + 1] if is_text else value)
    if not 0 <= found <= HIGHEST_NS:
        raise BadParameter("value", value, "is out of range", f"0 to {HIGHEST_NS}")
    return found


def number(value: Any) -> float:
    """A parameter that measures, from 0 on, or its text. Raises `BadParameter`."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise BadParameter("value", value, "is no number", "for example 1.5") from None
    if not (math.isfinite(found) and found >= 0):
        raise BadParameter("value", value, "is out of range", "a number from 0 on")
    return found


def length(value: Any) -> int:
    """A parameter that is a length of time, in nanoseconds: `as_ns`, from 0 on.

    Raises `BadParameter`, `BadTimeRange`.
    """
    found = as_ns(value)
    if found < 0:
        raise BadParameter("value", value, "is negative", "a length of time, as 86400:0")
    return found


def unit(value: Any) -> Unit:
    """A parameter that says how long a period is. Raises `BadParameter`."""
    for known in UNITS:
        if value == known:
            return known
    raise BadParameter("value", value, "is unknown", f"one of {', '.join(UNITS)}")


@dataclass(frozen=True)
class Parameter:
    """What a report can be told beside `Scope`; ``read`` makes a text or value strict."""

    name: str
    meaning: str
    default: Any
    read: Callable[[Any], Any] = text
    """`text`, `whole_number`, `number`, `unit`, `length`, `as_timerange`."""
    entity: str | None = None
    """``flow`` or ``source``, where the value names one, as `queries.names` takes names."""


@dataclass(frozen=True)
class Report:
    """A saved question with its pictures."""

    name: str
    title: str
    look: str
    """What to look at in its tables, and what to do about it; a few sentences."""
    source: str
    """The questions (Q1 to Q38) or rules it answers."""
    parts: Callable[..., Iterable[Part]]
    """``(scope, **parameters)`` gives its tables."""
    parameters: tuple[Parameter, ...] = ()
    takes: frozenset[str] = field(default=frozenset({"during"}))
    """Of `ANYTHING`, what it has a use for."""
    picture: Callable[..., Timeline] | None = None
    """``(scope, **parameters)`` gives what to see at first sight."""
    usual: str | None = None
    """How long up to now is looked at where ``during`` is not given; None: everything."""
    hint: Callable[[Scope], str | None] | None = None
    """Says why there is nothing to see, and what to ask instead; None where there is something."""

    def strict(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those ``given``, made strict, and defaults. Raises `BadParameter`."""
        known = {each.name: each for each in self.parameters}
        for name, value in given.items():
            if name not in known:
                expected = ", ".join(known) or "none: it has no parameters"
                problem = f"is no parameter of the report {self.name}"
                raise BadParameter("parameter", name, problem, expected)
            if value is None and known[name].default is not None:
                raise BadParameter(name, value, "is not given", known[name].meaning)
        return {
            name: self._read(each, given.get(name, each.default)) for name, each in known.items()
        }

    def _read(self, parameter: Parameter, value: Any) -> Any:
        if value is None:
            return None
        try:
            return parameter.read(value)
        except BadParameter as error:
            raise BadParameter(parameter.name, value, error.problem, error.expected) from error


__all__ = [
    "ANYTHING",
    "Parameter",
    "Part",
    "Report",
    "Scope",
    "as_ns",
    "as_timerange",
    "length",
    "media_elsewhere",
    "number",
    "text",
    "unit",
    "whole_number",
]
