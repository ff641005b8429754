"""The demo's first half: a minute of real media, ingested, reused by a clip, and cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tams_analytics import ingest
from tams_analytics.engines import open_engine
from tams_analytics.ingest import Ingested, sample
from tams_analytics.ingest.plan import identifier
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.opening import beside
from tams_analytics.queries import entities, segments
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange, format_timestamp

CLIP_LABEL = "clip of the bars"
COPIED = ("format", "codec", "container", "essence_parameters", "segment_duration")
"""What a clip's flow has in common with the flow that it is cut out of."""


@dataclass(frozen=True)
class Cut:
    """What was done to the picture's flow: what the clip shows again, and what was deleted."""

    flow_label: str
    reused: TimeRange
    hole: TimeRange


def make(folder: Path, seconds: int) -> list[Path]:
    """A moving picture and a tone, as HLS and as MP4. Raises `Unsupported` without PyAV."""
    shown = sample.Sample(seconds=seconds)
    folder.mkdir(parents=True, exist_ok=True)
    return [
        sample.make_hls(folder / "bars", shown),
        sample.make_mp4(folder / "one-file.mp4", shown),
    ]


def fill(path: Path, files: list[Path]) -> list[Ingested]:
    """A new store at ``path`` with these files, their bytes where the server looks for them."""
    engine = open_engine(str(path))
    try:
        return ingest.ingest(engine, files, storage=DirectoryStorage(beside(path)))
    finally:
        engine.close()


def reuse_and_cut(store: Store, done: list[Ingested]) -> Cut:
    """A clip that shows a stretch of the HLS picture again, then a hole in that picture."""
    picture = entities.flow(store.ask, done[0].flows[0])
    rows = store.ask(segments.listing, flow_id=picture["id"]).to_pylist()
    third = max(len(rows) // 5, 1)
    again, gone = rows[1 : 1 + third], rows[2 * third : 3 * third]
    clip_id = _clip_flow(store, picture)
    store.writes.create_segments(clip_id, [_moved(row, again[0]["start_ns"]) for row in again])
    hole = _extent(gone)
    store.writes.delete_segments(picture["id"], timerange=str(hole))
    return Cut(picture["label"], _extent(again), hole)


def _clip_flow(store: Store, picture: dict[str, Any]) -> str:
    clip_id = identifier("clip", picture["id"])
    copied = {name: picture[name] for name in COPIED if name in picture}
    source_id = identifier("clip's source", picture["id"])
    store.writes.put_flow({"id": clip_id, "source_id": source_id, "label": CLIP_LABEL, **copied})
    return clip_id


def _moved(row: dict[str, Any], start_ns: int) -> dict[str, Any]:
    """The same object on another timeline, where ``start_ns`` is the beginning."""
    moved = TimeRange.from_ns(row["start_ns"] - start_ns, row["end_ns"] - start_ns)
    return {
        "object_id": row["object_id"],
        "timerange": str(moved),
        "ts_offset": format_timestamp(row["ts_offset_ns"] - start_ns),
    }


def _extent(rows: list[dict[str, Any]]) -> TimeRange:
    return TimeRange.from_ns(rows[0]["start_ns"], rows[-1]["end_ns"])
