"""The same question gives the same rows on DuckDB and on a real Trino (T4)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import _, span, tr
from tams_analytics.engines.trino.packed import FEW
from tests.intervals.worlds import SCHEMA
from tests.queries.test_listings import LISTINGS, pages
from tests.support.catalogue import Catalogue, expected, random_question
from tests.support.questions import arguments, name_of, questions, values_of
from tests.trino.conftest import Both

pytestmark = pytest.mark.trino

QUESTIONS = {name_of(each): each for each in questions()}


def comparable(value: Any) -> Any:
    """Lists that a question collects have no order."""
    if isinstance(value, dict):
        return tuple(sorted((name, comparable(each)) for name, each in value.items()))
    if isinstance(value, list):
        return tuple(sorted(map(comparable, value), key=repr))
    return value


def rows(found: pa.Table, *, ordered: bool) -> list[Any]:
    listed = [
        tuple((name, comparable(each)) for name, each in row.items()) for row in found.to_pylist()
    ]
    return listed if ordered else sorted(listed, key=repr)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question(name: str, newsroom: Both) -> None:
    question = QUESTIONS[name]
    for given in arguments(question, values_of(newsroom.duckdb)):
        expected = newsroom.duckdb.ask(question, **given)
        found = newsroom.trino.ask(question, **given)

        ordered = question.__name__ in ("listing", "shown")
        assert rows(expected, ordered=ordered) == rows(found, ordered=ordered), given
        assert expected.column_names == found.column_names


def test_most_questions_are_asked_here() -> None:
    assert len(QUESTIONS) >= 70
    assert {"segments.listing", "segments.shown", "flows.listing", "analytics.gaps"} <= {*QUESTIONS}


def random_rows(seed: int, count: int = 300) -> pa.Table:
    """Many rows in few groups: nested, touching, equal, never, NULL."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    made = []
    for number in range(count):
        start = chance.randint(-40, 400)
        length = chance.choice([1, 1, 2, 3, 5, 9, 20, 0, -2, 3_600 * 10**9])
        made.append(
            {
                "start_ns": None if chance.random() < 0.05 else start,
                "end_ns": None if chance.random() < 0.05 else start + length,
                "flow_id": chance.choice(["a", "b", "c", "it's", None]),
                "track": chance.choice([0, 1, 2**40, None]),
                "id": f"x{number % 97}",
            }
        )
    return pa.Table.from_pylist(made, SCHEMA)


VERBS: dict[str, Callable[[ir.Table, ir.Table], ir.Table]] = {
    "merge": lambda a, b: ta.merge(a, "flow_id", max_gap=2),
    "merge of two columns": lambda a, b: ta.merge(a, ["flow_id", "track"]),
    "gaps": lambda a, b: ta.gaps(a, "flow_id"),
    "gaps within": lambda a, b: ta.gaps(a, "track", within="[0:5_0:300)", min_duration="0:2"),
    "gaps of groups": lambda a, b: ta.gaps(a, "id", within="[0:5_0:9)", groups=b),
    "coverage": lambda a, b: ta.coverage(a, "flow_id", within="[0:10_"),
    "coverage of all": lambda a, b: ta.coverage(a),
    "overlaps": lambda a, b: ta.overlaps(a, ["flow_id", "track"]),
    "join_overlaps": lambda a, b: ta.join_overlaps(a, b, "flow_id"),
    "join_overlaps left": lambda a, b: ta.join_overlaps(a, b, ["track", "id"], how="left"),
    "join_overlaps semi": lambda a, b: ta.join_overlaps(a, b, "id", how="semi"),
    "join_overlaps anti": lambda a, b: ta.join_overlaps(a, b, "id", how="anti"),
    "depth": lambda a, b: ta.depth(a, "track"),
    "subtract": lambda a, b: ta.subtract(a, b, "id"),
    "closest": lambda a, b: ta.closest(a, b, ["flow_id", "track"]),
}


@pytest.mark.parametrize("count", [FEW, 300], ids=["few", "many"])
@pytest.mark.parametrize("name", VERBS)
def test_a_verb_on_tables_in_memory(name: str, count: int, newsroom: Both) -> None:
    """They reach Trino as VALUES, and as arrays."""
    asked = VERBS[name](*(ibis.memtable(random_rows(seed, count)) for seed in (1, 2)))
    here: Any = ibis.duckdb.connect()
    there: Any = newsroom.trino.segments.get_backend()

    expected = rows(here.to_pyarrow(asked), ordered=False)
    assert expected == rows(there.to_pyarrow(asked), ordered=False)
    assert expected


SELECTED: dict[str, Callable[[ta.Store], ir.Expr]] = {
    "a window": lambda s: s.segments.filter(span.overlaps(tr("[1788218200:0_1788218300:0)"))),
    "a prefix of labels": lambda s: s.flows.filter(_.label.like("S%")).select("id", "label"),
    "segments with their sources": lambda s: (
        s.segments.join(s.flows, s.segments.flow_id == s.flows.id)
        .group_by("source_id")
        .agg(n=_.count(), first=_.start_ns.min(), bytes=_.end_ns.max())
    ),
    "bytes by flow": lambda s: (
        s.segments.join(s.objects, s.segments.object_id == s.objects.id)
        .group_by("flow_id")
        .agg(bytes=_.size.sum(), objects=_.object_id.nunique())
    ),
    "gaps of all": lambda s: ta.gaps(s.segments, by="flow_id"),
    "overlaps of all": lambda s: ta.overlaps(s.segments, by="flow_id"),
    "hours": lambda s: s.segments.group_by(hour=_.start_ns // (3_600 * 10**9)).agg(n=_.count()),
    "created after": lambda s: s.flows.filter(_.created > "2026-08-06 10:43:04").select("id"),
    "of several semi and anti joins each": lambda s: (
        s.objects.anti_join(s.segments, s.objects.id == s.segments.object_id)
        .anti_join(s.tables.flow_fences, _.first_flow_id == s.tables.flow_fences.flow_id)
        .semi_join(s.object_instances, _.id == s.object_instances.object_id)
        .semi_join(s.flows, _.first_flow_id == s.flows.id)
        .union(s.objects.semi_join(s.segments, s.objects.id == s.segments.object_id))
        .select("id", "first_flow_id")
        .order_by("id")
        .limit(50)
    ),
    "what is read in a notebook": lambda s: s.flows.order_by("id").limit(3),
}


@pytest.mark.parametrize("name", SELECTED)
def test_an_expression_of_an_analyst(name: str, newsroom: Both) -> None:
    expected, found = (
        rows(SELECTED[name](store).to_pyarrow(), ordered=False)
        for store in (newsroom.duckdb, newsroom.trino)
    )

    assert expected == found
    assert expected


@pytest.mark.parametrize("entity", LISTINGS)
def test_pages_of_odd_texts(entity: str, odd: tuple[Catalogue, ta.Store]) -> None:
    """Labels that are longer than a key, NULL or alike; tags with quotes; what is not ASCII."""
    catalogue, store = odd
    for seed in range(3):
        asked = random_question(seed, catalogue, entity)

        found = pages(store, entity, asked, limit=[9, 20, 100][seed])

        wanted = expected(catalogue, entity, asked)
        assert wanted == [row["id"] for page in found for row in page], asked


def test_a_card_of_the_store(newsroom: Both) -> None:
    here, there = newsroom.duckdb.card(), newsroom.trino.card()

    assert (here.counts, here.extent) == (there.counts, there.extent)
    assert list(here.counts) == list(there.counts)
    assert {"read": True, "write": False, "SQL": True, "snapshots": False} == there.capabilities
