"""What a GET shows beside the rows that it lists: the instances of objects, and where those are.

All of it is one question, so each row of the answer is a listed row with one of its instances:
what has several comes several times, what has none once with NULLs. Lists inside a row would take
DuckDB ten times as long.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from tams_analytics.tables import Tables

OF_INSTANCE = ("storage_id", "label", "controlled", "key", "url")
"""What a URL is made of: columns ``instance_…``, and ``init_…`` of an initialisation object."""
ORDER = ("controlled", "created", "storage_id", "label", "url")
"""In which order the instances of an object come."""
OF_BACKEND = (
    "id",
    "label",
    "store_type",
    "provider",
    "store_product",
    "region",
    "availability_zone",
)
"""What `backends` says of a storage backend, beside its ``tags``."""
OF_TAG = ("name", "position", "value")


def with_instances(rows: ir.Table, tables: Tables, ids: ir.Table, prefix: str) -> ir.Table:
    """``rows`` with the instances of the object that a column names, or NULLs.

    The one column of ``ids`` is called as that of ``rows``. Those of the few ids are chosen first,
    as engines build their hash tables of what they take to be smaller.
    """
    (name,) = ids.columns
    known = tables.object_instances
    columns = {prefix + column: known[column] for column in dict.fromkeys((*OF_INSTANCE, *ORDER))}
    found = known.semi_join(ids, known.object_id == ids[name])
    found = found.select(**{f"{prefix}of": known.object_id}, **columns)
    return rows.left_join(found, rows[name] == found[f"{prefix}of"]).drop(f"{prefix}of")


def with_media(rows: ir.Table, tables: Tables, **columns: str) -> ir.Table:
    """``rows`` of segments with these columns of their objects, and the instances of both.

    Columns of the table objects are given by their new names; the instances of the object come as
    ``instance_…``, those of its initialisation object, ``init_object_id``, as ``init_…``.
    """
    media = tables.objects.select(media_id="id", init_object_id="init_object_id", **columns)
    ids = rows.select("object_id")
    inits = media.semi_join(ids, media.media_id == ids.object_id).select("init_object_id")
    rows = rows.left_join(media, rows.object_id == media.media_id).drop("media_id")
    rows = with_instances(rows, tables, ids, "instance_")
    return with_instances(rows, tables, inits, "init_")


def listed(instances: ir.Table, name: str) -> ir.Table:
    """One row: all of these rows of ``object_instances`` as a list, each with its ``created``."""
    columns = tuple(dict.fromkeys((*OF_INSTANCE, *ORDER)))
    return instances.agg(**{name: _packed(instances, columns).collect()})


def order(rows: ir.Table, prefix: str) -> list[ir.Value]:
    """The instances of one object: controlled ones first, then by age."""
    first, *others = (rows[prefix + name] for name in ORDER)
    return [first.desc(), *(column.asc() for column in others)]


def with_backends(rows: ir.Table, tables: Tables) -> ir.Table:
    """``rows``, each with ``backends``: all storage backends and their tags, by id."""
    tags = tables.tags.filter(tables.tags.entity_type == "storage_backends")
    by_place = [tags.name, tags.position, tags.value]
    tags = tags.group_by("entity_id").agg(tags=_packed(tags, OF_TAG).collect(order_by=by_place))
    known = tables.storage_backends
    known = known.left_join(tags, known.id == tags.entity_id)
    packed = _packed(known, OF_BACKEND, tags=known.tags)
    return rows.cross_join(known.agg(backends=packed.collect(order_by=known.id)))


def _packed(table: ir.Table, columns: tuple[str, ...], **more: Any) -> ir.StructValue:
    """These columns of a row as one value."""
    fields: dict[str, Any] = {name: table[name] for name in columns}
    return ibis.struct(fields | more)
