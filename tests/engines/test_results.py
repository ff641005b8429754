"""Answers that are kept: true, not older than the last write, counted (T7, F50)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import watching
from tams_analytics.engines.results import OWN_BYTES, Results, tables_of
from tams_analytics.engines.statement import split
from tams_analytics.errors import BadParameter
from tams_analytics.queries import analytics, overview, segments
from tams_analytics.settings import load
from tests.support.vast_stores import BUCKET, VastStores

SEGMENT = {
    "flow_id": "f",
    "object_id": "o",
    "start_ns": 0,
    "end_ns": 10**9,
    "timerange": "[0:0_1:0)",
}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with ta.connect(str(tmp_path / "x.duckdb")) as opened:
        by_the_library(opened)
        yield opened


def kept(store: ta.Store, lifetime_s: float = 300, **options: Any) -> tuple[Results, list[str]]:
    """Results of a store, and what was really asked of it."""
    asked: list[str] = []

    def ask(question: Any, /, **arguments: Any) -> pa.Table:
        asked.append(question.__name__)
        return store._engine.ask(question, **arguments)

    return Results(store._engine, lifetime_s, ask, **options), asked


def test_an_answer_is_asked_for_once(store: ta.Store) -> None:
    results, asked = kept(store)

    first, second = (results.ask(segments.amount, flow_id="f") for _ in range(2))

    assert [{"segments": 1}] == first.to_pylist() == second.to_pylist()
    assert (["amount"], 1, 1) == (asked, results.hits, results.misses)


def test_what_is_kept_can_be_seen(store: ta.Store) -> None:
    store.results.ask(segments.amount, flow_id="f")
    store.results.ask(segments.amount, flow_id="f")

    assert re.fullmatch(r"<Results: 1 kept in \d+ bytes; 1 hits, 1 misses>", repr(store.results))


def test_other_values_shapes_and_questions_are_other_answers(store: ta.Store) -> None:
    results, asked = kept(store)

    assert [1] == results.ask(segments.amount, flow_id="f")["segments"].to_pylist()
    assert [0] == results.ask(segments.amount, flow_id="g")["segments"].to_pylist()
    results.ask(analytics.coverage, flow_id="f")
    results.ask(analytics.coverage, flow_id="f", timerange="[0:0_1:0)")
    results.ask(analytics.coverage, flow_id="f", timerange="[0:0_2:0)")

    assert 5 == len(asked)


def by_the_library(store: ta.Store) -> None:
    store._engine.transact(lambda tx: tx.insert("segments", [SEGMENT]))


def by_plain_duckdb(store: ta.Store) -> None:
    with duckdb.connect(store.url) as other:
        other.execute("INSERT INTO segments SELECT * REPLACE (7 AS start_ns) FROM segments")


def by_ibis(store: ta.Store) -> None:
    backend: Any = store.segments.get_backend()
    backend.insert("segments", store.segments.mutate(start_ns=store.segments.start_ns + 7))


@pytest.mark.parametrize("write", [by_the_library, by_plain_duckdb, by_ibis])
def test_no_stale_answer_comes_after_a_write(
    store: ta.Store, write: Callable[[ta.Store], None]
) -> None:
    results, _asked = kept(store)
    assert [1] == results.ask(segments.amount, flow_id="f")["segments"].to_pylist()

    write(store)

    assert [2] == results.ask(segments.amount, flow_id="f")["segments"].to_pylist()


def test_an_answer_that_was_overtaken_by_a_write_is_not_kept_as_the_newer_one(
    store: ta.Store,
) -> None:
    """The version is read before the question is asked."""
    engine = store._engine

    def overtaken(question: Any, /, **arguments: Any) -> pa.Table:
        found = engine.ask(question, **arguments)
        by_the_library(store)
        return found

    results = Results(engine, 300, overtaken)
    counts = [
        results.ask(segments.amount, flow_id="f")["segments"].to_pylist()[0] for _ in range(3)
    ]

    assert [1, 2, 3] == counts


def test_an_answer_is_kept_for_its_lifetime(store: ta.Store) -> None:
    clock = Clock()
    results, asked = kept(store, lifetime_s=10, clock=clock)

    for clock.now in (0, 9.9, 10, 19.9):
        results.ask(segments.amount, flow_id="f")

    assert 2 == len(asked)


def test_the_answers_asked_for_least_go_first(store: ta.Store) -> None:
    size = store.ask(overview.counts).nbytes + OWN_BYTES
    results, asked = kept(store, most_bytes=2 * size + 8)

    for flow_id in "abab":
        results.ask(segments.amount, flow_id=flow_id)
    results.ask(overview.counts)
    results.ask(overview.counts)
    assert 3 == len(asked)
    assert results.size_bytes <= 2 * size + 8

    results.clear()
    results.ask(overview.counts)
    assert 4 == len(asked)


def test_answers_without_rows_are_bounded_too(store: ta.Store) -> None:
    results, _asked = kept(store, most_bytes=10 * OWN_BYTES)

    for number in range(100):
        results.ask(segments.listing, flow_id=f"unknown-{number}")

    assert 10 * OWN_BYTES >= results.size_bytes > 0
    assert len(results._kept) <= 10


def test_nothing_is_kept_of_a_store_in_memory_or_of_live_tables_on_vast(
    vast_stores: VastStores,
) -> None:
    """Nothing would tell of what others write to them."""
    for url in (":memory:", vast_stores.new_url()):
        with ta.connect(url) as store:
            results, asked = kept(store)
            for _ in range(2):
                results.ask(segments.amount, flow_id="f")
            assert 2 == len(asked)
            assert 0 == results.hits


def test_a_snapshot_on_vast_is_kept(vast_stores: VastStores) -> None:
    with ta.connect(vast_stores.new_url()) as store:
        by_the_library(store)
        vast_stores.peer.snapshot(BUCKET, "then")
        try:
            results, asked = kept(store.at("then"))
            by_the_library(store)
            for _ in range(2):
                assert [1] == results.ask(segments.amount, flow_id="f")["segments"].to_pylist()
            assert 1 == len(asked)
        finally:
            vast_stores.peer.drop_snapshot(BUCKET, "then")


@pytest.mark.parametrize(
    ("name", "value", "lifetime"),
    [("CACHE_TTL", "7", 7), ("CACHE_TTL", "0", 0), ("CACHE_ENABLED", "0", 0), ("X", "1", 300)],
)
def test_the_settings_say_how_long(
    name: str, value: str, lifetime: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F50."""
    monkeypatch.setenv(name, value)
    with ta.connect(str(tmp_path / "x.duckdb")) as store:
        store.results.ask(overview.counts)
        store.results.ask(overview.counts)

    assert (1 if lifetime else 0) == store.results.hits


@pytest.mark.parametrize("value", ["-1", "86401", "soon"])
def test_a_lifetime_beyond_a_day_is_refused(value: str) -> None:
    with pytest.raises(BadParameter, match="CACHE_TTL"):
        load({"CACHE_TTL": value})


def test_who_looks_on_is_told_of_hits_and_of_what_was_read(store: ta.Store) -> None:
    """T7, T8."""
    seen: list[watching.Event] = []
    with watching.watched_by(seen.append):
        for _ in range(2):
            store.results.ask(segments.listing, flow_id="f")

    assert [False, True] == [each.is_hit for each in seen if isinstance(each, watching.Recalled)]
    (read,) = [each for each in seen if isinstance(each, watching.Queried)]
    assert ("duckdb", 1, 1) == (read.engine, read.rows, read.splits)
    assert read.bytes > 0


def test_a_question_is_known_by_the_tables_it_reads() -> None:
    shape, _values = split(analytics.coverage, {"flow_id": "f"}, for_plan=True)

    assert {"segments", "flows"} >= tables_of(analytics.coverage, shape) >= {"segments"}
