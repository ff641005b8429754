"""What a batch of segments does to its objects: registers them, or is refused by them.

Nearly all rows of a batch name an object that is registered already and fits. One join finds the
others; only they are looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.errors import Refused
from tams_analytics.queries.objects import is_registered
from tams_analytics.timerange import timerange_texts
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.inits import register_inits
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.types import one_chunk
from tams_analytics.writes.bulk.uses import FlowColumn, object_uses
from tams_analytics.writes.collected import BEING_COLLECTED
from tams_analytics.writes.places import storage_paths

OF_REGISTRATION = ("key_frame_count", "init_object_id")
"""What an object is told at its first registration, beside its timerange."""
LACKS_INIT = "the flow's objects need an initialisation object (§180)"


class Containers(NamedTuple):
    """The container of the flow of each row of a batch."""

    of_flow: FlowColumn
    first_row: int

    def of(self, rows: pa.ChunkedArray) -> pa.Array:
        """Those of rows by their numbers."""
        return self.of_flow("container").take(pc.subtract(one_chunk(rows), self.first_row))


def register_objects(
    tx: Transaction, rows: pa.Table, of_flow: FlowColumn, first_row: int, loading: Loading
) -> None:
    """Make or complete the objects of a batch of segments (R5, R8, R14, §172 to §180).

    An object that the load registers spans all uses that the load makes of it, in whichever batch
    they are. Raises `Refused` for the first row that an object forbids; in a strict store also for
    an object that is not stored.
    """
    uses = object_uses(rows, of_flow, first_row)
    odd = tx.rows(_odd(tx, uses))
    if not pc.all(odd.column("is_stored"), min_count=0).as_py():  # stored ids were checked
        Batch("segments", uses, first_row).refuse_bad_object_id("object_id")
    if odd.num_rows:
        odd = odd.append_column("is_own", _is_own(odd, loading))
        _register(tx, odd, loading, Containers(of_flow, first_row))
    _refuse_init_objects(tx, uses)


def finish_objects(tx: Transaction, loading: Loading) -> None:
    """What only the whole load can tell (§173, §179). Raises `Refused`."""
    if loading.foreign:
        _refuse_foreign(tx, pa.concat_tables(loading.foreign))
    register_inits(tx, loading)


def _refuse_foreign(tx: Transaction, uses: pa.Table) -> None:
    """No batch of the load used the object in the flow it is bound to."""
    foreign = ibis.memtable(uses)
    bound = [foreign.object_id == tx.tables.segments.object_id]
    bound.append(foreign.first_flow_id == tx.tables.segments.flow_id)
    left = tx.rows(foreign.anti_join(tx.tables.segments, bound))
    _refuse_first(left, "the object was allocated for another flow (§173)")


def _register(tx: Transaction, odd: pa.Table, loading: Loading, containers: Containers) -> None:
    is_stored = odd.column("is_stored")
    unknown, stored = odd.filter(pc.invert(is_stored)), odd.filter(is_stored)
    _refuse_unknown(unknown, strict=loading.strict)
    _refuse_stored(stored)
    _insert(tx, unknown, loading.now, containers)
    loading.foreign += _foreign(stored)
    loading.spanned += _spanned(stored)
    registered = stored.filter(_needs_registration(stored))
    loading.needs_init |= pc.any(_keeps_init(registered)).as_py() or False
    _complete(tx, registered, loading.now)


def _is_own(odd: pa.Table, loading: Loading) -> pa.Array:
    """Whose timerange this load has made, in an earlier batch."""
    moment = pa.scalar(loading.now, pa.timestamp("us"))
    is_new = pc.fill_null(pc.equal(one_chunk(odd.column("registered_at")), moment), False)
    ids = one_chunk(odd.column("object_id"))
    for spanned in loading.spanned:
        is_new = pc.or_(is_new, pc.is_in(ids, value_set=spanned))
    return is_new


def _foreign(stored: pa.Table) -> list[pa.Table]:
    foreign = stored.filter(pc.fill_null(_is_foreign(stored), False))
    kept = foreign.select(["row", "object_id", "used", "first_flow_id"])
    return [kept] if kept.num_rows else []


def _spanned(stored: pa.Table) -> list[pa.Array]:
    is_spanned = pc.and_(_is_registered(stored), pc.is_null(stored.column("start_ns")))
    ids = one_chunk(stored.filter(is_spanned).column("object_id"))
    return [ids.unique()] if len(ids) else []


def _refuse_unknown(unknown: pa.Table, *, strict: bool) -> None:
    if strict:
        _refuse_first(unknown, "the object was never allocated (strict)")
    _refuse_first(unknown.filter(unknown.column("needs_init")), LACKS_INIT)


def _refuse_stored(stored: pa.Table) -> None:
    """The first use that a stored object forbids, rule by rule."""
    rules = {
        BEING_COLLECTED: _is_collected,
        "the segment does not lie in the object's timerange (§177)": _is_unfit,
        LACKS_INIT: _lacks_init,
        "the flow's objects have no initialisation object (§180)": _has_init,
    }
    for reason, is_forbidden in rules.items():
        _refuse_first(stored.filter(pc.fill_null(is_forbidden(stored), False)), reason)


def _refuse_first(forbidden: pa.Table, reason: str) -> None:
    """Raise `Refused` about the first row of the batch that a rule forbids, if there is one."""
    if not forbidden.num_rows:
        return
    first = forbidden.sort_by("row").slice(0, 1).to_pylist()[0]
    more = f" ({forbidden.num_rows} segments of the batch)" if forbidden.num_rows > 1 else ""
    change = f"using object {first['object_id']} for {first['used']} (row {first['row']})"
    raise Refused(change, reason + more)


def _odd(tx: Transaction, uses: pa.Table) -> Any:
    """The uses whose object is not registered, or does not fit; with the object's columns."""
    use, kept = ibis.memtable(uses), tx.tables.objects
    joined = use.left_join(kept, use.object_id == kept.id)
    fits = (
        is_registered(kept)
        & (kept.start_ns <= use.used_from)
        & (kept.end_ns >= use.used_until)
        & (kept.init_object_id.notnull() == use.needs_init)
    )
    return joined.filter(~fits.fill_null(False)).select(
        *uses.column_names,
        "registered_at",
        "released_at",
        "start_ns",
        "end_ns",
        "init_object_id",
        "first_flow_id",
        "key_frame_count",
        "collecting_since",
        is_stored=kept.id.notnull(),
    )


def _is_registered(odd: pa.Table) -> pa.ChunkedArray:
    """Registered and referenced: its properties are fixed."""
    return pc.and_(pc.is_valid(odd.column("registered_at")), pc.is_null(odd.column("released_at")))


def _is_unfit(odd: pa.Table) -> pa.ChunkedArray:
    outside = pc.or_(
        pc.less(odd.column("used_from"), odd.column("start_ns")),
        pc.greater(odd.column("used_until"), odd.column("end_ns")),
    )
    return pc.and_(pc.and_(_is_registered(odd), pc.invert(odd.column("is_own"))), outside)


def _is_foreign(stored: pa.Table) -> pa.ChunkedArray:
    """Allocated for a flow that none of the batch's uses belongs to."""
    own = stored.filter(pc.equal(stored.column("first_flow_id"), stored.column("flow_id")))
    is_own = pc.is_in(stored.column("object_id"), value_set=one_chunk(own.column("object_id")))
    is_allocated = pc.is_null(stored.column("registered_at"))
    is_bound = pc.and_(is_allocated, pc.is_valid(stored.column("first_flow_id")))
    return pc.and_(is_bound, pc.invert(is_own))


def _is_collected(stored: pa.Table) -> pa.ChunkedArray:
    return pc.is_valid(stored.column("collecting_since"))


def _lacks_init(stored: pa.Table) -> pa.ChunkedArray:
    return pc.and_(stored.column("needs_init"), pc.invert(_keeps_init(stored)))


def _has_init(stored: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.invert(stored.column("needs_init")), _keeps_init(stored))


def _keeps_init(stored: pa.Table) -> pa.ChunkedArray:
    """It has an initialisation object; what a released object had counts no more (R5)."""
    has_init = pc.is_valid(stored.column("init_object_id"))
    return pc.and_(has_init, pc.is_null(stored.column("released_at")))


def _needs_registration(stored: pa.Table) -> pa.ChunkedArray:
    """Allocated, released, without a timerange of its own yet, or to be made longer."""
    is_complete = pc.and_(_is_registered(stored), pc.is_valid(stored.column("start_ns")))
    return pc.or_(pc.invert(is_complete), stored.column("is_own"))


def _refuse_init_objects(tx: Transaction, uses: pa.Table) -> None:
    """What initialises an object that is registered and referenced is no media object (§179)."""
    users = tx.tables.objects.filter(_.init_object_id.notnull(), is_registered(tx.tables.objects))
    used = tx.rows(users.select(id="init_object_id").distinct())
    if used.num_rows:
        is_init = pc.is_in(uses.column("object_id"), value_set=one_chunk(used.column("id")))
        _refuse_first(uses.filter(is_init), "it is an initialisation object (§179)")


def _by_object(uses: pa.Table) -> pa.Table:
    """One row for each object: its first use, with the span of all of them.

    Columns ``id, row, flow_id, start_ns, end_ns, timerange, registered_at, released_at,
    first_flow_id`` and `OF_REGISTRATION`; a single use keeps its text. An object of an earlier
    batch of this load keeps what it spans.
    """
    ids = uses.column("object_id")
    if pc.count_distinct(ids).as_py() == len(ids):
        first, start, end = uses, uses.column("used_from"), uses.column("used_until")
        texts = uses.column("used")
    else:
        first, start, end, texts = _spans(uses)
    is_own = first.column("is_own")
    if pc.any(is_own).as_py():
        start, end, texts = _widened(first, start, end, texts)
    columns = {"id": first.column("object_id"), "start_ns": start, "end_ns": end}
    kept = ("row", "flow_id", "registered_at", "released_at", "first_flow_id", *OF_REGISTRATION)
    return pa.table(columns | {"timerange": texts} | {name: first.column(name) for name in kept})


def _spans(uses: pa.Table) -> tuple[pa.Table, Any, Any, Any]:
    """The first use of each object, and ``start_ns, end_ns, timerange`` of all of its uses."""
    spans = uses.group_by("object_id").aggregate(
        [("row", "min"), ("used_from", "min"), ("used_until", "max")]
    )
    start, end = (one_chunk(spans.column(name)) for name in ("used_from_min", "used_until_max"))
    places = pc.index_in(spans.column("row_min"), value_set=one_chunk(uses.column("row")))
    first = uses.take(one_chunk(places))
    used = [one_chunk(first.column(name)) for name in ("used_from", "used_until", "used")]
    is_whole = pc.and_(pc.equal(used[0], start), pc.equal(used[1], end))
    return first, start, end, pc.if_else(is_whole, used[2], timerange_texts(start, end))


def _widened(first: pa.Table, start: Any, end: Any, texts: Any) -> tuple[Any, Any, Any]:
    """The spans, joined with what objects of earlier batches of this load span."""
    is_own, kept_start, kept_end, start, end, texts = map(
        one_chunk,
        (*first.select(["is_own", "start_ns", "end_ns"]).columns, start, end, texts),
    )
    start = pc.if_else(is_own, pc.min_element_wise(start, kept_start), start)
    end = pc.if_else(is_own, pc.max_element_wise(end, kept_end), end)
    return start, end, pc.if_else(is_own, timerange_texts(start, end), texts)


def _insert(tx: Transaction, unknown: pa.Table, now: datetime, containers: Containers) -> None:
    """Objects that nobody allocated become unverified ones: registered, without an instance."""
    if not unknown.num_rows:
        return
    objects = _by_object(unknown)
    flow, ids = (one_chunk(objects.column(name)) for name in ("flow_id", "id"))
    made = objects.select(["id", "start_ns", "end_ns", "timerange"])
    made = made.append_column("storage_path", storage_paths(flow, now, ids))
    made = made.append_column("content_type", containers.of(objects["row"]))
    moment = pa.repeat(pa.scalar(now, pa.timestamp("us")), made.num_rows)
    for name, column in (("first_flow_id", flow), ("created", moment), ("registered_at", moment)):
        made = made.append_column(name, column)
    tx.insert("objects", made)


def _complete(tx: Transaction, odd: pa.Table, now: datetime) -> None:
    """Allocated and released objects become registered, with the span of their uses.

    Only columns that change are written: each costs as much as the others together.
    """
    if not odd.num_rows:
        return
    objects = _by_object(odd)
    changed = {name: objects.column(name) for name in ("id", "start_ns", "end_ns", "timerange")}
    registered, released = objects.column("registered_at"), objects.column("released_at")
    is_first = pc.or_(pc.is_null(registered), pc.is_valid(released))
    if pc.any(is_first).as_py():
        stamp = pa.scalar(now, pa.timestamp("us"))
        changed["registered_at"] = pc.if_else(is_first, stamp, registered)
        changed["released_at"] = pa.nulls(objects.num_rows, pa.timestamp("us"))
    if released.null_count < len(released):  # what it was before is forgotten
        for name in OF_REGISTRATION:
            changed[name] = pc.if_else(pc.is_valid(released), None, objects.column(name))
    first_flow = objects.column("first_flow_id")
    if first_flow.null_count:
        changed["first_flow_id"] = pc.coalesce(first_flow, objects.column("flow_id"))
    tx.update_each("objects", "id", pa.table(changed))
    if not pc.all(is_first).as_py():
        tx.shows_anew()
