"""Pictures at both sides of a timerange: the clock in the sample's picture says which they are."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.ingest import ingest, sample
from tams_analytics.queries import segments
from tams_analytics.settings import Settings
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND, TimeRange
from tams_analytics.viewing import Picture
from tests.viewing.conftest import FRAME_NS, HOLE, IDS, SMALL, News

Plane = npt.NDArray[np.uint8]


@functools.lru_cache(maxsize=1)
def originals() -> npt.NDArray[np.int16]:
    """The luma of every picture of `SMALL`, before it was encoded."""
    planes = [frame.to_ndarray()[: SMALL.height] for frame in sample._frames(SMALL)]
    return np.stack(planes).astype(np.int16)


def number(picture: Picture | None) -> int:
    """Which of the originals it looks like most."""
    assert picture is not None
    luma = picture.frame.to_ndarray(format="yuv420p")[: SMALL.height].astype(np.int16)
    return int(np.abs(originals() - luma).mean(axis=(1, 2)).argmin())


def pixels(data: bytes) -> npt.NDArray[np.int16]:
    """What a viewer makes of a picture's bytes."""
    with av.open(io.BytesIO(data)) as container:
        frame = next(container.decode(video=0))
    return frame.to_ndarray(format="rgb24").astype(np.int16)


@pytest.mark.parametrize("name", ["picture", "both"])
def test_a_gap_shows_what_it_broke_off_and_what_goes_on(
    store: Store, news: News, name: str
) -> None:
    frames = store.frames(news.flows[name], HOLE)

    assert frames.before is not None
    assert frames.after is not None
    assert () == frames.at
    assert (HOLE.start_ns, 49) == (frames.before.start_ns + FRAME_NS, number(frames.before))
    assert (HOLE.end_ns, 100) == (frames.after.start_ns, number(frames.after))


def test_an_overlap_shows_the_pictures_of_both_segments(store: Store) -> None:
    frames = store.frames("overlap", "[1:0_2:0)")

    assert [SECOND - FRAME_NS, SECOND, SECOND, 2 * SECOND] == [each.start_ns for each in frames]
    assert [24, 25, 50, 75] == [number(each) for each in frames]
    assert 2 == len({each.object_id for each in frames.at})


def test_before_a_part_that_is_shown_lies_nothing_though_the_object_has_it(store: Store) -> None:
    frames = store.frames("part", "[10:0_10:500000000)")

    assert frames.before is None
    assert frames.after is not None
    assert (10_520_000_000, 63) == (frames.after.start_ns, number(frames.after))


def test_behind_a_part_that_is_shown_lies_nothing_though_the_object_has_it(store: Store) -> None:
    frames = store.frames("part", "[11:500000000_12:0)")

    assert frames.after is None
    assert frames.before is not None
    assert (11_480_000_000, 87) == (frames.before.start_ns, number(frames.before))


@pytest.mark.parametrize("name", ["muxed", "file", "described"])
@pytest.mark.parametrize(("start", "end"), [(0, 1), (50, 51), (60, 101), (149, 150)])
def test_every_kind_of_file_is_found_into_by_the_flows_time(
    store: Store, news: News, name: str, start: int, end: int
) -> None:
    frames = store.frames(news.flows[name], TimeRange.from_ns(start * FRAME_NS, end * FRAME_NS))

    assert (start - 1 if start else None) == (number(frames.before) if frames.before else None)
    assert [start] == [number(each) for each in frames.at]
    assert (end if end < 150 else None) == (number(frames.after) if frames.after else None)


def test_a_range_within_a_picture_has_that_picture_before_it(store: Store, news: News) -> None:
    frames = store.frames(news.flows["file"], TimeRange.from_ns(FRAME_NS + 1, FRAME_NS + 2))

    assert [1, 1, 2] == [number(each) for each in frames]


def test_an_unbounded_side_has_no_picture(store: Store, news: News) -> None:
    assert [] == list(store.frames(news.flows["file"], "_"))


@pytest.mark.parametrize("at", [-(2**63), 2**63 - 1])
def test_at_the_ends_of_time_is_no_picture(store: Store, news: News, at: int) -> None:
    found = store.frames(news.flows["picture"], TimeRange.from_ns(at, None))

    assert () == found.at
    assert (at < 0) == (found.before is None)


def test_a_picture_says_its_time_as_tams_and_utc_do(store: Store, news: News) -> None:
    picture = store.frames(news.flows["picture"], HOLE).before

    assert picture is not None
    assert "1756000001:960000000" == picture.timestamp
    assert "2025-08-24 01:46:04.96 UTC" == picture.utc


def test_png_is_the_picture_and_jpeg_nearly_so(store: Store, news: News) -> None:
    picture = store.frames(news.flows["picture"], HOLE).before

    assert picture is not None
    shown = picture.frame.to_ndarray(format="rgb24").astype(np.int16)
    assert np.array_equal(shown, pixels(picture.png))
    assert np.abs(shown - pixels(picture.jpeg)).mean() < 6


def test_a_notebook_shows_the_pictures_with_their_text_alternatives(
    store: Store, news: News
) -> None:
    html = store.frames(news.flows["picture"], HOLE)._repr_html_()

    assert 2 == html.count('<img src="data:image/jpeg;base64,')
    assert (
        f"frame at 1756000004:0 (2025-08-24 01:46:07 UTC) of flow {news.flows['picture']}" in html
    )
    assert "<script" not in html


def test_a_terminal_tells_the_times(store: Store, news: News) -> None:
    told = str(store.frames(news.flows["picture"], HOLE)).splitlines()[1:]

    assert [
        "before: 1756000001:960000000 2025-08-24 01:46:04.96 UTC",
        "after: 1756000004:0 2025-08-24 01:46:07 UTC",
    ] == told


@pytest.mark.parametrize("name", ["sound", "muxed sound", "described sound"])
def test_a_flow_of_sound_has_no_pictures(store: Store, news: News, name: str) -> None:
    with pytest.raises(BadParameter, match="has no pictures"):
        store.frames(news.flows[name], "[0:0_1:0)")


def test_without_pyav_it_says_what_to_install(
    store: Store, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)

    with pytest.raises(Unsupported, match=r"tams-analytics\[media\]"):
        store.frames(news.flows["picture"], HOLE)


def test_an_object_is_read_as_its_file_is(store: Store, news: News) -> None:
    row = store.ask(segments.listing, flow_id=news.flows["muxed"]).to_pylist()[0]
    (path,) = news.folder.rglob(row["object_id"])

    assert path.read_bytes() == store.open_object(row["object_id"]).readall()


def test_an_initialised_object_is_what_a_decoder_opens(store: Store) -> None:
    id = store.ask(segments.listing, flow_id=IDS["part"]).to_pylist()[0]["object_id"]
    bare, whole = store.open_object(id), store.open_object(id, initialised=True)

    assert whole.size > bare.size
    with av.open(whole) as container:
        assert 50 == sum(1 for _frame in container.decode(video=0))


def test_an_object_that_there_is_not_cannot_be_opened(store: Store) -> None:
    with pytest.raises(NotFound, match="there is no object nothing"):
        store.open_object("nothing")


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str, Path]]:
    """A store with one file of a minute and more than a million bytes."""
    made = tmp_path_factory.mktemp("long")
    settings = Settings(media=(made / "bytes").as_uri())
    path = sample.make_mp4(made / "long.mp4", sample.Sample(seconds=60, width=320, height=180))
    with Store(open_engine(":memory:", settings=settings)) as store:
        yield store, ingest(store._engine, [path])[0].flows[-1], path


def test_of_a_long_file_only_the_parts_needed_are_read(
    long_file: tuple[Store, str, Path],
) -> None:
    store, flow, path = long_file
    frames = store.frames(flow, "[40:0_41:0)")

    assert [39_960_000_000, 40 * SECOND, 41 * SECOND] == [each.start_ns for each in frames]
    assert frames.requests < 6
    assert frames.bytes_read < path.stat().st_size // 3
