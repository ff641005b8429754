"""Questions about what runs of checks and measures have told: history, findings, availability."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Ids, Number, Text
from tams_analytics.tables import Tables

Kind = Literal["check", "measure"]
CHECK: Kind = "check"
MEASURE: Kind = "measure"
INCOMPLETE = "incomplete"
"""The status of a run that did not look at all it was asked for."""

MARGIN = dt.timedelta(hours=1)
"""So long before a run begins ends what it has surely seen.

A row bears the moment at which its writer made it, by the writer's clock; it can be read when its
transaction is committed, up to the length of that later. Clocks differ by less than 15 minutes,
or S3 and VAST would refuse their signatures; a bulk load of 10 million segments takes some minutes.
What is written in this time is looked at by two runs.
"""

LABELS = {"month": 7, "week": 8, "day": 10}
"""How long the labels are: ``2026-08``, ``2026-W35``, ``2026-08-31``."""


def watermark(started: dt.datetime) -> dt.datetime:
    """The moment up to which a run that began then has seen the store (`MARGIN`)."""
    return started - MARGIN


def last_run(tables: Tables, *, kind: Text) -> ir.Table:
    """The run of this kind that began last, if there is one; all columns of ``runs``."""
    runs = tables.runs.filter(_.kind == kind)
    return runs.order_by(ibis.desc("started"), ibis.desc("id")).limit(1)


def remembered(tables: Tables) -> ir.Table:
    """The runs that are remembered, the last one first.

    Columns: ``kind, started, finished, is_complete, status, engine, engine_version, during, since,
    run_id``. One that is not complete did not look at all that was asked for.
    """
    rows = tables.runs.mutate(is_complete=_.status != INCOMPLETE)
    columns = ("kind", "started", "finished", "is_complete", "status", "engine", "engine_version")
    found = rows.select(*columns, "during", "since", run_id="id")
    return found.order_by(ibis.desc("started"), ibis.desc("run_id"))


def last_checks(tables: Tables) -> ir.Table:
    """What became of each check in the run of checks that began last: most failures first.

    Columns: ``check_id, severity, failures, new_failures, acknowledged, reason, took_ms``. Errors
    come before warnings; a check that did not run has no number of failures, and a reason.
    """
    last = last_run(tables, kind=CHECK).select(last_id="id")
    told = tables.run_checks.semi_join(last, tables.run_checks.run_id == last.last_id)
    return told.drop("run_id").order_by("severity", ibis.desc("failures"), "check_id")


def last_findings(tables: Tables, *, most: Number = 20) -> ir.Table:
    """What the run of checks that began last found, at most ``most`` findings of each check.

    Columns: ``check_id, severity, entity, id, detail, first_seen, last_seen, known``; the last is
    how many of the check are known. Those that are known longest come last; acknowledged ones are
    among them.
    """
    last = last_run(tables, kind=CHECK).select(last_id="id")
    rows = tables.findings.semi_join(last, tables.findings.run_id == last.last_id)
    order = [rows.first_seen.desc(), rows.entity.asc(), rows.id.asc()]
    rows = rows.mutate(
        place=ibis.row_number().over(group_by="check_id", order_by=order),
        known=_.count().over(group_by="check_id"),
    )
    found = rows.filter(_.place < most).order_by("check_id", "place")
    return found.drop("run_id", "place")


def run(tables: Tables, *, id: Text) -> ir.Table:
    """The run with this id; all columns of ``runs``."""
    return tables.runs.filter(_.id == id)


def history(tables: Tables, *, check: Text) -> ir.Table:
    """What became of a check in each run, the last one first.

    Columns: ``run_id, started, finished, engine, during, since, severity, failures, new_failures,
    acknowledged, reason, took_ms``.
    """
    told = tables.run_checks.filter(_.check_id == check).drop("check_id")
    runs = tables.runs.select("id", "started", "finished", "engine", "during", "since")
    found = told.join(runs, told.run_id == runs.id)
    columns = ("run_id", *runs.columns[1:], *told.columns[1:])
    return found.select(*columns).order_by(ibis.desc("started"), ibis.desc("run_id"))


def known_findings(tables: Tables, *, checks: Ids) -> ir.Table:
    """What runs have told that these checks find; all columns of ``findings``."""
    return tables.findings.filter(_.check_id.isin(checks))


def watermarks(tables: Tables) -> ir.Table:
    """How far each check has looked; all columns of ``watermarks``."""
    return tables.watermarks


def acknowledged(tables: Tables, at: dt.datetime) -> ir.Table:
    """What somebody answers for at a moment (UTC without a zone); all columns."""
    return tables.acknowledgements.filter(_.expires.isnull() | (_.expires > at))


def acknowledgements(tables: Tables, *, check: Text) -> ir.Table:
    """Those of a check, expired ones too; all columns of ``acknowledgements``."""
    return tables.acknowledgements.filter(_.check_id == check)


def changed_flows(tables: Tables, since: dt.datetime) -> ir.Table:
    """Flows that changed at that moment (UTC without a zone) or later: ``flow_id``, each once.

    By their own times, by those of their segments, and those whose segments are still there while
    they are not. NULL where segments name no flow.
    """
    flows, segments = tables.flows, tables.segments
    is_changed = (flows.metadata_updated >= since) | (flows.segments_updated >= since)
    changed = flows.filter(is_changed).select(flow_id="id")
    fresh = segments.filter(_.created >= since).select("flow_id")
    named = segments.select("flow_id").distinct()
    gone = named.anti_join(flows, named.flow_id == flows.id)
    # of one type: whether a column may be NULL is a part of it, which an anti join does not keep
    each = [rows.select(flow_id=_.flow_id.cast("string")) for rows in (changed, fresh, gone)]
    return ibis.union(*each, distinct=True)


def availability(
    tables: Tables,
    *,
    measure: Text = "availability",
    dimension: Text | None = None,
    unit: Literal["day", "week", "month"] = "month",
) -> ir.Table:
    """What was measured last of each group in each month, week or day, in their order.

    Columns: ``dimension, member, period, start_ns, end_ns, value, unit, measured``. A period that
    was measured by several runs counts once, as the last of them found it. Without a ``dimension``
    all of them. Of channels: ``dimension="tag:channel"``.
    """
    rows = tables.measurements.filter(_.measure == measure)
    if dimension is not None:
        rows = rows.filter(_.dimension == dimension)
    rows = rows.filter(_.period.length() == LABELS[unit])
    group = ["dimension", "member", "period"]
    order = [ibis.desc("measured"), ibis.desc("run_id"), "value"]
    rows = rows.mutate(place=ibis.row_number().over(group_by=group, order_by=order))
    rows = rows.filter(_.place == 0)
    columns = (*group, "start_ns", "end_ns", "value", "unit", "measured")
    return rows.select(*columns).order_by(group)
