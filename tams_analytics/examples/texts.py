"""Columns of text, made without a loop over rows: ids, paths and dates of one width.

Each text is a row of bytes in a matrix; Arrow takes the matrix as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.examples.clock import DAY_US, FRAME_NS, Ints
from tams_analytics.timerange import SECOND

Letters = npt.NDArray[np.uint8]
"""Texts of one width, a row for each."""

CUT_NS = FRAME_NS // 2
"""All times of the newsroom are whole multiples: clips begin in the middle of a second of 25."""

DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


def letters(texts: list[str]) -> Letters:
    """Texts of one width as a matrix."""
    return np.frombuffer("".join(texts).encode(), np.uint8).reshape(len(texts), -1)


def letters_of(texts: pa.ChunkedArray, width: int) -> Letters:
    """A column of texts of one width as a matrix."""
    content = texts.combine_chunks().buffers()[2]
    return np.frombuffer(content, np.uint8, len(texts) * width).reshape(-1, width)


def hexadecimal(numbers: Ints, width: int) -> Letters:
    """Numbers in base 16, with leading zeros."""
    found = np.empty((len(numbers), width), np.uint8)
    for place in range(width):
        found[:, width - 1 - place] = DIGITS[(numbers >> (4 * place)) & 15]
    return found


def dates(us: Ints) -> Letters:
    """``/YYYY/MM/DD/`` of wall-clock microseconds."""
    days, which = np.unique(us // DAY_US, return_inverse=True)
    shown = [str(day).replace("-", "/") for day in days.astype("datetime64[D]")]
    return letters([f"/{day}/" for day in shown])[which]


def joined(*parts: Letters) -> Letters:
    """The texts side by side, row by row."""
    return np.concatenate(parts, axis=1)


def column(texts: Letters) -> pa.StringArray:
    """The matrix as an Arrow column."""
    count, width = texts.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    content = np.ascontiguousarray(texts)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(content))


def timestamps_of(ns: Ints) -> pa.StringArray:
    """``seconds:nanoseconds`` of times from 0 on that are multiples of `CUT_NS`.

    Half the work of writing any timestamps, since the same few fractions come again and again.
    """
    seconds, rest = np.divmod(ns, SECOND)
    fractions = _fractions().take(pa.array(rest // CUT_NS))
    return pc.binary_join_element_wise(pa.array(seconds).cast(pa.string()), fractions, "")


@functools.cache
def _fractions() -> pa.StringArray:
    # Not when the module is imported: pyarrow imports pandas for it, half a second.
    return pa.array([f":{ns}" for ns in range(0, SECOND, CUT_NS)])


def timeranges_of(start_ns: Ints, end_ns: Ints) -> pa.StringArray:
    """``[a_b)`` of such times, as `timerange_texts` writes ranges longer than a nanosecond."""
    start, end = timestamps_of(start_ns), timestamps_of(end_ns)
    return pc.binary_join_element_wise("[", start, "_", end, ")", "")


def of_few(numbers: Ints, text: Callable[[Ints], pa.StringArray]) -> pa.StringArray:
    """``text`` of each number, where the same few numbers come again and again."""
    different, which = np.unique(numbers, return_inverse=True)
    return text(different).take(pa.array(which))
