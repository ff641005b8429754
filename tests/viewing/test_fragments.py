"""MP4 that initialises itself: found by its boxes, played by byte ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter
from tams_analytics.ingest import ingest, sample
from tams_analytics.media.ranges import ObjectReader, Part
from tams_analytics.queries import segments
from tams_analytics.settings import Settings
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND
from tams_analytics.viewing.fragments import MOST_READ, first_fragment
from tests.viewing.conftest import placed

FLOWS = {
    True: "00000000-0000-4000-8000-00000000000a",
    False: "00000000-0000-4000-8000-00000000000b",
}
"""Of two objects each, that are fragmented or not."""
TWO_S = 2 * SECOND


def reader(data: bytes) -> ObjectReader:
    return ObjectReader([Part(len(data), lambda a, b: data[a:b])])


def box(kind: bytes, content: bytes = b"", *, is_long: bool = False) -> bytes:
    if is_long:
        return b"\0\0\0\1" + kind + (16 + len(content)).to_bytes(8, "big") + content
    return (8 + len(content)).to_bytes(4, "big") + kind + content


START = box(b"ftyp", b"abcd") + box(b"moov", b"12345", is_long=True)


@pytest.mark.parametrize("between", [b"", box(b"sidx", b"67"), box(b"styp") + box(b"sidx")])
def test_fragments_begin_behind_moov(between: bytes) -> None:
    assert len(START) == first_fragment(reader(START + between + box(b"moof") + box(b"mdat")), "o")


@pytest.mark.parametrize(
    "data",
    [
        START + box(b"mdat", b"all of it"),
        box(b"ftyp") + box(b"mdat") + box(b"moov"),
        START,
        b"",
        b"\0\0\0\2moov",
        b"\0\0\0\0mdat and all the rest",
        b"no box at all, but a text",
    ],
)
def test_of_any_other_file_nothing_begins(data: bytes) -> None:
    assert first_fragment(reader(data), "o") is None


def test_an_object_of_nothing_but_small_boxes_is_not_read_to_its_end() -> None:
    file = reader(START + box(b"free") * 100_000)

    with pytest.raises(BadParameter, match=r"object: 'o' has no media within 100 boxes and 8 MB"):
        first_fragment(file, "o")
    assert 1 == file.requests


def test_an_object_whose_boxes_end_where_each_read_does_is_not_read_to_its_end() -> None:
    sizes = [(64 << 10) - len(START), *(min((128 << 10) << n, 1 << 20) for n in range(20))]
    file = reader(START + b"".join(box(b"free", bytes(size - 8)) for size in sizes))

    with pytest.raises(BadParameter, match="has no media within"):
        first_fragment(file, "o")
    assert file.bytes_read <= MOST_READ + (1 << 20)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Flows of two segments, whose objects are the same MP4 or another one."""
    made = tmp_path_factory.mktemp("fragments")
    with Store(open_engine(":memory:", settings=Settings(media=(made / "b").as_uri()))) as store:
        for is_fragmented, id in FLOWS.items():
            for number in range(2):
                path = made / f"{is_fragmented}-{number}.mp4"
                written(path, number, is_fragmented=is_fragmented)
                append(store, id, path, number * TWO_S)
        yield store


def written(path: Path, number: int, *, is_fragmented: bool) -> None:
    """Two seconds of a picture; in fragments, the ``number``-th ones at their own time."""
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if is_fragmented else {}
    made = sample.Sample(seconds=4 if is_fragmented else 2 + number, width=160, height=90)
    with av.open(str(path), "w", format="mp4", options=flags) as container:
        sample._record(container, sample._picture(container, made))
    if is_fragmented:
        path.write_bytes(one_fragment(path.read_bytes(), number))


def one_fragment(data: bytes, number: int) -> bytes:
    """A file of fragments with one of them alone."""
    places = [found.start() - 4 for found in re.finditer(b"moof", data)]
    start, stop = [*places, len(data)][number : number + 2]
    return data[: first_fragment(reader(data), "o")] + data[start:stop]


def append(store: Store, id: str, path: Path, at_ns: int) -> None:
    """Its first two seconds as a segment of a flow, which is made first."""
    (own, *_others) = ingest(store._engine, [path])[0].flows
    flow = vars(store.flow(own))
    body = {name: flow[name] for name in ("format", "codec", "container")}
    sizes = {name: flow[name] for name in ("frame_width", "frame_height")}
    parameters = {**sizes, "vfr": True}
    store.writes.put_flow({**body, "id": id, "source_id": id, "essence_parameters": parameters})
    (row,) = store.ask(segments.listing, flow_id=own).to_pylist()
    store.writes.create_segments(id, placed(row, at_ns, 0, TWO_S))


def test_objects_that_initialise_themselves_play_by_their_byte_ranges(
    store: Store, tmp_path: Path
) -> None:
    playlist = store.playlist(FLOWS[True], "[0:0_4:0)")
    tags = [line.partition(":")[0] for line in str(playlist).splitlines() if "RANGE" in line]

    path = playlist.to_file(tmp_path / "own.m3u8")
    with av.open(str(path), options=dict(playlist.options)) as container:
        decoded = sum(1 for _frame in container.decode(video=0))

    assert ["#EXT-X-MAP", "#EXT-X-BYTERANGE"] * 2 == tags
    assert 100 == decoded
    assert () == playlist.notes


def test_times_that_begin_anew_are_said_to_be_skipped_by_ffmpeg(store: Store) -> None:
    row, *_others = store.ask(segments.listing, flow_id=FLOWS[True]).to_pylist()
    store.writes.create_segments(FLOWS[True], placed(row, 10 * SECOND, 0, TWO_S))
    playlist = store.playlist(FLOWS[True], "_")

    assert "begin anew once" in playlist.notes[-1]


def test_several_whole_files_are_refused(store: Store) -> None:
    with pytest.raises(BadParameter) as refused:
        store.playlist(FLOWS[False], "_")

    assert "has 2 segments there that are MP4 without initialisation segments" in str(refused.value)


def test_one_whole_file_is_taken_with_a_note(store: Store) -> None:
    assert "HLS players in browsers do not" in store.playlist(FLOWS[False], "[0:0_1:0)").notes[0]
