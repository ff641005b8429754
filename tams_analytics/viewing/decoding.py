"""Pictures of an object by their time on the object's own timeline."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from tams_analytics.errors import EngineFailed
from tams_analytics.media.drivers import pyav
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.timerange import SECOND

PYAV = "PyAV"
"""What errors call the decoder."""


class Shot(NamedTuple):
    """A decoded picture, and when it begins: nanoseconds of the object's time, rounded once.

    ``aspect`` is how wide one of its pixels is, its height being 1.
    """

    at_ns: int
    frame: Any
    aspect: Fraction


def last_before(
    file: ObjectReader, stream: int, bound_ns: int, *, inclusive: bool = False
) -> Shot | None:
    """The last picture that begins before ``bound_ns``, or with ``inclusive`` just there.

    ``stream`` counts the pictures' streams. Raises `EngineFailed`.
    """
    bound_ns += inclusive
    with _shots(file, stream, bound_ns - 1) as shots:
        found = None
        for shot in itertools.takewhile(lambda shot: shot.at_ns < bound_ns, shots):
            found = shot
        return found


def first_from(file: ObjectReader, stream: int, bound_ns: int) -> Shot | None:
    """The first picture that begins at ``bound_ns`` or later. Raises `EngineFailed`."""
    with _shots(file, stream, bound_ns) as shots:
        return next((shot for shot in shots if shot.at_ns >= bound_ns), None)


@contextlib.contextmanager
def _shots(file: ObjectReader, stream: int, at_ns: int) -> Iterator[Iterator[Shot]]:
    """Pictures in order of time, from one that begins at ``at_ns`` or before, if there is any."""
    av = pyav()
    file.seek(0)
    try:
        with av.open(file) as container:
            pictures = container.streams.video
            if stream >= len(pictures):
                raise EngineFailed(PYAV, "decoding an object", "it has no such picture")
            yield _from(lambda place: _decoded(container, pictures[stream], place), at_ns)
    except av.error.FFmpegError as error:
        raise EngineFailed(PYAV, "decoding an object", str(error.strerror)) from error


def _from(decoded: Callable[[int | None], Iterator[Shot]], at_ns: int) -> Iterator[Shot]:
    """Where an index leads behind ``at_ns``, as that of a transport stream may, from the start."""
    found = decoded(at_ns)
    first = next(found, None)
    if first is None or first.at_ns > at_ns:
        yield from decoded(None)
    else:
        yield first
        yield from found


def _decoded(container: Any, stream: Any, at_ns: int | None) -> Iterator[Shot]:
    """From the key frame at ``at_ns`` or before; ``None``: from the first one."""
    tick = Fraction(stream.time_base)
    start, aspect = stream.start_time or 0, Fraction(stream.sample_aspect_ratio or 1)
    place = start if at_ns is None else max(int(Fraction(at_ns, SECOND) // tick), start)
    container.seek(place, stream=stream, backward=True)
    for frame in container.decode(stream):
        if frame.pts is not None:
            yield Shot(round(frame.pts * tick * SECOND), frame, aspect)
