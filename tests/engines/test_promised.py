"""A local table is filled once, when it is first read."""

from __future__ import annotations

import threading

import pyarrow as pa
import pytest

from tams_analytics.engines.promised import promised

SCHEMA = pa.schema({"a": pa.int64(), "b": pa.string()})


def test_rows_are_fetched_when_they_are_first_read_and_once() -> None:
    fetched = []

    def fetch() -> pa.Table:
        fetched.append(1)
        return pa.table({"a": [1, 2], "b": ["x", None]})

    table = promised(SCHEMA, fetch)
    assert ("a", "b") == table.columns
    assert [] == fetched

    threads = [threading.Thread(target=table.count().to_pyarrow) for _n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [{"a": 2, "b": None}] == table.filter(table.a > 1).to_pyarrow().to_pylist()
    assert 2 == sum(batch.num_rows for batch in table.order_by("a").to_pyarrow_batches())
    assert 2 == len(table.execute())
    assert [1] == fetched


def test_what_fails_is_told_and_tried_again() -> None:
    tries = []

    def fetch() -> pa.Table:
        tries.append(1)
        if len(tries) == 1:
            raise LookupError("not yet")
        return pa.table({"a": [1], "b": ["x"]})

    table = promised(SCHEMA, fetch)
    with pytest.raises(LookupError, match="not yet"):
        table.to_pyarrow()
    assert 1 == table.to_pyarrow().num_rows
