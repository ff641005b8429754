"""One test for each thing that the VAST engine does because of somebody else's code.

As in `test_upstream`: each describes the defect, and fails when the workaround named can go.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from ibis import _
from vastdb import errors

from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

TENTH, LARGE = Decimal("0.10"), Decimal("12345678901234567890.12")
MONEY = pa.decimal128(38, 2)
NUMBERS = pa.table({"a": [1, 2, 3], "d": pa.array([TENTH, LARGE, None], MONEY)})
TEXTS = pa.table({name: pa.array([], pa.string()) for name in "abc"})


@pytest.fixture
def peer(vast_stores: VastStores) -> Iterator[VastPeer]:
    peer = vast_stores.peer
    peer.load(BUCKET, "upstream", "numbers", NUMBERS)
    peer.load(BUCKET, "upstream", "texts", TEXTS)
    yield peer
    peer.switches.clear_faults()
    for name in peer.database.snapshot_names(BUCKET):
        peer.drop_snapshot(BUCKET, name)


@pytest.fixture
def bucket(peer: VastPeer) -> Iterator[Any]:
    """In a transaction of the unmodified SDK."""
    with peer.connect().transaction() as transaction:
        yield transaction.bucket(BUCKET)


@pytest.fixture
def numbers(bucket: Any) -> Any:
    return bucket.schema("upstream").table("numbers")


def found(numbers: Any, condition: Any) -> list[Any]:
    read = numbers.select(columns=["a"], predicate=condition).read_all()
    return list(read["a"].to_pylist())


def test_the_sdk_adds_row_ids_to_the_columns_of_its_caller(numbers: Any) -> None:
    """The copy of ``columns`` in ``engines/vast/scanning.py``."""
    columns = ["a"]

    numbers.select(columns=columns, internal_row_id=True).read_all()

    assert ["a", "$row_id"] == columns


def test_the_sdk_cuts_fractions_from_numbers_that_it_compares(numbers: Any) -> None:
    """`lossless` in ``engines/vast/pushing``: such a condition stays with us."""
    assert [2] == found(numbers, _.a == 2.5)
    assert [1] == found(numbers, _.a < 2.5)


def test_the_sdk_makes_floats_of_decimals(numbers: Any) -> None:
    """No condition on a decimal is lossless."""
    assert [] == found(numbers, _.d == ibis.literal(LARGE, "decimal(38, 2)"))
    with pytest.raises(OverflowError):
        found(numbers, _.d == ibis.literal(-TENTH, "decimal(38, 2)"))


def test_the_sdk_takes_a_limit_of_no_rows_for_none(numbers: Any) -> None:
    """A limit of 0 is no scan, in ``engines/vast/planning``."""
    assert 3 == numbers.select(columns=["a"], limit_rows=0).read_all().num_rows


def test_the_sdk_fails_to_insert_many_rows_without_all_columns(bucket: Any) -> None:
    """`completed` before each insert."""
    texts, rows = bucket.schema("upstream").table("texts"), pa.table({"a": ["x"], "b": ["x" * 600]})

    texts.insert(rows)
    with pytest.raises(KeyError, match='"c"'):
        texts.insert(pa.concat_tables([rows] * 10_000))


@pytest.mark.filterwarnings("default")
def test_the_sdk_knows_few_statuses(numbers: Any, peer: VastPeer) -> None:
    """ValueError among what ``engines/vast/errors.py`` translates."""
    peer.switches.error_next(429, command="data")

    with pytest.raises(ValueError, match="429 is not a valid"):
        numbers.select(columns=["a"]).read_all()


def test_the_sdk_asks_for_a_snapshot_by_the_beginning_of_its_name(
    bucket: Any, peer: VastPeer
) -> None:
    """``engines/vast/snapshots.py`` lists them all and compares."""
    peer.snapshot(BUCKET, "monday-2")

    with pytest.raises(errors.MissingSnapshot):
        bucket.snapshot("monday")
    peer.snapshot(BUCKET, "monday")
    with pytest.raises(errors.MissingSnapshot):  # "monday-2/" comes before "monday/"
        bucket.snapshot("monday")


def test_arrow_drops_nan_where_duckdb_keeps_it() -> None:
    """`_lend` in ``engines/vast/running.py`` makes a table of rows with floats."""
    connection = duckdb.connect()
    connection.register("lent", pa.table({"d": [1.0, math.nan]}))
    connection.execute("CREATE TABLE own AS FROM lent")
    counted = "SELECT count(*) FROM {} WHERE d > 0.5"

    assert [(1,)] == connection.execute(counted.format("lent")).fetchall()
    assert [(2,)] == connection.execute(counted.format("own")).fetchall()
    connection.close()


@pytest.mark.parametrize("how", ["SEMI", "ANTI"])
def test_a_semi_join_by_more_than_equality_depends_on_the_order_of_rows(how: str) -> None:
    """By equality alone: ``_mixed_with_stored`` in ``writes/bulk/tags.py``; what the fuzz asks."""
    connection, answers = duckdb.connect(), Counter()
    rng = random.Random(1)  # noqa: S311 - no secret
    pairs = f"FROM t a {how} JOIN t b ON a.k = b.k AND a.id < b.id"
    rows = [(number, rng.choice("abcd")) for number in range(18)]
    for _each in range(50):
        rng.shuffle(rows)
        connection.execute("CREATE OR REPLACE TABLE t (id INT, k TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        found = connection.execute(f"SELECT a.id {pairs} WHERE a.id % 3 = 2")
        answers[tuple(sorted(found.fetchall()))] += 1

    assert len(answers) > 1
    connection.close()


def test_an_asof_left_join_with_nothing_loses_its_rows() -> None:
    """Why no question of the fuzz joins so; the planner leaves no such join behind by itself."""
    left, nothing = "(SELECT 1 AS a, 5 AS t)", "(SELECT 1 AS a, 3 AS t WHERE false)"
    asked = f"FROM {left} l ASOF LEFT JOIN {nothing} r ON l.a = r.a AND l.t >= r.t"

    assert [] == duckdb.sql(asked).fetchall()


def test_ibis_drops_no_column() -> None:
    """`Compiler` in ``engines/duckdb_backend.py``: sqlglot 28 calls EXCLUDE otherwise."""
    wide = ibis.table(dict.fromkeys("abcdefgh", "int64"), name="wide")

    assert "EXCLUDE" not in ibis.to_sql(wide.drop("a"), dialect="duckdb")
    assert '"b"' not in ibis.to_sql(wide.drop("a"), dialect="duckdb")
