"""The tables that verbs take: NOT NULL or not, narrow integers, any column names; and what else.

Every verb, on the rows of the world of `test_verbs`: a 0_5, 5_10, 3_6, 15_16; b 0_15. On DuckDB
alone, but for the tables of a store: a verb minds types when it makes its expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest
import sqlglot

import tams_analytics as ta
from tams_analytics import intervals
from tams_analytics.errors import BadParameter
from tests.conftest import ENGINES
from tests.intervals.worlds import counted, tuples
from tests.support import verb_snapshots
from tests.support.verb_snapshots import FILES

Verb = Callable[[ir.Table, ir.Table], ir.Table]
ROWS = [("a", 0, 5, 1), ("a", 5, 10, 2), ("a", 3, 6, 3), ("a", 15, 16, 4), ("b", 0, 15, 5)]
OF_ONE: dict[str, Verb] = {
    "merge": lambda a, b: intervals.merge(a, "flow_id"),
    "gaps": lambda a, b: intervals.gaps(a, "flow_id"),
    "gaps of groups": lambda a, b: intervals.gaps(a, "flow_id", within="[0:0_0:20)", groups=b),
    "coverage": lambda a, b: intervals.coverage(a, "flow_id"),
    "depth": lambda a, b: intervals.depth(a, "flow_id"),
    "overlaps": lambda a, b: intervals.overlaps(a, "flow_id"),
}
OF_TWO: dict[str, Verb] = {
    "inner": lambda a, b: intervals.join_overlaps(a, b, "flow_id"),
    "left": lambda a, b: intervals.join_overlaps(a, b, "flow_id", how="left"),
    "semi": lambda a, b: intervals.join_overlaps(a, b, "flow_id", how="semi"),
    "anti": lambda a, b: intervals.join_overlaps(a, b, "flow_id", how="anti"),
    "subtract": lambda a, b: intervals.subtract(a, b, "flow_id"),
    "closest": lambda a, b: intervals.closest(a, b, "flow_id"),
}
VERBS = {**OF_ONE, **OF_TWO}
every_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
every_verb_of_two = pytest.mark.parametrize("verb", OF_TWO.values(), ids=OF_TWO)


class AskedOnce:
    """DuckDB, asked once for what is equal: what a verb makes of one table, whatever the other."""

    def __init__(self) -> None:
        self._backend = ibis.duckdb.connect()
        self._found: dict[ops.Node, pa.Table] = {}

    def to_pyarrow(self, expression: ir.Table) -> pa.Table:
        asked = expression.op()
        if asked not in self._found:
            self._found[asked] = self._backend.to_pyarrow(expression)
        return self._found[asked]


@pytest.fixture(scope="module")
def duck() -> AskedOnce:
    return AskedOnce()


def segments(whole: str = "int64", text: str = "string", kind: str = "int64") -> ir.Table:
    schema = {"flow_id": text, "start_ns": whole, "end_ns": whole, "n": kind}
    return ibis.memtable(ROWS, columns=list(schema)).cast(schema)


LOOSE = segments()
STRICT = segments("!int64", "!string", "!int64")
MIXED = segments("!int64", "string", "!int64")


def clips(like: ir.Table) -> ir.Table:
    return like.filter(like.n < 3)


@every_verb
def test_a_verb_says_the_same_of_columns_that_are_not_null(duck: AskedOnce, verb: Verb) -> None:
    expected = counted(tuples(verb(LOOSE, clips(LOOSE)), duck))

    for a, b in ((LOOSE, STRICT), (STRICT, LOOSE), (STRICT, STRICT), (MIXED, STRICT)):
        assert expected == counted(tuples(verb(a, clips(b)), duck))


@every_verb
def test_the_results_of_a_verb_can_be_united(duck: AskedOnce, verb: Verb) -> None:
    results = [verb(table, clips(table)) for table in (LOOSE, MIXED, STRICT)]

    for one, other in combinations(results, 2):
        assert one.union(other).schema() == other.union(one).schema()
    assert tuples(ibis.union(*results), duck)


def test_the_results_of_different_verbs_can_be_united(duck: AskedOnce) -> None:
    columns = ["flow_id", "start_ns", "end_ns"]
    results = [verb(STRICT, clips(STRICT)) for verb in VERBS.values()]
    timed = [table.select(columns) for table in results if "start_ns" in table.columns]

    assert len(VERBS) - 1 == len(timed)
    assert tuples(ibis.union(*timed), duck)


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Any]:
    with ta.examples.newsroom(segments=1000) as made:
        if request.param == "duckdb":
            yield made
            return
        with ta.connect(request.getfixturevalue("vast_stores").filled(made)) as there:
            yield there


@every_verb
def test_a_verb_takes_the_tables_of_a_store(store: Any, verb: Verb) -> None:
    rows = store.segments

    verb(rows, rows.filter(rows.start_ns > 0)).to_pyarrow()


@pytest.mark.parametrize("whole", ["int8", "int32", "uint32"])
@every_verb
def test_times_of_any_width_are_widened_first(duck: AskedOnce, verb: Verb, whole: str) -> None:
    expected = counted(tuples(verb(LOOSE, clips(LOOSE)), duck))
    narrow = segments(whole)

    assert expected == counted(tuples(verb(narrow, clips(narrow)), duck))
    assert expected == counted(tuples(verb(narrow, clips(LOOSE)), duck))


def test_short_times_of_int8_do_not_overflow(duck: AskedOnce) -> None:
    edges = {"start_ns": [-128, 126], "end_ns": [-127, 127]}
    ends = ibis.memtable(pa.table({side: pa.array(at, pa.int8()) for side, at in edges.items()}))

    assert [(-127, 126)] == tuples(intervals.gaps(ends), duck)
    assert [2, 2, -128, 127] == list(tuples(intervals.coverage(ends), duck)[0][:4])


@every_verb
def test_times_that_int64_cannot_hold_are_refused(verb: Verb) -> None:
    with pytest.raises(BadParameter, match=r"uint64.*int64"):
        verb(segments("uint64"), LOOSE)


@every_verb_of_two
def test_on_of_two_widths_is_matched_in_the_wider(duck: AskedOnce, verb: Verb) -> None:
    small, large = (LOOSE.mutate(flow_id=LOOSE.n.cast(kind)) for kind in ("int16", "int64"))
    beyond = large.mutate(flow_id=large.flow_id + 2**40)

    expected = counted(tuples(verb(large, large), duck))
    assert expected == counted(tuples(verb(small, large), duck))
    assert expected == counted(tuples(verb(large, small), duck))
    tuples(verb(small, beyond), duck)


@pytest.mark.parametrize(
    "verb",
    [*OF_TWO.values(), OF_ONE["gaps of groups"]],
    ids=[*OF_TWO, "gaps of groups"],
)
def test_on_of_two_types_is_refused_with_both(verb: Verb) -> None:
    numbered = LOOSE.mutate(flow_id=LOOSE.n)

    for a, b in ((LOOSE, numbered), (numbered, LOOSE)):
        with pytest.raises(BadParameter, match="flow_id") as refused:
            verb(a, b)
        assert "string" in str(refused.value)
        assert "int64" in str(refused.value)


@pytest.mark.parametrize("how", ["subtract", "semi", "anti"])
def test_the_result_of_a_verb_is_a_table_for_the_next(duck: AskedOnce, how: str) -> None:
    pairs = intervals.overlaps(STRICT, "flow_id")
    taken = clips(STRICT)

    found = OF_TWO[how](pairs, taken)

    assert pairs.columns == found.columns
    tuples(found, duck)


@pytest.mark.parametrize("how", ["inner", "left", "closest"])
def test_columns_that_end_in_right_may_be_there_if_the_output_has_them_once(
    duck: AskedOnce, how: str
) -> None:
    odd = LOOSE.mutate(flow_id_right=LOOSE.n, x_right=LOOSE.n, _rank_right=LOOSE.n)
    if how == "closest":
        odd = odd.drop("flow_id_right")

    found = OF_TWO[how](odd, LOOSE)

    expected = counted(tuples(OF_TWO[how](LOOSE, LOOSE), duck))
    plain = OF_TWO[how](LOOSE, LOOSE).columns
    assert expected == counted(tuples(found.select(*plain), duck))


@pytest.mark.parametrize("how", ["inner", "left", "closest"])
@pytest.mark.parametrize("name", ["n_right", "N_Right", "START_NS_RIGHT"])
def test_a_column_that_the_output_would_have_twice_is_refused(how: str, name: str) -> None:
    with pytest.raises(BadParameter, match=r"(?i)_right"):
        OF_TWO[how](LOOSE.mutate(**{name: LOOSE.n}), LOOSE)


def test_on_may_be_called_what_a_verb_calls_its_count(duck: AskedOnce) -> None:
    a, b = (table.rename(pieces="flow_id") for table in (LOOSE, clips(LOOSE)))

    found = tuples(intervals.subtract(a, b, "pieces"), duck)

    assert counted(tuples(OF_TWO["subtract"](LOOSE, clips(LOOSE)), duck)) == counted(found)


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("duckdb/")])
def test_a_column_that_a_verb_needs_for_itself_is_refused_in_any_case(file: str) -> None:
    """The columns with an underscore that its SQL makes."""
    made = sqlglot.parse_one(verb_snapshots.text(file), read="duckdb").find_all(sqlglot.exp.Alias)
    names = {alias.alias for alias in made if alias.alias.startswith("_")}
    assert names
    for spelt in names | {name.upper() for name in names}:
        with pytest.raises(BadParameter, match=spelt):
            intervals.overlaps(LOOSE.mutate(**{spelt: LOOSE.n}))


@pytest.mark.parametrize("other", [pd.DataFrame({"start_ns": [1], "end_ns": [2]}), 5, None, "t"])
@every_verb_of_two
def test_what_is_no_table_is_refused_by_name(verb: Verb, other: Any) -> None:
    for a, b in ((other, LOOSE), (LOOSE, other)):
        with pytest.raises(BadParameter, match="an ibis table"):
            verb(a, b)


@pytest.mark.parametrize(
    "call",
    [
        lambda: intervals.merge(pd.DataFrame({"start_ns": [1], "end_ns": [2]})),
        lambda: intervals.merge(5),
        lambda: intervals.gaps(LOOSE, "flow_id", within="[0:0_0:9)", groups=["a"]),
    ],
)
def test_what_is_no_table_is_refused_of_verbs_of_one(call: Any) -> None:
    with pytest.raises(BadParameter, match="an ibis table"):
        call()


@pytest.mark.parametrize("by", [5, 0, False, [5], [["flow_id"]], LOOSE.flow_id, ibis._.flow_id])
def test_by_that_is_no_column_name_is_refused(by: Any) -> None:
    for verb in (intervals.merge, intervals.gaps, intervals.overlaps):
        with pytest.raises(BadParameter, match=r"(?s)by.*column"):
            verb(LOOSE, by)
