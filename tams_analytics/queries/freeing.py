"""What goes with segments: objects that lose their last reference, and bytes that are freed (R5).

Deletes ask the same in steps (`writes.releasing`), of one selection; here it is one expression, of
many selections at once. An object of several selections goes by itself with none of them, unless it
goes with one alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.objects import is_registered
from tams_analytics.span import WIDE, held
from tams_analytics.tables import Tables

MEDIA, INIT = "media", "init"
AMOUNTS = ("objects", "shown_bytes", "freed_objects", "freed_bytes", "unknown")


def stored(tables: Tables) -> ir.Table:
    """What each object takes, each once: ``object_id, size, copies, stored_bytes``.

    ``size`` is that of one copy, NULL where it is on no record; ``stored_bytes``, of the type
    `WIDE`, that of all copies which the store keeps: then NULL too, but 0 where it keeps none.
    """
    rows = tables.objects.group_by(object_id="id").agg(size=_.size.max())
    rows = rows.left_join(_copies(tables), "object_id")
    rows = rows.select("object_id", "size", copies=_.copies.coalesce(0))
    taken = ibis.ifelse(_.copies == 0, ibis.literal(0).cast(WIDE), _.size.cast(WIDE) * _.copies)
    return rows.mutate(stored_bytes=taken)


def _copies(tables: Tables) -> ir.Table:
    """How many copies the store keeps of each object: ``object_id, copies``; none has no row."""
    kept = tables.object_instances.filter(_.controlled)
    kept = kept.select("object_id", "storage_id", "bucket", "key").distinct()
    return kept.group_by("object_id").agg(copies=_.count())


def touched(tables: Tables, taken: ir.Table, *, by: Sequence[str] = ()) -> ir.Table:
    """What becomes of objects that some segments show, and of those that these need.

    In: by…, ``object_id, taken``, how many segments of an object go. Out: by…, ``object_id``, each
    once, ``role`` (``media``, or ``init``: needed by others alone), ``goes``, and ``references``:
    how many segments, or for an init objects, still refer to it.

    An init goes with the last registered object that needs it; one that has segments, which no rule
    allows, only as these say.
    """
    uses = tables.segments.group_by(shown="object_id").agg(uses=_.count())
    needs = tables.objects.filter(_.init_object_id.notnull())
    needs = needs.select(user="id", init_id="init_object_id", lives=_flag(is_registered(needs)))
    living = needs.group_by(needed="init_id").agg(living=_.lives.sum())
    media = taken.inner_join(uses, taken.object_id == uses.shown)
    media = media.mutate(goes=_flag(_.taken == _.uses))
    media = media.left_join(needs, media.object_id == needs.user)
    sides = media.mutate(is_media=ibis.array([1, 0]).unnest())
    sides = sides.mutate(id=ibis.ifelse(_.is_media == 1, _.object_id, _.init_id))
    each = (
        sides.filter(_.id.notnull())
        .group_by([*by, "id"])
        .agg(
            is_media=_.is_media.max(),
            left=(_.uses - _.taken).min(where=_.is_media == 1),
            gone=_.goes.sum(where=_.is_media == 0),
            less=(_.goes * _.lives).sum(where=_.is_media == 0),
        )
    )
    each = each.left_join(living, each.id == living.needed)
    each = each.left_join(uses, each.id == uses.shown)
    is_left = _.living - _.less + _.uses.coalesce(0)
    references = _.left.coalesce(is_left).cast("int64")
    goes = (_.references == 0) & ((_.is_media == 1) | (_.gone > 0))
    role = ibis.ifelse(_.is_media == 1, MEDIA, INIT)
    found = each.mutate(references=references).mutate(goes=goes, role=role)
    return found.select(*by, "role", "goes", "references", object_id="id")


def _flag(is_so: Any) -> Any:
    return is_so.ifelse(1, 0)


def amounts(tables: Tables, found: ir.Table, *, by: Sequence[str] = ()) -> ir.Table:
    """Of `touched` how much it is, and how much of that goes.

    by… and `AMOUNTS`. Bytes are those of all copies; ``unknown`` objects go of which no size is on
    record, so that their bytes are not among them.
    """
    known = stored(tables)
    rows = found.left_join(known, "object_id").drop("object_id_right")
    bytes_there = rows.stored_bytes.coalesce(ibis.literal(0).cast(WIDE))
    is_unknown = rows.stored_bytes.isnull() & rows.copies.notnull()
    rows = rows.mutate(bytes_there=bytes_there, is_unknown=is_unknown)
    nothing = ibis.literal(0).cast(WIDE)
    counts = {
        "objects": rows.count(),
        "shown_bytes": held(rows.bytes_there.sum()).coalesce(0),
        "freed_objects": _flag(rows.goes).sum().coalesce(0).cast("int64"),
        "freed_bytes": held(rows.goes.ifelse(rows.bytes_there, nothing).sum()).coalesce(0),
        "unknown": _flag(rows.goes & rows.is_unknown).sum().coalesce(0).cast("int64"),
    }
    return rows.group_by([*by]).agg(**counts) if by else rows.agg(**counts)
