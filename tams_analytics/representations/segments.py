"""Segments as documents (§129 to §157)."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.texts import Integers
from tams_analytics.representations.urls import Place, UrlWriter


def segments_json(
    columns: SegmentColumns,
    urls: UrlWriter,
    numbers: Integers | None = None,
    *,
    include_object_timerange: bool = False,
) -> bytes:
    """The array of segments that a GET gives, as JSON: those with these numbers, in their order.

    No segment is ever left out (§151).
    """
    numbers = np.arange(len(columns)) if numbers is None else numbers
    texts = columns.heads.at(numbers)
    if include_object_timerange:
        timeranges = columns.object_timerange.take(pa.array(numbers)).to_pylist()
        texts = _with_timeranges(texts, timeranges)
    listed = [urls.array(each) for each in _instances(columns, numbers)]
    of_init = columns.init[numbers].tolist()
    inits = {number: _init_json(columns, urls, number) for number in set(of_init)}
    segments = [
        f'{text},"get_urls":{items}{inits[number]}}}'
        for text, items, number in zip(texts, listed, of_init, strict=True)
    ]
    return f"[{','.join(segments)}]".encode()


def segment_documents(
    columns: SegmentColumns, urls: UrlWriter, *, include_object_timerange: bool = False
) -> list[dict[str, Any]]:
    """The same of all of them as documents."""
    written = segments_json(columns, urls, include_object_timerange=include_object_timerange)
    documents: list[dict[str, Any]] = orjson.loads(written)
    return documents


def _instances(columns: SegmentColumns, numbers: Integers) -> list[list[tuple[Place, str]]]:
    """The instances of each of these segments."""
    first, last = columns.first[numbers].tolist(), columns.first[numbers + 1].tolist()
    wanted = np.fromiter(itertools.chain.from_iterable(map(range, first, last)), np.int64)
    places = [columns.places[number] for number in columns.place[wanted].tolist()]
    each = list(zip(places, columns.addresses.at(wanted), strict=True))
    ends = itertools.accumulate(map(operator.sub, last, first), initial=0)
    return [each[a:b] for a, b in itertools.pairwise(ends)]


def _with_timeranges(texts: list[str], timeranges: list[str | None]) -> list[str]:
    return [
        text if timerange is None else f'{text},"object_timerange":{timerange}'
        for text, timerange in zip(texts, timeranges, strict=True)
    ]


def _init_json(columns: SegmentColumns, urls: UrlWriter, number: int) -> str:
    """``init_object`` (§153), or nothing."""
    if number < 0:
        return ""
    init = columns.inits[number]
    quoted = orjson.dumps(init.object_id).decode()
    return f',"init_object":{{"object_id":{quoted},"get_urls":{urls.array(init.instances)}}}'
