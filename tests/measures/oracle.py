"""Each measure once more, by loops over the rows of `world`: every group looks at every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from typing import Any

from tams_analytics.timerange import Period, TimeRange, periods
from tams_analytics.timerange.clocks import from_datetime
from tests.measures import world

Range = tuple[int, int]
Group = tuple[Any, ...]
LEAST, MOST = -(2**63), 2**63 - 1


def union(ranges: Iterable[Range]) -> list[Range]:
    found: list[list[int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        elif start < end:
            found.append([start, end])
    return [(start, end) for start, end in found]


def cut(ranges: Iterable[Range], to: Range) -> list[Range]:
    parts = [(max(start, to[0]), min(end, to[1])) for start, end in ranges]
    return [(start, end) for start, end in parts if start < end]


def length(ranges: Iterable[Range]) -> int:
    return sum(end - start for start, end in ranges)


def span(segment: dict[str, Any]) -> Range:
    return segment["start_ns"], segment["end_ns"]


class Asked:
    """The rows, and what is asked of them."""

    def __init__(self, by: Sequence[str], during: TimeRange | None = None, **day: Any) -> None:
        self.by = by
        self.window = (
            LEAST if during is None or during.start_ns is None else during.start_ns,
            MOST if during is None or during.end_ns is None else during.end_ns,
        )
        self.is_filled = during is not None and during.is_bounded
        self.segments = [each for each in world.SEGMENTS if cut([span(each)], self.window)]
        self.flows = {row["id"]: row for row in world.FLOWS}
        self.objects = {row["id"]: row for row in world.OBJECTS}
        units = {"hour", "day", "week", "month"} & set(by)
        self.days: list[Period] = []
        if units and self.segments:
            known = [span(each) for each in self.segments]
            first, last = min(known)[0], max(end for _start, end in known)
            start, end = self.window
            whole = (first if start == LEAST else start, last if end == MOST else end)
            self.days = periods(TimeRange.from_ns(*whole), units.pop(), **day)
        self.is_everything = during is None and not self.days

    def of_flow(self, flow_id: str | None, source_id: str | None = None) -> list[Group]:
        """The groups of a flow, but for the parts that are no flow's."""
        flow = self.flows.get(flow_id or "", {})
        source_id = source_id or flow.get("source_id")
        values = {
            "flow": [flow_id],
            "source": [source_id],
            "collection": [
                row["flow_id"] for row in world.COLLECTIONS if row["member_id"] == flow_id
            ],
            **{name: [flow.get(name)] for name in ("format", "codec", "container", "label")},
        }
        if flow_id is None:
            values["format"] = [row["format"] for row in world.SOURCES if row["id"] == source_id]
        for name in self.by:
            if "tag:" in name:
                of = ("sources", source_id) if name.startswith("source") else ("flows", flow_id)
                tags = [row for row in world.TAGS if (row["entity_type"], row["entity_id"]) == of]
                values[name] = [
                    row["value"] for row in tags if row["name"] == name.partition(":")[2]
                ]
            values.setdefault(name, [...])
        if flow_id is not None and flow_id not in self.flows:
            values = {name: [None] for name in values} | {"flow": [flow_id]}
            values |= {name: [...] for name in self.by if self.is_no_flows(name)}
        return [*set(product(*((values[name] or [None]) for name in self.by)))]

    @staticmethod
    def is_no_flows(name: str) -> bool:
        return name in ("hour", "day", "week", "month", "storage_backend")

    def groups(self) -> set[Group]:
        """All that are known, and all that a segment, or an object, is in."""
        found = {group for flow_id in self.flows for group in self.of_flow(flow_id)}
        if any(name.startswith("source") for name in self.by):
            found |= set(self.of_flow(None, "lonely"))
        of_segments = {each["flow_id"] for each in self.segments}
        if self.is_filled:
            found |= {group for flow_id in of_segments for group in self.of_flow(flow_id)}
        if self.days and not self.is_filled:
            found = set()
        filled = {self.dated(group, day) for group in found for day in self.days or [None]}
        for segment in self.segments:
            for day in self.days or [None]:
                if day is None or cut([span(segment)], (day.start_ns, day.end_ns)):
                    groups = self.of_flow(segment["flow_id"])
                    filled |= {self.dated(group, day) for group in groups}
        return filled

    def dated(self, group: Group, day: Period | None) -> Group:
        return tuple(day.label if day and value is ... else value for value in group)

    def values(self, group: Group) -> dict[str, Any]:
        labels = {day.label: day for day in self.days}
        day = next((labels[value] for value in group if value in labels), None)
        bounds = cut([(day.start_ns, day.end_ns) if day else self.window], self.window)[0]
        undated = tuple(... if value in labels else value for value in group)
        all_time = [s for s in self.segments if undated in self.of_flow(s["flow_id"])]
        shown = [each for each in all_time if cut([span(each)], bounds)]
        return {
            **self.times(all_time, shown, bounds, undated),
            **self.missing(all_time, bounds, undated),
            **self.things(shown, undated),
            **self.bytes(shown, undated),
        }

    def is_due(self, group: Group, shown: Any) -> bool:
        """Media is there, or is expected of one of its flows, or of its source."""
        flows = (id for id in self.flows if group in self.of_flow(id))
        is_lonely = group in self.of_flow(None, "lonely") and "source" in self.by
        return bool(shown) or is_lonely or any(map(self.should_have, flows))

    def should_have(self, flow_id: str) -> bool:
        have = {segment["flow_id"] for segment in world.SEGMENTS}
        held = {row["member_id"] for row in world.COLLECTIONS if row["flow_id"] in have}
        is_plain = self.flows[flow_id]["format"] != world.MULTI and flow_id not in held
        return flow_id in have or is_plain

    def times(self, all_time: Any, shown: Any, bounds: Range, group: Group) -> dict[str, Any]:
        parts = cut(map(span, shown), bounds)
        covered = union(parts)
        of_flows = sum(
            length(union(cut([span(s) for s in shown if s["flow_id"] == flow_id], bounds)))
            for flow_id in {s["flow_id"] for s in shown}
        )
        return {
            "hours_covered": length(covered) / 3600e9,
            "availability": (
                length(covered) / (bounds[1] - bounds[0])
                if self.by == [] or self.is_due(group, all_time)
                else None
            ),
            "flow_hours": of_flows / 3600e9,
            "overlap_hours": (length(parts) - of_flows) / 3600e9,
            "first_ns": covered[0][0] if covered else None,
            "last_ns": covered[-1][1] if covered else None,
        }

    def missing(self, all_time: Any, bounds: Range, group: Group) -> dict[str, Any]:
        covered = union(cut(map(span, all_time), self.window))
        ends = [end for end in self.window if LEAST < end < MOST]
        if covered or (self.is_filled and self.is_due(group, all_time)):
            covered = sorted([*covered, *((end, end) for end in ends)])
        gaps = [
            (before[1], after[0]) for before, after in pairwise(covered) if before[1] < after[0]
        ]
        parts = cut(gaps, bounds)
        return {
            "gaps": len(parts),
            "gap_hours": length(parts) / 3600e9,
            "longest_gap_s": max((end - start) / 1e9 for start, end in parts) if parts else None,
        }

    def things(self, shown: Any, group: Group) -> dict[str, Any]:
        flow_ids = set(self.flows) if self.is_everything else {s["flow_id"] for s in shown}
        flow_ids = {id for id in flow_ids & set(self.flows) if group in self.of_flow(id)}
        source_ids = {self.flows[id]["source_id"] for id in flow_ids}
        if self.is_everything and group in self.of_flow(None, "lonely"):
            source_ids.add("lonely")
        lags = [
            from_datetime(s["created"].replace(tzinfo=world.dt.timezone.utc)) - s["end_ns"]
            for s in shown
        ]
        return {
            "segments": len(shown),
            "flows": len(flow_ids),
            "sources": len(source_ids & {row["id"] for row in world.SOURCES}),
            "ingest_lag_max_s": max(lags) / 1e9 if lags else None,
            "ingest_lag_mean_s": sum(lags) / 1e9 / len(lags) if lags else None,
        }

    def bytes(self, shown: Any, group: Group) -> dict[str, Any]:
        uses = {(s["flow_id"], s["object_id"]) for s in shown}
        uses |= {
            (flow_id, self.objects[object_id]["init_object_id"])
            for flow_id, object_id in uses
            if object_id in self.objects
        }
        uses = {use for use in uses if use[1] in self.objects}
        used = {object_id for _flow_id, object_id in uses}
        held = set(used)
        if self.is_everything and all(value in (None, ...) for value in group):
            every = {s["object_id"] for s in world.SEGMENTS} | {"i"}
            held |= set(self.objects) - every
        referenced = sum(self.size(object_id) for _flow_id, object_id in uses)
        known = sum(
            s["end_ns"] - s["start_ns"]
            for s in shown
            if self.objects.get(s["object_id"], {"size": None})["size"] is not None
        )
        return {
            **self.held(held, world.INSTANCES),
            "referenced_bytes": referenced,
            "bytes_saved_by_reuse": referenced - sum(map(self.size, used)),
            "bit_rate": referenced * 8 / (known / 1e9) if known else None,
            "held": held,
        }

    def held(self, held: set[str], instances: world.Rows) -> dict[str, Any]:
        copies = {
            (row["object_id"], row["storage_id"])
            for row in instances
            if row["controlled"] and row["object_id"] in held
        }
        return {
            "objects": len(held),
            "stored_bytes": sum(map(self.size, held)),
            "objects_of_unknown_size": sum(self.objects[id]["size"] is None for id in held),
            "instances": len(copies),
            "instance_bytes": sum(self.size(object_id) for object_id, _storage in copies),
        }

    def by_place(self, found: dict[Group, Any]) -> dict[Group, Any]:
        """What a group holds, in each storage backend that has something of it."""
        place = self.by.index("storage_backend")
        answer: dict[Group, Any] = {}
        if len(self.by) == 1:
            answer = {(row["id"],): self.held(set(), []) for row in world.BACKENDS}
        for group, values in found.items():
            at: dict[str | None, set[str]] = {}
            for object_id in values["held"]:
                known = {r["storage_id"] for r in world.INSTANCES if r["object_id"] == object_id}
                for storage_id in known or {None}:
                    at.setdefault(storage_id, set()).add(object_id)
            for storage_id, held in at.items():
                there = [r for r in world.INSTANCES if r["storage_id"] == storage_id]
                placed = (*group[:place], storage_id, *group[place + 1 :])
                answer[placed] = self.held(held, there)
        return answer

    def size(self, object_id: str) -> int:
        return self.objects[object_id]["size"] or 0


def answer(by: Sequence[str], during: TimeRange | None = None, **day: Any) -> dict[Group, Any]:
    """Each group, and all measures of it."""
    asked = Asked(by, during, **day)
    groups = asked.groups() or {()}
    if asked.is_everything:
        groups |= {tuple(... if asked.is_no_flows(name) else None for name in by)}
    found = {group: asked.values(group) for group in groups}
    return asked.by_place(found) if "storage_backend" in by else found
