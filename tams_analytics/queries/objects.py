"""Questions about objects and their instances."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import showing
from tams_analytics.queries.paging import limited
from tams_analytics.queries.tags import TagFilter
from tams_analytics.span import Ids, Limit, Text
from tams_analytics.tables import Tables


def by_ids(tables: Tables, *, ids: Ids) -> ir.Table:
    """The objects with these ids; all columns of ``objects``."""
    return tables.objects.filter(_.id.isin(ids))


def is_registered(objects: ir.Table) -> ir.BooleanValue:
    """Of each of these ``objects``: it is registered, and not released again (R5)."""
    return objects.registered_at.notnull() & objects.released_at.isnull()


def known(tables: Tables, *, ids: Ids) -> ir.Table:
    """Those of these ids that are taken: ``id``."""
    return tables.objects.filter(_.id.isin(ids)).select("id")


def instances(tables: Tables, *, object_ids: Ids) -> ir.Table:
    """The instances of these objects; all columns of ``object_instances``."""
    return tables.object_instances.filter(_.object_id.isin(object_ids))


def placed(tables: Tables, *, ids: Text) -> ir.Table:
    """These objects, a row for each instance: as `by_ids`, and ``storage_id, controlled`` of that.

    Each table by ids alone: with a further condition DuckDB looks for none of them in its index.
    """
    places = tables.object_instances.filter(_.object_id.isin(ids))
    places = places.select("object_id", "storage_id", "controlled")
    rows = tables.objects.filter(_.id.isin(ids))
    return rows.inner_join(places, rows.id == places.object_id).drop("object_id")


def labelled(tables: Tables, *, label: Text) -> ir.Table:
    """An object with a URL of a client by this label: ``object_id``; one is enough."""
    rows = tables.object_instances.filter(~_.controlled, _.label == label)
    return rows.select("object_id").limit(1)


def users_of_init(tables: Tables, *, ids: Text) -> ir.Table:
    """Which of these objects others need as initialisation object: ``id``, each once.

    What is released, or not registered yet, needs nothing (R5).
    """
    users = tables.objects.filter(_.init_object_id.isin(ids))
    users = users.filter(is_registered(users))
    return users.select(id="init_object_id").distinct()


def needing(tables: Tables, *, init_object_id: Text) -> ir.Table:
    """The registered objects that need this initialisation object: ``id``, in order."""
    users = tables.objects.filter(_.init_object_id == init_object_id)
    users = users.filter(is_registered(users))
    return users.select("id").order_by("id")


def storage_backends(tables: Tables) -> ir.Table:
    """All storage backends, by id; all columns of ``storage_backends``."""
    return tables.storage_backends.order_by("id")


OF_OBJECT = ("id", "timerange", "key_frame_count", "init_object_id", "first_flow_id")
"""The columns of an object that its document needs."""


def shown(  # noqa: PLR0913 - what the specification lets a client say
    tables: Tables,
    *,
    object_id: Text,
    limit: Limit = None,
    after_flow_id: Text = None,
    tag_names: Text = (),
    tag_values: Text = (),
    tag_counts: tuple[int, ...] = (),
    tags_present: Text = (),
    tags_absent: Text = (),
) -> ir.Table:
    """All that a GET shows of an object, in one row; none where clients see no object (§202, §210).

    `OF_OBJECT`; ``instances`` and ``init_instances``, lists of `showing.OF_INSTANCE`; ``backends``
    as in `showing`; ``flows``: the ids of the flows that reference it after that one, each once, in
    order (§203, §209), whose tags fulfil what `tags.asked` says (§206). Lists are NULL of nothing.
    """
    rows = tables.objects.filter(_.id == object_id)
    rows = rows.filter(is_registered(rows)).select(*OF_OBJECT)
    users = flows_using(tables, object_id=object_id)
    filters = TagFilter(tag_names, tag_values, tag_counts, tags_present, tags_absent)
    if after_flow_id is not None:
        users = users.filter(_.id > after_flow_id)
    users = limited(filters.applied(users, tables, "flows").order_by("id"), limit)
    known = tables.object_instances
    own = known.filter(known.object_id == object_id)
    init = known.semi_join(rows, known.object_id == rows.init_object_id)
    lists = [
        showing.listed(own, "instances"),
        showing.listed(init, "init_instances"),
        users.agg(flows=users.id.collect()),
    ]
    for each in lists:
        rows = rows.cross_join(each)
    return showing.with_backends(rows, tables)


def flows_using(tables: Tables, *, object_id: Text) -> ir.Table:
    """The flows with a segment of this object, or of a registered one that it initialises: ``id``.

    Each once. Two questions about few objects each: an OR of them would look at all segments.
    """
    needing = tables.objects.filter(_.init_object_id == object_id)
    media = [tables.objects.filter(_.id == object_id), needing.filter(is_registered(needing))]
    uses = [tables.segments.semi_join(each, _.object_id == each.id) for each in media]
    own, by_others = (rows.select(id="flow_id") for rows in uses)
    return own.union(by_others, distinct=True)
