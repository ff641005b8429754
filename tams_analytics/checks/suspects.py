"""The objects of which anything may be wrong, found in one pass for all checks of objects.

Each such check meets segments, objects and instances by the objects' ids, which are long texts, and
that is what takes its time. Here they are met once, by hashes of 64 bits. What a check finds is
about one of these ids; the converse does not hold, as what is wrong is said by the checks alone.

An object is passed over if its hash is that of another one, which has what it lacks: among 10
million that happens to one in 2**40.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.segments import is_outside
from tams_analytics.engines import Engine
from tams_analytics.queries.united import united
from tams_analytics.tables import Tables

SHOWN, NEEDED, KNOWN, KEPT = 1, 2, 4, 8
"""A segment shows it; another object needs it; it has a row; it has an instance."""
WITH_INIT, WITHOUT_INIT = 16, 32
"""Its flow, or it, has to do with initialisation objects, or has nothing to do with them."""
TIMELESS, ODD = 64, 128
"""Its row has no timerange; one of its rows is reason enough."""


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def hashed(text: str) -> dt.uint64:
    """DuckDB's own: ibis' ``hash`` makes a signed number of it by way of a text of bits."""


@contextlib.contextmanager
def suspected(engine: Engine, tables: Tables) -> Iterator[ir.Table | None]:
    """Ids of objects that a check of objects may find: ``id``, as long as the context is open.

    ``None`` where the engine keeps nothing between questions: any object is one then.
    """
    with contextlib.ExitStack() as stack:
        questions = (_of_rows(tables), _of_places(tables), _of_bounds(tables))
        hashes = stack.enter_context(engine.kept(*questions))
        if hashes is None:
            yield None
        else:
            yield stack.enter_context(engine.kept(*_ids(tables, hashes)))


def _ids(tables: Tables, hashes: ir.Table) -> Iterator[ir.Table]:
    for rows, id in (
        (tables.segments, "object_id"),
        (tables.objects, "id"),
        (tables.object_instances, "object_id"),
    ):
        ids = rows.select(id=rows[id].cast("string"))
        yield ids.semi_join(hashes, hashed(ids.id) == hashes.hash).distinct()


def _of_rows(tables: Tables) -> ir.Table:
    """Those that lack a row or somebody who wants them, are there twice, or disagree."""
    rows = united(_shown(tables), _needed(tables), _known(tables), _kept(tables))
    found = rows.group_by("hash").agg(
        facts=_.facts.bit_or(), rows=(_.facts & KNOWN).nullif(0).count()
    )
    facts = found.facts
    is_whole = _has(facts, KNOWN) & _has(facts, KEPT) & (_has(facts, SHOWN) | _has(facts, NEEDED))
    differs = _has(facts, WITH_INIT) & _has(facts, WITHOUT_INIT)
    is_odd = _has(facts, ODD) | (_has(facts, SHOWN) & _has(facts, TIMELESS))
    return found.filter(~is_whole | differs | is_odd | (found["rows"] != 1)).select("hash")


def _shown(tables: Tables) -> ir.Table:
    wanted = tables.flows.init_segments.coalesce(False)
    flows = tables.flows.group_by(of="id").agg(some=wanted.any(), every=wanted.all())
    rows = tables.segments.select("flow_id", "object_id")
    rows = rows.left_join(flows, rows.flow_id == flows.of)
    wants = _if(rows.some, WITH_INIT) + _if(~rows.every, WITHOUT_INIT)
    return _facts(rows, "object_id", wants + SHOWN)


def _needed(tables: Tables) -> ir.Table:
    inits = tables.objects.filter(_.init_object_id.notnull())
    inits = inits.select("init_object_id").distinct()
    return _facts(inits, "init_object_id", ibis.literal(NEEDED))


def _known(tables: Tables) -> ir.Table:
    rows = tables.objects
    is_timeless = rows.timerange.isnull() | rows.start_ns.isnull() | rows.end_ns.isnull()
    has = ibis.ifelse(rows.init_object_id.notnull(), WITH_INIT, WITHOUT_INIT)
    return _facts(rows, "id", has + _if(is_timeless, TIMELESS) + KNOWN)


def _kept(tables: Tables) -> ir.Table:
    rows = tables.object_instances
    is_odd = rows.controlled & (rows.bucket.isnull() | rows.key.isnull() | rows.url.notnull())
    return _facts(rows, "object_id", _if(is_odd, ODD) + KEPT)


def _of_places(tables: Tables) -> ir.Table:
    """Those with a controlled instance that is not where an object of this id is kept."""
    instances, objects = tables.object_instances.filter(_.controlled), tables.objects
    kept = instances.select(id="object_id", place="key", is_known=False)
    known = objects.select(id="id", place="storage_path", is_known=True)
    each = [
        rows.select(hash=hashed(rows.id), place=hashed(rows.place), is_known=rows.is_known)
        for rows in (kept, known)
    ]
    found = united(*each).group_by("hash", "place").agg(is_known=_.is_known.any())
    return found.filter(~_.is_known).select("hash")


def _of_bounds(tables: Tables) -> ir.Table:
    """Those that a segment shows more of than there is."""
    rows = tables.segments.select("start_ns", "end_ns", "ts_offset_ns", hash=hashed(_.object_id))
    objects = tables.objects.filter(_.start_ns.notnull())
    objects = objects.select(has_start_ns="start_ns", has_end_ns="end_ns", of=hashed(_.id))
    found = rows.join(objects, rows.hash == objects.of)
    return found.filter(is_outside(found)).select("hash").distinct()


def _facts(rows: ir.Table, id: str, facts: ir.IntegerValue) -> ir.Table:
    return rows.select(hash=hashed(rows[id]), facts=facts.cast("int32"))


def _has(facts: ir.IntegerValue, fact: int) -> ir.BooleanValue:
    return (facts & fact) != 0


def _if(condition: ir.BooleanValue, fact: int) -> ir.IntegerValue:
    return ibis.ifelse(condition.coalesce(False), fact, 0)
