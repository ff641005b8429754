"""Many hands and sudden ends: whole transactions for readers, one winner, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine, open_engine
from tams_analytics.errors import SegmentsOverlap, TamsError
from tams_analytics.tables import Tables
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.segments import create_segments

LOADER = """
import sys
import pyarrow as pa
from tams_analytics.engines import open_engine
from tams_analytics.writes.bulk import load as loading
loading.CHUNK_ROWS = 20_000
engine = open_engine(sys.argv[1])
flow = {"id": ["f"], "source_id": ["s"], "format": ["urn:x-nmos:format:video"]}
loading.load(engine, "flows", pa.table(flow))

def rows(first, count):
    at = range(first, first + count)
    return pa.table({"flow_id": ["f"] * count, "object_id": [str(i) for i in at],
                     "start_ns": list(at), "end_ns": [i + 1 for i in at]})

loading.load(engine, "segments", rows(0, 1000))
print("committed", flush=True)

def endless():
    for at in range(1000, 10**9, 20_000):
        yield rows(at, 20_000).to_batches()[0]
        print("more", flush=True)

schema = rows(0, 1).schema
loading.load(engine, "segments", pa.RecordBatchReader.from_batches(schema, endless()))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_r7_a_killed_load_loses_nothing_committed_and_leaves_nothing_half(
    tmp_path: Path, root: Path
) -> None:
    file = tmp_path / "store.duckdb"
    loader = subprocess.Popen(
        [sys.executable, "-c", LOADER, str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert loader.stdout is not None
    with loader.stdout as lines:
        said = [next(lines).strip() for _ in range(6)]
        os.kill(loader.pid, signal.SIGKILL)
        loader.wait()
    assert said[0] == "committed"

    engine = open_engine(str(file))

    assert counts(engine) == {"segments": 1000, "objects": 1000, "flow_fences": 1}
    load(
        engine,
        "segments",
        pa.table({"flow_id": ["f"], "object_id": ["x"], "start_ns": [1000], "end_ns": [1001]}),
    )
    engine.close()


def counts(engine: Engine) -> dict[str, int]:
    names = ("segments", "objects", "flow_fences")

    def read(tx: Any) -> dict[str, int]:
        return {name: tx.rows(getattr(tx.tables, name)).num_rows for name in names}

    return engine.transact(read)


def half(tables: Tables) -> Any:
    """Objects without a segment, and the other way round, in one statement."""
    segments, objects = tables.segments, tables.objects
    living = objects.filter(objects.released_at.isnull())
    lonely = living.anti_join(segments, living.id == segments.object_id).select("id")
    orphaned = segments.anti_join(objects, segments.object_id == objects.id)
    return lonely.union(orphaned.select(id="object_id"))


def test_a_reader_never_sees_half_a_transaction(world: Any) -> None:
    engine, seen, done = world.engine, [], threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(engine.ask(half).num_rows)

    with ThreadPoolExecutor(2) as readers:
        tasks = [readers.submit(read) for _ in range(2)]
        try:
            for turn in range(8):
                posted = [
                    {"object_id": f"{turn}-{at}", "timerange": f"{at}:0_{at + 1}:0"}
                    for at in range(20)
                ]
                assert create_segments(engine, world.F1, posted).failed == []
                delete_segments(engine, world.F1)
        finally:
            done.set()
        for task in tasks:
            task.result()

    assert len(seen) > 2
    assert set(seen) == {0}


def test_168_f90_of_racing_writers_of_one_stretch_exactly_one_wins(world: Any) -> None:
    start = threading.Barrier(4)

    def race(racer: int) -> int:
        start.wait()
        won = 0
        for at in range(12):
            posted = {"object_id": f"{racer}-{at}", "timerange": f"{at}:0_{at + 1}:0"}
            try:
                create_segments(world.engine, world.F1, posted)
                won += 1
            except SegmentsOverlap:
                time.sleep(0.001)
        return won

    with ThreadPoolExecutor(4) as racers:
        won = sum(racers.map(race, range(4)))

    assert won == len(world.segments(world.F1)) == len(world.rows("objects", "id")) == 12


def test_r7_a_registration_that_races_a_delete_never_loses_its_object(world: Any) -> None:
    create_segments(world.engine, world.F1, {"object_id": "a", "timerange": "0:0_1:0"})
    start = threading.Barrier(2)

    def register() -> None:
        start.wait()
        for at in range(10):
            posted = {"object_id": "a", "timerange": f"{at}:0_{at + 1}:0", "ts_offset": f"{at}:0"}
            create_segments(world.engine, world.F2, posted)

    def delete() -> None:
        start.wait()
        for _ in range(10):
            delete_segments(world.engine, world.F1)

    with ThreadPoolExecutor(2) as both:
        for task in (both.submit(register), both.submit(delete)):
            task.result()

    assert world.object("a")["released_at"] is None
    assert len(world.segments(world.F2)) == 10


def test_r7_a_request_that_is_refused_leaves_nothing(world: Any) -> None:
    create_segments(world.engine, world.F1, {"object_id": "a", "timerange": "0:0_1:0"})
    before = world.rows("flow_fences", "flow_id", "epoch")

    with pytest.raises(TamsError):
        create_segments(world.engine, world.F1, {"object_id": "b", "timerange": "0:0_1:0"})

    assert before == world.rows("flow_fences", "flow_id", "epoch")
    assert world.rows("objects", "id") == [("a",)]
