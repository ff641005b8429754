"""What an ingest will write, in full, before anything is written: flows, objects, segments.

A file with one stream of picture or sound becomes segments of one flow. Where picture and sound
share their files, the files are segments of a *multi* flow, whose ``container`` they have; it
collects a flow for each stream, which describes the essence, says by ``container_mapping`` where in
the container it is, and has neither container nor segments of its own (the specification's examples
flow-get-200-multi-container-map and -audio-aac-multi). Tracks of their own are collected by a multi
flow without container or segments (flow-put-multi).

Ids are derived from contents: the same bytes are the same object, and the same files at the same
times are the same flows, so that a second run finds everything done. A playlist that is not
declared to be VOD may grow: it is known by its first files alone, also once it has ended. So each
window of a live stream that has lost its first file is flows of its own, at the times of its dates;
one without dates is refused, as nothing says where it lies.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.describe import (
    FORMATS,
    container_body,
    essence_body,
    mapping,
    payload_rate,
)
from tams_analytics.ingest.presentation import Presentation
from tams_analytics.ingest.timeline import Placed, Read, placed
from tams_analytics.timerange import TimeRange, format_timestamp

NAMESPACE = uuid.UUID("6b1b5a0e-5b0f-5c8e-9d7e-0d2f6a6b7c11")
"""Ids that an ingest derives are version 5 UUIDs in here."""


@dataclass(frozen=True)
class PlannedObject:
    """A file that becomes an object."""

    id: str
    path: Path
    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True)
class PlannedFlow:
    """A flow as the body of a PUT, and its segments as bodies of a POST."""

    body: Mapping[str, Any]
    segments: tuple[Mapping[str, Any], ...] = ()
    objects: tuple[PlannedObject, ...] = ()
    """Media and initialisation objects that the segments use, each once."""

    @property
    def id(self) -> str:
        return str(self.body["id"])


@dataclass(frozen=True)
class Plan:
    """Everything that one presentation becomes; a flow stands behind those that it collects."""

    title: str
    flows: tuple[PlannedFlow, ...]


def identifier(*parts: str) -> str:
    """The id that stands for these parts, always the same."""
    return str(uuid.uuid5(NAMESPACE, "\n".join(parts)))


def plan(
    shown: Presentation,
    reads: Sequence[Sequence[Read]],
    digests: Mapping[Path, str],
    start_ns: int | None = None,
) -> Plan:
    """What ``shown`` becomes; ``reads`` are its tracks' files, ``digests`` their SHA-256.

    Raises `BadParameter` for files that cannot be one flow or one timeline.
    """
    if start_ns is None:
        _refuse_undated_window(shown)
    tracks = placed(reads, start_ns)
    names = _Names(shown, _key(shown, tracks, digests))
    found = [_track(names, number, files, digests) for number, files in enumerate(tracks)]
    variants = [
        _variant(names, number, [found[track][-1] for track in variant])
        for number, variant in enumerate(shown.variants)
        if len(variant) > 1
    ]
    return Plan(shown.title, (*itertools.chain.from_iterable(found), *variants))


def _refuse_undated_window(shown: Presentation) -> None:
    leading = shown.tracks[0]
    if leading.is_window and all(item.at_ns is None for item in leading.items):
        raise BadParameter(
            "playlist",
            str(shown.path),
            "is a live stream that has lost its first files, and does not say when the others are",
            "#EXT-X-PROGRAM-DATE-TIME in it, or a start",
        )


def _key(
    shown: Presentation, tracks: Sequence[Sequence[Placed]], digests: Mapping[Path, str]
) -> str:
    """By the files, and where on the timeline they lie."""
    identifying = tracks if shown.fixed else [files[:1] for files in tracks]
    contents = [
        f"{digests[file.media.path]} {file.start_ns}" for files in identifying for file in files
    ]
    return identifier("presentation", *contents)


@dataclass(frozen=True)
class _Names:
    """Ids and labels of what belongs to one presentation."""

    shown: Presentation
    key: str

    def body(self, flow: str, source: str, *label: str) -> dict[str, Any]:
        """The part of a flow's body that says what it is called and what it belongs to."""
        return {
            "id": identifier("flow", self.key, flow),
            "source_id": identifier("source", self.key, source),
            "label": " ".join(word for word in (self.shown.title, *label) if word),
            "description": f"Ingested from {self.shown.path.name}",
            **({"status": "closed_complete"} if self.shown.fixed else {}),
        }

    def apart(self, number: int) -> str:
        """What tells a track's label from those of the other tracks."""
        named = self.shown.tracks[number].rendition
        unnamed = [n for n, track in enumerate(self.shown.tracks) if track.rendition is None]
        return named or (str(unnamed.index(number) + 1) if len(unnamed) > 1 else "")


def _track(
    names: _Names, number: int, files: Sequence[Placed], digests: Mapping[Path, str]
) -> list[PlannedFlow]:
    """The flows of one track, the one that has the segments last."""
    target_s = names.shown.tracks[number].target_s
    duration = {"segment_duration": {"numerator": target_s, "denominator": 1}} if target_s else {}
    shape = {**container_body(files), **duration}
    if len(files[0].media.essences) == 1:
        members, body = [], _mono_body(names, number, files)
    else:
        members = [_member(names, number, files, n) for n in range(len(files[0].media.essences))]
        body = _muxed_body(names, number, files, members)
    if files[0].item.init:
        parameters = {**body.get("essence_parameters", {}), "init_segments": True}
        body["essence_parameters"] = parameters
    segments = tuple(_segment(file, digests) for file in files)
    return [*members, PlannedFlow({**body, **shape}, segments, _objects(files, digests))]


def _mono_body(names: _Names, number: int, files: Sequence[Placed]) -> dict[str, Any]:
    """A rendition is content of its own; encodings of one kind are flows of one source."""
    kind = files[0].media.leading.kind
    source = f"{kind} {names.shown.tracks[number].rendition or 0}"
    said = names.body(f"{number}", source, kind, names.apart(number))
    return {**said, **essence_body(files, 0)}


def _member(names: _Names, number: int, files: Sequence[Placed], stream: int) -> PlannedFlow:
    """The flow that describes one stream of files that several share."""
    place = mapping(files[0], stream)["format_track_index"]
    kind = files[0].media.essences[stream].kind
    words = (kind, str(place + 1) if place else "", names.apart(number))
    said = names.body(f"{number}/{stream}", f"{kind} {place}", *words)
    return PlannedFlow({**said, **essence_body(files, stream), **payload_rate(files, stream)})


def _muxed_body(
    names: _Names, number: int, files: Sequence[Placed], members: Sequence[PlannedFlow]
) -> dict[str, Any]:
    collected = [
        {"id": flow.id, "role": role, "container_mapping": mapping(files[0], stream)}
        for stream, (flow, role) in enumerate(zip(members, _roles(members), strict=True))
    ]
    said = names.body(f"{number}", "multi", names.apart(number))
    return {**said, "format": FORMATS["multi"], "flow_collection": collected}


def _variant(names: _Names, number: int, members: Sequence[PlannedFlow]) -> PlannedFlow:
    """The flow that says which tracks are shown together."""
    several = len(names.shown.variants) > 1
    said = names.body(f"variant {number}", "multi", str(number + 1) if several else "")
    roles = zip(members, _roles(members), strict=True)
    collected = [{"id": flow.id, "role": role} for flow, role in roles]
    return PlannedFlow({**said, "format": FORMATS["multi"], "flow_collection": collected})


def _roles(members: Sequence[PlannedFlow]) -> list[str]:
    """``video``, ``audio``, and numbers for what there is more of: a role is taken once."""
    kinds = [str(flow.body["format"]).rpartition(":")[2] for flow in members]
    counts = [kinds[:place].count(kind) for place, kind in enumerate(kinds)]
    return [kind if not n else f"{kind} {n + 1}" for kind, n in zip(kinds, counts, strict=True)]


def _segment(file: Placed, digests: Mapping[Path, str]) -> dict[str, Any]:
    """The body of a POST of the file's segment (AppNote 0012)."""
    body: dict[str, Any] = {
        "object_id": _object_id(file, digests),
        "timerange": str(TimeRange.from_ns(file.start_ns, file.end_ns)),
        "ts_offset": format_timestamp(file.offset_ns),
        "last_duration": format_timestamp(file.end_ns - file.last_ns),
        "object_timerange": str(TimeRange.from_ns(*file.object_bounds_ns)),
    }
    if file.media.leading.kind == "video":
        body["key_frame_count"] = file.media.leading.key_frames
    if file.item.init:
        body["init_object_id"] = _init_id(file.item.init, digests)
    return body


def _object_id(file: Placed, digests: Mapping[Path, str]) -> str:
    """By the bytes and those of the initialisation segment: without it they are something else."""
    init = digests[file.item.init] if file.item.init else ""
    return identifier("object", digests[file.media.path], init)


def _init_id(init: Path, digests: Mapping[Path, str]) -> str:
    return identifier("init", digests[init])


def _objects(files: Sequence[Placed], digests: Mapping[Path, str]) -> tuple[PlannedObject, ...]:
    found: dict[str, PlannedObject] = {}
    for file in files:
        kind, init, path = file.media.leading.kind, file.item.init, file.media.path
        if init:
            one = _init_id(init, digests)
            size = init.stat().st_size
            found[one] = PlannedObject(one, init, size, digests[init], f"{kind}/mp4")
        one = _object_id(file, digests)
        found[one] = PlannedObject(one, path, file.media.size, digests[path], file.media.container)
    return tuple(found.values())
