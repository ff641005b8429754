"""Initialisation objects in bulk: those that rows of objects name, those that segments bring.

No load makes an object both media and initialisation object: a delete of the one would take the
other (§179, mission R3).
"""

from __future__ import annotations

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter, Refused
from tams_analytics.queries.objects import is_registered
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.types import one_chunk
from tams_analytics.writes.collected import BEING_COLLECTED
from tams_analytics.writes.places import storage_paths

OF_MEDIA = ("start_ns", "end_ns", "timerange", "key_frame_count", "init_object_id")
"""What an initialisation object has none of."""


def named_inits(batch: Batch) -> pa.Table:
    """What rows of objects name as initialisation object, once: ``init, is_live, row``.

    ``is_live``: by an object that is registered. What a released object had counts no more (R5).
    """
    is_live = batch.column("registered_at").is_valid()
    if not batch.has("registered_at"):  # its default is now
        is_live = pa.repeat(True, batch.rows.num_rows)
    named = pa.table(
        {
            "init": batch.column("init_object_id"),
            "is_live": is_live,
            "row": pc.add(batch.numbers(), batch.first_row),
        }
    )
    counts = pc.and_(pc.is_valid(named["init"]), pc.is_null(batch.column("released_at")))
    groups = named.filter(counts).group_by(["init", "is_live"], use_threads=False)
    return groups.aggregate([("row", "min")]).rename_columns(["init", "is_live", "row"])


def refuse_bad_inits(tx: Transaction, loading: Loading) -> None:
    """Raise `BadParameter` about the first row of objects whose initialisation object is none.

    It is stored, or comes with the same load, it is no media object, and where the object is
    registered it is so too.
    """
    if not any(table.num_rows for table in loading.inits):
        return
    named, kept = ibis.memtable(pa.concat_tables(loading.inits)), tx.tables.objects
    live = is_registered(kept)
    joined = named.left_join(kept, named.init == kept.id).select(
        "init",
        "row",
        is_missing=kept.id.isnull(),
        is_collected=kept.collecting_since.notnull(),
        is_unready=_.is_live & ~live,
        is_spanned=live & kept.start_ns.notnull(),
        is_user=live & kept.init_object_id.notnull(),
    )
    media = named.semi_join(tx.tables.segments, named.init == tx.tables.segments.object_id)
    found = tx.rows(joined)
    is_media = pc.is_in(found["init"], value_set=one_chunk(tx.rows(media.select("init"))["init"]))
    _refuse(found, found["is_missing"], "is no object of the store or the load", "load it first")
    _refuse(found, is_media, "is a media object (§179)")
    _refuse(found, found["is_unready"], "is not registered, as the object is")
    _refuse(found, found["is_spanned"], "has a timerange, as media objects have (§204)")
    _refuse(found, found["is_user"], "has an initialisation object itself")


def _refuse(found: pa.Table, is_bad: pa.ChunkedArray, problem: str, expected: str = "") -> None:
    bad = found.filter(is_bad).sort_by("row")
    if bad.num_rows:
        first = bad.slice(0, 1).to_pylist()[0]
        where = f"{problem} (row {first['row']})"
        raise BadParameter("objects.init_object_id", first["init"], where, expected)


def register_inits(tx: Transaction, loading: Loading) -> None:
    """Register what the objects need that a load of segments registered, as a single one does.

    One that is not stored becomes unverified (R14). Raises `Refused` for one that is media (§179)
    or allocated for another flow (§173), and in a strict store for one that is not stored.
    """
    if not loading.needs_init:
        return
    needed = tx.rows(_needed(tx, loading))
    segments = tx.tables.segments
    users = ibis.memtable(needed.select(["init"]))
    media = tx.rows(users.semi_join(segments, users.init == segments.object_id))["init"]
    is_media = pc.or_(needed["is_spanned"], pc.is_in(needed["init"], value_set=one_chunk(media)))
    _refuse_use(needed.filter(is_media), "cannot be media as well (§179)")
    _refuse_use(needed.filter(needed["is_collected"]), BEING_COLLECTED)
    _refuse_use(needed.filter(needed["is_foreign"]), "was allocated for another flow (§173)")
    missing, stored = needed.filter(needed["is_missing"]), needed.filter(needed["is_unready"])
    if loading.strict:
        _refuse_use(missing, "was never allocated (strict)")
    _insert(tx, _each_once(missing), loading)
    _complete(tx, _each_once(stored), loading)


def _needed(tx: Transaction, loading: Loading) -> ibis.expr.types.Table:
    """``init, user, flow_id, container`` and what is true of it, of each object that needs one."""
    kept = tx.tables.objects
    made = kept.filter(_.registered_at == ibis.literal(loading.now), _.init_object_id.notnull())
    users = made.select(init="init_object_id", user="id", flow_id="first_flow_id")
    flows = tx.tables.flows.select(flow="id", container="container")
    users = users.left_join(flows, users.flow_id == flows.flow).drop("flow")
    live = is_registered(kept)
    joined = users.left_join(kept, users.init == kept.id)
    return joined.select(
        "init",
        "user",
        "flow_id",
        "container",
        bound=kept.first_flow_id,
        is_missing=kept.id.isnull(),
        is_collected=kept.collecting_since.notnull(),
        is_unready=kept.id.notnull() & ~live,
        is_spanned=(live & kept.start_ns.notnull()).fill_null(False),
        is_foreign=(
            kept.id.notnull() & kept.registered_at.isnull() & (kept.first_flow_id != _.flow_id)
        ).fill_null(False),
    ).order_by("user")


def _refuse_use(forbidden: pa.Table, reason: str) -> None:
    if forbidden.num_rows:
        first = forbidden.slice(0, 1).to_pylist()[0]
        change = f"using object {first['init']}"
        raise Refused(change, f"it initialises object {first['user']} and {reason}")


def _each_once(needed: pa.Table) -> pa.Table:
    """The rows of the first user of each."""
    places = pa.array(range(needed.num_rows), pa.int64())
    groups = needed.append_column("place", places).group_by("init", use_threads=False)
    return needed.take(groups.aggregate([("place", "min")])["place_min"])


def _insert(tx: Transaction, missing: pa.Table, loading: Loading) -> None:
    if not missing.num_rows:
        return
    flow, ids = one_chunk(missing["flow_id"]), one_chunk(missing["init"])
    moment = pa.repeat(pa.scalar(loading.now, pa.timestamp("us")), missing.num_rows)
    made = {
        "id": ids,
        "storage_path": storage_paths(flow, loading.now, ids),
        "content_type": missing["container"],
        "first_flow_id": flow,
        "created": moment,
        "registered_at": moment,
    }
    tx.insert("objects", pa.table(made))


def _complete(tx: Transaction, stored: pa.Table, loading: Loading) -> None:
    if not stored.num_rows:
        return
    values = {"registered_at": loading.now, "released_at": None} | dict.fromkeys(OF_MEDIA)
    tx.update("objects", {"id": stored["init"].to_pylist()}, values)
    bound = stored.filter(pc.is_null(stored["bound"]))
    if bound.num_rows:
        named = {"id": bound["init"], "first_flow_id": bound["flow_id"]}
        tx.update_each("objects", "id", pa.table(named))
