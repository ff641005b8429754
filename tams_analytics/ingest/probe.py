"""What a media file is and when its samples are shown, exactly.

Every packet is read once and none is kept: of each sample only its time, as one integer. Times are
rational seconds (ticks of the stream's clock); they are rounded to nanoseconds once, where they
are used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.joined import Joined
from tams_analytics.ingest.media import KINDS, Media
from tams_analytics.ingest.names import CONTAINERS, EITHER_CONTAINERS, INITIALISED, container_type
from tams_analytics.ingest.reading import Reading
from tams_analytics.media.drivers import pyav

TRANSPORT_PACKETS = (188, 192, 204)
"""The sizes, in bytes, of what a transport stream is made of."""
READABLE = {
    "format_whitelist": ",".join([*EITHER_CONTAINERS, *CONTAINERS]),
    "protocol_whitelist": "file",
}
"""A file that is really a playlist would make FFmpeg open what it refers to, on any host."""


STILLS = (".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp")
"""Names of pictures that do not move."""


def probe(path: Path, init: Path | None = None) -> Media:
    """The streams of the file at ``path``, which may need the initialisation segment ``init``.

    Raises `BadParameter` with the file's name and the reason for what is no media file, is empty,
    cut off or damaged, as far as decoding it tells (`decoding`).
    """
    with _explained(path), _opened(path, init) as container:
        readings = {stream.index: Reading(stream) for stream in _essences(container)}
        if not readings:
            raise _broken(path, "has neither picture nor sound")
        for packet in container.demux([reading.stream for reading in readings.values()]):
            readings[packet.stream_index].take(packet)
        return _media(path, init, container, list(readings.values()))


def _media(path: Path, init: Path | None, container: Any, readings: list[Reading]) -> Media:
    size = path.stat().st_size
    kind = min((reading.stream.type for reading in readings), key=KINDS.index)
    named = container_type(kind, container.format.name, container.metadata, _head(path))
    problems = [problem for reading in readings if (problem := reading.problem())]
    if named == "video/mp2t" and all(size % packet for packet in TRANSPORT_PACKETS):
        problems.insert(0, f"is cut off: {size} bytes are no whole packets of a transport stream")
    if problems:
        raise _broken(path, problems[0])
    essences = tuple(reading.essence() for reading in readings)
    return Media(path, INITIALISED if init else named, size, essences)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _essences(container: Any) -> Iterator[Any]:
    """Streams of picture and sound; not a cover, which is a picture without time."""
    av = pyav()
    for stream in container.streams:
        is_cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
        if stream.type in KINDS and stream.codec_context is not None and not is_cover:
            yield stream


@contextlib.contextmanager
def _opened(path: Path, init: Path | None) -> Iterator[Any]:
    """As a file object: FFmpeg would take a path such as ``concat:…`` for more than a name."""
    with (
        contextlib.closing(Joined([init, path] if init else [path])) as file,
        pyav().open(file, options=READABLE) as container,
    ):
        yield container


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except BadParameter:
        raise
    except (pyav().error.FFmpegError, OSError) as error:
        if path.suffix.lower() in STILLS and path.is_file():
            raise _broken(path, "is a still picture: not supported yet") from error
        if path.is_file() and not path.stat().st_size:
            raise _broken(path, "is empty: it has 0 bytes") from error
        raise _broken(path, f"cannot be read as media: {error.strerror}") from error


def _broken(path: Path, problem: str) -> BadParameter:
    return BadParameter("file", str(path), problem)
