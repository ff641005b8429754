"""`TimeRange` against BBC's mediatimestamp, on end points at least two nanoseconds apart.

mediatimestamp counts time as continuous; on such end points both agree. Ours is a grid: between
neighbouring nanoseconds there is nothing (statement 244).
"""

from __future__ import annotations

import mediatimestamp as media
from hypothesis import assume, given
from hypothesis import strategies as st
from mediatimestamp.hypothesis.strategies import immutabletimestamps

from tams_analytics.timerange import TimeRange, as_ns, tr

LIMIT = 2**62
even = st.integers(-20, 20).map(lambda n: 2 * n)
wide = st.integers(-LIMIT // 2, LIMIT // 2).map(lambda n: 2 * n)
sides = st.one_of(st.none(), even, wide)
texts = st.builds(
    lambda opening, start, end, closing: opening + _text(start) + "_" + _text(end) + closing,
    st.sampled_from(["[", "(", ""]),
    sides,
    sides,
    st.sampled_from(["]", ")", ""]),
)
timestamps = immutabletimestamps(
    media.Timestamp.from_nanosec(-LIMIT), media.Timestamp.from_nanosec(LIMIT)
)


def _text(ns: int | None) -> str:
    return "" if ns is None else media.Timestamp.from_nanosec(ns).to_sec_nsec()


@given(texts)
def test_a_text_reads_and_writes_as_in_mediatimestamp(text: str) -> None:
    theirs = media.TimeRange.from_str(text)

    assert theirs.to_sec_nsec_range() == str(tr(text))
    assert theirs.is_empty() == tr(text).is_empty


@given(texts, texts)
def test_overlap_and_containment_agree(one: str, other: str) -> None:
    ours, theirs = (tr(one), tr(other)), [media.TimeRange.from_str(each) for each in (one, other)]
    exist = not (ours[0].is_empty or ours[1].is_empty)

    assert theirs[0].overlaps_with_timerange(theirs[1]) == ours[0].overlaps(ours[1])
    assert (exist and theirs[0].contains_subrange(theirs[1])) == ours[0].contains(ours[1])


@given(texts, texts)
def test_intersection_and_equality_agree(one: str, other: str) -> None:
    theirs = media.TimeRange.from_str(one).intersect_with(media.TimeRange.from_str(other))

    assert tr(theirs) == tr(one).intersection(other)
    same = media.TimeRange.from_str(one) == media.TimeRange.from_str(other)
    assert same == (tr(one) == tr(other))


@given(texts, texts)
def test_the_hull_agrees(one: str, other: str) -> None:
    theirs = media.TimeRange.from_str(one).extend_to_encompass_timerange(
        media.TimeRange.from_str(other)
    )

    assert tr(theirs) == tr(one).hull(other)


@given(texts, texts)
def test_order_on_the_timeline_agrees(one: str, other: str) -> None:
    assume(not (tr(one).is_empty or tr(other).is_empty))
    ours, theirs = tr(one), media.TimeRange.from_str(one)

    assert theirs.is_earlier_than_timerange(media.TimeRange.from_str(other)) == ours.precedes(other)
    assert theirs.is_later_than_timerange(media.TimeRange.from_str(other)) == ours.succeeds(other)


@given(timestamps)
def test_a_timestamp_of_theirs_is_an_instant_and_an_offset(theirs: media.Timestamp) -> None:
    assert f"[{theirs.to_sec_nsec()}]" == str(tr(theirs))
    assert theirs.to_nanosec() == as_ns(theirs)


@given(timestamps, timestamps, st.integers(0, 3))
def test_a_range_of_theirs_is_read_with_its_markers(
    start: media.Timestamp, end: media.Timestamp, included: int
) -> None:
    assume(abs(end.to_nanosec() - start.to_nanosec()) != 1)  # theirs is continuous, ours a grid
    theirs = media.TimeRange(start, end, media.TimeRange.Inclusivity(included))

    assert theirs.to_sec_nsec_range() == str(tr(theirs))


def test_values_with_a_rate_are_read_by_their_time() -> None:
    frames = media.TimeValueRange(25, 50, rate=25, inclusivity=media.TimeRange.INCLUDE_START)

    assert "[1:0_2:0)" == str(tr(frames))
    assert "[1:0]" == str(tr(media.TimeValue(25, rate=25)))


def test_a_pair_of_their_timestamps_is_half_open() -> None:
    pair = (media.Timestamp(1, 0), media.Timestamp(2, 0))

    assert TimeRange.from_ns(10**9, 2 * 10**9) == tr(pair)


def test_neighbouring_nanoseconds_share_nothing_here() -> None:
    """§244."""
    assert not tr("(0:0_0:2)").overlaps("(0:1_0:3)")
