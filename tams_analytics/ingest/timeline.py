"""Where on the flows' timeline each file of a presentation lies.

Media timestamps decide, exactly; a playlist's durations are rounded and are not read. All tracks
share one offset from media time to flow time, so that picture and sound stay in step. It holds
until a discontinuity: then the leading track goes on where it ended, or at the playlist's date.

AppNote 0012: a range ends where the next sample starts. Where two files meet within half a picture
(1 ms of sound: less than a clock of 90 kHz rounds to), the seam is closed; a larger hole stays one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.media import Media
from tams_analytics.ingest.playlist import Item
from tams_analytics.timerange import SECOND, format_timestamp

SOUND_SEAM_NS = 1_000_000
TURNING = ("video/mp2t", "video/mp2p")
TURN_S = Fraction(1 << 33, 90_000)
"""The clock of an MPEG stream starts again after so many seconds: 26.5 hours."""
WITHOUT_CLOCK = ("audio/aac", "audio/mpeg", "audio/wav")
"""Containers whose every file starts at zero: they are laid one after another."""

Read = tuple[Item, Media]


@dataclass(frozen=True)
class Placed:
    """A file on the timeline. Flow time is media time plus ``offset_ns``."""

    item: Item
    media: Media
    start_ns: int
    end_ns: int
    last_ns: int
    offset_ns: int

    @property
    def object_bounds_ns(self) -> tuple[int, int]:
        """All samples of the file on its own timeline, and at least what the flow shows of it."""
        start = min(ns(self.media.start), self.start_ns - self.offset_ns)
        return start, max(ns(self.media.end), self.end_ns - self.offset_ns)


def ns(seconds: Fraction) -> int:
    """Nanoseconds, rounded once."""
    return round(seconds * SECOND)


def placed(tracks: Sequence[Sequence[Read]], start_ns: int | None) -> list[list[Placed]]:
    """Each track's files on the common timeline, the leading track's first at ``start_ns``.

    Without it, at the playlist's date and time, else at 0:0. Raises `BadParameter` for files that
    overlap and for tracks whose discontinuities differ.
    """
    runs = [_runs(track) for track in tracks]
    for track, own in zip(tracks, runs, strict=True):
        if len(own) != len(runs[0]):
            problem = f"has {len(own) - 1} discontinuities, the first track {len(runs[0]) - 1}"
            raise BadParameter("playlist of", str(track[0][0].path), problem)
    anchors = _anchors(runs[0], start_ns)
    return [_joined(list(itertools.chain(*map(_placed, own, anchors)))) for own in runs]


def _runs(track: Sequence[Read]) -> list[list[Read]]:
    runs: list[list[Read]] = []
    for item, media in track:
        if item.discontinuity or not runs:
            runs.append([])
        runs[-1].append((item, media))
    return runs


@dataclass(frozen=True)
class Anchor:
    """What ties a run to the timeline: flow time is media time plus ``offset_ns``.

    ``start`` is the media time at which the leading track starts.
    """

    start: Fraction
    offset_ns: int


def _anchors(runs: Sequence[Sequence[Read]], start_ns: int | None) -> list[Anchor]:
    """One for each run of the leading track; ``start_ns`` overrides the playlist's dates."""
    anchors: list[Anchor] = []
    reached_ns = start_ns or 0
    for run in runs:
        first = run[0][1]
        dates = [(item.at_ns, media) for item, media in run if item.at_ns is not None]
        known = dates if start_ns is None else []
        at_ns, media = [*known, (reached_ns, first)][0]
        anchors.append(Anchor(first.leading.start, at_ns - ns(media.leading.start)))
        reached_ns = max(one.end_ns for one in _placed(run, anchors[-1]))
    return anchors


def _placed(run: Sequence[Read], anchor: Anchor) -> Iterator[Placed]:
    """The files of one run; each is expected where the one before it ended."""
    expected = anchor.start
    for item, media in run:
        lead = media.leading
        shift = _shift(media, expected - lead.start)
        expected = lead.end + shift
        offset_ns = ns(lead.start + shift) - ns(lead.start) + anchor.offset_ns
        start_ns, end_ns, last_ns = (ns(at) + offset_ns for at in (lead.start, lead.end, lead.last))
        yield Placed(item, media, start_ns, end_ns, last_ns, offset_ns)


def _shift(media: Media, behind: Fraction) -> Fraction:
    """What to add to a clock that starts again, in each file or now and then."""
    if media.container in WITHOUT_CLOCK:
        return behind
    if media.container in TURNING:
        return round(behind / TURN_S) * TURN_S
    return Fraction(0)


def _joined(files: list[Placed]) -> list[Placed]:
    """Close the seams between neighbours; refuse those that overlap."""
    pairs = itertools.pairwise(files)
    return [_meeting(one, following) for one, following in pairs] + files[-1:]


def _meeting(one: Placed, following: Placed) -> Placed:
    hole = following.start_ns - one.end_ns
    if abs(hole) <= _seam_ns(one):
        return replace(one, end_ns=following.start_ns)
    if hole < 0:
        raise BadParameter(
            "file",
            str(following.item.path),
            f"starts at {format_timestamp(following.start_ns)}, before {one.item.path.name} ends",
            f"{format_timestamp(one.end_ns)} or later, or #EXT-X-DISCONTINUITY before it",
        )
    return one


def _seam_ns(one: Placed) -> int:
    is_picture = one.media.leading.kind == "video"
    return (one.end_ns - one.last_ns) // 2 if is_picture else SOUND_SEAM_NS
