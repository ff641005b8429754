"""Which conditions a scan takes, as pairs: condition; what is pushed, what is refused and why."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir
import pytest
from ibis import _

from tams_analytics.engines.vast.pushing import (
    Conjunct,
    NotLossless,
    Pushing,
    Term,
    in_parts,
    predicate,
    push,
)

ROWS = ibis.table(
    {
        "s": "string",
        "i": "int64",
        "j": "int32",
        "d": "float64",
        "f": "float32",
        "b": "boolean",
        "t": "timestamp(6)",
        "z": "timestamp('UTC', 6)",
        "day": "date",
        "price": "decimal(10, 2)",
        "tags": "array<string>",
    },
    name="rows",
)
NUMBER = ibis.param("int64")
TEXT = ibis.param("string")
NOON = dt.datetime(2026, 9, 1, 12, 0, 0, 5)

PUSHED: list[tuple[Any, list[str]]] = [
    (_.i == 5, ["i == 5"]),
    (_.i != 5, ["i != 5"]),
    (ibis.literal(5) < _.i, ["i > 5"]),
    (ibis.literal(5) >= _.i, ["i <= 5"]),
    ((_.i >= 1) & (_.i < 9) & (_.s == "a"), ["i >= 1", "i < 9", "s == 'a'"]),
    (_.i.between(1, 9), ["i >= 1", "i <= 9"]),
    (~_.i.between(1, 9), ["i < 1 or i > 9"]),
    (_.i.between(1, 9) | (_.i > 90), ["i >= 1 or i > 90", "i <= 9 or i > 90"]),
    (_.i.isin([3, 1, 3]), ["i in (3, 1)"]),
    (_.i.isin([1, None]), ["i in (1)"]),
    (_.s.isin(list("abcdefg")), ["s in ('a', 'b', 'c', … 4 more)"]),
    (_.i.notin([1, 2]), ["i != 1", "i != 2"]),
    (~_.i.isin([1, 2]), ["i != 1", "i != 2"]),
    (_.i.notin([]), []),
    (_.i.isnull(), ["i is null"]),
    (_.i.notnull(), ["i is not null"]),
    (~_.i.isnull(), ["i is not null"]),
    (_.i == ibis.null(), ["i is null"]),
    (_.i.identical_to(None), ["i is null"]),
    (_.i.identical_to(3), ["i == 3"]),
    (~_.i.identical_to(3), ["i != 3 or i is null"]),
    (_.b, ["b == True"]),
    (~_.b, ["b == False"]),
    (_.b != True, ["b == False"]),  # noqa: E712 - an expression
    (~(_.i < 5), ["i >= 5"]),
    (~((_.i < 5) | (_.s == "a")), ["i >= 5", "s != 'a'"]),
    (~((_.i >= 5) & (_.i != 7)), ["i < 5 or i == 7"]),
    (((_.i > 5) & (_.i < 9)) | (_.i == 0), ["i > 5 or i == 0", "i < 9 or i == 0"]),
    ((_.i > 5) | _.i.isnull(), ["i > 5 or i is null"]),
    (_.s.startswith("a"), ["s startswith 'a'"]),
    (_.s.startswith(""), ["s is not null"]),
    (_.s.contains("'\""), ["s contains '\\'\"'"]),
    (_.s == "日本", ["s == '日本'"]),
    (_.d < 2.5, ["d < 2.5"]),
    (_.d <= 2, ["d <= 2"]),
    (_.f == 2.5, ["f == 2.5"]),
    (_.t >= NOON, [f"t >= {NOON!r}"]),
    (_.i <= 2**63 - 1, [f"i <= {2**63 - 1}"]),
    (_.i >= -(2**63), [f"i >= {-(2**63)}"]),
    (_.j.cast("int64") == 5, ["j == 5"]),
    (_.s.cast("!string") == "a", ["s == 'a'"]),
    (ibis.literal(True), []),
    ((_.i == 1) & True, ["i == 1"]),
    ((_.i == 1) | False, ["i == 1"]),
    ((_.i == 1) | True, []),
]

NEVER = [
    ibis.literal(False),
    (_.i == 1) & False,
    _.i.isin([]),
    _.i.isin([None]),
    _.i.notin([1, None]),
    ~ibis.literal(True),
    ibis.null("boolean"),
]

REFUSED: list[tuple[Any, list[str], str]] = [
    (_.i < 2.5, [], "i < 2.5 (2.5 is no int64)"),
    (_.i == 2.0, [], "i == 2.0 (2.0 is no int64)"),
    (_.j == 2**40, [], f"j == {2**40} ({2**40} is beyond int32)"),
    (_.i.isin([1, 2.5]), [], "i in (1, 2.5) (2.5 is no int64)"),
    (_.d > 2.5, [], "d > 2.5 (> on floats: engines do not agree where NaN stands)"),
    (_.d != 2.5, [], "d != 2.5 (!= on floats: engines do not agree where NaN stands)"),
    (~(_.d < 2.5), [], "d >= 2.5 (>= on floats: engines do not agree where NaN stands)"),
    (_.d.isin([math.nan]), [], "d in (nan) (nan has no order that engines agree on)"),
    (_.d <= math.inf, [], "d <= inf (inf has no order that engines agree on)"),
    (_.d == -0.0, [], "d == -0.0 (zero may be stored as -0.0)"),
    (_.d == 2**53 + 1, [], f"d == {2**53 + 1} ({2**53 + 1} is no float64)"),
    (_.f == 0.1, [], "f == 0.1 (0.1 is no float32)"),
    (_.f <= 1e300, [], "f <= 1e+300 (1e+300 is no float32)"),
    (_.s == "a\0b", [], "s == 'a\\x00b' (the text holds a NUL)"),
    (_.s == "\ud800", [], "s == '\\ud800' (the text holds half a character)"),
    (_.t == "2026-09-01", [], "t == '2026-09-01' ('2026-09-01' is no timestamp(6))"),
    (_.z == NOON, [], f"z == {NOON!r} (time zones are not compared there)"),
    (_.day == dt.date(2026, 9, 1), [], "date columns are never pushed"),
    (_.price == 1, [], "price == 1 (decimal(10, 2) columns are never pushed)"),
    (_.tags.isnull(), [], "tags is null (array<string> columns are never pushed)"),
    (_.i < _.j, [], "i < j (compares two columns)"),
    (_.i + 1 > 3, [], "i + 1 > 3 (computed by add)"),
    (_.s.upper() == "A", [], "uppercase(s) == 'A' (computed by uppercase)"),
    (_.i.cast("string") == "5", [], "a cast to string"),
    (_.i.cast("int32") == 5, [], "a cast to int32"),
    (_.s.like("a%"), [], "string_sqllike(s, 'a%') (computed by string_sqllike)"),
    (~_.s.startswith("a"), [], "computed by starts_with"),
    (_.s.contains(""), [], "s contains '' (an empty text is in every text)"),
    (_.b < True, [], "b < True (booleans have no order there)"),
    ((_.i == 1) | (_.s == "a"), [], "i == 1 or s == 'a' (OR across columns: i, s)"),
    (
        (_.i == 1) | ((_.i == 2) & (_.s == "a")),
        ["i == 1 or i == 2"],
        "i == 1 or s == 'a' (OR across columns: i, s)",
    ),
    (_.i < ibis.null("int64"), [], "i < None (NULL literal: nothing compares with NULL)"),
    (_.i.isin([*range(50_001)]), [], "50001 values are too many, 50000 are taken"),
    (_.i == TEXT.cast("int64"), [], "(a cast to int64)"),
    (_.d < NUMBER, [], "(a parameter of another type: int64)"),
    (_.i > _.i.mean().over(), [], "i > mean(i) over (a window) (a window function"),
    (ibis.random() < 0.5, [], "(not the same in each run)"),
    (_.i.isin(ROWS.view().j.cast("int64")), [], "i in (a query) (a sub-query)"),
    (_.i.notin([*range(100)]), [], "(it has too many alternatives)"),
    (~_.s.like("a%"), [], "not string_sqllike(s, 'a%') (computed by"),
    ((_.i + 1).isnull(), [], "i + 1 is null (computed by add)"),
    (_.i ^ 1 == 1, [], "computed by bitwise_xor"),
    (_.day.cast("string") == "a", [], "cast(day, string) == 'a' (a cast to string)"),
    (_.b ^ (_.i == 1), [], "computed by xor"),
]


def pushing(*conditions: Any) -> Pushing:
    bound = [ROWS.bind(condition)[0] for condition in conditions]
    return push([condition.op() for condition in bound], ROWS.op())


def texts(found: Pushing) -> list[str]:
    return [str(conjunct) for conjunct in found.conjuncts]


@pytest.mark.parametrize(("condition", "pushed"), PUSHED)
def test_what_is_pushed_is_all_of_the_condition(condition: Any, pushed: list[str]) -> None:
    found = pushing(condition)

    assert texts(found) == pushed
    assert found.is_exact
    assert not found.is_never


@pytest.mark.parametrize("condition", NEVER)
def test_what_no_row_fulfils_is_not_asked(condition: Any) -> None:
    assert pushing(condition).is_never


@pytest.mark.parametrize(("condition", "pushed", "refused"), REFUSED)
def test_a_refusal_says_why(condition: Any, pushed: list[str], refused: str) -> None:
    found = pushing(condition)

    assert texts(found) == pushed
    assert refused in " and ".join(map(str, found.refused))
    assert not found.is_exact


def test_a_parameter_stays_one_until_its_value_is_known() -> None:
    (conjunct,) = pushing(_.j < NUMBER).conjuncts

    assert [parameter.op for parameter in conjunct.parameters] == [NUMBER.op()]
    assert str(conjunct.with_values({NUMBER: 5})) == "j < 5"
    assert str(conjunct.with_values({NUMBER.op(): 5})) == "j < 5"
    with pytest.raises(NotLossless, match="beyond int32"):
        conjunct.with_values({NUMBER: 2**40})
    with pytest.raises(NotLossless, match="NULL"):
        conjunct.with_values({NUMBER: None})
    with pytest.raises(KeyError):
        conjunct.with_values({TEXT: "a"})


def test_no_text_is_sought_in_texts_by_a_parameter_either() -> None:
    (conjunct,) = pushing(_.s.contains(TEXT)).conjuncts

    assert str(conjunct.with_values({TEXT: "a"})) == "s contains 'a'"
    with pytest.raises(NotLossless):
        conjunct.with_values({TEXT: ""})


def test_parameters_in_a_list() -> None:
    (conjunct,) = pushing(_.s.isin([TEXT, "b"])).conjuncts

    assert str(conjunct.with_values({TEXT: "a"})) == "s in ('a', 'b')"


def test_a_predicate_has_the_shape_that_the_sdk_takes() -> None:
    """Every shape of a term goes through the SDK's own encoder."""
    flatbuffers = pytest.importorskip("flatbuffers")
    internal = pytest.importorskip("vastdb._internal")
    for condition, _pushed in PUSHED:
        found = pushing(condition).conjuncts
        test = predicate(found, ROWS)
        if test is not None:
            columns = ROWS.drop("z", "day", "price", "tags").schema().to_pyarrow()
            encoded = internal.Predicate(columns, test).serialize(flatbuffers.Builder())
            assert encoded > 0
        else:
            assert not found


def test_no_conjunct_is_no_predicate() -> None:
    assert predicate([], ROWS) is None


def test_a_value_is_written_as_a_literal_of_its_column() -> None:
    (conjunct,) = pushing(_.j == 5).conjuncts
    test = predicate([conjunct], ROWS)

    assert isinstance(test, ir.BooleanValue)
    assert test.op().right.dtype == ROWS.j.type()


def test_a_long_list_is_cut_and_no_value_comes_twice() -> None:
    listed = Conjunct("i", (Term("isin", (*range(25_000), 0)),), dtypes.int64)
    other = Conjunct("s", (Term("==", ("x",)),), dtypes.string)

    parts = in_parts([other, listed])

    assert [10_000, 10_000, 5_000] == [len(part[-1].terms[0].values) for part in parts]
    assert {other} == {part[0] for part in parts}


def test_a_list_of_long_texts_is_cut_by_its_bytes() -> None:
    texts = tuple(f"{n:0100000}" for n in range(40))

    parts = in_parts([Conjunct("s", (Term("isin", texts),), dtypes.string)])

    assert [39, 1] == [len(part[0].terms[0].values) for part in parts]


def test_several_lists_share_the_bytes_of_a_request() -> None:
    texts = tuple(f"{n:0200}" for n in range(9_000))
    lists = [Conjunct(name, (Term("isin", texts),), dtypes.string) for name in "stu"]

    parts = in_parts(lists)

    assert all(sum(each.size for each in part) <= 4_000_000 for part in parts)
    assert 9_000**3 == sum(math.prod(len(c.terms[0].values) for c in part) for part in parts)


@pytest.mark.parametrize(
    "condition",
    [
        _.s == "x" * 3_000_000,
        _.s.isin(["a", "x" * 3_000_000]),
        _.s.isin([f"{n:01000}" for n in range(3_000)]) | _.s.isnull(),
    ],
)
def test_what_no_request_takes_stays_here(condition: Any) -> None:
    assert ["its values are too long for a request"] == [
        each.reason for each in pushing(condition).refused
    ]


def test_a_list_within_an_or_is_not_cut() -> None:
    either = Conjunct("i", (Term("isin", tuple(range(25_000))), Term("isnull")), dtypes.int64)

    assert [(either,)] == in_parts([either])
