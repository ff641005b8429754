"""DuckDB never works with a number of threads with which it gives one group as two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import tams_analytics as ta
from tams_analytics.engines import duckdb_threads
from tams_analytics.engines.vast.brought import local_duckdb
from tests.test_upstream import DIVIDED


@pytest.fixture(params=[1, 2, 3, 4, 5, 8])
def connection(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": request.param}) as made:
        yield made


def settings(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The threads it counts, and those of them that it starts, with the caller's."""
    found = connection.execute(
        "SELECT current_setting('threads'), current_setting('external_threads')"
    ).fetchone()
    assert found is not None
    threads, external = found
    return threads, threads - external + 1


def test_it_counts_five_and_starts_as_many_as_before(connection: duckdb.DuckDBPyConnection) -> None:
    before, _ = settings(connection)

    duckdb_threads.use_right(connection)
    duckdb_threads.use_right(connection)

    assert (before if before in (1, 8) else 5, before) == settings(connection)
    assert {10} == {len(connection.execute(DIVIDED).fetchall()) for _ in range(300)}


@pytest.mark.parametrize("number", [1, 2, 4, 5, 9])
def test_any_number_can_be_had_after_any_other(
    connection: duckdb.DuckDBPyConnection, number: int
) -> None:
    duckdb_threads.use_right(connection)

    duckdb_threads.use(connection, number)

    assert (number if number == 1 else max(number, 5), number) == settings(connection)


def test_a_store_has_as_many_as_the_machine_and_so_again_after_others() -> None:
    with duckdb.connect() as plain:
        machine, _ = settings(plain)
    with ta.connect(":memory:") as store:
        before = settings(store.con.con)
        with store.threads_per_question(1):
            alone = settings(store.con.con)
        after = settings(store.con.con)

    assert (1, 1) == alone
    assert before == after == (machine if machine == 1 else max(machine, 5), machine)


def test_a_store_opened_meanwhile_changes_none(tmp_path: Path) -> None:
    path = str(tmp_path / "store.duckdb")
    with ta.connect(path) as store, store.threads_per_question(1), ta.connect(path):
        assert (1, 1) == settings(store.con.con)


def test_what_is_brought_from_vast_is_grouped_right_too() -> None:
    with local_duckdb() as local:
        assert settings(local.con)[0] not in (2, 3, 4)
