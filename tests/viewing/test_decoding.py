"""Each picture of a file is found by its time, also where pictures are coded out of order."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tams_analytics.errors import EngineFailed
from tams_analytics.media.ranges import ObjectReader, Part
from tams_analytics.timerange import SECOND
from tams_analytics.viewing.decoding import Shot, first_from, last_before
from tests.viewing.conftest import FRAME_NS

PICTURES = 100
CODINGS = {
    "mp4": ("mp4", "libx264", {"bf": "3", "g": "24", "x264-params": "open-gop=1:scenecut=0"}),
    "ts": ("mpegts", "libx264", {"bf": "3", "g": "24", "x264-params": "open-gop=1:scenecut=0"}),
    "mpeg-2": ("mpegts", "mpeg2video", {"bf": "2", "g": "12", "qmin": "1", "qmax": "2"}),
    "matroska": ("matroska", "libx264", {"bf": "2", "g": "24"}),
    "fragments": ("mp4", "libx264", {"bf": "2", "g": "24", "movflags": "frag_keyframe+empty_moov"}),
}


def written(path: Path, container: str, codec: str, options: dict[str, str]) -> bytes:
    """Pictures of one grey each, 25 a second, the first of them at the container's own time."""
    flags = {name: options[name] for name in options if name == "movflags"}
    coding = {name: value for name, value in options.items() if name != "movflags"}
    with av.open(str(path), "w", format=container, options=flags) as out:
        stream = out.add_stream(codec, rate=25, options={**coding, "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(PICTURES):
            plane = np.full((96, 64), 128, np.uint8)
            plane[:64] = 16 + 2 * number
            frame = av.VideoFrame.from_ndarray(plane, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture(scope="module", params=CODINGS)
def data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("coded") / "file", *CODINGS[request.param])


def reader(data: bytes) -> ObjectReader:
    return ObjectReader([Part(len(data), lambda a, b: data[a:b])])


def number(shot: Shot | None) -> int | None:
    """By its grey."""
    if shot is None:
        return None
    return round((float(shot.frame.to_ndarray(format="yuv420p")[:64].mean()) - 16) / 2)


@pytest.fixture(scope="module")
def start_ns(data: bytes) -> int:
    """Of the first picture: a transport stream begins later than 0."""
    shot = first_from(reader(data), 0, -SECOND)
    assert shot is not None
    return shot.at_ns


def near(start_ns: int, picture: int) -> int:
    """When a picture begins, within half a millisecond, which is Matroska's own precision."""
    return start_ns + picture * FRAME_NS + 500_000


def test_every_picture_is_the_last_before_the_next(data: bytes, start_ns: int) -> None:
    file = reader(data)
    bounds = [near(start_ns, picture) for picture in range(PICTURES)]

    assert list(range(PICTURES)) == [number(last_before(file, 0, bound)) for bound in bounds]


def test_every_picture_is_the_first_behind_the_one_before(data: bytes, start_ns: int) -> None:
    file = reader(data)
    bounds = [near(start_ns, picture - 1) + 500_000 for picture in range(PICTURES)]

    assert list(range(PICTURES)) == [number(first_from(file, 0, bound)) for bound in bounds]


def test_a_bound_is_exclusive_unless_it_is_said_to_be_inclusive(data: bytes, start_ns: int) -> None:
    file = reader(data)
    shot = first_from(file, 0, near(start_ns, 40))
    assert shot is not None

    assert 40 == number(last_before(file, 0, shot.at_ns))
    assert 41 == number(last_before(file, 0, shot.at_ns, inclusive=True))
    assert 41 == number(first_from(file, 0, shot.at_ns))


def test_nothing_lies_before_the_first_picture_nor_behind_the_last(
    data: bytes, start_ns: int
) -> None:
    file = reader(data)

    assert last_before(file, 0, start_ns) is None
    assert first_from(file, 0, near(start_ns, PICTURES)) is None


def test_a_stream_that_there_is_not_is_an_error(data: bytes) -> None:
    with pytest.raises(EngineFailed, match="it has no such picture"):
        first_from(reader(data), 1, 0)


def test_what_is_no_media_is_an_error() -> None:
    with pytest.raises(EngineFailed, match="PyAV failed at decoding an object"):
        first_from(reader(b"no media at all" * 99), 0, 0)
