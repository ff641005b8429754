"""`TimeRange` as a value: the algebra against sets of nanoseconds, order, extremes."""

from __future__ import annotations

import copy
import itertools
import pickle
from datetime import timedelta

import pytest

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange, as_timerange, tr

# Unbounded sides reach beyond the grid that the ranges are drawn on.
GRID = range(-6, 7)
SIDES = [None, -2, -1, 0, 1, 2]
ALL = [TimeRange.from_ns(start, end) for start in SIDES for end in SIDES]
PAIRS = list(itertools.product(ALL, ALL))


def nanoseconds(timerange: TimeRange) -> set[int]:
    """The definition: what lies in a range, on a grid one side of which stands for endless."""
    low = GRID[0] if timerange.start_ns is None else timerange.start_ns
    high = GRID[-1] + 1 if timerange.end_ns is None else timerange.end_ns
    return set(range(low, high))


def test_overlaps_is_sharing_a_nanosecond() -> None:
    for one, other in PAIRS:
        assert bool(nanoseconds(one) & nanoseconds(other)) == one.overlaps(other), (one, other)


def test_contains_and_within_are_inclusion_and_never_has_no_place() -> None:
    for one, other in PAIRS:
        included = bool(nanoseconds(other)) and nanoseconds(other) <= nanoseconds(one)

        assert included == one.contains(other), (one, other)
        assert included == other.within(one), (one, other)


def test_precedes_and_succeeds_are_every_nanosecond_before_every_other() -> None:
    for one, other in PAIRS:
        mine, theirs = nanoseconds(one), nanoseconds(other)
        before = bool(mine and theirs) and max(mine) < min(theirs)

        assert before == one.precedes(other), (one, other)
        assert before == other.succeeds(one), (one, other)


def test_meets_is_the_last_nanosecond_before_the_first() -> None:
    for one, other in PAIRS:
        mine, theirs = nanoseconds(one), nanoseconds(other)
        follows = bool(mine and theirs) and max(mine) + 1 == min(theirs)

        assert follows == one.meets(other), (one, other)


def test_intersection_holds_what_both_hold() -> None:
    for one, other in PAIRS:
        assert nanoseconds(one) & nanoseconds(other) == nanoseconds(one.intersection(other))


def test_hull_is_the_smallest_range_that_holds_both() -> None:
    for one, other in PAIRS:
        both = nanoseconds(one) | nanoseconds(other)
        filled = set(range(min(both), max(both) + 1)) if both else set()

        assert filled == nanoseconds(one.hull(other)), (one, other)


@pytest.mark.parametrize(
    ("first", "last", "extent"),
    [
        ("[0:0_10:0)", "[20:0_30:0]", "[0:0_30:0]"),
        ("[0:0_10:0]", "[20:0_30:0)", "[0:0_30:0)"),
        ("[5:0]", "[5:0]", "[5:0]"),
        ("[5:0]", "[6:0]", "[5:0_6:0]"),
        ("[5:0]", "[6:0_7:0)", "[5:0_7:0)"),
        ("(5:0_6:0)", "[6:0_7:0)", "(5:0_7:0)"),
        ("()", "[6:0_7:0)", "()"),
    ],
)
def test_through_keeps_the_markers_of_the_first_and_the_last(
    first: str, last: str, extent: str
) -> None:
    """§112."""
    assert str(tr(first).through(tr(last))) == extent


def test_split_at_instants_makes_pieces_that_meet_and_make_up_the_whole() -> None:
    for whole in ALL:
        for at in itertools.combinations_with_replacement([-3, -1, 0, 1, 3], 2):
            pieces = whole.split(*at)

            assert sorted(nanoseconds(whole)) == sorted(
                itertools.chain.from_iterable(map(nanoseconds, pieces))
            )
            assert all(one.meets(other) for one, other in itertools.pairwise(pieces))
            assert not any(low < cut < high for cut in at for low, high in map(_bounds, pieces))


def _bounds(piece: TimeRange) -> tuple[float, float]:
    low = float("-inf") if piece.start_ns is None else piece.start_ns
    return low, float("inf") if piece.end_ns is None else piece.end_ns


@pytest.mark.parametrize("length", range(6))
@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_split_every_duration_gives_a_shorter_last_piece(length: int, every: int) -> None:
    whole = TimeRange.from_ns(-2, -2 + length)
    sizes = [piece.duration_ns for piece in whole.split(every=every)]
    expected = [every] * (length // every) + [length % every] * (length % every > 0)

    assert expected == sizes


def test_split_refuses_what_cannot_be_cut() -> None:
    hour = tr("[0:0_3600:0)")
    for arguments in ({}, {"every": 0}, {"every": -1}, {"every": 1}):
        with pytest.raises(BadParameter):
            hour.split(**arguments)
    with pytest.raises(BadParameter):
        hour.split("5:0", every="1:0")
    with pytest.raises(BadParameter, match="unbounded"):
        tr("[0:0_").split(every="1:0")


def test_shift_moves_every_nanosecond() -> None:
    for one, by in itertools.product(ALL, [-2, 0, 1]):
        moved = one.shift(by)
        bounds = [None if side is None else side + by for side in (one.start_ns, one.end_ns)]

        assert TimeRange.from_ns(*bounds) == moved


def test_shift_keeps_the_markers() -> None:
    assert str(tr("(1:0_2:0]").shift("-0:500000000")) == "(0:500000000_1:500000000]"
    assert str(tr("[1:0]").shift(timedelta(seconds=1))) == "[2:0]"


def test_shift_out_of_int64_is_refused_and_never_clamped() -> None:
    for edge, by in [(HIGHEST_NS - 1, 2), (LOWEST_NS, -1), (0, HIGHEST_NS)]:
        with pytest.raises(BadTimeRange, match="64 bits"):
            TimeRange.from_ns(edge, edge + 1).shift(by)


def test_the_extremes_of_int64_do_not_overflow() -> None:
    widest = TimeRange.from_ns(LOWEST_NS, HIGHEST_NS)

    assert 2**64 - 1 == widest.duration_ns
    assert widest.overlaps("_")
    assert tr("_").contains(widest)
    assert not widest.contains("_")
    assert widest == widest.intersection("_")
    assert tr("_") == widest.hull("_")


@pytest.mark.parametrize("bounds", [(0, 2**63), (-(2**63) - 1, 0), (0.0, 1), (0, True), ("0", 1)])
def test_bounds_are_int64_integers(bounds: tuple[int, int]) -> None:
    with pytest.raises(BadTimeRange):
        TimeRange.from_ns(*bounds)


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((0, 10), "[0:0_0:10)"),
        ((7, 8), "[0:7]"),
        ((None, -5), "_-0:5)"),
        ((-5, None), "[-0:5_"),
        ((None, None), "_"),
        ((5, 5), "()"),
        ((5, 4), "()"),
    ],
)
def test_computed_bounds_are_written_half_open(
    bounds: tuple[int | None, int | None], text: str
) -> None:
    assert text == str(TimeRange.from_ns(*bounds))


def test_equality_is_equality_of_bounds_however_they_were_written() -> None:
    """§241."""
    same = [tr("[1:0_2:0]"), tr("1:0_2:0"), tr("(0:999999999_2:1)"), tr("[1:0_2:1)")]

    assert 1 == len(set(same))
    assert tr("[3:0_3:0)") == tr("()") == tr("[9:0_1:0]")
    assert tr("_") != tr("()")
    assert tr("_") != "_"


def test_ranges_sort_by_start_then_end_with_never_before_all() -> None:
    texts = ["()", "_", "_1:0)", "[-1:0_0:0)", "[0:0_1:0)", "[0:0_2:0)", "[0:0_", "[1:0_2:0)"]
    expected = ["()", "_1:0)", "_", *texts[3:]]

    assert expected == [str(each) for each in sorted(tr(text) for text in reversed(texts))]
    assert tr("[0:0_1:0)") <= tr("[0:0_1:0)") >= tr("[0:0_1:0)")
    with pytest.raises(TypeError):
        tr("_") < 5  # type: ignore[operator]  # noqa: B015


def test_an_instant_is_in_a_range_from_its_start_to_before_its_end() -> None:
    window = tr("[1:0_2:0)")

    assert [True, False] == [each in window for each in ("1:0", "2:0")]
    assert [True, False] == [each in window for each in (1_999_999_999, 2_000_000_000)]
    assert [False, False] == [each in TimeRange.never() for each in (0, "0:0")]
    with pytest.raises(BadTimeRange):
        assert 1.5 in window


def test_durations_count_nanoseconds() -> None:
    texts = ["[0:0_1:0)", "[0:0_1:0]", "[5:0]", "()", "_", "[0:0_", "_0:0)"]

    assert [10**9, 10**9 + 1, 1, 0, None, None, None] == [tr(each).duration_ns for each in texts]


def test_a_range_cannot_change() -> None:
    window = tr("[1:0_2:0)")
    for change in (
        lambda: setattr(window, "start_ns", 5),
        lambda: setattr(window, "_marks", "()"),
        lambda: setattr(window, "other", 5),
        lambda: delattr(window, "end_ns"),
    ):
        with pytest.raises(AttributeError):
            change()
    window.__init__(5, 6)  # type: ignore[misc]

    assert ("[1:0_2:0)", False) == (str(window), hasattr(window, "__dict__"))


@pytest.mark.parametrize("text", ["(1:0_2:0]", "[1:0]", "_", "()", "_1:0]"])
def test_pickles_and_copies_are_equal_and_written_alike(text: str) -> None:
    for twin in (pickle.loads(pickle.dumps(tr(text))), copy.deepcopy(tr(text))):  # noqa: S301
        assert (tr(text), text) == (twin, str(twin))


def test_as_timerange_gives_a_range_back_itself() -> None:
    window = tr("[1:0_2:0)")

    assert as_timerange(window) is window
    assert window == eval(repr(window), {"tr": tr})  # noqa: S307
