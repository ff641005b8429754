"""Ctrl-C in a process of its own: it is a KeyboardInterrupt, and the store works on after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WITHIN_S = 60
"""What a child may take; undisturbed it takes a few seconds, and one that hangs takes for ever."""

COMMON = """
import datetime as dt, itertools, os, signal, sys, threading
import tams_analytics as ta

def interrupt(seconds):
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()

store = ta.connect(sys.argv[1])
engine = store._engine
"""

WRITES = """
def put(tx):
    tx.insert("objects", [{"id": "a", "storage_path": "p", "created": dt.datetime(2026, 1, 1)}])

def endless(tx):
    for size in itertools.count(1):
        tx.update("objects", {"id": "a"}, {"size": size})

engine.transact(put)
heard = 0
for turn in range(500):
    try:
        interrupt(0.005 + turn % 10 / 500)
        engine.transact(endless)
    except KeyboardInterrupt as error:
        heard += isinstance(error.__context__, RuntimeError)  # by DuckDB, not by Python
    assert 1 == engine.transact(lambda tx: tx.update("objects", {"id": "a"}, {"size": 0}))
    if heard == 5:
        break
store.close()
with ta.connect(sys.argv[1]) as store:
    print(heard, store.objects.to_pyarrow()["size"].to_pylist())
"""

READS = """
# For more than a minute, in tasks of about a second: DuckDB listens between two of them.
SQL = "SELECT count(*) AS n FROM numbers, range(100) WHERE sin(a * range) > 2"
backend = engine.backend
backend.raw_sql("CREATE TABLE numbers AS SELECT range AS a FROM range(10_000_000)")
asked = backend.sql(SQL)
ways = {
    "execute": asked.execute,
    "to_pyarrow": asked.to_pyarrow,
    "batches": lambda: list(asked.to_pyarrow_batches()),
    "ask": lambda: engine.ask(lambda tables: asked),
    "explain": lambda: ta.explain(asked, run=True),
    "localize": lambda: ta.localize(asked),
    "transact": lambda: engine.transact(lambda tx: tx.rows(asked)),
    "query": lambda: engine.query(SQL),
}
for name, way in ways.items():
    try:
        interrupt(0.3)
        way()
    except KeyboardInterrupt:
        print(name, end=" ")
store.close()
with ta.connect(sys.argv[1]) as store:
    print(store.objects.count().execute())
"""


def said(root: Path, script: str, *arguments: str) -> str:
    """What a child process prints; it fails when it raises or does not end."""
    done = subprocess.run(
        [sys.executable, "-c", COMMON + script, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert "" == done.stderr
    return done.stdout


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "x.duckdb")


def test_an_interrupted_write_is_undone_and_the_next_one_works(root: Path, path: str) -> None:
    assert "5 [0]\n" == said(root, WRITES, path)


def test_an_interrupted_read_is_a_keyboard_interrupt_and_close_does_not_wait_for_it(
    root: Path, path: str
) -> None:
    expected = "execute to_pyarrow batches ask explain localize transact query 0\n"
    assert expected == said(root, READS, path)
