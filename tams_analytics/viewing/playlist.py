"""A playlist as a value: what plays, what is to be known of it, and what shows it.

``build`` asks the store; see `tams_analytics.viewing.hls` for the lines.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.timerange import SECOND, DurationLike, TimeRange, TimeRangeLike
from tams_analytics.viewing import hls, master
from tams_analytics.viewing.boxes import boxed, copyable
from tams_analytics.viewing.containers import FRAGMENTS, looked_into, refuse_other
from tams_analytics.viewing.pieces import Ask, Piece
from tams_analytics.viewing.reaching import Reach
from tams_analytics.viewing.showing import Shown, Track, shown

OPTIONS = MappingProxyType(
    {
        "protocol_whitelist": "file,http,https,tcp,tls,crypto",
        "allowed_extensions": "ALL",
        "extension_picky": "0",
    }
)
"""What FFmpeg and PyAV need to open a playlist: else they take no network from a file, and no URL
that does not end in ``.ts`` or the like, which the keys of objects do not."""
SUFFIXES = (".m3u8", ".m3u")
STEM = "playlist"


@dataclass(frozen=True, repr=False)
class Playlist:
    """An HLS playlist of a flow in a timerange. ``str()`` is its text, the m3u8.

    Where tracks play side by side that is a master playlist, and ``media`` has the media playlists
    that it names, by file name. ``timerange`` is what was asked for with what is around it,
    ``plays`` what is played: whole segments. ``notes`` say what a listener should know. Presigned
    URLs in it let anybody read, until they expire. PyAV opens what ``to_file`` wrote:
    ``av.open(str(path), options=dict(playlist.options))``.
    """

    flow_id: str
    name: str
    timerange: TimeRange
    plays: TimeRange
    text: str
    segments: int
    notes: tuple[str, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, str]:
        """What FFmpeg and PyAV need to open it."""
        return OPTIONS

    def to_file(self, path: str | Path) -> Path:
        """Write it, and beside it the media playlists that it names; the path.

        ``path`` ends in ``.m3u8``. The names of those begin with the name of this one, as
        `master.in_uri` writes it. Raises `BadParameter`.
        """
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise BadParameter("path", str(path), "is no name of a playlist", "a name.m3u8")
        stem = master.in_uri(path.stem)
        names = {name: f"{stem}-{n}{path.suffix}" for n, name in enumerate(self.media, 1)}
        for name, lines in self.media.items():
            path.with_name(names[name]).write_text(lines, encoding="utf-8")
        path.write_text(master.renamed(self.text, names), encoding="utf-8")
        return path

    def facts(self) -> Iterator[tuple[str, str]]:
        """What it is, as names and values."""
        yield "flow", self.flow_id
        yield "asked for", str(self.timerange)
        yield "plays", f"{self.plays}, {text.plural(self.segments, 'segment')}"
        start, end = self.plays.start_ns or 0, self.plays.end_ns or 0
        if text.is_wall_clock(start):
            yield "in UTC", f"{text.utc(start)} to {text.utc(end)}"
        options = " ".join(f"-{name} {value}" for name, value in OPTIONS.items())
        yield "to play", f"VLC, or ffplay {options} {STEM}.m3u8"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Facts, notes and the text to copy; no script."""
        texts = {f"{STEM}.m3u8": self.text, **self.media}
        copies = (copyable(name, lines) for name, lines in texts.items())
        return boxed(f"Playlist · {self.name}", self.facts(), self.notes, copies)


def build(
    ask: Ask,
    reach: Reach,
    flow: str,
    during: TimeRangeLike,
    *,
    around: DurationLike = 0,
) -> Playlist:
    """The playlist of the flow that ``flow`` names: see `tams_analytics.store.Store.playlist`."""
    found = shown(ask, flow, during, around)
    found = replace(found, tracks=tuple(looked_into(track, reach) for track in found.tracks))
    notes = [*found.notes]
    for track in found.tracks:
        notes += refuse_other(track)
    notes += _notes(found)
    texts = [hls.media_playlist(each.pieces, reach, found.timerange) for each in found.tracks]
    notes += _expiry(found, reach)
    if len(texts) == 1:
        return _made(found, texts[0], notes, {})
    named = master.renditions(found.tracks, STEM)
    media = {each.file: lines for each, lines in zip(named, texts, strict=True)}
    return _made(found, master.master_playlist(named), notes, media)


def _made(found: Shown, lines: str, notes: Sequence[str], media: Mapping[str, str]) -> Playlist:
    pieces = [piece for track in found.tracks for piece in track.pieces]
    return Playlist(
        flow_id=str(found.flow["id"]),
        name=found.name,
        timerange=found.timerange,
        plays=TimeRange.from_ns(
            min(piece.first_ns for piece in pieces), max(piece.after_ns for piece in pieces)
        ),
        text=lines,
        segments=len(pieces),
        notes=tuple(dict.fromkeys(notes)),
        media=media,
    )


def _notes(found: Shown) -> Iterator[str]:
    several = len(found.tracks) > 1
    for track in found.tracks:
        of_track = f"{track.name}: " if several else ""
        yield from (f"{of_track}{said}" for said in _notes_of(track, found.timerange))
    if several and any(hls.missing(track.pieces) for track in found.tracks):
        yield (
            "Where a track misses time, players that do not follow EXT-X-PROGRAM-DATE-TIME let"
            " picture and sound run apart."
        )


def _expiry(found: Shown, reach: Reach) -> list[str]:
    """What URLs that carry a permission mean; those of files and of others carry none."""
    lives_s = reach.lives_s(found.tracks[0].pieces[0].instances)
    if lives_s is None:
        return []
    return [f"Whoever has it may read by its URLs, for {text.roughly(lives_s * SECOND)}."]


def _notes_of(track: Track, window: TimeRange) -> Iterator[str]:
    pieces = track.pieces
    holes = hls.missing(pieces)
    if holes:
        ns = sum(hole.duration_ns or 0 for hole in holes)
        yield f"{text.plural(len(holes), 'gap')}, {text.duration(ns)} in all: play goes on behind."
    doubled = _doubled(pieces)
    if doubled:
        yield f"{text.plural(doubled, 'segment')} overlap one before: their time is played twice."
    cut = [piece for piece in pieces if piece.is_cut]
    if cut:
        yield (
            f"{text.plural(len(cut), 'segment')} of which the flow shows a part: HLS plays the"
            f" whole object, first {cut[0].object_id}, shown in {cut[0].timerange}."
        )
    restarts = _restarts(pieces)
    if restarts and track.flow["container"] in FRAGMENTS:
        yield (
            f"Times within its MP4 begin anew {_times(restarts)}: players follow that, FFmpeg and"
            " PyAV leave out what comes at a time that they had."
        )
    yield from _edges(pieces, window)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{text.count(number)} times"


def _restarts(pieces: Sequence[Piece]) -> int:
    """How often what is played goes back on the objects' own timeline."""
    pairs = itertools.pairwise(pieces)
    return sum(
        after.first_ns - after.offset_ns < before.after_ns - before.offset_ns
        for before, after in pairs
    )


def _doubled(pieces: Sequence[Piece]) -> int:
    reached, found = pieces[0].end_ns, 0
    for piece in pieces[1:]:
        found += piece.start_ns < reached
        reached = max(reached, piece.end_ns)
    return found


def _edges(pieces: Sequence[Piece], window: TimeRange) -> Iterator[str]:
    """Whole segments begin before a timerange, and end after it."""
    early = 0 if window.start_ns is None else window.start_ns - pieces[0].first_ns
    late = 0 if window.end_ns is None else max(each.after_ns for each in pieces) - window.end_ns
    sides = [(early, "begins", "before"), (late, "ends", "after")]
    told = [f"{verb} {text.duration(ns)} {side}" for ns, verb, side in sides if ns > 0]
    if told:
        yield f"It {' and '.join(told)} what was asked for: HLS plays whole segments."
