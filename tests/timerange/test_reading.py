"""`tr` against a second reader, made of the specification's own pattern and plain arithmetic.

The texts keep close to the grammar: its parts put together, some with a character too many, too
few or exchanged, and with values about the ends of int64.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import tr


class Reading(NamedTuple):
    """What a text comes to: its canonical form, its first nanosecond, the one after the last."""

    text: str
    start: int | None
    end: int | None


NEVER = Reading("()", 0, 0)
EDGES = ("9223372036:854775806", "9223372036:854775807", "9223372036:854775808")
EDGES += ("-9223372036:854775807", "-9223372036:854775808", "-9223372036:854775809")
ODD = ("9999999999:0", "10000000000:0", "-0:0", "-0:1", "01:0", "1:00", "1:1000000000", "1", ":1")
ODD += ("+1:0", "1.0:0", "1:", "1:-1", "\u0661:0", "1_0:0", " 1:0", "--1:0")

numbers = st.builds(
    "{}{}:{}".format,
    st.sampled_from(["", "-"]),
    st.integers(0, 3) | st.integers(0, 9223372035),
    st.integers(0, 3) | st.integers(0, 999_999_999),
)
timestamps = st.one_of(st.just(""), numbers, st.sampled_from(EDGES), st.sampled_from(ODD))
whole_texts = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "[", "("]),
    timestamps,
    st.sampled_from(["_", "_", "", "__"]),
    timestamps,
    st.sampled_from(["", "]", ")", "_", "\n"]),
)


@st.composite
def near_texts(draw: st.DrawFn) -> str:
    """A text of the grammar's parts, in which a character or two may be put for another."""
    text = draw(whole_texts)
    place = draw(st.integers(0, len(text)))
    put = draw(st.sampled_from(["", "0", "9", "-", ":", "_", "[", ")", " ", "\n"]))
    return text[:place] + put + text[place + draw(st.integers(0, 1)) :]


@settings(max_examples=400)
@given(whole_texts | near_texts())
def test_a_text_reads_as_by_the_pattern_of_the_specification(shared: Path, text: str) -> None:
    schema = json.loads((shared / "schemas" / "timerange.json").read_text())
    expected = _read(schema["pattern"], text)
    if expected is None:
        with pytest.raises(BadTimeRange):
            tr(text)
        return
    found = tr(text)

    assert expected == Reading(str(found), found.start_ns, found.end_ns)


def _read(pattern: str, text: str) -> Reading | None:
    """``None`` for a refusal: by the pattern, by what its text forbids, or outside int64."""
    match = re.fullmatch(pattern, text)
    if match is None or text.endswith("\n"):
        return None
    before, bar, after = text.strip("[]()").partition("_")
    exclusive = text[:1] == "(", text[-1:] == ")"
    if not before and not after:
        return Reading("_", None, None) if bar else NEVER
    if not bar and any(exclusive):
        return None
    return _bounded(before, after if bar else before, *exclusive)


def _bounded(before: str, after: str, no_start: bool, no_end: bool) -> Reading | None:
    first, last = (_nanoseconds(each) if each else None for each in (before, after))
    start = None if first is None else first + no_start
    end = None if last is None else last + (not no_end)
    if not all(-(2**63) <= each < 2**63 for each in (first, last) if each is not None):
        return None
    if start is not None and end is not None and end <= start:
        return NEVER
    if not all(each < 2**63 for each in (start, end) if each is not None):
        return None
    return Reading(_canonical(first, last, no_start, no_end), start, end)


def _nanoseconds(timestamp: str) -> int:
    seconds, nanos = timestamp.lstrip("-").split(":")
    size = int(seconds) * 10**9 + int(nanos)
    return -size if timestamp.startswith("-") else size


def _canonical(first: int | None, last: int | None, no_start: bool, no_end: bool) -> str:
    if first is not None and first == last:
        return f"[{_written(first)}]"
    start = "" if first is None else ("(" if no_start else "[") + _written(first)
    end = "" if last is None else _written(last) + (")" if no_end else "]")
    return f"{start}_{end}"


def _written(ns: int) -> str:
    seconds, nanos = divmod(abs(ns), 10**9)
    return f"{'-' if ns < 0 else ''}{seconds}:{nanos}"
