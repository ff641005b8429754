"""What belongs together: the files of one presentation, in tracks that share a timeline.

A media file is a presentation of one track with one item; a media playlist one of one track; a
multivariant playlist one with a track for each encoding and each rendition of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.playlist import (
    Item,
    MediaPlaylist,
    MultivariantPlaylist,
    Rendition,
    read_playlist,
)

LOG = logging.getLogger(__name__)

PLAYLISTS = (".m3u8", ".m3u")
MEDIA = (
    *(".3gp", ".avi", ".flv", ".m2ts", ".m4s", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"),
    *(".mts", ".mxf", ".ogv", ".ts", ".webm"),
    *(".aac", ".ac3", ".aif", ".aiff", ".ec3", ".flac", ".m4a", ".mka", ".mp2", ".mp3", ".oga"),
    *(".ogg", ".opus", ".wav"),
)
"""What of a folder is taken."""
SAYS_NOTHING = ("index", "main", "master", "playlist", "prog_index")
"""Names of playlists that are named after nothing: the folder's name says more."""


@dataclass(frozen=True)
class Track:
    """Items one after another. ``rendition`` is the alternative that it is, such as a language.

    ``is_window``: of a live stream that has lost its first items.
    """

    items: tuple[Item, ...]
    target_s: int = 0
    fixed: bool = True
    rendition: str | None = None
    is_window: bool = False


@dataclass(frozen=True)
class Presentation:
    """Tracks on one timeline, the leading one first; ``variants`` are the tracks shown together."""

    path: Path
    title: str
    tracks: tuple[Track, ...]
    variants: tuple[tuple[int, ...], ...]

    @property
    def fixed(self) -> bool:
        """Whether nothing can be added to it: a file, or playlists declared to be VOD."""
        return all(track.fixed for track in self.tracks)


def presentations(paths: Sequence[Path]) -> list[Presentation]:
    """The presentations that ``paths`` name: media files, playlists, folders of either."""
    return [presentation(path) for given in paths for path in _within(given)]


def presentation(path: Path) -> Presentation:
    """The presentation in one file. Media is not opened; a playlist that is wrong is refused."""
    if path.suffix.lower() not in PLAYLISTS:
        return Presentation(path, path.stem, (Track((Item(path),)),), ((0,),))
    playlist = read_playlist(path)
    title = path.absolute().parent.name if path.stem in SAYS_NOTHING else path.stem
    if isinstance(playlist, MediaPlaylist):
        return Presentation(path, title, (_track(playlist),), ((0,),))
    return _multivariant(playlist, title)


def _within(path: Path) -> Iterable[Path]:
    """A folder stands for its media files and playlists, but for what these playlists refer to."""
    if not path.is_dir():
        return [path]
    files = _media_files(path)
    referred = {
        other for file in files if file.suffix.lower() in PLAYLISTS for other in _referred(file)
    }
    found = [file for file in files if file not in referred]
    if not found:
        raise BadParameter("folder", str(path), "has no media file and no playlist")
    return found


def skipped(paths: Sequence[Path]) -> list[Path]:
    """What the folders among ``paths`` hold beside media and playlists: other files, folders."""
    folders = [path for path in paths if path.is_dir()]
    return [found for folder in folders for found in _shown(folder) if not _is_media(found)]


def _media_files(folder: Path) -> list[Path]:
    """By what they are called; what else is there is skipped, and told."""
    for other in skipped([folder]):
        LOG.info("%s: skipped, its name is not that of media", other)
    return [file for file in _shown(folder) if _is_media(file)]


def _shown(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name[0] != ".")


def _is_media(path: Path) -> bool:
    return path.suffix.lower() in (*PLAYLISTS, *MEDIA) and path.is_file()


def _referred(path: Path) -> set[Path]:
    playlist = read_playlist(path)
    if isinstance(playlist, MediaPlaylist):
        items = playlist.items
        return {item.path for item in items} | {item.init for item in items if item.init}
    renditions = {rendition.path for rendition in playlist.renditions if rendition.path}
    return renditions | {variant.path for variant in playlist.variants}


def _track(playlist: MediaPlaylist, rendition: str | None = None) -> Track:
    return Track(playlist.items, playlist.target_s, playlist.fixed, rendition, playlist.is_window)


def _multivariant(playlist: MultivariantPlaylist, title: str) -> Presentation:
    """Each playlist is one track, however many variants it belongs to."""
    tracks: dict[Path, Track] = {}
    variants = []
    for variant in playlist.variants:
        tracks.setdefault(variant.path, _track(_media(variant.path)))
        shown = [variant.path]
        for rendition in _renditions(playlist, variant.audio):
            if rendition.path and rendition.path not in shown:
                own = _track(_media(rendition.path), rendition.name)
                tracks.setdefault(rendition.path, own)
                shown.append(rendition.path)
        variants.append(tuple(list(tracks).index(path) for path in shown))
    return Presentation(
        playlist.path, title, tuple(tracks.values()), tuple(dict.fromkeys(variants))
    )


def _renditions(playlist: MultivariantPlaylist, group: str | None) -> list[Rendition]:
    return [one for one in playlist.renditions if one.kind == "AUDIO" and one.group == group]


def _media(path: Path) -> MediaPlaylist:
    playlist = read_playlist(path)
    if isinstance(playlist, MediaPlaylist):
        return playlist
    raise BadParameter("playlist", str(path), "is a multivariant playlist inside another one")
