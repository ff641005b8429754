"""One test for each thing that we do because of somebody else's code.

Each describes the defect, so it fails when that is gone: then the workaround named can go too.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest
import sqlglot
from ibis.backends.duckdb import Backend

BIG = 1_728_000_000_000_000_001
"""Nanoseconds that a float64 cannot hold."""


DIVIDED = """
    SELECT DISTINCT * FROM (VALUES (22, 6, 8), (28, 57, 45), (82, 44, 71)) rows(a, b, c)
    GROUP BY ROLLUP (c, b, a, a)
"""
"""Ten rows: small groups out of several hash tables, some of which are all alike."""


class RelationOfDuckDB14:
    """A DuckDB relation whose ``arrow()`` gives a reader, as DuckDB 1.4 and later do."""

    def __init__(self, relation: Any) -> None:
        self.relation = relation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.relation, name)

    def arrow(self, *batch_size: int) -> Any:
        return self.relation.fetch_arrow_reader(*batch_size)


@pytest.fixture
def plain() -> Backend:
    """ibis' own DuckDB backend, not ours."""
    return ibis.duckdb.connect()


def test_ibis_cannot_read_what_duckdb_1_4_returns(
    plain: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pin ``duckdb==1.3.2`` in pyproject.toml."""
    relation = plain._to_duckdb_relation
    monkeypatch.setattr(
        plain,
        "_to_duckdb_relation",
        lambda *expr, **options: RelationOfDuckDB14(relation(*expr, **options)),
    )

    with pytest.raises(AttributeError, match="column_names"):
        plain.execute(ibis.memtable({"x": [1]}))


def test_duckdb_with_three_threads_gives_one_group_as_two() -> None:
    """``engines/duckdb_threads.py``; duckdb/duckdb#19616."""
    connection = duckdb.connect(config={"threads": 3})

    found = {len(connection.execute(DIVIDED).fetchall()) for _ in range(1000)}

    assert found > {10}


def test_one_ibis_connection_fails_when_threads_share_it(plain: Backend) -> None:
    """The cursor for each thread in ``engines/duckdb_backend.py``."""
    rows = plain.create_table("rows", ibis.range(0, 20_000).unnest().name("n").as_table())

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(rows.filter(rows.n >= n).n.min().execute) for n in range(200)]
    answers = ["failed" if call.exception() else call.result() for call in calls]

    assert answers != list(range(200))


def test_a_second_question_ends_the_batches_of_the_first(plain: Backend) -> None:
    """``to_pyarrow_batches`` on a cursor of its own in ``engines/duckdb_backend.py``."""
    rows = plain.create_table("rows", ibis.range(0, 500_000).unnest().name("n").as_table())
    batches = rows.to_pyarrow_batches(chunk_size=1_000)

    rows.n.max().execute()

    with pytest.raises(OSError, match="closed"):
        batches.read_all()


def test_integer_division_goes_through_floats(plain: Backend) -> None:
    """The modulo instead of ``//`` in ``intervals``: numbers of buckets."""
    hour = 3_600_000_000_000
    last_of_its_hour = 480_000 * hour - 1
    rows = ibis.memtable({"ns": [last_of_its_hour]})

    quotient = plain.execute((rows.ns // hour).name("hours"))[0]

    assert last_of_its_hour // hour != quotient


def test_a_union_refuses_nullable_beside_not_null() -> None:
    """``ibis.literal(v, table.start_ns.type())`` in ``intervals``."""
    nullable = ibis.table({"ns": "int64"}, name="nullable")
    required = ibis.table({"ns": "!int64"}, name="required")

    with pytest.raises(ibis.common.exceptions.RelationError):
        nullable.union(required)


def test_pandas_loses_nanoseconds_beside_a_null(plain: Backend) -> None:
    """``ta.to_pandas`` with Arrow types."""
    rows = ibis.memtable(pa.table({"ns": pa.array([BIG, None], pa.int64())}))

    assert plain.to_pyarrow(rows)["ns"][0].as_py() == BIG
    assert int(plain.execute(rows)["ns"][0]) != BIG


def test_a_memtable_of_python_numbers_loses_nanoseconds_beside_a_null(plain: Backend) -> None:
    """Rows given to ibis come as Arrow tables, never as lists with None."""
    rows = ibis.memtable(pd.DataFrame({"ns": [BIG, None]}))

    assert plain.to_pyarrow(rows.ns.cast("int64"))[0].as_py() != BIG


def test_a_text_with_a_cte_does_not_run(plain: Backend) -> None:
    """`Compiler` in ``engines/duckdb_backend.py``: sqlglot 28 calls "with" otherwise."""
    rows = plain.create_table("one_row", pa.table({"n": [1]}))

    with pytest.raises(duckdb.ParserException, match="Duplicate CTE"):
        rows.sql("WITH a AS (SELECT * FROM one_row) SELECT * FROM a")


def test_each_second_anti_join_stays_where_trino_knows_none() -> None:
    """`without_semi_joins` in ``engines/trino/compiler.py``."""
    written = "SELECT a FROM t ANTI JOIN u ON t.a = u.b ANTI JOIN v ON t.a = v.b"

    assert "ANTI JOIN" in sqlglot.transpile(written, read="duckdb", write="trino")[0]


def test_a_parametrised_limit_does_not_run(plain: Backend) -> None:
    """The limit belongs to a statement's shape, not to its values, in ``store.ask``."""
    limit = ibis.param("int64")
    rows = ibis.memtable({"x": [1, 2, 3]})

    with pytest.raises(duckdb.InvalidInputException, match="scalar subquer"):
        plain.execute(rows.limit(limit), params={limit: 2})


def test_what_was_lent_inside_a_transaction_is_held_until_it_ends() -> None:
    """Why a load's memory grows with its rows: the view of them stays in the undo log."""
    connection = duckdb.connect()
    rows = pa.table({"x": pa.array(range(100_000), pa.int64())})
    before = pa.total_allocated_bytes()
    connection.begin()
    connection.register("lent", rows)
    connection.unregister("lent")
    size = rows.nbytes
    del rows

    assert pa.total_allocated_bytes() > before - size / 2
    connection.commit()
    assert pa.total_allocated_bytes() <= before - size / 2
    connection.close()


INTERRUPTED = """
import duckdb, os, signal, threading
root = duckdb.connect()
root.execute("CREATE TABLE one AS SELECT 1 AS a")
for turn in range(500):
    cursor = root.cursor()
    cursor.begin()
    cursor.execute("UPDATE one SET a = 2")
    try:
        threading.Timer(0.005 + turn % 10 / 500, os.kill, (os.getpid(), signal.SIGINT)).start()
        while True:
            cursor.execute("UPDATE one SET a = a + 1")
    except KeyboardInterrupt:
        cursor.rollback()  # Python heard it
    except RuntimeError as error:
        print(error, type(error.__cause__).__name__, sep=", ")
        break
cursor.close()
try:
    root.execute("UPDATE one SET a = 3")
except duckdb.TransactionException as error:
    print("Conflict" in str(error), flush=True)
os._exit(0)  # closing could hang
"""


def test_duckdb_undoes_no_write_of_a_closed_cursor_that_was_interrupted() -> None:
    """``undo`` in ``engines/duckdb_transaction.py``, and ``raised_by_signal``: no Ctrl-C of ours
    is a RuntimeError."""
    run = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)

    assert ("Query interrupted, KeyboardInterrupt\nTrue\n", "") == (done.stdout, done.stderr)
