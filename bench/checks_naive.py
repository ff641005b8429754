"""The checks of long tables as one would write them in pandas: frames, merges and sets.

Each gives the number of rows that it finds. `load` reads all that they need, once.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd

SECOND = 10**9
READ = {
    "segments": "flow_id, object_id, start_ns, end_ns, timerange, ts_offset, ts_offset_ns",
    "objects": """id, storage_path, start_ns, end_ns, timerange, init_object_id, first_flow_id,
        key_frame_count, size, created, registered_at, released_at, collecting_since""",
    "object_instances": "object_id, controlled, bucket, key, url",
    "flows": "id, init_segments",
    "sources": "id",
}
Frames = dict[str, pd.DataFrame]


def load(path: str) -> Frames:
    """The frames of a store's file; whole numbers that may be missing stay whole."""
    with duckdb.connect(path, read_only=True) as connection:
        return {
            name: connection.execute(f"select {columns} from {name}")  # noqa: S608 - ours
            .fetch_arrow_table()
            .to_pandas(integer_object_nulls=True)
            for name, columns in READ.items()
        }


def segments_overlap(frames: Frames) -> int:
    rows = frames["segments"].sort_values(["flow_id", "start_ns", "end_ns"])
    until = rows.groupby("flow_id").end_ns.cummax().groupby(rows.flow_id).shift()
    return int((rows.start_ns < until.fillna(-(2**63))).sum())


def segment_without_flow(frames: Frames) -> int:
    return int((~frames["segments"].flow_id.isin(frames["flows"].id)).sum())


def segment_without_object(frames: Frames) -> int:
    return int((~frames["segments"].object_id.isin(frames["objects"].id)).sum())


def segment_bounds_differ_from_text(frames: Frames) -> int:
    return _texts_differing(frames["segments"])


def object_bounds_differ_from_text(frames: Frames) -> int:
    rows = frames["objects"]
    return _texts_differing(rows[rows.timerange.notna() & rows.start_ns.notna()])


def ts_offset_differs_from_text(frames: Frames) -> int:
    rows = frames["segments"]
    said = rows[rows.ts_offset.notna()]
    same = [
        text == _timestamp(ns) for text, ns in zip(said.ts_offset, said.ts_offset_ns, strict=True)
    ]
    return int((rows.ts_offset.isna() & (rows.ts_offset_ns != 0)).sum()) + same.count(False)


def segment_outside_object(frames: Frames) -> int:
    objects = frames["objects"][["id", "start_ns", "end_ns"]].dropna().drop_duplicates()
    rows = frames["segments"].merge(objects, left_on="object_id", right_on="id")
    begins = (rows.start_ns_x - rows.ts_offset_ns) < rows.start_ns_y
    ends = (rows.end_ns_x - rows.ts_offset_ns) > rows.end_ns_y
    return int((begins | ends).sum())


def init_segments_differ(frames: Frames) -> int:
    flows = frames["flows"].drop_duplicates("id")
    flows = pd.DataFrame({"flow_id": flows.id, "wanted": flows.init_segments.eq(True)})
    objects = frames["objects"].drop_duplicates("id")
    objects = pd.DataFrame({"object_id": objects.id, "has": objects.init_object_id.notna()})
    rows = frames["segments"].merge(flows, on="flow_id").merge(objects, on="object_id")
    return int((rows.wanted != rows.has).sum())


def ts_offset_jumps(frames: Frames) -> int:
    rows = frames["segments"].sort_values(["flow_id", "start_ns", "end_ns"])
    offsets = rows.groupby("flow_id").ts_offset_ns
    before, after = offsets.shift(1), offsets.shift(-1)
    odd = rows[(before == after) & (rows.ts_offset_ns != before)]
    makers = frames["objects"].rename(columns={"id": "object_id", "first_flow_id": "flow_id"})
    return len(odd.merge(makers[["object_id", "flow_id"]].drop_duplicates()))


def duplicate_id(frames: Frames) -> int:
    counts = [frames[name].id.value_counts() for name in ("objects", "flows", "sources")]
    return sum(int((each > 1).sum()) for each in counts)


def object_unreferenced(frames: Frames) -> int:
    rows = frames["objects"]
    rows = rows[_registered(rows) & rows.collecting_since.isna()]
    needed = rows.id.isin(frames["segments"].object_id)
    needed |= rows.id.isin(frames["objects"].init_object_id.dropna())
    return int((~needed).sum())


def object_without_instance(frames: Frames) -> int:
    rows = frames["objects"]
    rows = rows[_registered(rows)].drop_duplicates("id")
    shown = rows.id.isin(frames["segments"].object_id)
    return int((shown & ~rows.id.isin(frames["object_instances"].object_id)).sum())


def instance_without_object(frames: Frames) -> int:
    return int((~frames["object_instances"].object_id.isin(frames["objects"].id)).sum())


def instance_place_differs(frames: Frames) -> int:
    rows = frames["object_instances"]
    objects = frames["objects"][["id", "storage_path"]].drop_duplicates()
    rows = rows[rows.controlled].merge(objects, how="left", left_on="object_id", right_on="id")
    odd = rows.bucket.isna() | rows.key.isna() | rows.url.notna()
    return int((odd | (rows.storage_path.notna() & (rows.key != rows.storage_path))).sum())


def object_timerange_missing(frames: Frames) -> int:
    rows = frames["objects"]
    rows = rows[_registered(rows) & (rows.timerange.isna() | rows.start_ns.isna())]
    shown = rows.id.isin(frames["segments"].object_id)
    needed = rows.id.isin(frames["objects"].init_object_id.dropna())
    return int((shown & ~needed).sum())


def init_object_missing(frames: Frames) -> int:
    needed = frames["objects"].init_object_id.dropna()
    return int((~needed.isin(frames["objects"].id)).sum())


def init_object_is_media(frames: Frames) -> int:
    needed = frames["objects"].init_object_id.dropna().drop_duplicates()
    return int(needed.isin(frames["segments"].object_id).sum())


NAIVE: dict[str, Callable[[Frames], int]] = {
    each.__name__: each
    for each in (
        segments_overlap,
        segment_without_flow,
        segment_without_object,
        segment_bounds_differ_from_text,
        ts_offset_differs_from_text,
        segment_outside_object,
        init_segments_differ,
        ts_offset_jumps,
        duplicate_id,
        object_unreferenced,
        object_without_instance,
        instance_without_object,
        instance_place_differs,
        object_timerange_missing,
        object_bounds_differ_from_text,
        init_object_missing,
        init_object_is_media,
    )
}
"""By the name of the check."""


def _registered(objects: pd.DataFrame) -> pd.Series:
    return objects.registered_at.notna() & objects.released_at.isna()


def _timestamp(ns: int) -> str:
    sign, ns = ("-", -ns) if ns < 0 else ("", ns)
    return f"{sign}{ns // SECOND}:{ns % SECOND}"


def _texts_differing(rows: pd.DataFrame) -> int:
    """A text that means the same in another form counts as differing."""
    bounds = zip(rows.timerange, rows.start_ns, rows.end_ns, strict=True)
    return sum(text != f"[{_timestamp(start)}_{_timestamp(end)})" for text, start, end in bounds)
