"""What a flow shows in a timerange, piece by piece, and where the bytes of each piece are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import pyarrow as pa

from tams_analytics.errors import BadParameter
from tams_analytics.queries.playing import playing
from tams_analytics.queries.segments import ORDER
from tams_analytics.queries.showing import OF_INSTANCE
from tams_analytics.representations.urls import Instance
from tams_analytics.timerange import TimeRange

Ask = Callable[..., pa.Table]
Row = Mapping[str, Any]

MOST_PIECES = 20_000
"""So many segments at most become one playlist or edit: a day in pieces of four seconds."""
SPARE_NS = 100_000_000
"""Picture and sound of one file end so far apart at most; what is more of it was cut off."""


class OwnInit(NamedTuple):
    """Of an object that begins with its own initialisation: how long that is, and how long all."""

    length: int
    size: int


@dataclass(frozen=True)
class Piece:
    """A segment of a flow, uncut, in nanoseconds of the flow's time.

    Flow time is object time plus ``offset_ns``. ``first_ns`` and ``after_ns`` are what is played,
    which is all of the object: more than from ``start_ns`` to ``end_ns`` where the flow uses a part
    of it (more than `SPARE_NS` is left out at that side), else just that. ``own_init`` is known
    only where an object was looked into.
    """

    object_id: str
    start_ns: int
    end_ns: int
    offset_ns: int
    first_ns: int
    after_ns: int
    instances: tuple[Instance, ...]
    init_object_id: str | None = None
    init_instances: tuple[Instance, ...] = ()
    own_init: OwnInit | None = None

    @property
    def is_cut(self) -> bool:
        """The flow uses a part of the object."""
        return (self.first_ns, self.after_ns) != (self.start_ns, self.end_ns)

    @property
    def is_initialised(self) -> bool:
        """By another object, or by its own beginning."""
        return self.init_object_id is not None or self.own_init is not None

    @property
    def timerange(self) -> TimeRange:
        """What the flow shows of it."""
        return TimeRange.from_ns(self.start_ns, self.end_ns)

    @property
    def object_timerange(self) -> TimeRange:
        """The same on the object's own timeline."""
        return TimeRange.from_ns(self.start_ns - self.offset_ns, self.end_ns - self.offset_ns)


def pieces_of(
    ask: Ask, flow_id: str, during: TimeRange, *, limit: int | None = None, reverse: bool = False
) -> list[Piece]:
    """The pieces of a flow that overlap ``during``, in order of time.

    With ``limit`` the first, or with ``reverse`` the last so many. Raises `BadParameter` for more
    than `MOST_PIECES`.
    """
    most = MOST_PIECES + 1 if limit is None else limit
    asked = {"flow_id": flow_id, "timerange": during, "limit": most, "reverse": reverse}
    rows = ask(playing, **asked).to_pylist()
    found = [_piece(list(group)) for _key, group in itertools.groupby(rows, itemgetter(*ORDER))]
    if len(found) > MOST_PIECES:
        problem = f"has more than {MOST_PIECES} segments of flow {flow_id}"
        raise BadParameter("during", str(during), problem, "a shorter timerange")
    return found


def _piece(rows: list[Row]) -> Piece:
    """Of the rows of one segment, one for each instance of its object."""
    row = rows[0]
    start, end, offset = (row[name] for name in ("start_ns", "end_ns", "ts_offset_ns"))
    first, after = (_in_flow(row[f"object_{side}_ns"], offset) for side in ("start", "end"))
    return Piece(
        object_id=row["object_id"],
        start_ns=start,
        end_ns=end,
        offset_ns=offset,
        first_ns=start if first is None or start - first <= SPARE_NS else first,
        after_ns=end if after is None or after - end <= SPARE_NS else after,
        instances=_instances(rows, "instance_"),
        init_object_id=row["init_object_id"],
        init_instances=_instances(rows, "init_"),
    )


def _in_flow(object_ns: int | None, offset_ns: int) -> int | None:
    return None if object_ns is None else object_ns + offset_ns


def _instances(rows: Iterable[Row], prefix: str) -> tuple[Instance, ...]:
    """Each once, in the order of the rows."""
    known = (row for row in rows if row[f"{prefix}controlled"] is not None)
    found = (Instance.of(*(row[prefix + name] for name in OF_INSTANCE)) for row in known)
    return tuple(dict.fromkeys(found))
