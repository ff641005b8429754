"""Kept answers are what the store would answer, after every kind of write."""

from __future__ import annotations

import dataclasses
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import TamsError
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storages import Storages
from tams_analytics.queries import segments
from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.kept import KeptSegments
from tams_analytics.representations.pages import AskedSegments, Place, SegmentPage
from tams_analytics.representations.segments import segments_json
from tams_analytics.representations.urls import UrlOptions, UrlWriter
from tams_analytics.settings import Settings
from tams_analytics.span import as_window
from tams_analytics.timerange import TimeRange
from tests.conftest import ENGINES, OPEN
from tests.representations import worlds
from tests.representations.worlds import COLD, F1, F2, HOT, segment

STEPS = {"duckdb": 30, "vast": 8}
FLOWS = [F1, F2, "33333333-3333-4333-8333-333333333333"]
OBJECTS = [f"o{number}" for number in range(12)]
LONG = 20


class Fixed(DirectoryStorage):
    """URLs that are the same at all times."""

    takes_content_type = True

    def presign_get(self, key: str, expires_s: int | None = None) -> str:
        return f"http://{self.root.name}/{key}?at={expires_s}"

    presign_put = presign_get

    def reading(self) -> Callable[[str], str]:
        return self.presign_get


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[ta.Store]:
    with OPEN[request.param](request) as opened:
        settings = dataclasses.replace(opened.settings, async_deletion_threshold=3)
        opened._engine.settings = settings
        worlds.fill(opened)
        yield opened


@pytest.fixture
def written(tmp_path: Path) -> Callable[[SegmentPage], tuple[bytes, str, Place | None]]:
    """All that a GET shows of a page."""
    kept = [worlds.backend(id, Fixed(tmp_path / id)) for id in (HOT, COLD)]
    storages = Storages(Settings(), kept)

    def write(page: SegmentPage) -> tuple[bytes, str, Place | None]:
        urls = UrlWriter(storages, "", UrlOptions(verbose_storage=True), page.columns.backends)
        body = segments_json(page.columns, urls, page.numbers, include_object_timerange=True)
        return body, page.timerange, page.next

    return write


def asked_of_store(store: ta.Store, asked: AskedSegments) -> SegmentPage:
    """Row by row of all that the flow has, as one question is compiled sooner than sixty."""
    everything = AskedSegments.whole(asked.flow_id, 10_000)
    columns = SegmentColumns.of(store.ask(segments.shown, **everything.arguments))
    places = [
        Place(start, end, columns.object_id(number))
        for number, (start, end) in enumerate(zip(columns.start_ns, columns.end_ns, strict=True))
    ]
    chosen = [number for number, place in enumerate(places) if is_asked(place, asked)]
    numbers = np.array(chosen[:: -1 if asked.reverse else 1], int)
    return SegmentPage.of(columns, numbers[: asked.limit + 1], asked.limit)


def is_asked(place: Place, asked: AskedSegments) -> bool:
    window, after = asked.window, asked.after
    return (
        not window.never
        and (window.start_ns is None or place.end_ns > window.start_ns)
        and (window.end_ns is None or place.start_ns < window.end_ns)
        and asked.object_id in (None, place.object_id)
        and (after is None or (place < after if asked.reverse else place > after))
    )


def some_asked(rng: random.Random) -> AskedSegments:
    start, length = rng.randrange(-2, LONG), rng.randrange(1, 8)
    timerange = rng.choice(
        [None, "_", "()", f"[{start}:0_{start + length}:0)", f"({start}:0_", f"_{start}:0]"]
    )
    place = Place(start * 10**9, (start + 1) * 10**9, rng.choice(OBJECTS))
    return AskedSegments(
        rng.choice(FLOWS),
        as_window(timerange),
        rng.choice([2, 100]),
        rng.choice([None, None, *OBJECTS[:2], "a"]),
        rng.random() < 0.5,
        rng.choice([None, place]),
    )


def new_segment(rng: random.Random, flow: str) -> dict[str, Any]:
    at, object_id = rng.randrange(LONG), rng.choice([*OBJECTS, "a", "e"])
    more: dict[str, Any] = {"ts_offset": f"{at}:0"}
    if flow == F2:
        more["init_object_id"] = rng.choice(["i", "i2"])
    if rng.random() < 0.4:
        more["get_urls"] = [{"label": rng.choice("xyz"), "url": f"http://{object_id}"}]
    if rng.random() < 0.2:
        more["key_frame_count"] = rng.randrange(3)
    return segment(object_id, at, **more)


def load_some(store: ta.Store, rng: random.Random) -> None:
    """In bulk: instances of what is there, segments, objects."""
    id = rng.choice(OBJECTS)
    url = {"object_id": [id], "controlled": [False], "label": ["l"], "url": ["http://l"]}
    at = rng.randrange(LONG)
    placed = {"flow_id": [F1], "object_id": [id], "timerange": [f"[{at}:0_{at + 1}:0)"]}
    name, rows = rng.choice(
        [
            ("object_instances", {"object_id": [id]}),
            ("object_instances", url),
            ("segments", placed),
            ("objects", {"id": [f"n{rng.randrange(9)}"], "timerange": ["[0:0_1:0)"]}),
        ]
    )
    store.writes.load(name, pa.table(rows))


def put_backend(store: ta.Store, rng: random.Random) -> None:
    id = rng.choice([HOT, COLD])
    tags = {"tier": rng.choice(["fast", "slow"]), "site": [str(rng.randrange(3))]}
    named = {"provider": rng.choice("ab"), "store_product": "x", "default_storage": id == HOT}
    store.writes.put_storage_backend({"id": id, "label": id[:2], "tags": tags, **named})


def put_flow(store: ta.Store, rng: random.Random) -> None:
    flow = rng.choice(FLOWS)
    named = {"container": "video/mp4", "label": str(rng.randrange(9))}
    essence = {"frame_width": 1, "frame_height": 1, "frame_rate": {"numerator": 25}}
    essence |= {"init_segments": True} if flow == F2 else {}
    body = {"id": flow, "source_id": worlds.S, "format": "urn:x-nmos:format:video"}
    store.writes.put_flow({**body, "codec": "a/b", **named, "essence_parameters": essence})


def create(store: ta.Store, rng: random.Random) -> None:
    flow = rng.choice(FLOWS)
    posted = [new_segment(rng, flow) for _ in range(rng.choice([1, 1, 4]))]
    store.writes.create_segments(flow, posted)


def delete(store: ta.Store, rng: random.Random) -> None:
    start = rng.randrange(LONG)
    timerange = rng.choice([None, *[f"[{start}:0_{start + n}:0)" for n in (1, 1, 1, 4)]])
    object_id = rng.choice([None, None, rng.choice(OBJECTS)])
    store.writes.delete_segments(rng.choice(FLOWS), timerange=timerange, object_id=object_id)


WRITES: list[Callable[[ta.Store, random.Random], object]] = [
    *[create] * 6,
    *[delete] * 2,
    *[load_some] * 2,
    put_backend,
    put_flow,
    put_flow,
    lambda store, rng: store.writes.allocate_storage(
        rng.choice(FLOWS), {"object_ids": [rng.choice([*OBJECTS, "i2"])]}
    ),
    lambda store, rng: store.writes.add_instance(rng.choice(OBJECTS), {"storage_id": COLD}),
    lambda store, rng: store.writes.add_instance(
        rng.choice([*OBJECTS, "i", "a"]), {"label": rng.choice("xyz"), "url": "http://more"}
    ),
    lambda store, rng: store.writes.delete_instance(
        rng.choice([*OBJECTS, "i", "a"]), label=rng.choice("xyz")
    ),
    lambda store, rng: store.writes.delete_instance(rng.choice(["a", "o1"]), storage_id=COLD),
    lambda store, rng: store.writes.delete_object(rng.choice(OBJECTS)),
    lambda store, rng: store.writes.delete_flow(rng.choice(FLOWS)),
    lambda store, _rng: store.writes.work_deletion_requests(batch=2),
]
"""Every function of `writes` that can matter to what segments show."""


def test_kept_answers_are_the_store_s(store: ta.Store, written: Any) -> None:
    """One random write after the other; between them flows are read whole or not."""
    rng = random.Random(1)  # noqa: S311
    kept = KeptSegments(store)
    done = 0
    for _ in range(STEPS[store.engine]):
        try:
            rng.choice(WRITES)(store, rng)
            done += 1
        except TamsError:
            pass
        for _ in range(2):
            asked = some_asked(rng)
            expected = written(asked_of_store(store, asked))
            assert written(kept.page(asked)) == expected, asked
            if rng.random() < 0.7:
                kept.read_whole(asked.flow_id)
            assert written(kept.page(asked)) == expected, asked
    kept.close()
    assert done > STEPS[store.engine] // 4


def test_segments_that_lie_inside_each_other_are_found(written: Any) -> None:
    """As a damaged store has them: a short one may end long before one that began earlier."""
    rng = random.Random(2)  # noqa: S311
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        for number in range(40):
            at, length = rng.randrange(LONG), rng.choice([1, 1, 9])
            start, end = at * 10**9, (at + length) * 10**9
            store.segments.get_backend().con.execute(
                "INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange, body)"
                " VALUES (?, ?, ?, ?, ?, '{}')",
                [F1, OBJECTS[number % 5], start, end, str(TimeRange.from_ns(start, end))],
            )
        kept = KeptSegments(store)
        kept.read_whole(F1)
        for _ in range(60):
            asked = dataclasses.replace(some_asked(rng), flow_id=F1)
            assert written(kept.page(asked)) == written(asked_of_store(store, asked)), asked
        kept.close()


def test_a_whole_flow_is_asked_for_once(store: ta.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptSegments(store)
    kept.read_whole(F1)
    monkeypatch.setattr(store, "ask", None)

    page = kept.page(AskedSegments(F1, as_window("[1:0_3:0)"), 10))

    assert [page.columns.object_id(number) for number in page.numbers] == ["b", "c"]
    local = store.stamps_are_local
    assert (kept.at_once(AskedSegments(F1, as_window("[1:0_9:0)"), 10)) is not None) == local


def test_memory_is_bounded(store: ta.Store) -> None:
    """An answer counts as what it takes, not only as its columns: here only two have room."""
    kept = KeptSegments(store, most_bytes=40_000)
    for at in range(1, 12):
        page = kept.page(AskedSegments(F1, as_window(f"[0:0_{at}:0)"), 10))
        assert len(page) == min(at, 4)
        assert 16_000 < kept.size_bytes <= 40_000
    assert len(kept._kept) == 2


def test_answers_without_segments_are_not_kept() -> None:
    """Whoever asks for flows that are not makes nothing grow."""
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        kept = KeptSegments(store)
        for at in range(50):
            flow_id = f"{at:08x}-0000-4000-8000-000000000000"
            assert len(kept.page(AskedSegments(flow_id, as_window("_"), 10))) == 0
        assert (kept.size_bytes, len(kept._kept)) == (0, 0)
        kept.close()


def test_the_number_of_kept_answers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tams_analytics.representations.kept.MOST_ANSWERS", 3, raising=False)
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        kept = KeptSegments(store)
        for at in range(1, 6):
            kept.page(AskedSegments(F1, as_window(f"[0:0_{at}:0)"), 10))
        assert len(kept._kept) == 3
        kept.close()


def test_a_flow_is_read_whole_once_answers_took_as_long() -> None:
    """Not for the first answer, nor for a flow that changes all the time."""
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        kept = KeptSegments(store)
        for at in range(30):
            kept.page(AskedSegments(F1, as_window(f"[0:0_{at}:1)"), 10))
        kept.settle()
        assert kept.at_once(AskedSegments(F1, as_window("[7:0_8:0)"), 7)) is not None
        kept.close()


def test_closing_waits_for_no_flow_that_is_being_read(caplog: pytest.LogCaptureFixture) -> None:
    """Nor is it told that the closed store could not be read."""
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        slow = Slow(store)
        kept = KeptSegments(slow)
        for at in range(30):
            kept.page(AskedSegments(F1, as_window(f"[0:0_{at}:1)"), 10))
        assert slow.is_asked.wait(10)
        kept.close()
        assert not slow.went_on
    slow.may_go_on.set()
    kept._reader.shutdown()
    assert slow.went_on
    assert "could not be read whole" not in caplog.text


class Slow:
    """A store that says how many segments a flow has when it may."""

    stamps_are_local = True

    def __init__(self, store: ta.Store) -> None:
        self.store, self.stamp, self.went_on = store, store.stamp, False
        self.is_asked, self.may_go_on = threading.Event(), threading.Event()

    def ask(self, question: Callable[..., object], /, **arguments: object) -> pa.Table:
        if question is segments.amount:
            self.is_asked.set()
            self.may_go_on.wait(5)
            self.went_on = True
        return self.store.ask(question, **arguments)


def test_readers_never_see_what_was_before_a_write() -> None:
    """Each write is seen by whoever asks after it has returned, in whichever thread."""
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        kept, race = KeptSegments(store), Race()
        readers = [lambda: race.read(kept), lambda: race.read(kept), lambda: kept.read_whole(F1)]
        threads = [threading.Thread(target=race.repeat, args=[each]) for each in readers]
        for thread in threads:
            thread.start()
        for number in range(500):
            store.writes.create_segments(F1, segment(f"t{number}", 100 + number))
            race.written = number + 1
            if number >= 25 and race.reads > 10:  # a busy machine may let writers go first
                break
        race.stop.set()
        for thread in threads:
            thread.join()
        kept.close()

    assert (race.wrong, race.failed) == ([], [])
    assert race.reads > 10


class Race:
    """What readers see while ``written`` segments are there for certain."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.written = self.reads = 0
        self.wrong: list[tuple[int, int]] = []
        self.failed: list[Exception] = []

    def repeat(self, work: Callable[[], object]) -> None:
        while not self.stop.is_set():
            try:
                work()
            except TamsError as error:
                self.failed.append(error)

    def read(self, kept: KeptSegments) -> None:
        asked = AskedSegments(F1, as_window("[100:0_"), 1000)
        least = self.written
        found = len(kept.at_once(asked) or kept.page(asked))
        self.reads += 1
        if found < least:
            self.wrong.append((found, least))
