"""Two stores beside each other: objects and flows that both have, or one of them alone."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.engines.beside import Beside
from tams_analytics.queries import two_stores
from tams_analytics.reports.changes import LIMIT
from tams_analytics.reports.report import Part, Report, Scope

COMPARED = ("objects", "segments", "flows", "sources", "tags")


def parts(scope: Scope, *, limit: int) -> Iterator[Part]:
    """The tables."""
    beside = Beside(scope.tables, scope.compared, limit)
    names = COMPARED if scope.objects is None else (*COMPARED, "object_instances")
    stores = beside.tables(names)
    yield Part(
        "objects",
        "objects that both stores have, this one alone (here), or the other (there)",
        two_stores.objects_by_place(*stores),
    )
    yield Part(
        "flows",
        "a flow that one store alone has, or that covers other time there",
        two_stores.flows_apart(*stores),
    )
    yield Part(
        "metadata",
        "a flow or source that both have and describe in other ways",
        two_stores.metadata_apart(*stores),
    )
    yield Part("tags", "a tag that differs", two_stores.tags_apart(*stores))
    yield Part("apart", "an object that one store alone has", two_stores.objects_apart(*stores))
    yield Part(
        "shared",
        "an object that both have, first those of which they say other things",
        two_stores.objects_shared(*stores),
    )
    if scope.objects is not None:
        listing = beside.lent("the listing", scope.objects)
        yield Part(
            "same_bytes",
            "bytes that are kept twice, once for each store, by their ETag and size",
            two_stores.bytes_shared(*stores, listing),
        )


REPORT = Report(
    name="comparison",
    title="Two stores beside each other",
    look=(
        "here is this store, there the other. An object that both have with sizes that do not "
        "agree is damaged in one of them. only_here is time that this store alone has media for: "
        "what a replica lacks. With objects, a listing of the buckets of both, same_bytes finds "
        "what is kept twice under whatever names. Stores on two connections are copied to this "
        "machine first, at most limit rows of each table."
    ),
    source="Q37",
    parts=parts,
    parameters=(LIMIT,),
    takes=frozenset({"other", "objects"}),
)
