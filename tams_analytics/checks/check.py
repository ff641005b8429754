"""A check: a question whose rows should not be there (design §4).

Ten lines are one: a `Check` with a function from what it looks at (`Scope`) to the violating rows.
It is found by its name in `tams_analytics.checks`, or by the entry point group ``tams.checks``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries.collecting import Until
from tams_analytics.span import span
from tams_analytics.tables import Tables
from tams_analytics.timerange import TimeRange

Severity = Literal["error", "warn"]
SEVERITIES: tuple[Severity, ...] = ("error", "warn")

FINDING = ("check", "severity", "entity", "id", "detail")
"""The columns of a finding, all text. A segment's ``id`` is ``flow_id@timerange``."""

UNKNOWN = "?"
"""Stands for a NULL in a text."""


@dataclass(frozen=True)
class Scope:
    """What checks look at: the tables of a store, and what was asked of them."""

    tables: Tables
    until: Until
    """What has waited long enough to be found."""
    during: TimeRange | None = None
    objects: ir.Table | None = None
    """A listing of buckets (`queries.inventory`); ``None``: checks of bytes do not run."""
    since: dt.datetime | None = None
    """Of segments only those of flows that changed since (UTC without a zone)."""
    changed: tuple[str | None, ...] = ()
    """Where there is ``since``: those flows (`queries.runs.changed_flows`)."""
    suspects: ir.Table | None = None
    """The ``id`` of each object that a check which `meets_objects` may find; ``None``: of all."""

    @property
    def listing(self) -> ir.Table:
        """The listing of buckets, for a check that `needs_objects`."""
        if self.objects is None:
            raise BadParameter("objects", None, "is not given", "a listing: store.s3_objects(…)")
        return self.objects

    @property
    def segments(self) -> ir.Table:
        """The segments that were asked for: what checks of segments look at.

        Those that overlap ``during``, of the flows that are ``changed``.
        """
        rows = self.tables.segments
        if self.during is not None:
            rows = rows.filter(span.overlaps(self.during))
        return rows if self.since is None else rows.filter(_is_one_of(rows.flow_id, self.changed))

    def of_suspects(self, rows: ir.Table, id: str) -> ir.Table:
        """Those of ``rows`` whose object may be found; ``id`` is the column that names it.

        What `checks.suspects` seeks is what the library's checks find: a check that looks for
        something else of an object looks at all ``rows``.
        """
        if self.suspects is None:
            return rows
        return rows.semi_join(self.suspects, rows[id] == self.suspects.id)


@dataclass(frozen=True)
class Check:
    """Rows that should not be there, what that means, and what to do about them."""

    id: str
    severity: Severity
    entity: str
    """The table whose rows are found: ``segments``, ``flows``, …; ``s3_objects`` of a listing."""
    meaning: str
    """One line: what is wrong with a row that is found."""
    source: str
    """Where the rule is from."""
    repair: str
    """One line: what would mend it."""
    rows: Callable[[Scope], ir.Table]
    """The violating rows, each with ``id`` and ``detail``, texts; ``entity`` where it varies."""
    needs_objects: bool = False
    """It runs only with a listing of buckets."""
    needs_listed: str | None = None
    """A column of the listing: where no row has it, finding nothing would say nothing."""
    meets_objects: bool = False
    """It meets all objects with what belongs to them, and looks at `Scope.of_suspects`."""

    def findings(self, scope: Scope) -> ir.Table:
        """The violating rows as findings: `FINDING`."""
        found = self.rows(scope)
        entity = found.entity if "entity" in found.columns else ibis.literal(self.entity)
        return found.select(
            check=ibis.literal(self.id),
            severity=ibis.literal(self.severity),
            entity=entity.cast("string"),
            id=text_of(found.id),
            detail=text_of(found.detail),
        )


def _is_one_of(column: ir.StringColumn, values: tuple[str | None, ...]) -> ir.BooleanValue:
    """As `isin`, but that NULL is a value."""
    found = column.isin([value for value in values if value is not None])
    return found | column.isnull() if None in values else found


def text_of(column: ir.Value) -> ir.StringValue:
    """Of one type with others, whether NOT NULL or not; what cannot be told for a NULL is ``?``."""
    return column.cast("string").coalesce(UNKNOWN)


def of_segments(found: ir.Table, detail: ir.Value) -> ir.Table:
    """Rows of segments as a check gives them: ``id`` is ``flow_id@timerange``."""
    flow_id, timerange = _.flow_id.coalesce(UNKNOWN), _.timerange.coalesce(UNKNOWN)
    return found.mutate(id=flow_id + "@" + timerange, detail=detail)
