"""The objects that a request names: what they are, what it may make of them, what it made.

A registry begins with the stored rows of the objects. Each segment first asks whether it may use
its object (`Registry.refuse`), then does (`Registry.use`), so that one that is refused leaves no
trace. Source: mission R5, R8, R14 and statements 172 to 180.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tams_analytics.errors import BadParameter, Refused
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange, parse_timestamp
from tams_analytics.writes.collected import refuse_collected
from tams_analytics.writes.places import storage_path

Row = dict[str, Any]

OF_EARLIER_LIFE: Mapping[str, None] = dict.fromkeys(
    ("start_ns", "end_ns", "timerange", "key_frame_count", "init_object_id", "released_at")
)
"""What a registration does away with (R5). An initialisation object has none of it after that."""


class Use(NamedTuple):
    """A checked body of a segment, with its ranges on the flow's and on the object's timeline."""

    body: Mapping[str, Any]
    object_id: str
    timerange: TimeRange
    start_ns: int
    end_ns: int
    text: str
    offset_ns: int
    on_object: TimeRange
    text_on_object: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Use:
        """Raises `BadTimeRange` where ``timerange - ts_offset`` leaves int64."""
        timerange, text = TimeRange.registered(body["timerange"])
        placed = body, body["object_id"], timerange, *bounds(timerange), text
        offset = parse_timestamp(body["ts_offset"]) if "ts_offset" in body else 0
        if not offset:
            return cls(*placed, 0, timerange, text)
        moved = timerange.shift(-offset)
        return cls(*placed, offset, moved, str(moved))

    @property
    def init_object_id(self) -> str | None:
        return self.body.get("init_object_id")

    def object_timerange(self) -> tuple[TimeRange, str]:
        """What the object spans at its first registration (§175)."""
        if "object_timerange" in self.body:
            return TimeRange.registered(self.body["object_timerange"])
        return self.on_object, self.text_on_object


@dataclass
class Registry:
    """The objects of one request to one flow, by id; what is not in ``rows`` is not stored."""

    flow_id: str
    container: str
    needs_init: bool
    strict: bool
    now: dt.datetime
    rows: dict[str, Row]
    init_ids: set[str]
    """Those that are initialisation objects."""
    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    shows_anew: bool = False
    """An object that segments show already was told its timerange."""
    accepted_unknown: int = 0
    """So often an object was taken that was never allocated (§172)."""

    def refuse(self, use: Use) -> None:
        """Raise `Refused` or `BadParameter` where the object forbids this use."""
        row = self.rows.get(use.object_id)
        init = _init_of(use, row)
        self._refuse_role(use, init)
        _refuse_collected(use.object_id, row)
        if row is None:
            self._refuse_unknown(use.object_id, is_external=bool(use.body.get("get_urls")))
        elif is_registered(row):
            _refuse_change(use, row)
        else:
            self._refuse_foreign(row)
        _refuse_outside(use, row)
        self._refuse_init(init)
        self._refuse_path(use, row)

    def _refuse_role(self, use: Use, init: str | None) -> None:
        """An initialisation object is no media object, nor the reverse (§179)."""
        if use.object_id in self.init_ids:
            raise _refused(use.object_id, "it is an initialisation object")
        if init is None:
            return
        known = self.rows.get(init)
        is_media = known is not None and is_registered(known) and known["start_ns"] is not None
        if is_media or init == use.object_id:
            raise _refused(init, "it is a media object and cannot initialise others")

    def _refuse_unknown(self, object_id: str, *, is_external: bool) -> None:
        if is_external:
            return
        if self.strict:
            raise BadParameter(
                "object_id", object_id, "was never allocated", "an allocated object, or get_urls"
            )
        self.accepted_unknown += 1

    def _refuse_foreign(self, row: Row) -> None:
        """What was allocated for another flow is that one's until it is registered (§173)."""
        bound = row["first_flow_id"]
        if row["registered_at"] is None and bound not in (None, self.flow_id):
            raise _refused(row["id"], f"it was allocated for flow {bound}")

    def _refuse_init(self, init: str | None) -> None:
        """Objects have an initialisation object exactly where the flow says so (§180)."""
        if self.needs_init and init is None:
            raise BadParameter("init_object_id", None, "is missing: the flow has init_segments")
        if not self.needs_init and init is not None:
            raise BadParameter("init_object_id", init, "is refused: the flow has no init_segments")
        if init is not None:
            self._refuse_init_object(init)

    def _refuse_init_object(self, init_id: str) -> None:
        row = self.rows.get(init_id)
        _refuse_collected(init_id, row)
        if row is None:
            self._refuse_unknown(init_id, is_external=False)
        elif not is_registered(row):
            self._refuse_foreign(row)

    def _refuse_path(self, use: Use, row: Row | None) -> None:
        """A client may repeat an object's ``storage_path``, not choose it (R8)."""
        given = use.body.get("storage_path")
        if given is None:
            return
        own = self._path(use.object_id) if row is None else row["storage_path"]
        if given != own:
            raise BadParameter("storage_path", given, "is not the object's", own)

    def _path(self, object_id: str) -> str:
        return storage_path(self.flow_id, self.now, object_id)

    def use(self, use: Use) -> Row:
        """The object's row, made or completed by this segment."""
        row = self.rows.get(use.object_id)
        init = _init_of(use, row)
        if init is not None:
            self.init_ids.add(init)
            self._register(init, {})
        if row is not None and is_registered(row) and row["start_ns"] is not None:
            return row
        timerange, text = use.object_timerange()
        properties = {"start_ns": timerange.start_ns, "end_ns": timerange.end_ns, "timerange": text}
        if row is None or not is_registered(row):
            kept = row if row is not None and row["released_at"] is None else {}
            for name in ("key_frame_count", "init_object_id"):
                properties[name] = use.body.get(name, kept.get(name))
        return self._register(use.object_id, properties)

    def _register(self, object_id: str, properties: Row) -> Row:
        row = self.rows.get(object_id)
        if row is None:
            row = self.rows[object_id] = self._new_row(object_id)
            self.new.add(object_id)
        elif not is_registered(row) or properties:
            self.changed.add(object_id)
            self.shows_anew |= is_registered(row)
        if not is_registered(row):
            row |= {**OF_EARLIER_LIFE, "registered_at": self.now}
        row["first_flow_id"] = row["first_flow_id"] or self.flow_id
        row |= properties
        return row

    def _new_row(self, object_id: str) -> Row:
        """Nobody allocated it: unverified, or external where it has URLs (R14, §172)."""
        return {
            "id": object_id,
            "storage_path": self._path(object_id),
            "content_type": self.container,
            "start_ns": None,
            "end_ns": None,
            "timerange": None,
            "key_frame_count": None,
            "init_object_id": None,
            "first_flow_id": self.flow_id,
            "created": self.now,
            "registered_at": None,
            "released_at": None,
        }

    def written(self, ids: Iterable[str]) -> list[Row]:
        """The rows of these objects, in a steady order."""
        return [self.rows[id] for id in sorted(ids)]


def bounds(timerange: TimeRange) -> tuple[int, int]:
    """Of a registered range, which has both."""
    start, end = timerange.start_ns, timerange.end_ns
    return (LOWEST_NS if start is None else start), (HIGHEST_NS if end is None else end)


def is_registered(row: Row) -> bool:
    """Registered and still referenced: its properties are fixed."""
    return row["registered_at"] is not None and row["released_at"] is None


def kept_init(row: Row) -> str | None:
    """The initialisation object that a stored object needs; a released one needs none (R5)."""
    return None if row["released_at"] is not None else row["init_object_id"]


def _init_of(use: Use, row: Row | None) -> str | None:
    """What initialises the object of a use: as the use says, else as it is stored."""
    return use.init_object_id or (None if row is None else kept_init(row))


def _refuse_collected(object_id: str, row: Row | None) -> None:
    if row is not None:
        refuse_collected(row, object_id)


def _refused(object_id: str, reason: str) -> Refused:
    return Refused(f"using object {object_id}", reason)


def _refuse_change(use: Use, row: Row) -> None:
    """A reuse changes no property of the object; leaving one out is fine (§176)."""
    for name in ("key_frame_count", "init_object_id"):
        if name in use.body and use.body[name] != row[name]:
            raise BadParameter(name, use.body[name], "would change the object", _said(row[name]))
    if "object_timerange" not in use.body or row["start_ns"] is None:
        return
    given, _ = TimeRange.registered(use.body["object_timerange"])
    if (given.start_ns, given.end_ns) != (row["start_ns"], row["end_ns"]):
        text = use.body["object_timerange"]
        raise BadParameter("object_timerange", text, "would change the object", row["timerange"])


def _said(value: Any) -> str:
    return "no value" if value is None else str(value)


def _refuse_outside(use: Use, row: Row | None) -> None:
    """``timerange - ts_offset`` lies inside the object's timerange (§177)."""
    if row is not None and is_registered(row) and row["start_ns"] is not None:
        spans, text = TimeRange.from_ns(row["start_ns"], row["end_ns"]), row["timerange"]
    else:
        spans, text = use.object_timerange()
    if spans is not use.on_object and not use.on_object.within(spans):
        raise BadParameter(
            "timerange",
            use.text,
            f"less ts_offset is {use.text_on_object}, outside the object's timerange",
            f"a part of {text}",
        )
