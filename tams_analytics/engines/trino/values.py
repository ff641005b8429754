"""Rows of Trino as Arrow, exact: every integer, decimal and nanosecond as the server wrote it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.errors import EngineFailed, quoted, shortened

UNITS_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAYS = r"-?\d+ \d+:\d+:\d+(\.\d{1,3})?"
MONTHS = r"-?\d+-\d+"
TRUTHS = {"true": True, "false": False, True: True, False: False, None: None}

Values = Sequence[Any]


def batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """``rows`` in the types of ``schema``, by position. Raises `EngineFailed`."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    if len(columns) != len(schema):
        reason = f"{len(columns)} columns came for {len(schema)}"
        raise EngineFailed(ENGINE, "reading the answer", reason)
    arrays = [
        _named(field.name, values, field.type)
        for field, values in zip(schema, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _named(name: str, values: Values, kind: pa.DataType) -> pa.Array:
    try:
        return array(values, kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        reason = f"a value of {name} is no {kind}: {error}"
        hint = f"{_as_text(name, kind)} gives its text"
        raise EngineFailed(ENGINE, "reading the answer", reason, hint) from error


def _as_text(name: str, kind: pa.DataType) -> str:
    """SQL of any value as a text. Trino makes no JSON of a map by moments."""
    if pa.types.is_map(kind):
        return f"CAST(map_entries({name}) AS JSON)"
    return f"CAST({name} AS JSON)" if pa.types.is_nested(kind) else f"CAST({name} AS varchar)"


def array(values: Values, kind: pa.DataType) -> pa.Array:
    """Values of one type."""
    for is_kind, made in KINDS:
        if is_kind(kind):
            return made(values, kind)
    return pa.array(values, kind)


def _only(values: Values, *kinds: type) -> set[type]:
    """What the values are in JSON. Raises ValueError where one is none of these, nor NULL.

    A schema that somebody gave may be wrong, and Arrow and Python read much as something else.
    """
    found = set(map(type, values))  # no loop of ours: this is all that a right schema costs
    if not found <= {*kinds, type(None)}:
        wrong = next(one for one in values if type(one) not in {*kinds, type(None)})
        raise ValueError(f"it is {_short(wrong)}")
    return found


def _short(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else shortened(_json(value))


def _floats(values: Values, kind: pa.DataType) -> pa.Array:
    """JSON holds no NaN and no infinity, and no number as a key: those come as texts."""
    if str in _only(values, float, int, str):
        values = [float(one) if isinstance(one, str) else one for one in values]
    return pa.array(values, pa.float64()).cast(kind)


def _texts(values: Values, kind: pa.DataType) -> pa.Array:
    """What Arrow has no type for stays as Trino wrote it."""
    return pa.array(
        [one if one is None or isinstance(one, str) else _json(one) for one in values], kind
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _whole(values: Values, kind: pa.DataType) -> pa.Array:
    """A key is a text; and so is a decimal, which uint64 is on Trino."""
    is_text = str in _only(values, int, str)
    return _cast(values, kind) if is_text else pa.array(values, kind)


def _booleans(values: Values, kind: pa.DataType) -> pa.Array:
    """A key is a text."""
    if str not in _only(values, bool, str):
        return pa.array(values, kind)
    if wrong := set(values) - {*TRUTHS}:
        raise ValueError(f"it is {_short(wrong.pop())}")
    return pa.array([TRUTHS[one] for one in values], kind)


def _durations(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, str)
    milliseconds = [None if one is None else _milliseconds(one) for one in values]
    return pa.array(milliseconds, pa.duration("ms")).cast(kind)


def _milliseconds(text: str) -> int:
    """Of an interval day to second, as ``-3 02:03:04.567``."""
    if not re.fullmatch(DAYS, text):
        raise ValueError(f"it is {_short(text)}")
    days, clock = text.removeprefix("-").split(" ")
    hours, minutes, seconds = clock.split(":")
    whole, _, fraction = seconds.partition(".")
    minutes_all = (int(days) * 24 + int(hours)) * 60 + int(minutes)
    length = (minutes_all * 60 + int(whole)) * 1000 + int(fraction.ljust(3, "0"))
    return -length if text.startswith("-") else length


def _intervals(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, str)
    return pa.array([None if one is None else _interval(one) for one in values], kind)


def _interval(text: str) -> pa.MonthDayNano:
    """Of either kind: an interval year to month is written as ``-1-2``."""
    if " " in text:
        return pa.MonthDayNano((0, 0, _milliseconds(text) * 10**6))
    if not re.fullmatch(MONTHS, text):
        raise ValueError(f"it is {_short(text)}")
    years, months = text.removeprefix("-").split("-")
    length = int(years) * 12 + int(months)
    return pa.MonthDayNano((-length if text.startswith("-") else length, 0, 0))


def _cast(values: Values, kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).cast(kind)


def _times(values: Values, kind: pa.DataType) -> pa.Array:
    """Arrow reads no time of day, but a moment of the first day."""
    moments = [None if one is None else f"1970-01-01 {one}" for one in values]
    return _cast(moments, pa.timestamp("ns")).cast(kind)


def _moments(values: Values, kind: pa.DataType) -> pa.Array:
    if kind.tz is None:
        return _cast(values, kind)
    _only(values, str)
    local = [("", "", "") if one is None else one.rpartition(" ") for one in values]
    texts = [None if one is None else text for one, (text, _, _) in zip(values, local, strict=True)]
    whole = _cast(texts, pa.timestamp(kind.unit)).cast(pa.int64()).to_pylist()
    units = UNITS_A_SECOND[kind.unit]
    moments = [
        None if moment is None else moment - _offset_s(text, zone) * units
        for moment, (text, _, zone) in zip(whole, local, strict=True)
    ]
    return pa.array(moments, pa.int64()).cast(kind)


def _offset_s(text: str, zone: str) -> int:
    """How far the clock of ``zone`` is ahead of UTC when it shows ``text``.

    Raises ValueError where it shows that twice, as at the end of summer: Trino writes both alike.
    """
    if zone[:1] in "+-":
        hours, minutes = zone[1:].split(":")
        seconds = int(hours) * 3600 + int(minutes) * 60
        return -seconds if zone[0] == "-" else seconds
    try:
        rules = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{zone} is no time zone that is known here") from error
    moment = dt.datetime.fromisoformat(text[:19]).replace(tzinfo=rules)
    first, second = (moment.replace(fold=fold).utcoffset() or dt.timedelta() for fold in (0, 1))
    if first != second:
        raise ValueError(f"{text} comes twice in {zone}; ask for it AT TIME ZONE 'UTC'")
    return int(first.total_seconds())


def _bytes(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, str)
    plain = [None if one is None else base64.b64decode(one, validate=True) for one in values]
    return pa.array(plain, kind)


def _lists(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, list)
    inner = array([each for one in values for each in one or ()], kind.value_type)
    ends = accumulate((len(one or ()) for one in values), initial=0)
    return pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), inner, type=kind, mask=_missing(values)
    )


def _structs(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, list)
    if wrong := {len(one) for one in values if one is not None} - {kind.num_fields}:
        raise ValueError(f"its fields are {wrong.pop()}, not {kind.num_fields}")
    fields = [kind.field(place) for place in range(kind.num_fields)]
    arrays = [
        array([None if one is None else one[place] for one in values], field.type)
        for place, field in enumerate(fields)
    ]
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=_missing(values))


def _maps(values: Values, kind: pa.DataType) -> pa.Array:
    _only(values, dict)
    keys = [key for one in values for key in one or ()]
    ends = list(accumulate((len(one or ()) for one in values), initial=0))
    offsets = [None if one is None else start for one, start in zip(values, ends, strict=False)]
    return pa.MapArray.from_arrays(
        pa.array([*offsets, ends[-1]], pa.int32()),
        array(keys, kind.key_type),
        array([one[key] for one in values for key in one or ()], kind.item_type),
        type=kind,
    )


def _missing(values: Values) -> pa.Array:
    return pa.array([one is None for one in values], pa.bool_())


KINDS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Values, pa.DataType], pa.Array]], ...]
KINDS = (
    (pa.types.is_integer, _whole),
    (pa.types.is_boolean, _booleans),
    (pa.types.is_floating, _floats),
    (pa.types.is_string, _texts),
    (pa.types.is_timestamp, _moments),
    (pa.types.is_time, _times),
    (pa.types.is_date, _cast),
    (pa.types.is_duration, _durations),
    (pa.types.is_interval, _intervals),
    (pa.types.is_decimal, _cast),
    (pa.types.is_binary, _bytes),
    (pa.types.is_list, _lists),
    (pa.types.is_struct, _structs),
    (pa.types.is_map, _maps),
)
"""How values of a type become an array; of all others Arrow knows."""
