"""Where ibis 10.8 and Trino 476 do otherwise than DuckDB: the rows are the same, or it is refused.

Each trap, and what shows it: an id of a test here, of `tests/engines/trino` where no server is
needed (C: test_compiler, P: test_answers, a peer), or a test beside this file (E: test_engine).

===================================================  ==============================================
asof_join; median, quantile, bucket, hexdigest,      C test_what_trino_cannot_compute_…;
mode, hash                                           E test_it_changes_nothing
approx_*                                             differ by nature: nothing of ours is compared
//                                                   EXACT; E test_a_floored_division_…
as_timestamp; a number cast to a time                EXACT; SAME "number to time"
timestamp literals; casts to a time; texts with      SAME "literal …", "text to time …", "time …"
"T", a zone, nanoseconds
truncate in a zone; days and times of parts that     SAME "truncated …", "… of parts"
are NULL
times of day, microseconds, epoch, formats, names    SAME "time of day", "microsecond", "strftime" …
of days, intervals, as text                          (cut or rounded to milliseconds, or misread)
text to JSON, and what is in it                      SAME "json …"
contains (not pushed), like                          SAME "contains"; plans: E test_a_window_…
IN of nothing; decimals divided; groups in texts     SAME "among …", "quotient …", "groups put back"
unnest, of rows too                                  RELATIONS "unnest …"
ibis.range beyond 10,000; sum beyond 2**63;          test_what_trino_refuses_is_an_error_of_ours
row or map to text
greatest, least, clip with NULL                      SAME "greatest …"
identical_to; NOT IN with NULL; first(order_by)      RELATIONS
uuid                                                 test_any_type
double to whole number at .5; >> of negatives;       SAME "half …", "shift …", "array …",
arr[-1]; sums of arrays with NULL; text functions    "repeat …", "no match", "right …", "texts …"
covariance, correlation (in 32 bits)                 SAME "covariance …", "correlation …"
double to text; microseconds as interval             C test_what_differs_is_refused
epoch_seconds (in 32 bits); delta in microseconds    SAME "epoch", "nanoseconds of …", "… between"
memtable                                             C test_a_table_in_memory_…; E test_a_long_…;
                                                     RELATIONS "… in memory"
nullable int64                                       E test_a_nullable_int64_survives_in_arrow
connect sends nothing                                test_connection, by the peer
con.sql changes values; its schema is not checked    E test_sql_of_the_user_…; P test_a_wrong_…
a million characters                                 test_many_keys, E test_what_is_too_long_…
the client rounds nanoseconds                        test_any_type
threads on one connection                            test_threads_share_a_store
Ctrl-C, readers left, closed; limits; errors         E, and test_connection by the peer
UNION of 100                                         C test_a_hundred_unions_are_written
EXPLAIN                                              E test_a_window_…; ../engines, test_plans
===================================================  ==============================================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.errors import EngineFailed, Unsupported
from tests.support.trino_server import Trino

pytestmark = pytest.mark.trino

HOUR = 3_600 * 10**9
LAST = dt.datetime(1969, 12, 31, 23, 59, 59, 999999)
ROWS = ibis.memtable(
    pa.table(
        {
            "i": pa.array([1, 2, 3, 4], pa.int64()),
            "n": pa.array([480_000 * HOUR - 1, -1, None, 7], pa.int64()),
            "m": pa.array([3, -2, 5, None], pa.int64()),
            "d": [0.5, 1.5, -2.5, None],
            "s": ["2024-01-02T03:04:05.123456789", "1969-12-31", "2024-06-01 00:00:00+02:00", None],
            "j": ['{"a": 1, "b": "x"}', '{"a": -5, "b": [1]}', "[7]", None],
            "ts": pa.array(
                [dt.datetime(2024, 1, 2, 3, 4, 5, 123456), LAST, None, dt.datetime(2026, 10, 25)],
                pa.timestamp("us"),
            ),
            "u": pa.array([2**64 - 1, None, 0, 2**63], pa.uint64()),
            "arr": pa.array([[1, 2, 3], [], None, [4, None]], pa.list_(pa.int64())),
            "texts": pa.array([["a", None], [None], None, []], pa.list_(pa.string())),
            "map": pa.array(
                [[("a", 1)], [("b", None)], None, []], pa.map_(pa.string(), pa.int64())
            ),
        }
    ),
    name="t",
)
T = ROWS


def known(column: ir.Value) -> ir.Value:
    """As of a column that is NOT NULL."""
    return column.cast("!int64")


SAME: dict[str, ir.Value] = {
    "literal to the microsecond": T.ts == dt.datetime(2024, 1, 2, 3, 4, 5, 123456),
    "literal of a time of day": ibis.time("01:02:03.000004"),
    "literal between texts": T.ts.between("2024-01-02 03:04:05.123456", "2024-01-02 03:04:06"),
    "literal among texts": T.ts.isin(["2024-01-02 03:04:05.123456"]),
    "number to time": T.i.cast("timestamp"),
    "double to time": T.d.cast("timestamp"),
    "text to time": T.s.cast("timestamp"),
    "text to time in a zone": T.s.cast("timestamp('UTC')"),
    "text to time, tried": T.j.try_cast("timestamp"),
    "text to time by a format": T.s.substr(0, 10).as_timestamp("%Y-%m-%d"),
    "text to day by a format": T.s.substr(0, 7).as_date("%Y-%m"),
    "time to time": T.ts.cast("timestamp"),
    "time to nanoseconds": T.ts.cast("timestamp(9)"),
    "truncated in a zone": T.ts.cast("timestamp('UTC')").truncate("D"),
    "truncated in another zone": T.ts.cast("timestamp('Europe/London')").truncate("h"),
    "truncated nanoseconds": T.ts.cast("timestamp(9)").truncate("ms"),
    "truncated to what it is": T.ts.truncate("us"),
    "day of parts": ibis.date(2024, T.m.abs(), T.i),
    "time of parts": ibis.timestamp(2024, 2, 29, T.i, T.m.abs(), 5),
    "time of day of parts": ibis.time(T.i, T.m.abs(), 5),
    "day between texts": T.ts.date().between("2024-01-02", "2024-01-03 10:00"),
    "day among texts": T.ts.date().isin(["2024-01-02"]),
    "text and day": ibis.literal("2024-01-02") <= T.ts.date(),
    "time to text": T.ts.cast("string"),
    "time in a zone to text": T.ts.cast("timestamp('UTC')").cast("string"),
    "time of day": T.ts.time(),
    "time of day by a cast": T.ts.cast("time"),
    "time of day to text": T.ts.time().cast("string"),
    "microsecond": T.ts.microsecond(),
    "epoch": T.ts.truncate("s").epoch_seconds(),
    "nanoseconds of an epoch": (T.ts.truncate("s").epoch_seconds() + 37) * 1_000_000_000,
    "microseconds between": T.ts.delta(ibis.timestamp("1970-01-01"), unit="microsecond") * 1000,
    "name of the day": T.ts.day_of_week.full_name(),
    "strftime": T.ts.strftime("%d %B %b %A %a %Y %y %j %H %I %p %M %S %%"),
    "interval of milliseconds": T.ts + ibis.interval(milliseconds=1),
    "interval of weeks": T.ts - ibis.interval(weeks=2),
    "interval of quarters": T.ts + ibis.interval(quarters=1),
    "interval of a column": T.ts + T.m.as_interval("ms"),
    "json of a key": T.j.cast("json")["a"].int,
    "json of a text": T.j.cast("json")["b"].str,
    "json of a place": T.j.cast("json")[0].int,
    "contains": T.s.contains("01-02"),
    "half up or even": T.d.cast("int64"),
    "half in few bits": T.d.cast("int8"),
    "shift of negatives": T.m >> 1,
    "shift far": T.m >> 70,
    "greatest of two": ibis.greatest(T.i, T.m),
    "greatest of three": ibis.greatest(T.i, T.m, T.n),
    "greatest of a literal": ibis.greatest(T.m, 0),
    "least of two": ibis.least(T.m, T.n),
    "least of three": ibis.least(T.i, T.m, T.n),
    "greatest by clip": T.m.clip(lower=T.n, upper=4),
    "array from its end": T.arr[-1],
    "array by a column": T.arr[T.i - 2],
    "array beyond its end": T.arr[9],
    "array summed": T.arr.sums(),
    "array averaged": T.arr.means(),
    "repeat": T.s.repeat(2),
    "repeat never": T.s.repeat(0),
    "no match": T.s.re_extract("([0-9]+):([0-9]+)", 2),
    "unsigned": T.i.cast("uint64"),
    "unsigned in memory": T.u,
    "unsigned and a literal": ibis.literal(2**63, "uint64") <= T.u,
    "unsigned, divided": T.u / 3,
    "unsigned by unsigned": T.i.cast("uint64") / ibis.literal(2, "uint64"),
    "unsigned, averaged": T.i.cast("uint64").mean().over(),
    "remainder of negatives": T.n % 7,
    "order of texts": T.s < "2024-01-02T03",
    "among nothing": T.i.isin([]),
    "not among nothing": T.ts.notin([]),
    "greatest with the row before": ibis.greatest(
        known(T.i), known(T.i).lag().over(ibis.window(order_by=T.i))
    ),
    "quotient of decimals": T.i.cast("decimal(18, 2)") / T.m.cast("decimal(18, 2)"),
    "quotient by a decimal": T.i / T.m.cast("decimal(10, 0)"),
    "right of a shorter text": T.s.right(12),
    "right of nothing": T.s.right(0),
    "right by a column": T.s.right(T.i),
    "first character of an empty text": T.s.substr(0, T.i - 1).ascii_str(),
    "texts joined": T.texts.join("-"),
    "of a map, or else": T.map.get("a", 7),
    "covariance of nanoseconds": (T.n.cov(T.i * 3_600_000_000_007).over() / 1e20).round(3),
    "correlation of whole numbers": (T.i + 2**53).corr(T.m, how="pop").over().round(9),
    "groups put back": T.s.re_replace("([0-9]+)-([0-9]+)", r"\2$0\1\\"),
}
EXACT: dict[str, tuple[ir.Value, list[Any]]] = {
    "// of nanoseconds": (T.n // HOUR, [479_999, -1, None, 0]),
    "// of a negative divisor": (T.n // -7, [-246_857_142_857_142_857, 0, None, -1]),
    "as_timestamp": (
        T.n.as_timestamp("ns"),
        [dt.datetime(2024, 10, 3, 23, 59, 59, 999999), LAST, None, dt.datetime(1970, 1, 1)],
    ),
}
"""Where DuckDB, through ibis, has no right answer either."""


@pytest.fixture(scope="module")
def backend(trino_server: Trino) -> Iterator[Any]:
    with ta.connect(trino_server.url("tpch", "tiny")) as store:
        yield store.segments.get_backend()


@pytest.fixture(scope="module")
def columns(backend: Any) -> tuple[pa.Table, pa.Table]:
    """All of them in one question, of DuckDB and of Trino."""
    exact = {name: value for name, (value, _rows) in EXACT.items()}
    here: Any = ibis.duckdb.connect()
    same = here.to_pyarrow(ROWS.select("i", **SAME).order_by("i"))
    return same, backend.to_pyarrow(ROWS.select("i", **SAME, **exact).order_by("i"))


@pytest.mark.parametrize("name", SAME)
def test_a_value_is_that_of_duckdb(name: str, columns: tuple[pa.Table, pa.Table]) -> None:
    expected, found = (each[name] for each in columns)

    assert expected.to_pylist() == found.to_pylist()
    assert any(each is not None for each in expected.to_pylist()) or name in NEVER


NEVER = {"text to time, tried", "array beyond its end"}


@pytest.mark.parametrize("name", EXACT)
def test_a_value_is_exact(name: str, columns: tuple[pa.Table, pa.Table]) -> None:
    assert EXACT[name][1] == columns[1][name].to_pylist()


PARTS = ibis.memtable(
    pa.table({"i": [1, 2], "a": pa.array([[{"a": 1, "b": "x"}, {"a": 2, "b": None}], None])})
)
KEYS = ROWS.select(k="m")
COUNTED, PART = pa.map_(pa.string(), pa.int64()), pa.struct([("a", pa.int64())])


def alone(kind: pa.DataType, *values: Any) -> ir.Table:
    """A table in memory of one column."""
    return ibis.memtable(pa.table({"v": pa.array([*values, None], kind)}))


RELATIONS: dict[str, ir.Table] = {
    "unnest a column": ROWS.select("i", v=ROWS.arr.unnest() + 1),
    "unnest rows": PARTS.select("i", v=PARTS.a.unnest()),
    "unnest two columns": ROWS.select("i", v=ROWS.arr.unnest(), w=ibis.array([8, 9]).unnest()),
    "unnest two in one": ROWS.select("i", v=ROWS.arr.unnest() + ibis.array([8, 9]).unnest()),
    "unnest a table of rows": PARTS.unnest("a", offset="o", keep_empty=True),
    "maps in memory": alone(COUNTED, [("a", 1), ("b", None)], []),
    "maps within, in memory": alone(pa.list_(pa.struct([("m", COUNTED)])), [{"m": [("a", 1)]}]),
    "maps of nanoseconds": alone(
        pa.map_(pa.int32(), pa.timestamp("ns")), [(1, 1700000000123456789)]
    ),
    "rows in memory": alone(PART, {"a": 1}, {"a": None}),
    "rows in memory, in part": alone(PART, {"a": 1}).select(a=_.v.a, v=_.v),
    "documents in memory": ibis.memtable({"v": ['{"a":[1]}', None]}, schema={"v": "json"}),
    "pivot_longer": ROWS.select("i", "m", "n").pivot_longer(["m", "n"], names_to="k"),
    "NOT IN with NULL": ROWS.filter(~ROWS.i.isin(KEYS.k)).select("i").union(ROWS.select(i="m")),
    "identical_to": ROWS.join(KEYS, ROWS.m.identical_to(KEYS.k)).select("i", "k"),
    "sum and first": ROWS.agg(
        sum=(ROWS.i * 2**60).cast("decimal(38,0)").sum(), first=ROWS.m.first(order_by=ROWS.i.desc())
    ),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_rows_are_those_of_duckdb(name: str, backend: Any) -> None:
    here: Any = ibis.duckdb.connect()
    expected, found = (
        sorted(each.to_pyarrow(RELATIONS[name]).to_pylist(), key=repr) for each in (here, backend)
    )

    assert expected == found
    assert expected


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (ROWS.select(v=ibis.range(0, 20_000).length()), "more than 10000 entries"),
        (ROWS.agg(v=(ROWS.i * 2**60).sum()), "bigint addition overflow"),
        (ROWS.select(v=ibis.struct({"a": ROWS.i}).cast("string")), "Cannot cast row"),
    ],
    ids=["a long range", "a sum beyond 2**63", "a row to text"],
)
def test_what_trino_refuses_is_an_error_of_ours(asked: ir.Table, says: str, backend: Any) -> None:
    with pytest.raises(EngineFailed, match=says):
        backend.to_pyarrow(asked)


LOST = "MAP(ARRAY[ROW('a, b', 'c'), ROW('a', 'b, c')], ARRAY[1, 2])"
"""Trino writes both keys as ``[a, b, c]``, and its client finds one entry."""
TYPES: dict[str, Any] = {
    "timestamp '2024-01-01 00:00:00.123456789'": 1_704_067_200_123_456_789,
    "timestamp '2024-01-01 00:00:00.123456789012'": "2024-01-01 00:00:00.123456789012",
    "timestamp '2024-01-01 00:00:00.1234567890 +01:00'": "2024-01-01 00:00:00.1234567890 +01:00",
    "time '01:02:03.123456789012'": "01:02:03.123456789012",
    "time '01:02:03.1 +01:00'": "01:02:03.1+01:00",
    "interval '-3' day": "-3 00:00:00.000",
    "interval '1-2' year to month": "1-2",
    "ARRAY[interval '1.5' second]": ["0 00:00:01.500"],
    "ST_Point(1, 2)": "POINT (1 2)",
    "to_spherical_geography(ST_Point(1, 2))": "POINT (1 2)",
    "bing_tile(0, 0, 1)": '{"x":0,"y":0,"zoom":1}',
    "approx_set(1)": "AgwBAIADRAA=",
    "CAST(ROW(1, 2) AS ROW(a bigint, a bigint))": "[1,2]",
    "CAST(ROW(1, 2) AS ROW(f1 bigint, bigint))": "[1,2]",
    "ROW(1, 'x')": {"f0": 1, "f1": "x"},
    "json '{\"b\": [1]}'": '{"b":[1]}',
    "ipaddress '10.0.0.1'": "10.0.0.1",
    "X'00ff'": b"\x00\xff",
    "uuid '12345678-1234-5678-1234-567812345678'": "12345678-1234-5678-1234-567812345678",
    "CAST('ab' AS char(4))": "ab  ",
    "decimal '-99999999999999999999999999999999.999999'": Decimal("-" + "9" * 32 + ".999999"),
    "ARRAY[-infinity(), 1e-320]": [float("-inf"), 1e-320],
    "MAP(ARRAY['a', 'b'], ARRAY[1, NULL])": [("a", 1), ("b", None)],
    "MAP(ARRAY[true], ARRAY[1])": [(True, 1)],
    "MAP(ARRAY[BIGINT '9007199254740993'], ARRAY[1])": [(9007199254740993, 1)],
    f"map_entries({LOST})": [
        {"f0": {"f0": "a, b", "f1": "c"}, "f1": 1},
        {"f0": {"f0": "a", "f1": "b, c"}, "f1": 2},
    ],
    "ARRAY[ARRAY[1, NULL], NULL]": [[1, None], None],
    "CAST(ARRAY[ROW(1, NULL)] AS ARRAY(ROW(a bigint, b varchar)))": [{"a": 1, "b": None}],
}


def test_any_type(backend: Any) -> None:
    """Exact; or where Arrow has no such type, the text that Trino writes."""
    asked = ", ".join(f"{value} AS v{n}" for n, value in enumerate(TYPES))

    found = backend.query(f"SELECT {asked}, nan() AS nan")

    (nanoseconds,) = found["v0"].cast(pa.int64()).to_pylist()
    (row,) = found.drop_columns(["v0", "nan"]).to_pylist()
    assert list(TYPES.values()) == [nanoseconds, *row.values()]
    assert "nan" == str(found["nan"][0])


def test_a_map_of_which_trino_loses_entries_is_not_read(backend: Any) -> None:
    with pytest.raises(Unsupported, match=r"map_entries\(v\) gives keys and values as rows"):
        backend.query(f"SELECT {LOST} AS v")


def test_many_keys(backend: Any) -> None:
    """A list of keys is in the SQL, which may have a million characters."""
    customers = backend.table("customer")
    known = [f"Customer#{n:09}" for n in (1, 2, 1500)]

    def among(count: int, length: int) -> Any:
        keys = [*(f"{n:0{length}}" for n in range(count)), *known]
        return customers.filter(customers.name.isin(keys)).count().to_pyarrow().as_py()

    assert 3 == among(6_000, 36)
    with pytest.raises(Unsupported, match="characters; ask with fewer values, or join"):
        among(2_000, 600)


def test_threads_share_a_store(backend: Any) -> None:
    def asked(number: int) -> Any:
        return backend.query(f"SELECT {number} AS n")["n"].to_pylist()

    with ThreadPoolExecutor(8) as pool:
        assert [[number] for number in range(8)] == list(pool.map(asked, range(8)))
