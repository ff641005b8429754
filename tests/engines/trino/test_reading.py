"""Readers of Arrow's over Trino that several threads have: they share, and one closes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, EngineFailed
from tests.support import trino_peer
from tests.support.trino_peer import Answer, TrinoPeer

PATIENCE_S = 20
"""Of a test that would wait forever."""
TWENTY = Answer(pages=[[[page]] for page in range(20)])
CLOSED = "its reader was closed while it was read"


@pytest.fixture
def peer() -> Iterator[TrinoPeer]:
    with trino_peer.serving(TWENTY) as found:
        yield found


@pytest.fixture
def backend(peer: TrinoPeer) -> Iterator[Any]:
    with ta.connect(f"trino://analyst@{peer.place}/vast/meta") as store:
        yield store.segments.get_backend()


def reader(backend: Any, chunk_size: int = 1) -> Any:
    return backend.sql("x", schema={"a": "int64"}).to_pyarrow_batches(chunk_size=chunk_size)


def imported(batches: Any) -> pa.Table:
    """As DuckDB and others read: not by a method of Python's."""
    return pa.RecordBatchReader.from_stream(batches).read_all()


@pytest.mark.parametrize("poll", [1, 5])
@pytest.mark.parametrize(
    "reads",
    [
        list,
        lambda batches: batches.read_all(),
        lambda batches: list(batches.iter_batches_with_custom_metadata()),
        imported,
    ],
    ids=["batches", "all", "metadata", "imported"],
)
def test_closing_ends_what_another_thread_waits_for(
    peer: TrinoPeer, backend: Any, reads: Callable[[Any], Any], poll: int
) -> None:
    """Before the first row, and amid them: the query would run on for as long as it likes."""
    waits, cancelled = Event(), Event()

    def held(count: int) -> None:
        if count == poll:
            waits.set()
            assert cancelled.wait(PATIENCE_S)

    peer.on_poll, peer.on_cancel = held, cancelled.set
    batches = reader(backend)
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(reads, batches)
        assert waits.wait(PATIENCE_S)
        try:
            batches.close()
        except Exception:  # the held poll ends, and so does the test
            cancelled.set()
            raise

        with pytest.raises((EngineFailed, OSError), match=CLOSED):
            reading.result(PATIENCE_S)
    assert peer.cancelled
    assert poll == peer.polls
    with pytest.raises(EngineFailed, match=CLOSED):
        next(batches)


@pytest.mark.parametrize("taken", [0, 1, 19])
@pytest.mark.parametrize(
    "reads",
    [
        lambda batches: batches.read_next_batch(),
        list,
        lambda batches: batches.read_all(),
        lambda batches: batches.read_next_batch_with_custom_metadata(),
        imported,
    ],
    ids=["batch", "batches", "all", "metadata", "imported"],
)
def test_who_reads_on_after_it_was_closed_is_told(
    backend: Any, reads: Callable[[Any], Any], taken: int
) -> None:
    """As a thread that was busy with the batch before: its end would be taken for the answer's."""
    batches = reader(backend)
    for _batch in range(taken):
        next(batches)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(batches.close).result(PATIENCE_S)

    for _again in range(2):
        with pytest.raises((EngineFailed, OSError), match=CLOSED):
            reads(batches)


def test_a_reader_that_was_at_its_end_when_it_was_closed_stays_there(backend: Any) -> None:
    """Threads share it, and one of them closes it: none is told that rows are missing."""
    batches = reader(backend)
    assert 20 == len(list(batches))
    batches.close()

    assert [] == list(batches)
    assert 0 == len(batches.read_all())


def test_a_read_that_is_closed_is_not_asked_again(peer: TrinoPeer, backend: Any) -> None:
    """Not even where its answer is lost, for which it is otherwise."""
    peer.answers = [Answer(lost_after=0)]
    batches = reader(backend)
    peer.on_poll = lambda _count: batches.close()

    with pytest.raises(EngineFailed, match=CLOSED):
        next(batches)
    assert 1 == len(peer.queries)


def test_a_query_that_was_not_begun_when_it_was_closed_is_cancelled_then(
    peer: TrinoPeer, backend: Any
) -> None:
    """Nobody knows its name before the first answer."""
    batches = reader(backend)
    peer.on_begin = batches.close

    with pytest.raises(EngineFailed, match=CLOSED):
        next(batches)
    assert (0, 1) == (peer.polls, peer.cancelled)


@pytest.mark.parametrize("name", ["read_next_batch", "read_next_batch_with_custom_metadata"])
def test_threads_that_share_a_reader_take_turns(backend: Any, name: str) -> None:
    batches = reader(backend)
    read = getattr(batches, name)

    def taken() -> list[int]:
        found: list[int] = []
        try:
            while True:
                part = read()
                batch = part if isinstance(part, pa.RecordBatch) else part.batch
                found += batch["a"].to_pylist()
        except StopIteration:
            return found

    with ThreadPoolExecutor(4) as threads:
        each = [threads.submit(taken) for _ in range(4)]

    assert [*range(20)] == sorted(row for future in each for row in future.result())


@pytest.mark.parametrize("size", [0, -1])
def test_batches_have_rows(backend: Any, size: int) -> None:
    """None would be the end: an answer of no rows."""
    with pytest.raises(BadParameter, match=rf"chunk_size: {size} is no number of rows"):
        reader(backend, size)
