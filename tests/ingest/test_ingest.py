"""Media files, playlists and folders into a store."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import tracemalloc
import wave
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tams_analytics.engines import Engine, open_engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, EngineFailed, SegmentsOverlap
from tams_analytics.examples import newsroom
from tams_analytics.ingest import Ingested, Kept, ingest
from tams_analytics.ingest.keeping import keep
from tams_analytics.ingest.plan import plan
from tams_analytics.ingest.presentation import presentation
from tams_analytics.ingest.probe import probe
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.media.storage import Content
from tams_analytics.queries.collecting import Until, never_registered
from tams_analytics.settings import Settings
from tams_analytics.store import Store
from tams_analytics.writes import holding
from tams_analytics.writes.storage_backends import ensure_default_backend, put_storage_backend
from tams_analytics.writes.webhooks import create_webhook

TABLES = ("sources", "flows", "segments", "objects", "object_instances", "collections")
NOTHING = Kept()


@pytest.fixture
def engine(
    engine_name: str, storage: DirectoryStorage, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    if engine_name == "duckdb":
        file = storage.root.with_name("news.duckdb")
        engine = open_engine(str(file), settings=Settings())
    else:
        url = request.getfixturevalue("vast_stores").new_url()
        engine = open_engine(url, settings=Settings(media=storage.root.as_uri()))
    yield engine
    engine.close()


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    return DirectoryStorage(tmp_path / "news-media")


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    table = getattr(engine.tables, name)
    return table.order_by(table.columns).to_pyarrow().to_pylist()  # type: ignore[no-any-return]


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(engine, name) for name in TABLES}


def files(storage: DirectoryStorage) -> dict[str, bytes]:
    found = storage.root.rglob("*") if storage.root.exists() else ()
    return {str(p.relative_to(storage.root)): p.read_bytes() for p in found if p.is_file()}


def labelled(engine: Engine, label: str) -> dict[str, Any]:
    return next(row for row in rows(engine, "flows") if row["label"] == label)


def test_67_bytes_go_where_the_default_storage_backend_keeps_them(
    engine: Engine, mp4: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings file names it, and the folder beside the store is another one."""
    kept = tmp_path / "archive"
    entry = f"[storage_backends.archive]\nfolder = {str(kept)!r}\ndefault = true\n"
    (tmp_path / "settings.toml").write_text(entry)
    monkeypatch.setenv("TAMS_SETTINGS", str(tmp_path / "settings.toml"))

    ingest(engine, [mp4])

    [instance] = rows(engine, "object_instances")
    assert DirectoryStorage(kept).size(instance["key"]) == mp4.stat().st_size
    labels = {row["id"]: row["label"] for row in rows(engine, "storage_backends")}
    assert labels[instance["storage_id"]] == "archive"
    assert instance["bucket"] == "archive"


def test_a_file_becomes_a_source_and_a_flow_for_the_whole_and_for_each_stream(
    engine: Engine, mp4: Path
) -> None:
    [done] = ingest(engine, [mp4])

    assert done.kept == Kept(3, 1, 1, mp4.stat().st_size)
    found = {row["label"]: row["format"].rpartition(":")[2] for row in rows(engine, "flows")}
    assert found == {"sample": "multi", "sample video": "video", "sample audio": "audio"}
    assert len(rows(engine, "sources")) == 3
    picture, whole = labelled(engine, "sample video"), labelled(engine, "sample")
    assert (picture["frame_width"], picture["frame_rate_num"], picture["container"]) == (
        160,
        25,
        None,
    )
    assert whole["container"] == "video/mp4"
    assert [row["member_id"] for row in rows(engine, "collections")] == sorted(done.flows[:2])


def test_the_segment_of_a_file_is_all_of_it(engine: Engine, mp4: Path) -> None:
    [done] = ingest(engine, [mp4], start="100:0")
    [segment], [stored] = rows(engine, "segments"), rows(engine, "objects")

    assert segment["flow_id"] == done.flows[-1]
    assert (segment["start_ns"], segment["end_ns"]) == (100_000_000_000, 106_000_000_000)
    assert (segment["ts_offset"], segment["last_duration"]) == ("100:0", "0:40000000")
    assert (stored["timerange"], stored["key_frame_count"]) == ("[0:0_6:0)", 3)
    assert (stored["size"], stored["content_type"]) == (mp4.stat().st_size, "video/mp4")


def test_bytes_lie_at_the_objects_storage_path(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    ingest(engine, [mp4])
    [stored], [instance] = rows(engine, "objects"), rows(engine, "object_instances")

    assert files(storage) == {stored["storage_path"]: mp4.read_bytes()}
    assert stored["storage_path"].startswith(f"{stored['first_flow_id']}/20")
    assert (instance["bucket"], instance["key"], instance["url"]) == (
        "news-media",
        stored["storage_path"],
        None,
    )


def test_every_file_of_a_presentation_is_stored_as_it_is(
    engine: Engine, storage: DirectoryStorage, hls: Path
) -> None:
    [done] = ingest(engine, [hls])
    originals = [*hls.parent.glob("*.m4s"), *hls.parent.glob("*-init.mp4")]

    assert done.kept == Kept(3, 7, 9, sum(path.stat().st_size for path in originals))
    assert sorted(files(storage).values()) == sorted(path.read_bytes() for path in originals)


def test_segments_of_a_presentation_leave_no_gap(engine: Engine, hls: Path) -> None:
    [done] = ingest(engine, [hls])

    for flow, end_ns in zip(done.flows[:2], (6_000_000_000, 6_021_333_333), strict=True):
        found = [row for row in rows(engine, "segments") if row["flow_id"] == flow]
        found.sort(key=lambda row: row["start_ns"])
        assert [row["end_ns"] for row in found[:-1]] == [row["start_ns"] for row in found[1:]]
        assert (found[0]["start_ns"], found[-1]["end_ns"]) == (0, end_ns)


def test_media_objects_name_their_initialisation_object(engine: Engine, hls: Path) -> None:
    ingest(engine, [hls])
    stored = rows(engine, "objects")
    inits = {row["init_object_id"] for row in stored} - {None}

    assert {row["id"] for row in stored if row["start_ns"] is None} == inits
    assert len(inits) == 2
    title = hls.parent.name
    assert labelled(engine, f"{title} video")["init_segments"] is True


def test_a_second_run_changes_nothing(
    engine: Engine, storage: DirectoryStorage, hls: Path, mp4: Path, muxed: Path
) -> None:
    ingest(engine, [hls, mp4, muxed])
    before, stored = everything(engine), files(storage)
    again = ingest(engine, [hls, mp4, muxed])

    assert [done.kept for done in again] == [NOTHING, NOTHING, NOTHING]
    assert everything(engine) == before
    assert files(storage) == stored


def test_f80_webhooks_hear_of_flows_and_of_segments(engine: Engine, mp4: Path) -> None:
    """As where they are posted; a second run, which changes nothing, is no news (§228)."""
    heard = ["flows/created", "flows/segments_added"]
    create_webhook(engine, {"url": "https://hook.example.com/", "events": heard})
    for _run in range(2):
        ingest(engine, [mp4])
    told = sorted(rows(engine, "events"), key=lambda row: row["position"])

    assert [heard[0]] * 3 + [heard[1]] == [row["event_type"] for row in told]
    (segment,) = rows(engine, "segments")
    said = json.loads(told[-1]["payload"])
    shown = {name: segment[name] for name in ("object_id", "timerange", "ts_offset")}
    assert segment["flow_id"] == said["flow_id"]
    assert [shown] == [{name: each[name] for name in shown} for each in said["segments"]]


def test_a_playlist_that_has_grown_adds_what_is_new(
    engine: Engine, tmp_path: Path, muxed: Path
) -> None:
    live = tmp_path / "live"
    shutil.copytree(muxed.parent, live)
    playlist = live / "muxed.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:2,\nmuxed0.ts\n")
    ingest(engine, [playlist])
    playlist.write_text("#EXTM3U\n#EXTINF:2,\nmuxed0.ts\n#EXTINF:2,\nmuxed1.ts\n")
    [done] = ingest(engine, [playlist])

    assert (done.kept.flows, done.kept.segments, done.kept.objects) == (0, 1, 1)
    assert len(rows(engine, "segments")) == 2


def test_the_same_files_at_other_dates_are_flows_of_their_own(
    engine: Engine, tmp_path: Path, muxed: Path
) -> None:
    shutil.copytree(muxed.parent, tmp_path / "hls")
    playlist = tmp_path / "hls" / "muxed.m3u8"
    text = playlist.read_text()
    [without] = ingest(engine, [playlist])
    date = "#EXT-X-PROGRAM-DATE-TIME:2026-09-01T20:00:00Z\n#EXTINF"
    playlist.write_text(text.replace("#EXTINF", date, 1))
    [dated] = ingest(engine, [playlist])

    assert set(without.flows) & set(dated.flows) == set()
    assert (dated.kept.segments, dated.kept.objects) == (3, 0)
    assert ingest(engine, [playlist])[0] == replace(dated, kept=NOTHING)


def test_the_default_start_is_the_start_that_says_so(engine: Engine, mp4: Path) -> None:
    ingest(engine, [mp4])

    assert ingest(engine, [mp4], start="0:0")[0].kept == NOTHING


def test_a_window_of_a_live_stream_needs_a_date_or_a_start(
    engine: Engine, tmp_path: Path, muxed: Path
) -> None:
    shutil.copytree(muxed.parent, tmp_path / "live")
    playlist = tmp_path / "live" / "muxed.m3u8"
    head, segment = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n", "#EXTINF:2,\nmuxed1.ts\n"
    playlist.write_text(head + segment)

    with pytest.raises(BadParameter, match="has lost its first files"):
        ingest(engine, [playlist])
    assert everything(engine) == {name: [] for name in TABLES}
    assert ingest(engine, [playlist], start="2:0")[0].kept.segments == 1
    playlist.write_text(head + "#EXT-X-PROGRAM-DATE-TIME:2026-09-01T20:00:02Z\n" + segment)
    assert ingest(engine, [playlist])[0].kept.segments == 1
    playlist.write_text(head + segment + "#EXT-X-ENDLIST\n")
    assert ingest(engine, [playlist])[0].kept.segments == 1


def test_another_start_uses_the_same_bytes(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    ingest(engine, [mp4])
    stored = files(storage)
    [done] = ingest(engine, [mp4], start="3600:0")

    assert done.kept == Kept(3, 1, 0, 0)
    assert files(storage) == stored
    assert len({row["object_id"] for row in rows(engine, "segments")}) == 1


def test_a_folder_is_ingested_as_what_is_in_it(engine: Engine, tmp_path: Path, mp4: Path) -> None:
    folder = tmp_path / "rushes"
    folder.mkdir()
    for name in ("b.mp4", "a.mp4"):
        shutil.copy(mp4, folder / name)
    done = ingest(engine, [folder])

    assert [one.title for one in done] == ["a", "b"]
    assert done[1].kept == NOTHING


def test_a_broken_file_leaves_nothing_of_the_others_either(
    engine: Engine, storage: DirectoryStorage, tmp_path: Path, mp4: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(mp4.read_bytes()[:-20_000])

    with pytest.raises(BadParameter, match=r"broken\.mp4"):
        ingest(engine, [mp4, broken])
    assert everything(engine) == {name: [] for name in TABLES}
    assert files(storage) == {}


def test_a_broken_segment_leaves_nothing_of_its_presentation(
    engine: Engine, storage: DirectoryStorage, tmp_path: Path, hls: Path
) -> None:
    shutil.copytree(hls.parent, tmp_path / "hls")
    (tmp_path / "hls" / "video1.m4s").write_bytes(b"")

    with pytest.raises(BadParameter, match=r"video1\.m4s"):
        ingest(engine, [tmp_path / "hls" / "index.m3u8"])
    assert everything(engine) == {name: [] for name in TABLES}
    assert files(storage) == {}


def test_what_the_store_refuses_leaves_no_bytes(
    engine: Engine, storage: DirectoryStorage, tmp_path: Path, muxed: Path
) -> None:
    shutil.copytree(muxed.parent, tmp_path / "live")
    playlist = tmp_path / "live" / "muxed.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:2,\nmuxed0.ts\n#EXTINF:2,\nmuxed1.ts\n")
    ingest(engine, [playlist])
    before, stored = everything(engine), files(storage)
    playlist.write_text("#EXTM3U\n#EXTINF:2,\nmuxed0.ts\n#EXT-X-DISCONTINUITY\nmuxed2.ts\n")

    with pytest.raises(SegmentsOverlap):
        ingest(engine, [playlist])
    assert everything(engine) == before
    assert files(storage) == stored


@dataclass(frozen=True)
class Full(DirectoryStorage):
    """A storage that takes three files and is full then."""

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        if len(files(self)) == 3:
            raise EngineFailed("the media directory", f"storing {key}", "no space left on device")
        return super().put(key, content, content_type)


def test_a_storage_that_fails_is_left_as_it_was(
    engine: Engine, storage: DirectoryStorage, hls: Path
) -> None:
    class Slow(Full):
        """No transaction waits for it: inside one another is refused."""

        def delete(self, keys: Iterable[str]) -> None:
            engine.transact(deletes.append)
            super().delete(keys)

    deletes: list[object] = []
    with pytest.raises(EngineFailed, match="no space left"):
        ingest(engine, [hls], storage=Slow(storage.root))
    assert len(deletes) == 1
    assert everything(engine) == {name: [] for name in TABLES}
    assert files(storage) == {}


KILLED = """
import os, sys
from pathlib import Path
from tams_analytics.engines import open_engine
from tams_analytics.ingest import ingest
from tams_analytics.media.directory import DirectoryStorage

class Killed(DirectoryStorage):
    puts = 0
    def put(self, *put):
        super().put(*put)
        Killed.puts += 1
        if Killed.puts == 5:
            os.kill(os.getpid(), 9)

store, media, playlist = sys.argv[1:]
ingest(open_engine(store), [playlist], storage=Killed(Path(media)))
"""


def test_R7_what_a_killed_ingest_has_left_can_be_collected_or_completed_by_the_next(  # noqa: N802
    tmp_path: Path, storage: DirectoryStorage, hls: Path
) -> None:
    store = str(tmp_path / "news.duckdb")
    command = [sys.executable, "-c", KILLED, store, str(storage.root), str(hls)]
    found_here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run(command, env=found_here, check=False)
    engine = open_engine(store, settings=Settings())

    assert killed.returncode == -9
    assert [rows(engine, name) for name in ("sources", "flows", "segments")] == [[], [], []]
    soon = now() + timedelta(seconds=1)
    waiting = never_registered(engine.tables.objects, Until(soon, soon, soon))
    left = waiting.to_pyarrow().column("storage_path")
    assert len(files(storage)) == 5
    assert set(files(storage)) < set(left.to_pylist())
    ingest(engine, [hls])
    assert all(row["registered_at"] for row in rows(engine, "objects"))
    assert len(rows(engine, "object_instances")) == len(rows(engine, "objects"))
    assert set(files(storage)) == {row["storage_path"] for row in rows(engine, "objects")}
    engine.close()


def test_a_file_that_changes_meanwhile_is_refused(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    shown = presentation(mp4)
    reads = [[(item, probe(item.path)) for item in track.items] for track in shown.tracks]
    planned = plan(shown, reads, {mp4: "0" * 64})
    storage.begin()

    with pytest.raises(BadParameter, match="has changed while it was ingested"):
        keep(engine, storage, planned, advance=lambda count: None)
    assert everything(engine) == {name: [] for name in TABLES}
    assert files(storage) == {}


def test_a_store_without_a_folder_for_media_says_what_to_set(mp4: Path) -> None:
    engine = open_engine(":memory:", settings=Settings())

    with pytest.raises(BadParameter, match="TAMS_MEDIA"):
        ingest(engine, [mp4])
    engine.close()


def test_no_file_is_refused(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="at least one file"):
        ingest(engine, [])


def test_the_default_storage_backend_is_made_known_once(
    engine: Engine, mp4: Path, muxed: Path
) -> None:
    ingest(engine, [mp4, muxed])
    [backend] = rows(engine, "storage_backends")

    assert (backend["label"], backend["store_product"]) == ("default", "directory")
    assert backend["default_storage"] is True
    assert {row["storage_id"] for row in rows(engine, "object_instances")} == {backend["id"]}


NEWSROOM, INGEST, ALLOCATE = "newsroom", "ingest", "allocate"


@pytest.mark.parametrize("order", list(itertools.permutations((NEWSROOM, INGEST, ALLOCATE))))
def test_67_whoever_comes_first_makes_the_same_default_storage_backend(
    engine: Engine, storage: DirectoryStorage, mp4: Path, order: tuple[str, ...]
) -> None:
    steps = {
        NEWSROOM: lambda: newsroom(Store(engine), segments=1_000),
        INGEST: lambda: ingest(engine, [mp4]),
        ALLOCATE: lambda: ensure_default_backend(engine),
    }
    for step in order:
        steps[step]()
    [backend] = rows(engine, "storage_backends")
    del backend["created"]  # a newsroom's is always the same

    assert {
        "id": engine.settings.default_storage_backend_id,
        "label": "default",
        "default_storage": True,
        "provider": "local",
        "store_product": storage.product,
        "bucket": storage.bucket,
    }.items() <= backend.items()
    kept = [row for row in rows(engine, "object_instances") if row["controlled"]]
    assert {(backend["id"], "news-media")} == {(row["storage_id"], row["bucket"]) for row in kept}
    assert 1 == sum(row["key"] in files(storage) for row in kept)


def test_67_a_newsroom_takes_the_default_storage_backend_of_its_store(engine: Engine) -> None:
    known = {"provider": "x", "store_product": "y", "bucket": "theirs", "default_storage": True}
    other = "5e3a1e6c-5f0e-4a43-9d5c-0b8f2f3c9a10"
    put_storage_backend(engine, {"id": other, **known})
    newsroom(Store(engine), segments=1_000)

    assert [other] == [row["id"] for row in rows(engine, "storage_backends")]
    kept = [row for row in rows(engine, "object_instances") if row["controlled"]]
    assert {(other, "theirs")} == {(row["storage_id"], row["bucket"]) for row in kept}


def test_67_another_default_storage_backend_stays_the_only_one(engine: Engine, mp4: Path) -> None:
    other = "5e3a1e6c-5f0e-4a43-9d5c-0b8f2f3c9a10"
    body = {"id": other, "label": "default", "default_storage": True}
    known = {"provider": "x", "store_product": "y", "store_type": "http_object_store"}
    put_storage_backend(engine, {**known, **body})
    ingest(engine, [mp4])

    assert [row["id"] for row in rows(engine, "storage_backends")] == [other]
    assert {row["storage_id"] for row in rows(engine, "object_instances")} == {other}


def test_several_that_ingest_one_file_at_once_find_it_done_but_for_one(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    together = threading.Barrier(6)

    def one(_number: int) -> Kept:
        together.wait()
        return ingest(engine, [mp4])[0].kept

    with ThreadPoolExecutor(6) as pool:
        kept = list(pool.map(one, range(6)))

    assert sorted(each.segments for each in kept) == [0, 0, 0, 0, 0, 1]
    assert sum(each.objects for each in kept) == 1
    assert [len(rows(engine, name)) for name in ("objects", "object_instances", "flows")] == [
        1,
        1,
        3,
    ]
    assert list(files(storage).values()) == [mp4.read_bytes()]


def test_an_ingest_whose_object_was_given_back_by_another_begins_again(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    @dataclass(frozen=True)
    class Between(DirectoryStorage):
        """Another ingest of the file fails as soon as this one has stored it."""

        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            size = super().put(key, content, content_type)
            [row] = rows(engine, "objects")
            if not others:
                others.append(row)
                engine.transact(lambda tx: tx.delete("objects", {"id": row["id"]}))
                engine.transact(lambda tx: tx.delete("object_instances", {"object_id": row["id"]}))
            return size

    others: list[Any] = []
    [done] = ingest(engine, [mp4], storage=Between(storage.root))

    assert done.kept == Kept(3, 1, 1, mp4.stat().st_size)
    assert list(files(storage).values()) == [mp4.read_bytes()]


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_an_ingest_whose_bytes_were_taken_away_by_another_begins_again(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    """R7, R14: the object was registered without bytes, so its row stays when another one fails."""

    class Failing(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            stored = super().put(key, content, content_type)
            raise EngineFailed("the media directory", "storing", f"{stored} bytes are too much")

    class Between(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            size = super().put(key, content, content_type)
            if not others:
                others.append(key)
                with pytest.raises(EngineFailed, match="too much"):
                    ingest(engine, [mp4], storage=Failing(self.root))
            return size

    others: list[str] = []
    ingest(engine, [mp4])
    [row] = rows(engine, "objects")
    engine.transact(lambda tx: tx.delete("object_instances", {"object_id": row["id"]}))
    storage.delete([row["storage_path"]])

    ingest(engine, [mp4], storage=Between(storage.root))
    assert [one["key"] for one in rows(engine, "object_instances")] == others
    assert files(storage) == {others[0]: mp4.read_bytes()}


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_bytes_of_an_object_without_an_instance_are_written_down_until_it_has_one(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    """R7: a kill leaves them to the collector, which keeps those that are registered."""
    ingest(engine, [mp4])
    engine.transact(lambda tx: tx.delete("object_instances", {"controlled": True}))
    written: list[Any] = []

    class Looks(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            written.extend(row["key"] for row in rows(engine, "discarded_instances"))
            return super().put(key, content, content_type)

    ingest(engine, [mp4], storage=Looks(storage.root))
    assert written == list(files(storage))
    assert rows(engine, "discarded_instances") == []
    assert [row["key"] for row in rows(engine, "object_instances")] == written


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_bytes_of_an_object_that_went_meanwhile_are_written_down_where_they_stay(
    engine: Engine, storage: DirectoryStorage, mp4: Path
) -> None:
    """R5: a collector forgot it before they came, and the storage takes no delete just now."""

    class Cut(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            super().put(key, content, content_type)
            for name in ("objects", "object_instances"):
                engine.transact(lambda tx, name=name: tx.delete(name, {}))
            raise EngineFailed("the storage", "storing", "the line is cut")

        def delete(self, keys: Iterable[str]) -> None:
            raise EngineFailed("the storage", "deleting", "the line is cut")

    with pytest.raises(EngineFailed, match="storing: the line is cut"):
        ingest(engine, [mp4], storage=Cut(storage.root))
    assert [row["key"] for row in rows(engine, "discarded_instances")] == list(files(storage))
    assert len(files(storage)) == 1


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_objects_stay_allocated_however_long_an_ingest_takes(
    engine: Engine, storage: DirectoryStorage, hls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§201: all of them, also those whose bytes came first or have not come yet."""
    monkeypatch.setattr(holding, "RENEWED_AFTER_S", 0)
    oldest: list[Any] = []

    class Looks(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            size = super().put(key, content, content_type)
            oldest.append(min(row["created"] for row in rows(engine, "objects")))
            return size

    ingest(engine, [hls], storage=Looks(storage.root))
    assert len(oldest) > 2
    assert sorted(set(oldest)) == oldest


def test_progress_counts_each_byte_twice(
    engine: Engine, mp4: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(engine, [mp4], progress=True)

    assert "100%" in capsys.readouterr().err


def test_no_progress_is_drawn_where_there_is_no_terminal(
    engine: Engine, mp4: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(engine, [mp4])

    assert capsys.readouterr().err == ""


def test_a_large_file_is_never_held_in_memory(
    engine: Engine, storage: DirectoryStorage, tmp_path: Path
) -> None:
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for _ in range(64):
            file.writeframes(bytes(1 << 20))
    tracemalloc.start()
    [done] = ingest(engine, [path])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert done.kept.bytes_stored == path.stat().st_size > 64 << 20
    assert peak < 16 << 20


def test_what_was_ingested_into_a_bucket_is_what_its_url_gives(
    engine: Engine, tmp_path: Path, mp4: Path
) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = S3Storage(S3Config("media", f"http://{host}:{port}", "key", "secret"))
    bucket.client.create_bucket(Bucket="media")
    ingest(engine, [mp4], storage=bucket)
    [stored] = rows(engine, "objects")

    with urlopen(bucket.presign_get(stored["storage_path"])) as answer:  # noqa: S310
        assert answer.read() == mp4.read_bytes()
        assert answer.headers["Content-Type"] == "video/mp4"
    server.stop()


def test_ids_are_those_of_the_contents(engine: Engine, tmp_path: Path, mp4: Path) -> None:
    [here] = ingest(engine, [mp4])
    other = open_engine(str(tmp_path / "other.duckdb"), settings=Settings())
    [there] = ingest(other, [mp4])
    other.close()

    assert here == replace(there) == Ingested(mp4, "sample", here.flows, here.kept)
