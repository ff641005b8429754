"""The segments of an answer as columns: what it takes to write any of them fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.queries.showing import OF_INSTANCE
from tams_analytics.representations.texts import TEXT, Integers, Texts
from tams_analytics.representations.urls import Backends, Instance, Place

Booleans = np.ndarray[Any, np.dtype[np.bool_]]

ESCAPED = '[\\x00-\\x1f"\\\\]'
"""What JSON does not take as it is."""
BYTES_OF_PLACE = 200
"""What the values of one take, all of which are Python's."""
T = TypeVar("T")
QUOTED = ("ts_offset", "last_duration")
PLAIN = ("sample_offset", "sample_count", "key_frame_count")
KEY = ("start_ns", "end_ns", "object_id")


@dataclass(frozen=True)
class InitObject:
    """An initialisation object and its instances."""

    object_id: str
    instances: tuple[Instance, ...]


@dataclass(frozen=True)
class SegmentColumns:
    """Segments in the order of their listing, or its mirror.

    Of segment ``n``: ``heads[n]`` is its JSON up to its URLs, ``object_timerange[n]`` a JSON text
    or NULL, ``inits[init[n]]`` what initialises it (none: -1), and its instances are those from
    ``first[n]`` to ``first[n + 1]``. Instance ``i`` has ``addresses[i]`` at ``places[place[i]]``.
    """

    start_ns: Integers
    end_ns: Integers
    heads: Texts
    object_timerange: pa.Array
    first: Integers
    place: Integers
    places: tuple[Place, ...]
    addresses: Texts
    init: Integers
    inits: tuple[InitObject, ...]
    backends: Backends

    def __len__(self) -> int:
        return len(self.start_ns)

    @property
    def size_bytes(self) -> int:
        """The memory that it takes, but for what is small."""
        texts = (self.heads, self.object_timerange, self.addresses)
        numbers = (self.start_ns, self.end_ns, self.first, self.place, self.init)
        each = sum(column.nbytes for column in (*texts, *numbers))
        return each + BYTES_OF_PLACE * len(self.places)

    def object_id(self, number: int) -> str:
        """The object of a segment."""
        return str(self.shown(np.array([number]))[0]["object_id"])

    def shown(self, numbers: Integers) -> list[dict[str, Any]]:
        """The documents of these segments, but for what is made anew for each answer."""
        return [orjson.loads(f"{text}}}") for text in self.heads.at(numbers)]

    def is_of(self, object_id: str, numbers: Integers) -> Booleans:
        """Which of these segments show the object."""
        begins = f'{{"object_id":{orjson.dumps(object_id).decode()},"timerange":'
        found: Booleans = _numpy(pc.starts_with(self.heads.array.take(pa.array(numbers)), begins))
        return found

    def first_of(self, number: int) -> SegmentColumns:
        """The first ``number`` segments."""
        if number == len(self):
            return self
        return replace(
            self,
            start_ns=self.start_ns[:number],
            end_ns=self.end_ns[:number],
            heads=self.heads.slice(number),
            object_timerange=self.object_timerange.slice(0, number),
            first=self.first[: number + 1],
            place=self.place[: self.first[number]],
            addresses=self.addresses.slice(self.first[number]),
            init=self.init[:number],
        )

    @classmethod
    def of(cls, answer: pa.Table, backends: Backends | None = None) -> SegmentColumns:
        """From what `queries.segments.shown` answered."""
        answer = answer.combine_chunks()
        is_first = _is_new(answer, KEY)
        columns = [f"instance_{name}" for name in OF_INSTANCE]
        is_instance = is_first | _is_new(answer, columns)
        is_instance &= _numpy(answer["instance_controlled"].is_valid())
        starts = np.flatnonzero(is_first)
        segments = answer.take(pa.array(starts))
        listed = answer.select(columns).filter(pa.array(is_instance))
        init, inits = _inits(answer, segments, starts)
        place, places = _places(listed)
        return cls(
            _numpy(segments["start_ns"]),
            _numpy(segments["end_ns"]),
            Texts(heads(segments)),
            _quoted(_array(segments["object_timerange"])),
            np.append(0, np.cumsum(is_instance))[np.append(starts, answer.num_rows)],
            place,
            places,
            Texts(_addresses(listed)),
            init,
            inits,
            backends or _backends(answer),
        )


def joined(chunks: Sequence[SegmentColumns]) -> SegmentColumns:
    """All segments of these, one after the other."""
    before = np.cumsum([0, *(each.first[-1] for each in chunks)])
    inits, init = _renumbered([each.inits for each in chunks], [each.init for each in chunks])
    places, place = _renumbered([each.places for each in chunks], [each.place for each in chunks])
    return SegmentColumns(
        np.concatenate([each.start_ns for each in chunks]),
        np.concatenate([each.end_ns for each in chunks]),
        Texts.joined(each.heads for each in chunks),
        pa.concat_arrays([each.object_timerange for each in chunks]),
        np.concatenate(
            [each.first[:-1] + gone for each, gone in zip(chunks, before, strict=False)]
            + [before[-1:]]
        ),
        place,
        places,
        Texts.joined(each.addresses for each in chunks),
        init,
        inits,
        chunks[0].backends,
    )


def _renumbered(
    named: Sequence[tuple[T, ...]], numbers: Sequence[Integers]
) -> tuple[tuple[T, ...], Integers]:
    """What the numbers of each chunk name, each once, and the numbers of all chunks in that."""
    known = {each: None for chunk in named for each in chunk}
    number_of = {each: number for number, each in enumerate(known)}
    of_chunks = [
        np.array([*(number_of[each] for each in chunk), -1], dtype=np.int64)[old]
        for chunk, old in zip(named, numbers, strict=True)
    ]
    return tuple(known), np.concatenate(of_chunks)


def heads(segments: pa.Table) -> pa.Array:
    """Each segment as JSON, without what is made anew for each answer and without the end."""
    parts = [
        _joined('{"object_id":', _quoted(_array(segments["object_id"]))),
        _joined(',"timerange":', _quoted(_array(segments["timerange"]))),
    ]
    named = [(name, _quoted(_array(segments[name]))) for name in QUOTED]
    named += [(name, _array(segments[name]).cast(TEXT)) for name in PLAIN]
    parts += [
        pc.fill_null(_joined(f',"{name}":', column), _text(""))
        for name, column in named
        if column.null_count < len(column)
    ]
    body = _array(segments["body"])
    if pc.any(pc.not_equal(body, _text("{}"))).as_py():
        inner = _joined(",", pc.utf8_slice_codeunits(body, 1, -1))
        parts.append(pc.if_else(pc.equal(body, _text("{}")), _text(""), inner))
    return _joined(*parts)


def _joined(*parts: Any) -> pa.Array:
    texts = [_text(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*texts, _text(""))


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, TEXT)


def _quoted(column: pa.Array) -> pa.Array:
    """Each text as JSON has it."""
    if not pc.any(pc.match_substring_regex(column, ESCAPED)).as_py():
        return _joined('"', column, '"')
    texts = [None if text is None else orjson.dumps(text).decode() for text in column.to_pylist()]
    return pa.array(texts, column.type)


def _inits(
    answer: pa.Table, segments: pa.Table, starts: Integers
) -> tuple[Integers, tuple[InitObject, ...]]:
    """Of each segment the number of its initialisation object, and these."""
    column = _array(segments["init_object_id"])
    if column.null_count == len(column):
        return np.full(len(column), -1), ()
    coded = column.dictionary_encode()
    numbers = pc.fill_null(coded.indices, -1).to_numpy().astype(np.int64)
    ends = np.append(starts, answer.num_rows)[1:]
    names = [f"init_{name}" for name in OF_INSTANCE]
    found = []
    for number, object_id in enumerate(coded.dictionary.to_pylist()):
        at = int(np.flatnonzero(numbers == number)[0])
        rows = answer.slice(starts[at], ends[at] - starts[at]).select(names).to_pylist()
        each = dict.fromkeys(
            tuple(row.values()) for row in rows if row["init_controlled"] is not None
        )
        found.append(InitObject(object_id, tuple(Instance.of(*values) for values in each)))
    return numbers, tuple(found)


def _places(listed: pa.Table) -> tuple[Integers, tuple[Place, ...]]:
    """Of each instance the number of its place, and these; few, whatever the instances."""
    columns = [_array(listed[f"instance_{name}"]) for name in Place._fields]
    together = np.zeros(len(listed), np.int64)
    for column in columns:
        coded = column.dictionary_encode("encode")
        together = together * len(coded.dictionary) + coded.indices.to_numpy()
    _codes, firsts, place = np.unique(together, return_index=True, return_inverse=True)
    return place, tuple(Place(*(column[at].as_py() for column in columns)) for at in firsts)


def _addresses(listed: pa.Table) -> pa.Array:
    """What a place finds an instance by: the key of a controlled one, the URL of any other."""
    column = pc.if_else(
        listed["instance_controlled"], listed["instance_key"], listed["instance_url"]
    )
    return pc.fill_null(_array(column), _text(""))


def _backends(answer: pa.Table) -> Backends:
    return Backends.of(answer["backends"][0].as_py() if answer.num_rows else None)


def _is_new(table: pa.Table, names: Any) -> Booleans:
    """Which rows differ from the one before in one of these columns; the first one does."""
    differs = np.zeros(table.num_rows, dtype=bool)
    for name in names:
        column = _array(table[name])
        before, after = column.slice(0, max(len(column) - 1, 0)), column.slice(1)
        other = pc.fill_null(pc.not_equal(before, after), False)
        other = pc.or_(other, pc.xor(before.is_null(), after.is_null()))
        differs[1:] |= _numpy(other)
    differs[:1] = True
    return differs


def _array(column: pa.ChunkedArray) -> pa.Array:
    """As one array, of `TEXT` for texts."""
    array = column.combine_chunks()
    array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
    return array.cast(TEXT) if pa.types.is_string(array.type) else array


def _numpy(column: Any) -> Any:
    return (
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    )
