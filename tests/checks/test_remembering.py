"""What is remembered of a run: the next one knows what is new, what stayed, what is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.checks import SAMPLE
from tams_analytics.errors import NotFound
from tams_analytics.store import Store
from tams_analytics.tables import OF_RUNS
from tams_analytics.writes.found import KEPT
from tests.checks.small import (
    CHECKS,
    LOST,
    add_flows,
    add_segments,
    drop_segments,
    fill,
    finding,
    known,
    told,
)
from tests.support.vast_stores import BUCKET, VastStores

BOTH = [(LOST, finding("a", 1)), (LOST, finding("b", 1))]


@pytest.fixture
def small(store: Store) -> Store:
    fill(store)
    return store


@pytest.fixture
def local() -> Iterator[Store]:
    """The same, for what no engine has a part in."""
    with ta.connect(":memory:") as store:
        fill(store)
        yield store


def remember(store: Store, **asked: Any) -> str:
    return store.remember(store.check(only=CHECKS, **asked))


def ids(table: Any) -> list[str]:
    return sorted(table.to_pyarrow().column("id").to_pylist())


def test_of_a_store_that_remembers_nothing_nobody_knows_what_is_new(local: Store) -> None:
    checked = local.check(only=CHECKS)

    assert [None, None] == [each["new"] for each in checked.checks]
    assert [finding("a", 1), finding("b", 1)] == ids(checked.new[LOST]) == ids(checked.findings)
    assert [] == known(local)


def test_what_a_run_has_told_of_is_not_new(small: Store) -> None:
    remember(small)
    assert BOTH == known(small)
    add_segments(small, "a", 20)
    add_flows(small, ["c"], source_id="nobody")

    checked = small.check(only=CHECKS)

    assert [(LOST, 3, 1), ("flow_without_source", 1, 1)] == [
        (each["id"], each["failures"], each["new"]) for each in checked.checks
    ]
    assert [finding("a", 20)] == ids(checked.new[LOST])
    small.remember(checked)
    assert [finding("a", 20)] == ids(checked.new[LOST])
    assert {LOST: (3, 0, 0), "flow_without_source": (1, 0, 0)} == told(small)


def test_what_is_gone_goes_and_is_new_when_it_comes_back(small: Store) -> None:
    remember(small)
    first = first_seen(small)
    drop_segments(small, "b", 1)
    remember(small)
    assert BOTH[:1] == known(small)
    add_segments(small, "b", 1)

    assert (2, 1, 0) == told(small)[LOST]
    remember(small)
    again = first_seen(small)
    assert first[finding("a", 1)] == again[finding("a", 1)]
    assert first[finding("b", 1)] < again[finding("b", 1)]


def first_seen(store: Store) -> dict[str, Any]:
    rows = store.findings.to_pyarrow().to_pylist()
    assert all(row["first_seen"] <= row["last_seen"] for row in rows)
    return {row["id"]: row["first_seen"] for row in rows}


def notes(store: Store) -> dict[str, list[str]]:
    tables = {each.name: getattr(store.tables, each.name) for each in OF_RUNS}
    return {
        name: sorted(map(repr, table.to_pyarrow().to_pylist())) for name, table in tables.items()
    }


def test_a_run_that_is_remembered_twice_is_remembered_once(small: Store) -> None:
    checked = small.check(only=CHECKS)
    assert checked.run_id == small.remember(checked)
    before = notes(small)
    drop_segments(small, "b", 1)

    assert checked.run_id == small.remember(checked)
    assert before == notes(small)


TIMES = ("started", "finished", "watermark")


def test_a_run_has_its_row_and_each_check_its_own(small: Store) -> None:
    checked = small.check(during="[0:0_5:0)", only=[*CHECKS, "bytes_unknown"])
    small.remember(checked)

    (run,) = small.runs.to_pyarrow().to_pylist()
    assert (checked.run_id, "check", small.engine) == (run["id"], run["kind"], run["engine"])
    assert ("[0:0_5:0)", 0, 5 * 10**9) == (run["during"], run["start_ns"], run["end_ns"])
    assert ("failed", None) == (run["status"], run["since"])
    naive = {name: getattr(checked, name).replace(tzinfo=None) for name in TIMES}
    assert naive == {name: run[name] for name in TIMES}
    assert run["watermark"] < run["started"] <= run["finished"]
    assert checked.engine_version == run["engine_version"]
    rows = small.run_checks.order_by("check_id").to_pyarrow().to_pylist()
    assert [
        ("bytes_unknown", None, None),
        ("flow_without_source", 0, None),
        (LOST, 2, None),
    ] == [(row["check_id"], row["failures"], row["new_failures"]) for row in rows]
    assert "--objects" in rows[0]["reason"]


def test_a_part_adds_and_removes_nothing_that_it_did_not_look_at(small: Store) -> None:
    add_flows(small, ["c"], source_id="nobody")
    remember(small)
    assert [("flow_without_source", "c"), *BOTH] == known(small)
    drop_segments(small, "a", 1)
    add_segments(small, "a", 20)
    small._engine.transact(lambda tx: tx.delete("flows", {"id": "c"}))

    part = small.check(only=CHECKS, during="[20:0_30:0)")
    assert [(1, 1), (0, 0)] == [(each["failures"], each["new"]) for each in part.checks]
    small.remember(part)
    assert [BOTH[0], (LOST, finding("a", 20)), BOTH[1]] == known(small)
    remember(small)
    assert [(LOST, finding("a", 20)), BOTH[1]] == known(small)


def test_what_a_check_has_not_told_of_is_left(local: Store) -> None:
    remember(local)
    local.remember(local.check(only=["flow_without_source"]))

    assert BOTH == known(local)
    assert (2, 0, 0) == told(local)[LOST]


def test_an_earlier_run_does_not_undo_a_later_one(local: Store) -> None:
    earlier = local.check(only=CHECKS)
    drop_segments(local, "b", 1)
    later = local.check(only=CHECKS)
    local.remember(later)
    local.remember(earlier)

    assert BOTH[:1] == known(local)
    assert 2 == local.runs.count().execute()
    last = local.ask(ta.queries.runs.last_run, kind="check").to_pylist()
    assert [later.run_id] == [row["id"] for row in last]


def test_those_who_remember_at_once_keep_each_finding_once(small: Store) -> None:
    runs = [small.check(only=[LOST]) for _each in range(3)]
    stores = [small if small.engine == "duckdb" else ta.connect(small.url) for _run in runs]
    at_once = threading.Barrier(2 * len(runs))
    failed: list[BaseException] = []

    def remember_one(store: Store, run: Any) -> None:
        at_once.wait()
        try:
            store.remember(run)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    each_twice = [*zip(stores, runs, strict=True), *zip(stores[1:] + stores[:1], runs, strict=True)]
    threads = [threading.Thread(target=remember_one, args=each) for each in each_twice]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failed
    assert BOTH == known(small)
    assert sorted(run.run_id for run in runs) == ids(small.runs)
    assert [LOST] * len(runs) == small.run_checks.check_id.to_pyarrow().to_pylist()
    assert [LOST] == small.tables.watermarks.check_id.to_pyarrow().to_pylist()


def test_of_more_than_are_kept_the_number_tells_what_is_new(local: Store) -> None:
    add_segments(local, "a", *range(100, 103 + KEPT))
    remember(local)

    assert (KEPT, (KEPT + 5, 0, 0)) == (local.findings.count().execute(), told(local)[LOST])
    add_segments(local, "a", 50, 51)
    assert (KEPT + 7, 2, 0) == told(local)[LOST]


def test_what_has_one_id_twice_is_kept_once_and_known_twice(local: Store) -> None:
    add_segments(local, "a", 1, *range(20, 20 + SAMPLE))
    remember(local)

    assert SAMPLE + 2 == len(known(local))
    assert (SAMPLE + 3, 0, 0) == told(local)[LOST]


def test_a_store_on_vast_from_before_runs_is_checked_as_ever(vast_stores: VastStores) -> None:
    url = vast_stores.new_url()
    with ta.connect(url) as store:
        fill(store)
    transactions = vast_stores.peer.database.transactions
    for table in OF_RUNS:
        place = (BUCKET, url.rpartition("/")[2], table.name)
        transactions.head = transactions.head.without_table(place)

    with ta.connect(url) as store:
        assert (2, None, 0) == told(store)[LOST]
        assert (2, None, 0) == told(store, since_last=True)[LOST]
        with pytest.raises(NotFound, match="tams schema apply"):
            remember(store)
