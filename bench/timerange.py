"""Parsing timeranges: ours beside mediatimestamp's, over a mix of texts, in one run."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import mediatimestamp
import numpy as np

from tams_analytics.timerange import parse_registered_texts, timerange_texts, tr

QUESTION = "texts to two integers, beside mediatimestamp; processor time"
ROUNDS = 25

# How often a store and its clients write each form, out of 20.
FORMS: tuple[tuple[int, str], ...] = (
    (12, "[{s}:{n}_{e}:{n})"),
    (2, "[{s}:0_{e}:0)"),
    (1, "{s}:0_{e}:0"),
    (1, "[{s}:{n}_{e}:{n}]"),
    (1, "[{s}:{n}]"),
    (1, "[{s}:{n}_"),
    (1, "_{s}:{n})"),
    (1, "[-{e}:{n}_-{s}:{n})"),
)

# What others may write, each measured alone.
OTHERS = (
    "{s}:{n}_{e}:{n}",
    "({s}:{n}_{e}:{n}]",
    "({s}:{n}_{e}:{n})",
    "{s}:{n}",
    "[{s}:{n}",
    "[-{s}:{n}]",
    "{s}:{n}_",
    "({s}:{n}_",
    "[-{s}:{n}_",
    "_{s}:{n}",
    "_{s}:{n}]",
    "_-{s}:{n})",
    "[0:0_10:0)",
    "[0:0]",
    "0:0",
    "[0:0_",
    "_10:0)",
    "[{e}:{n}_{s}:{n})",
    "_",
    "()",
)


def run(size: int = 20_000, bulk: int = 1_000_000) -> list[dict[str, Any]]:
    """A row for the mix, for each form, and for a column of a million."""
    rows = [{"text": "the mix", **_compared(_mix(size))}]
    for form in (*(form for _, form in FORMS), *OTHERS):
        texts = [_filled(form, random.Random(n)) for n in range(size // 10)]  # noqa: S311
        rows.append({"text": form, **_compared(texts)})
    return [*rows, {"text": "a column", **_bulk(bulk)}]


def _mix(size: int) -> list[str]:
    rng = random.Random(1)  # noqa: S311 - the same texts in every run
    shares, forms = zip(*FORMS, strict=True)
    return [_filled(form, rng) for form in rng.choices(forms, shares, k=size)]


def _filled(form: str, rng: random.Random) -> str:
    second = rng.randrange(1_700_000_000, 1_800_000_000)
    return form.format(s=second, e=second + 2, n=rng.randrange(1, 1_000_000_000))


def _compared(texts: list[str]) -> dict[str, float]:
    """The best round of each in processor time, and the median of how the rounds' pairs compare.

    In turns: where a busy machine changes its pace, it changes for both sides of a pair.
    """
    rounds = [
        (_seconds(tr, texts), _seconds(mediatimestamp.TimeRange.from_str, texts))
        for _ in range(ROUNDS)
    ]
    ours, theirs = (min(side) / len(texts) * 1e6 for side in zip(*rounds, strict=True))
    ratio = statistics.median(slow / fast for fast, slow in rounds)
    return {"ours us": ours, "mediatimestamp us": theirs, "times as fast": ratio}


def _seconds(parse: Callable[[str], Any], texts: Iterable[str]) -> float:
    began = time.process_time()
    for text in texts:
        parse(text)
    return time.process_time() - began


def _bulk(rows: int) -> dict[str, float]:
    start = np.arange(rows, dtype=np.int64) * 2_000_000_000 + 1_756_000_000_000_000_000
    began = time.perf_counter()
    texts = timerange_texts(start, start + 2_000_000_000)
    written = time.perf_counter()
    parse_registered_texts(texts)
    read = time.perf_counter()
    return {"rows/s written": rows / (written - began), "rows/s read": rows / (read - written)}
