"""Questions about the URLs by which clients read bytes: which to ask, what they answered (Q22)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.objects import is_registered
from tams_analytics.tables import Tables

INSTANCE = ("object_id", "storage_id", "label", "controlled", "key", "url")


def sampled(tables: Tables, *, size: int, controlled: bool | None = None) -> ir.Table:
    """At most ``size`` instances of objects, spread evenly over each storage, the same each time.

    Columns: ``object_id, storage_id, label, controlled, key, url``, and ``size``, that of the
    object, NULL where it is on no record. All instances or, by ``controlled``, those alone that the
    store keeps, or that clients named. Of objects that are registered and not released.
    """
    objects = tables.objects.filter(is_registered(tables.objects))
    objects = objects.group_by(known_id="id").agg(size=_.size.max())
    rows = tables.object_instances
    if controlled is not None:
        rows = rows.filter(rows.controlled if controlled else ~rows.controlled)
    rows = rows.select(*INSTANCE).distinct()
    rows = rows.inner_join(objects, rows.object_id == objects.known_id).drop("known_id")
    place = ["controlled", "storage_id", "object_id", "label", "key", "url"]
    rows = rows.mutate(number=ibis.row_number().over(ibis.window(order_by=place)))
    parted = rows.mutate(part=ibis.ntile(size).over(ibis.window(order_by="number")))
    first = parted.mutate(least=_.number.min().over(ibis.window(group_by="part")))
    found = first.filter(_.number == _.least)
    return found.select(*INSTANCE, "size", "number").order_by("number").drop("number")


def by_health(answers: ir.Table) -> ir.Table:
    """How many URLs are well, and what ails the others: ``health, status, urls``, most first."""
    found = answers.group_by("health", "status").agg(urls=_.count())
    return found.order_by(ibis.desc("urls"), "health", "status")


def by_host(answers: ir.Table) -> ir.Table:
    """How each host answers, the worst first.

    Columns: ``host, storage_id, urls, good, good_ratio``, and of those that answered
    ``median_ms, p95_ms`` (the least delay that so many do not exceed) and ``max_ms``.
    """
    group = ["host", "storage_id"]
    answered = ibis.window(group_by=[*group, answers.delay_ms.isnull()], order_by="delay_ms")
    ranked = answers.mutate(
        place=ibis.row_number().over(answered),
        answered=_.delay_ms.count().over(ibis.window(group_by=group)),
    )
    found = ranked.group_by(group).agg(
        urls=_.count(),
        good=_.is_good.count(where=_.is_good),
        median_ms=_.delay_ms.max(where=_.place * 2 < _.answered),
        p95_ms=_.delay_ms.max(where=_.place * 100 < _.answered * 95),
        max_ms=_.delay_ms.max(),
    )
    found = found.mutate(good_ratio=_.good.cast("float64") / _.urls.cast("float64"))
    return found.relocate("good_ratio", after="good").order_by("good_ratio", *group)


def by_answer(answers: ir.Table) -> ir.Table:
    """Each URL that was asked; those that are not well first, then the slowest."""
    order = ("host", "path", "object_id", "storage_id", "label")
    found = answers.order_by("is_good", "health", ibis.desc("delay_ms"), *order)
    return found.select(*(name for name in answers.columns if name != "is_good"))
