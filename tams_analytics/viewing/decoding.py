"""Pictures of an object by their time on the object's own timeline."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Generator
from fractions import Fraction
from typing import Any, NamedTuple

from tams_analytics.errors import EngineFailed
from tams_analytics.media.drivers import pyav
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.timerange import SECOND

PYAV = "PyAV"
"""What errors call the decoder."""

BACK_NS = (0, 2 * SECOND, 10 * SECOND, None)
"""So far before a time it is sought, at last from the start.

An index may lead behind it, as that of a transport stream does; and what was coded before the key
frame that it leads to may be shown only after it.
"""


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
    found = None
    with contextlib.closing(_shots(file, stream, bound_ns - 1)) as shots:
        for shot in itertools.takewhile(lambda shot: shot.at_ns < bound_ns, shots):
            found = shot
    return found


def first_from(file: ObjectReader, stream: int, bound_ns: int) -> Shot | None:
    """The first picture that begins at ``bound_ns`` or later. Raises `EngineFailed`."""
    with contextlib.closing(_shots(file, stream, bound_ns - 1)) as shots:
        return next((shot for shot in shots if shot.at_ns >= bound_ns), None)


def _shots(file: ObjectReader, stream: int, at_ns: int) -> Generator[Shot, None, None]:
    """Pictures in order of time, from one that begins at ``at_ns`` or before, if there is any."""
    for back_ns in BACK_NS:
        shots = _decoded(file, stream, None if back_ns is None else at_ns - back_ns)
        first = next(shots, None)
        if back_ns is None or (first is not None and first.at_ns <= at_ns):
            yield from itertools.chain([] if first is None else [first], shots)
            return
        shots.close()


def _decoded(file: ObjectReader, stream: int, at_ns: int | None) -> Generator[Shot, None, None]:
    """From a key frame near ``at_ns``; ``None``: from the first one."""
    av = pyav()
    file.seek(0)
    try:
        with av.open(file) as container:
            pictures = _pictures(container, stream)
            tick = Fraction(pictures.time_base)
            if at_ns is not None:
                place = max(int(Fraction(at_ns, SECOND) // tick), pictures.start_time or 0)
                container.seek(place, stream=pictures, backward=True)
            aspect = Fraction(pictures.sample_aspect_ratio or 1)
            for frame in container.decode(pictures):
                if frame.pts is not None:
                    yield Shot(round(frame.pts * tick * SECOND), frame, aspect)
    except av.error.FFmpegError as error:
        raise EngineFailed(PYAV, "decoding an object", str(error.strerror)) from error


def _pictures(container: Any, stream: int) -> Any:
    found = container.streams.video
    if stream < len(found):
        return found[stream]
    raise EngineFailed(PYAV, "decoding an object", "it has no such picture")
