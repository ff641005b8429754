"""The grammar: every shape of a text, every refusal (facts/tams.md §1, statements 233-243)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    TimeRange,
    as_ns,
    format_timestamp,
    parse_timestamp,
    tr,
)

SECOND = 1_000_000_000
FORBIDDEN = ["5:0)", "[5:0)", "(5:0", "(5:0]", "(5:0)"]

# In words of our own: text, canonical text, first nanosecond, the one after the last.
TABLE = [
    ("[0:0_10:0)", "[0:0_10:0)", 0, 10 * SECOND),
    ("[0:0_10:0]", "[0:0_10:0]", 0, 10 * SECOND + 1),
    ("(0:0_10:0)", "(0:0_10:0)", 1, 10 * SECOND),
    ("(0:0_10:0]", "(0:0_10:0]", 1, 10 * SECOND + 1),
    ("0:0_10:0", "[0:0_10:0]", 0, 10 * SECOND + 1),
    ("[0:0_10:0", "[0:0_10:0]", 0, 10 * SECOND + 1),
    ("0:0_10:0)", "[0:0_10:0)", 0, 10 * SECOND),
    ("7:5", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("[7:5]", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("[7:5", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("7:5]", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("[7:5_7:5]", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("7:5_7:5", "[7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("[7:5_7:6)", "[7:5_7:6)", 7 * SECOND + 5, 7 * SECOND + 6),
    ("(7:4_7:5]", "(7:4_7:5]", 7 * SECOND + 5, 7 * SECOND + 6),
    ("[3:0_", "[3:0_", 3 * SECOND, None),
    ("3:0_", "[3:0_", 3 * SECOND, None),
    ("(3:0_]", "(3:0_", 3 * SECOND + 1, None),
    ("_3:0", "_3:0]", None, 3 * SECOND + 1),
    ("(_3:0)", "_3:0)", None, 3 * SECOND),
    ("_", "_", None, None),
    ("(_)", "_", None, None),
    ("[-1:500000000_-0:5]", "[-1:500000000_-0:5]", -1_500_000_000, -4),
    ("[-0:0_0:1)", "[0:0_0:1)", 0, 1),
    ("[1694429247:40000001_", "[1694429247:40000001_", 1694429247_040000001, None),
]
NEVERS = ["", "(", ")", "[", "]", "()", "[]", "[)", "(]", "[4:0_4:0)", "(4:0_4:0]", "(4:0_4:0)"]
NEVERS += ["4:0_3:0", "[4:0_-4:0]", "(4:0_4:1)", "(-0:2_-0:1)"]


@pytest.mark.parametrize(("text", "canonical", "start", "end"), TABLE)
def test_a_text_becomes_two_integers_and_its_canonical_form(
    text: str, canonical: str, start: int | None, end: int | None
) -> None:
    """§234 to §236."""
    found = tr(text)

    assert (canonical, start, end) == (str(found), found.start_ns, found.end_ns)


@pytest.mark.parametrize("text", NEVERS)
def test_a_text_without_a_nanosecond_is_never(text: str) -> None:
    """§237, §239."""
    found = tr(text)

    assert (TimeRange.never(), "()", True) == (found, str(found), found.is_empty)


def test_the_67_shapes_of_the_specification_read_as_listed(shared: Path) -> None:
    shapes = json.loads((shared / "timerange_shapes.json").read_text())
    refused = {"1:0)", "[1:0)", "(1:0", "(1:0]", "(1:0)"}
    allowed = [shape for shape in shapes if shape[0] not in refused]
    read = []
    for text, _canonical, _bounds in allowed:
        found = tr(text)
        bounds = ["empty"] if found.is_empty else [found.start_ns, found.end_ns]
        read.append([text, str(found), bounds])

    assert len(allowed) == 67
    assert allowed == read


@pytest.mark.parametrize("text", FORBIDDEN)
def test_an_instant_with_an_exclusive_marker_is_refused(text: str) -> None:
    """§238."""
    with pytest.raises(BadTimeRange, match=r"exclusive marker .* expected \[5:0\]"):
        tr(text)


@pytest.mark.parametrize(
    ("text", "problem", "position"),
    [
        ("[01:00:00.000,02:00:00.000)", "a clock text", 1),
        ("01:30", "a clock text", 0),
        ("2026-09-01T20:00", "a clock text", 0),
        ("5", "a number without nanoseconds", 0),
        ("[0:0_5)", "a number without nanoseconds", 5),
        ("5:", "a timestamp without nanoseconds", 0),
        ("_\n", "a line break", 1),
        ("[0:0_1:0)\n", "a line break", 9),
        ("[0:0_1:0) ", "a blank", 9),
        (" [0:0_1:0)", "a blank", 0),
        ("1.5", "a decimal fraction", 0),
        ("01:0", "a leading zero", 0),
        ("0:01", "a leading zero", 3),
        ("0:1000000000", "more than nine digits of nanoseconds", 11),
        ("+1:0", "a plus sign", 0),
        ("1:-5", "a timestamp without nanoseconds", 0),
        ("--1:0", "unexpected '-'", 0),
        ("[0:0_1:0_2:0)", "unexpected '_'", 8),
        ("[0:0-1:0)", "unexpected '-'", 4),
        ("_9999999999:0_", "unexpected '_'", 13),
        ("[0:0_1:0)x", "unexpected 'x'", 9),
        ("[[0:0_1:0)", "unexpected '['", 1),
        ("\u0661:0", "unexpected '\u0661'", 0),
        ("1_000:0", "a number without nanoseconds", 0),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(text: str, problem: str, position: int) -> None:
    with pytest.raises(BadTimeRange) as refused:
        tr(text)

    assert (problem, position) == (refused.value.problem, refused.value.position)


@pytest.mark.parametrize("text", ["2026-08-31T20:00/21:00", "01:30", "[2026-08-31T20:00_21:00)"])
def test_who_gives_a_clock_text_is_shown_the_call_that_takes_clocks(text: str) -> None:
    with pytest.raises(BadTimeRange, match=r'tr\.utc\("2026-08-31T20:00", "21:00"\)'):
        tr(text)


@pytest.mark.parametrize("value", [None, 5, 5.0, True, b"1:0", ["1:0"], object()])
def test_what_is_no_text_and_stands_for_no_time_is_refused(value: object) -> None:
    with pytest.raises(BadTimeRange):
        tr(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "9223372036:854775808",
        "9223372036:854775807",
        "[0:0_9223372036:854775807]",
        "[0:0_9223372036:854775808)",
        "(9223372036:854775807_",
        "[-9223372036:854775809_",
        "(-9223372036:854775809_0:0)",
        "_-9223372036:854775809]",
        "[5:0_-9223372036:854775809)",
        "[99999999999999999999:0_0:0)",
        f"[{'9' * 5000}:0_",
    ],
)
def test_a_value_outside_int64_is_refused_and_never_clamped(text: str) -> None:
    with pytest.raises(BadTimeRange, match="64 bits"):
        tr(text)


def test_the_extremes_of_int64_are_read_exactly() -> None:
    widest = tr("[-9223372036:854775808_9223372036:854775807)")

    assert (LOWEST_NS, HIGHEST_NS) == (widest.start_ns, widest.end_ns)
    assert tr(str(widest)) == widest
    assert tr("[9223372036:854775806]").end_ns == HIGHEST_NS
    assert tr("(-9223372036:854775808_").start_ns == LOWEST_NS + 1


@given(st.integers(LOWEST_NS, HIGHEST_NS))
def test_a_timestamp_comes_back_from_its_text(ns: int) -> None:
    assert ns == parse_timestamp(format_timestamp(ns))


@pytest.mark.parametrize(
    ("ns", "text"), [(-5, "-0:5"), (-1_500_000_000, "-1:500000000"), (0, "0:0"), (SECOND, "1:0")]
)
def test_the_sign_covers_the_whole_value(ns: int, text: str) -> None:
    """§240."""
    assert (text, ns) == (format_timestamp(ns), parse_timestamp(text))


@pytest.mark.parametrize("text", ["", "5", "[5:0]", "5:0_", "5:0 ", "05:0", "5:0\n"])
def test_a_timestamp_is_read_as_strictly(text: str) -> None:
    with pytest.raises(BadTimeRange):
        parse_timestamp(text)


@pytest.mark.parametrize("value", [True, 1.0, 1e9, None, "24h"])
def test_a_duration_is_exact_or_refused(value: object) -> None:
    with pytest.raises(BadTimeRange):
        as_ns(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "stored", "end"),
    [
        ("0:0_3600:0", "[0:0_3600:0)", 3600 * SECOND),
        ("5:0", "[5:0]", 5 * SECOND + 1),
        ("[0:0_3600:0", "[0:0_3600:0", 3600 * SECOND + 1),
        ("0:0_3600:0]", "0:0_3600:0]", 3600 * SECOND + 1),
        ("0:0_3600:0)", "0:0_3600:0)", 3600 * SECOND),
        ("[0:0_3600:0]", "[0:0_3600:0]", 3600 * SECOND + 1),
        ("[-0:0_1:0)", "[-0:0_1:0)", SECOND),
    ],
)
def test_registering_reads_a_text_without_markers_as_half_open(
    text: str, stored: str, end: int
) -> None:
    found, verbatim = TimeRange.registered(text)

    assert (stored, end) == (verbatim, found.end_ns)


@pytest.mark.parametrize(
    "text", ["_", "0:0_", "_5:0", "()", "", "5:0_5:0", "[5:0_5:0)", "(0:0_5:0)", "(0:0)", None, 5]
)
def test_registering_refuses_the_unbounded_the_empty_and_an_exclusive_start(text: object) -> None:
    with pytest.raises(BadTimeRange):
        TimeRange.registered(text)  # type: ignore[arg-type]


texts = st.from_regex(r"[\[(]?-?[0-9]{0,3}:?[0-9]{0,3}_?-?[0-9]{0,3}:?[0-9]{0,3}[\])]?\n?")
GRAMMAR = (
    r"[\[(]?(-?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?"
    r"(_(-?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?)?[\])]?"
)


PATTERN = re.compile(GRAMMAR)


@given(
    st.one_of(st.from_regex(GRAMMAR, fullmatch=True), texts, st.text("[]()_:-0159 \n", max_size=9))
)
def test_exactly_the_pattern_less_what_its_text_forbids_is_read(text: str) -> None:
    """§233, §238, §243."""
    match = PATTERN.fullmatch(text)
    is_instant = match is not None and match[1] is not None and match[4] is None
    admitted = match is not None and not (is_instant and (text[0] == "(" or text[-1] == ")"))
    seconds = [int(each) for each in re.findall(r"([0-9]+):", text)]
    if not admitted or max(seconds, default=0) > 9223372035:
        with pytest.raises(BadTimeRange, match="expected"):
            tr(text)
        return

    assert (tr(text), str(tr(text))) == (tr(str(tr(text))), str(tr(str(tr(text)))))
