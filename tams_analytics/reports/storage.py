"""What is kept where, and for whom: by storage backend, source and codec; and what is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.measures.dimensions import FLOW, chosen
from tams_analytics.measures.measuring import measure
from tams_analytics.queries import inventory, storage
from tams_analytics.reports.report import Parameter, Part, Report, Scope, text
from tams_analytics.tables import Tables

MEASURED = ("objects", "stored_bytes", "objects_of_unknown_size")


def parts(scope: Scope, by: str | None) -> Iterator[Part]:
    """The tables; ``groups`` only where somebody says by what, ``usage`` only of a listing."""
    tables = scope.tables
    yield Part(
        "backends",
        "a storage backend: what it holds by the records, and what of that no other holds",
        storage.by_backend(tables),
    )
    yield Part("by_source", "a source: the objects that its flows show", _by_source(tables))
    yield Part("by_codec", "a codec: the objects that its flows show", _by(tables, "codec"))
    if by is not None:
        yield Part("groups", f"flows by {by}: the objects that they show", _by(tables, by))
    yield Part(
        "uncontrolled",
        "a host of URLs that the store does not control",
        storage.uncontrolled(tables),
    )
    if scope.objects is not None:
        yield Part(
            "usage",
            "a bucket and storage class, as the listing says, and what of it no object knows",
            inventory.usage(tables, scope.listing),
        )


def _by(tables: Tables, by: str) -> ir.Table:
    """The objects of each group, each once in it, and their bytes; of NULL what nothing shows."""
    found = measure(tables, MEASURED, by=by)
    return found.order_by(_.stored_bytes.desc(), found.columns[0])


def _by_source(tables: Tables) -> ir.Table:
    found = measure(tables, MEASURED, by="source")
    labels = tables.sources.distinct(on="id", keep="first").select(known_id="id", label="label")
    found = found.left_join(labels, found.source_id == labels.known_id)
    found = found.select("source_id", "label", *MEASURED)
    return found.order_by(_.stored_bytes.desc(), "source_id")


def grouping(value: Any) -> str:
    """A parameter that says what flows are taken together by. Raises `BadParameter`."""
    (found,) = chosen(text(value))
    if found.of != "flow":
        raise BadParameter("value", value, "is nothing of flows", f"one of {', '.join(FLOW)}")
    return found.name


REPORT = Report(
    name="storage",
    title="What is stored where",
    look=(
        "Bytes are sizes on record, an object counted once in each row: sources share objects, so "
        "rows do not add up. What is under NULL no flow shows; the check object_unreferenced "
        "names it. backends counts what instances name, also objects whose own row is gone "
        "(instance_without_object), of unknown size; by_source, by_codec and measures count rows "
        "of objects. only_bytes are lost with the backend: POST an instance elsewhere to "
        "/objects/{id}/instances. Objects that only a foreign host has go when it does. With a "
        "listing (--objects) usage says what buckets really hold."
    ),
    source="Q19, Q21, Q23",
    parts=parts,
    parameters=(
        Parameter("by", "more groups: flow, format, container, label, tag:NAME, …", None, grouping),
    ),
    takes=frozenset({"objects"}),
)
