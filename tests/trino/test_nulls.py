"""NULL, NaN and nothing in arrays, documents, texts and numbers: Trino's rows are DuckDB's.

Beside `test_traps`, of which these are more; a document ``null`` is NULL, as DuckDB has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

import tams_analytics as ta
from tests.support.trino_server import Trino

pytestmark = pytest.mark.trino

LISTS = pa.list_(pa.int64())
T = ibis.memtable(
    pa.table(
        {
            "i": [1, 2, 3, 4],
            "s": ["1.5", "2.5", " 7 ", None],
            "n": ["9007199254740993.5", "1e3", "x", "-0.5"],
            "f": [float("nan"), 1.0, None, 2.5],
            "g": [1.0, float("nan"), 2.0, None],
            "a": pa.array([[1, 2, None], [], None, [None]], LISTS),
            "b": pa.array([[2, 3], [None, None], [1], [None, 5]], LISTS),
            "m": pa.array([1, None, 2, 5], pa.int64()),
            "j": ['[1,null,"x"]', '{"a":[null,1],"b":null}', "null", None],
        }
    ),
    name="nulls",
)
SAME: dict[str, ir.Value] = {
    "fraction in a text, tried": T.s.try_cast("int64"),
    "many digits in a text, tried": T.n.try_cast("int64"),
    "few bits of a text, tried": T.n.try_cast("int8"),
    "less than a half in a text, tried": (T.i.cast("string") + ".4999999999999").try_cast("int64"),
    "contains NULL": T.a.contains(T.m),
    "contains nothing else": T.a.contains(ibis.null("int64")),
    "contains": T.a.contains(2),
    "union": T.a.union(T.b).sort(),
    "union of NULLs": T.a.union(T.a).sort(),
    "union, the other way": T.b.union(T.a).sort(),
    "intersect": T.a.intersect(T.b).sort(),
    "intersect, the other way": T.b.intersect(T.a).sort(),
    "map with places": T.a.map(lambda x, place: x + place),
    "map": T.a.map(lambda x: x + 1),
    "filter with places": T.a.filter(lambda _x, place: place > 0),
    "greatest of two": ibis.greatest(T.f, T.g),
    "greatest of three": ibis.greatest(T.f, T.g, 0.5),
    "least of two": ibis.least(T.f, T.g),
    "clip from below": T.f.clip(lower=1.5),
    "clip from above": T.f.clip(upper=2.0),
    "clip": T.f.clip(lower=1.5, upper=2.0),
    "array of documents": T.j.cast("json").array,
    "map of documents": T.j.cast("json").map,
    "array within": T.j.cast("json")["a"].array,
    "seconds": ibis.timestamp("2024-01-01 00:00:00.5").cast("timestamp(0)"),
}


@pytest.fixture(scope="module")
def columns(trino_server: Trino) -> Iterator[tuple[pa.Table, pa.Table]]:
    """All of them in one question, of DuckDB and of Trino."""
    rows = T.select("i", **SAME).order_by("i")
    with ta.connect(trino_server.url("tpch", "tiny")) as store:
        backend: Any = store.segments.get_backend()
        here: Any = ibis.duckdb.connect()
        yield here.to_pyarrow(rows), backend.to_pyarrow(rows)


@pytest.mark.parametrize("name", SAME)
def test_a_value_is_that_of_duckdb(name: str, columns: tuple[pa.Table, pa.Table]) -> None:
    expected, found = (repr(each[name].to_pylist()) for each in columns)  # as NaN is not NaN

    assert expected == found
