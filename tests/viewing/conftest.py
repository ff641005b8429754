"""A small store of real media: a hole, a clip, a part, an overlap, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("av", reason="PyAV is in the extra [media]")

from tams_analytics.engines import open_engine
from tams_analytics.ingest import ingest
from tams_analytics.ingest.sample import Sample, make_hls, make_mp4, make_muxed_hls
from tams_analytics.queries import segments
from tams_analytics.settings import Settings
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND, TimeRange, format_timestamp, parse_timestamp
from tests.conftest import ENGINES
from tests.support.vast_stores import VastStores

SMALL = Sample(seconds=6, width=160, height=90, segment_s=2)
TRANSPORT = Sample(seconds=6, width=160, height=90, segment_s=2, segments="mpegts")
START_S = 1_756_000_000
START_NS = START_S * SECOND
FRAME_NS = SECOND // 25
COPIED = ("format", "codec", "container")
HOLE = TimeRange.from_ns(START_NS + 2 * SECOND, START_NS + 4 * SECOND)
"""In the flow `picture`; its sound goes on."""
IDS = {
    name: f"00000000-0000-4000-8000-{n:012}" for n, name in enumerate(("part", "overlap", "other"))
}


@dataclass(frozen=True)
class News:
    """Ids of the flows by name, and a folder that has their bytes."""

    flows: dict[str, str]
    folder: Path


def filled(store: Store, made: Path, folder: Path) -> News:
    """``picture`` and ``sound`` of ``both``, from START; ``muxed`` and ``file``, from 0:0.

    ``part`` shows a second out of the middle of an object; in ``overlap`` two objects overlap by a
    second; ``other`` claims to be MXF.
    """
    engine = store._engine
    both = ingest(engine, [make_hls(made / "bars", SMALL)], start=f"{START_S}:0")[0].flows
    muxed = ingest(engine, [make_muxed_hls(made / "muxed", TRANSPORT)])[0].flows
    file = ingest(engine, [make_mp4(made / "file.mp4", SMALL)])[0].flows
    rows = store.ask(segments.listing, flow_id=both[0]).to_pylist()
    for name in ("part", "overlap"):
        flow = vars(store.flow(both[0]))
        body = {"id": IDS[name], "source_id": IDS[name], "label": name}
        parameters = {"init_segments": True, "frame_width": 160, "frame_height": 90, "vfr": True}
        copied = {column: flow[column] for column in COPIED}
        store.writes.put_flow({**body, **copied, "essence_parameters": parameters})
    store.writes.put_flow(
        {
            **{name: vars(store.flow(file[-1]))[name] for name in ("format", "source_id")},
            "id": IDS["other"],
            "label": "other",
            "container": "application/mxf",
        }
    )
    half = SECOND // 2
    store.writes.create_segments(IDS["part"], placed(rows[1], 10 * SECOND, half, 3 * half))
    store.writes.create_segments(IDS["overlap"], placed(rows[0], 0, 0, 2 * SECOND))
    overlapping(store, placed(rows[1], SECOND, 0, 2 * SECOND))
    whole = store.ask(segments.listing, flow_id=file[-1]).to_pylist()[0]
    store.writes.create_segments(IDS["other"], placed(whole, 0, 0, SECOND))
    store.writes.delete_segments(both[0], timerange=str(HOLE))
    named = {"picture": both[0], "sound": both[1], "both": both[-1], **IDS}
    described = {"described": file[0], "described sound": file[1], "file": file[-1]}
    return News({**named, **described, "muxed": muxed[-1], "muxed sound": muxed[1]}, folder)


def placed(row: dict[str, Any], at_ns: int, first_ns: int, after_ns: int) -> dict[str, Any]:
    """The body of a segment: from ``first_ns`` to ``after_ns`` of what ``row`` shows, at ``at_ns``.

    Its first instant, had it been shown, lies at ``at_ns``.
    """
    shown = TimeRange.from_ns(at_ns + first_ns, at_ns + after_ns)
    offset = format_timestamp(row["ts_offset_ns"] - row["start_ns"] + at_ns)
    return {"object_id": row["object_id"], "timerange": str(shown), "ts_offset": offset}


def overlapping(store: Store, body: dict[str, Any]) -> None:
    """Past the rules, as a store that others wrote may be."""
    shown = TimeRange.registered(body["timerange"])[0]
    offset_ns = parse_timestamp(body["ts_offset"])
    row = [IDS["overlap"], body["object_id"], shown.start_ns, shown.end_ns, str(shown), offset_ns]
    store.con.con.execute(  # type: ignore[attr-defined]
        "INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange, ts_offset_ns,"
        " created, body) VALUES (?, ?, ?, ?, ?, ?, now()::TIMESTAMP, '{}')",
        row,
    )


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, News]]:
    """The bytes lie in a folder that FFmpeg reads only to the letter."""
    made = tmp_path_factory.mktemp("made")
    folder = tmp_path_factory.mktemp("news") / "bytes of é%20"
    engine = open_engine(":memory:", settings=Settings(media=folder.as_uri()))
    with Store(engine) as store:
        yield store, filled(store, made, folder)


@pytest.fixture(scope="session", params=ENGINES)
def filled_store(
    request: pytest.FixtureRequest,
    on_duckdb: tuple[Store, News],
    vast_stores: VastStores,
) -> Iterator[Store]:
    store, news = on_duckdb
    if request.param == "duckdb":
        yield store
        return
    url = vast_stores.filled(store)
    with Store(open_engine(url, settings=Settings(media=news.folder.as_uri()))) as other:
        yield other


@pytest.fixture
def news(on_duckdb: tuple[Store, News]) -> News:
    return on_duckdb[1]


@pytest.fixture
def store(filled_store: Store) -> Store:
    """The same media on each engine; it is only read."""
    return filled_store
