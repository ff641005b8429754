"""Which scans are brought once for several questions, and which are left to each."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis import _

from tams_analytics import span
from tams_analytics.engines.statement import DEFINED
from tams_analytics.engines.vast.planning import plan
from tams_analytics.engines.vast.planning.gathering import gathered, left_over

SEGMENTS, FLOWS, REQUESTS = DEFINED.segments, DEFINED.flows, DEFINED.deletion_requests
BOUNDED = SEGMENTS.filter(span.overlaps("[10:0_20:0)"))
BOUNDS = {"start_ns < 20000000000", "end_ns > 10000000000"}

Brought = list[tuple[str, set[str], set[str]]]


def brought(*questions: ir.Table) -> Brought:
    """The table, columns and conditions of each scan."""
    found = gathered([plan(question) for question in questions])
    return [(each.table.name, set(each.columns), set(map(str, each.pushed))) for each in found]


GATHERED: dict[str, tuple[list[ir.Table], Brought]] = {
    "the columns of all": (
        [SEGMENTS.select("flow_id", "start_ns"), SEGMENTS.select("flow_id", "end_ns")],
        [("segments", {"flow_id", "start_ns", "end_ns"}, set())],
    ),
    "each table by itself": (
        [SEGMENTS.select("flow_id"), FLOWS.select("id"), FLOWS.select("label")],
        [("segments", {"flow_id"}, set()), ("flows", {"id", "label"}, set())],
    ),
    "a condition that all have is pushed": (
        [BOUNDED.select("flow_id"), BOUNDED.select("object_id")],
        [("segments", {"flow_id", "object_id"}, BOUNDS)],
    ),
    "the column of a condition that only some have": (
        [SEGMENTS.select("flow_id"), SEGMENTS.filter(_.ts_offset.notnull()).select("object_id")],
        [("segments", {"flow_id", "object_id", "ts_offset"}, set())],
    ),
    "what has bounds beside what has none": (
        [SEGMENTS.select("object_id"), BOUNDED.select("object_id", "timerange")],
        [
            ("segments", {"object_id"}, set()),
            ("segments", {"object_id", "timerange"}, BOUNDS),
        ],
    ),
    "not what another one has": (
        [SEGMENTS.select("flow_id", "start_ns", "end_ns"), BOUNDED.select("flow_id")],
        [("segments", {"flow_id", "start_ns", "end_ns"}, set())],
    ),
    "rows of one name for all who ask for it": (
        [FLOWS.filter(_.id == "a").select(name) for name in ("id", "label")],
        [("flows", {"id", "label"}, {"id == 'a'"})],
    ),
    "a truth bounds nothing": (
        [FLOWS.select("id"), FLOWS.filter(_.read_only == True).select("id", "label")],  # noqa: E712
        [("flows", {"id", "label", "read_only"}, set())],
    ),
    "no counts, no rows of a limit, nothing of never": (
        [SEGMENTS.count().as_table(), FLOWS.limit(3), SEGMENTS.filter(span.overlaps("()"))],
        [],
    ),
    "a value that is known later is a column": (
        [FLOWS.filter(_.id == ibis.param("string").name("later")).select("label")],
        [("flows", {"id", "label"}, set())],
    ),
}


@pytest.mark.parametrize("what", GATHERED)
def test_what_is_brought(what: str) -> None:
    questions, wanted = GATHERED[what]

    assert wanted == brought(*questions)


def of_requests() -> ir.Table:
    """Segments of the flows that requests in one state name."""
    requests = REQUESTS.filter(_.status == "error").select("flow_id")
    return SEGMENTS.select("flow_id", "created").semi_join(requests, "flow_id")


def test_what_keys_of_few_rows_make_smaller_is_left_to_each_question() -> None:
    of_few = of_requests()
    objects = DEFINED.objects.select("id", "size").semi_join(of_few, [("id", "flow_id")])

    assert [("deletion_requests", {"flow_id"}, {"status == 'error'"})] == brought(of_few, objects)


def test_it_comes_with_the_table_where_others_need_all_of_it() -> None:
    both = brought(of_requests(), SEGMENTS.select("object_id"))

    assert ("segments", {"flow_id", "object_id", "created"}, set()) in both


def test_what_was_not_brought_keeps_those_that_have_its_keys() -> None:
    of_few = plan(of_requests())
    requests, segments = gathered([plan(REQUESTS), plan(SEGMENTS)])

    there, left = left_over(of_few, [requests, segments])
    assert ({"deletion_requests", "segments"}, (), ()) == (
        tables(there),
        left.scans,
        left.reductions,
    )
    there, left = left_over(of_few, [segments])
    assert ({"segments"}, ["deletion_requests"]) == (
        tables(there),
        [s.table.name for s in left.scans],
    )
    there, left = left_over(of_few, [requests])
    assert {} == there
    assert (of_few.scans, of_few.reductions) == (left.scans, left.reductions)


def tables(there: dict[str, Any]) -> set[str]:
    return {scan.table.name for scan in there.values()}
