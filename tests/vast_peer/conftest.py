"""A peer of its own for each test: starting one takes a millisecond."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import backoff
import pyarrow as pa
import pytest
from vastdb.config import BackoffConfig
from vastdb.session import Session
from vastdb.table import Table

from tests.support.vast_peer import VastPeer

NUMBERS = pa.table({"name": ["a", "b", "c"], "number": [1, 2, 3]})

Open = Callable[..., AbstractContextManager[Table]]


@pytest.fixture
def peer() -> Iterator[VastPeer]:
    """A peer with the table ``tams/newsroom/numbers`` of three rows."""
    with VastPeer(buckets=("tams",)) as running:
        running.load("tams", "newsroom", "numbers", NUMBERS)
        yield running


@pytest.fixture
def session(peer: VastPeer) -> Session:
    """Tries again at once, and not often."""
    hasty = BackoffConfig(wait_gen=lambda **_: backoff.constant(0.001), max_tries=3)
    return peer.connect(timeout=20, backoff_config=hasty)


@pytest.fixture
def opened(session: Session) -> Open:
    """``with opened("numbers") as table``: in a transaction that commits at the end."""

    @contextmanager
    def open_table(name: str = "numbers", schema: str = "newsroom") -> Iterator[Table]:
        with session.transaction() as tx:
            yield tx.bucket("tams").schema(schema).table(name)

    return open_table


@pytest.fixture
def numbers(peer: VastPeer) -> Callable[[], list[int]]:
    """The committed numbers."""

    def committed() -> list[int]:
        return peer.rows("tams", "newsroom", "numbers")["number"].to_pylist()

    return committed


def read(table: Table, **select: object) -> list[int]:
    return table.select(columns=["number"], **select).read_all()["number"].to_pylist()


def with_ids(table: Table, predicate: object = None) -> pa.Table:
    return table.select(predicate=predicate, internal_row_id=True).read_all()


def set_number(table: Table, name: str, value: int) -> None:
    """Updates the rows of this name."""
    rows = with_ids(table, table["name"] == name)
    changed = pa.table({"$row_id": rows["$row_id"], "number": [value] * len(rows)})
    table.update(changed)
