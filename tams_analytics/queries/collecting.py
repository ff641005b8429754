"""Questions of the collector: which bytes nobody needs any more (R5, R7, §201)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


@dataclass(frozen=True)
class Until:
    """What has waited long enough."""

    unused: dt.datetime
    """Allocated or released before."""
    discarded: dt.datetime
    """Deleted by a client before."""
    left: dt.datetime
    """Left behind by another collector before."""


def never_registered(objects: ir.Table, until: Until) -> ir.Table:
    """Allocated, and no segment came."""
    return objects.filter(
        _.registered_at.isnull(), _.created < until.unused, _.collecting_since.isnull()
    )


def released(objects: ir.Table, until: Until) -> ir.Table:
    """The last reference went."""
    return objects.filter(_.released_at < until.unused, _.collecting_since.isnull())


def left_behind(objects: ir.Table, until: Until) -> ir.Table:
    """Being collected, by a collector that must have ended."""
    return objects.filter(_.collecting_since < until.left)


Kind = Callable[[ir.Table, Until], ir.Table]
KINDS: tuple[Kind, ...] = (left_behind, never_registered, released)
"""One scan each: conditions of which VAST takes all."""


def discarded(tables: Tables, until: Until) -> ir.Table:
    """Instances that a client deleted; all columns of ``discarded_instances``."""
    rows = tables.discarded_instances.filter(_.discarded_at < until.discarded)
    return rows.filter(_.collecting_since.isnull() | (_.collecting_since < until.left))


def discarded_of(tables: Tables, *, object_ids: Text) -> ir.Table:
    """The discarded instances of these objects; all columns of ``discarded_instances``."""
    return tables.discarded_instances.filter(_.object_id.isin(object_ids))
