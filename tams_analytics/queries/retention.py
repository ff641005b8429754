"""Questions about what may go: by the tags of AppNote 0019, by age, and flows without media (Q30).

A flow's tag ``segment_retention_offset`` lets its segments go so long after their end, on its own
timeline (TAI); ``flow_retention_offset`` lets the flow go so long after its metadata or segments
changed last (UTC). Both are timestamps, as ``86400:0``. ``now`` is UTC without a zone, as in the
tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.display.expressions import timestamp_ns, timestamp_text
from tams_analytics.queries import freeing
from tams_analytics.queries.flows import expected, refusal
from tams_analytics.queries.united import united
from tams_analytics.span import LEAST, MOST, WIDE, held
from tams_analytics.tables import Tables
from tams_analytics.timerange import DurationLike, as_ns, clocks

SEGMENTS, FLOWS = "segment_retention_offset", "flow_retention_offset"
"""The tags, and the rules that they are."""
ASKED, ALL = "asked", "all"
"""The other rules: what somebody asks about, and all of them together."""
RULE, FLOW = "rule", "flow_id"
OF_FLOW = (FLOW, "label", "refuses")
TIMESTAMP = r"\A-?(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,8})\z"
EPOCH = dt.datetime(1970, 1, 1)  # UTC without a zone, as in the tables


def by_rule(
    tables: Tables,
    now: dt.datetime,
    *,
    tag: str | None = None,
    older_than: DurationLike | None = None,
) -> ir.Table:
    """What each rule lets go of now, and what that frees: `candidates`' rules, and ``all``.

    ``rule, flows, refusing, segments``, and the columns of `freeing.amounts`. ``flows`` go, or some
    of their segments; ``refusing`` would too, but are read-only or are being deleted, and keep all.
    What several flows show is freed where all of them let it go: ``all`` is not the others' sum.
    """
    found = candidates(tables, now, tag=tag, older_than=older_than)
    twice = found.mutate(rule=ibis.array([found.rule, ibis.literal(ALL)]).unnest())
    rules = twice.group_by(RULE, FLOW).agg(
        until_ns=_.until_ns.max(), whole=_.whole.any(), refuses=_.refuses.max()
    )
    going = _going(tables, rules)
    keeps = going.refuses.notnull()
    counted = going.group_by(RULE).agg(
        flows=_.flow_id.nunique(where=~keeps),
        refusing=_.flow_id.nunique(where=keeps),
        segments=_.taken.sum(where=~keeps).coalesce(0).cast("int64"),
    )
    taken = going.filter(_.refuses.isnull(), _.object_id.notnull()).group_by(RULE, "object_id")
    found = _with_amounts(tables, counted, taken.agg(taken=_.taken.sum()), [RULE])
    return found.order_by(_.rule == ALL, RULE)


def by_flow(
    tables: Tables,
    now: dt.datetime,
    *,
    tag: str | None = None,
    older_than: DurationLike | None = None,
) -> ir.Table:
    """What goes of each flow by each rule now, and what that alone would free, most first.

    ``rule, flow_id, label, value`` of the tag, ``deletes`` (``flow``, or the timerange of segments
    to delete), ``segments``, the columns of `freeing.amounts`, and ``refuses``: of those that
    refuse changes, why.
    """
    going = _going(tables, candidates(tables, now, tag=tag, older_than=older_than))
    flows = going.group_by(RULE, *OF_FLOW, "value", "whole", "until_ns").agg(
        segments=_.taken.sum().cast("int64")
    )
    taken = going.filter(_.object_id.notnull()).select(RULE, FLOW, "object_id", "taken")
    found = _with_amounts(tables, flows, taken, [RULE, FLOW])
    deletes = ibis.ifelse(_.whole, "flow", "_" + timestamp_text(_.until_ns) + ")")
    found = found.mutate(deletes=deletes).drop("until_ns", "whole")
    found = found.relocate("deletes", after="value").relocate("refuses", after="unknown")
    return found.order_by(_.freed_bytes.desc(), RULE, FLOW)


def candidates(
    tables: Tables,
    now: dt.datetime,
    *,
    tag: str | None = None,
    older_than: DurationLike | None = None,
) -> ir.Table:
    """Which flows each rule is about: ``rule``, `OF_FLOW`, ``value, whole, until_ns``.

    Rules are the two tags and, where one of the two is given, ``asked``: flows that have ``tag``
    (``name`` or ``name=value``) and were not changed for ``older_than``. The ``whole`` flow goes,
    or those of its segments that end at ``until_ns`` or before. ``refuses``: why it keeps all, NULL
    where it does not. Raises `BadTimeRange` for what is no length.
    """
    rules = _readable(tables)
    if tag is not None or older_than is not None:
        asked = _asked(tables, tag).mutate(
            rule=ibis.literal(ASKED), value=ibis.null("string"), offset_ns=ibis.null(WIDE)
        )
        rules = united(rules, asked.select(*rules.columns))
    rows = _flows(tables).inner_join(rules, FLOW)
    age = (_posix_us(now) - _us_since_epoch(rows.changed)).cast(WIDE) * 1000
    is_old = True if older_than is None else rows.changed < _before(now, older_than)
    is_due = ibis.cases(
        (rows.rule == SEGMENTS, True), (rows.rule == FLOWS, age >= rows.offset_ns), else_=is_old
    )
    until = held(ibis.literal(_tai_ns(now)).cast(WIDE) - rows.offset_ns)
    is_whole = rows.rule != SEGMENTS
    rows = rows.filter(is_due).mutate(whole=is_whole, until_ns=ibis.ifelse(is_whole, MOST, until))
    return rows.select(RULE, *OF_FLOW, "value", "whole", "until_ns")


def empty(tables: Tables, now: dt.datetime, *, older_than: DurationLike) -> ir.Table:
    """Flows without any segment that nobody has changed for so long (Q6).

    `OF_FLOW`, ``format, metadata_updated, segments_updated, media_elsewhere``; last those that have
    no media of their own by design: they collect others, or the flow that collects them has it.
    """
    until = _before(now, older_than)
    rows = _flows(tables).filter(_.metadata_updated < until)
    rows = rows.filter(_.segments_updated.isnull() | (_.segments_updated < until))
    rows = rows.anti_join(tables.segments, FLOW)
    own = expected(tables).mutate(is_own=ibis.literal(True))
    rows = rows.left_join(own, FLOW).mutate(media_elsewhere=_.is_own.isnull())
    found = rows.select(
        *OF_FLOW, "format", "metadata_updated", "segments_updated", "media_elsewhere"
    )
    return found.order_by("media_elsewhere", "metadata_updated", FLOW)


def unreadable(tables: Tables) -> ir.Table:
    """Tags of flows that say how long, but not so that it can be read: these flows keep all.

    `OF_FLOW`, ``name, value``: what is no timestamp, or an array.
    """
    rows = _offsets(tables).filter(_.offset_ns.isnull()).inner_join(_flows(tables), FLOW)
    found = rows.select(*OF_FLOW, "name", "value").distinct()
    return found.order_by(FLOW, "name", "value")


def _offsets(tables: Tables) -> ir.Table:
    """``flow_id, name, value, offset_ns`` of the tags; NULL where it cannot be read."""
    rows = tables.tags.filter(_.entity_type == "flows", _.name.isin([SEGMENTS, FLOWS]))
    is_one = rows.position.isnull() & rows.value.re_search(TIMESTAMP)
    offset = ibis.ifelse(is_one, timestamp_ns(rows.value), ibis.null(WIDE))
    offset = ibis.ifelse(offset.between(LEAST, MOST), offset, ibis.null(WIDE))
    return rows.select("name", "value", flow_id="entity_id", offset_ns=offset)


def _readable(tables: Tables) -> ir.Table:
    """``rule, flow_id, value, offset_ns``, each flow once: of several values the longest."""
    found = _offsets(tables).group_by(FLOW, rule="name")
    found = found.agg(
        offset_ns=_.offset_ns.max(),
        value=_.value.argmax(_.offset_ns),
        bad=_.offset_ns.isnull().ifelse(1, 0).sum(),
    )
    return found.filter(_.bad == 0).drop("bad")


def _flows(tables: Tables) -> ir.Table:
    """`OF_FLOW`, ``format, metadata_updated, segments_updated, changed``: of each flow, once."""
    rows = tables.flows.distinct(on="id", keep="first")
    changed = ibis.greatest(
        rows.metadata_updated, rows.segments_updated.coalesce(rows.metadata_updated)
    )
    rows = rows.mutate(refuses=refusal(rows, tables), changed=changed, flow_id=rows.id)
    return rows.select(*OF_FLOW, "format", "metadata_updated", "segments_updated", "changed")


def _asked(tables: Tables, tag: str | None) -> ir.Table:
    """``flow_id`` of the flows that have the tag; without one of all."""
    if tag is None:
        return tables.flows.select(flow_id="id").distinct()
    name, is_valued, value = tag.partition("=")
    having = tables.tags.filter(_.entity_type == "flows", _.name == name)
    having = having.filter(_.value == value) if is_valued else having
    return having.select(flow_id="entity_id").distinct()


def _going(tables: Tables, rules: ir.Table) -> ir.Table:
    """``rules`` with ``object_id, taken``: how many segments of each of its objects go.

    A whole flow that has none is there with NULL.
    """
    rows = tables.segments.select("object_id", "end_ns", of="flow_id")
    found = rules.left_join(rows, [rules.flow_id == rows.of, rows.end_ns <= rules.until_ns])
    found = found.filter(_.whole | _.object_id.notnull())
    return found.group_by(*rules.columns, "object_id").agg(taken=_.object_id.count())


def _with_amounts(tables: Tables, rows: ir.Table, taken: ir.Table, by: list[str]) -> ir.Table:
    """``rows``, which ``by`` tells apart, with the columns of `freeing.amounts`, 0 of nothing."""
    found = freeing.amounts(tables, freeing.touched(tables, taken, by=by), by=by)
    rows = rows.left_join(found, by)
    amounts = [name for name in found.columns if name not in by]
    kept = [name for name in rows.columns if not name.endswith("_right")]
    return rows.select(*kept).mutate(**{name: _[name].coalesce(0) for name in amounts})


def _tai_ns(now: dt.datetime) -> int:
    return clocks.from_datetime(now.replace(tzinfo=dt.timezone.utc))


def _before(now: dt.datetime, length: DurationLike) -> dt.datetime:
    return now - dt.timedelta(microseconds=-(-as_ns(length) // 1000))


def _posix_us(now: dt.datetime) -> int:
    return (now - EPOCH) // dt.timedelta(microseconds=1)


def _us_since_epoch(moment: Any) -> Any:
    return moment.delta(ibis.literal(EPOCH), unit="microsecond")
