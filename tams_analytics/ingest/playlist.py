"""HLS playlists (RFC 8216), read strictly: which files, in which order, at which time.

Only what says something about files and time is read, and what would make their reading wrong
(byte ranges, encryption, files elsewhere) is refused with its line. `m3u8` from PyPI was not taken:
it reads any text as an empty playlist, and times of day to microseconds in floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import tr

_attribute = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",\s]+)(?:,\s*|$)')
SAYS_NOTHING = "NONE"
REFUSED = {
    "EXT-X-BYTERANGE": "parts of files are not ingested",
    "EXT-X-DEFINE": "variables are not replaced",
    "EXT-X-SKIP": "it is only what changed of another playlist",
}


@dataclass(frozen=True)
class Item:
    """One segment: its file, the initialisation segment that it needs, and when it is shown.

    ``at_ns`` is the programme's date and time on TAI, where the playlist has one for the segment.
    """

    path: Path
    init: Path | None = None
    discontinuity: bool = False
    at_ns: int | None = None


@dataclass(frozen=True)
class MediaPlaylist:
    """Segments in their order. ``fixed``: it is declared to be VOD, which never changes.

    ``is_window``: it still changes, and segments that were its first are gone.
    """

    path: Path
    items: tuple[Item, ...]
    target_s: int
    fixed: bool
    is_window: bool = False


@dataclass(frozen=True)
class Rendition:
    """An alternative of a group, such as a language; ``path`` None: in the variant's own files."""

    kind: str
    group: str
    name: str
    path: Path | None


@dataclass(frozen=True)
class Variant:
    """One encoding of the whole; ``audio`` is the group of renditions that belongs to it."""

    path: Path
    audio: str | None


@dataclass(frozen=True)
class MultivariantPlaylist:
    """Encodings and renditions of one presentation."""

    path: Path
    variants: tuple[Variant, ...]
    renditions: tuple[Rendition, ...]


def read_playlist(path: Path) -> MediaPlaylist | MultivariantPlaylist:
    """The playlist at ``path``. Raises `BadParameter` with the line that is wrong."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadParameter("playlist", str(path), f"cannot be read: {error}") from error
    if not lines or lines[0].rstrip() != "#EXTM3U":
        raise BadParameter("playlist", str(path), "is no playlist", "a first line #EXTM3U")
    is_multivariant = any(line.startswith("#EXT-X-STREAM-INF") for line in lines)
    return (_Multivariant if is_multivariant else _Media)(path).read(lines)


@dataclass
class _Reader:
    path: Path
    number: int = 0

    def lines(self, lines: list[str]) -> Iterator[tuple[str | None, str]]:
        """Tag and value of each line; a URI has no tag. Comments are left out."""
        for self.number, line in enumerate(lines, 1):
            text = line.strip()
            if text.startswith("#EXT"):
                tag, _, value = text[1:].partition(":")
                yield tag, value
            elif text and not text.startswith("#"):
                yield None, text

    def attributes(self, text: str) -> Mapping[str, str]:
        found = _attribute.findall(text)
        if "".join(match.group() for match in _attribute.finditer(text)) != text:
            raise self.wrong(text, "is no list of attributes", 'NAME=VALUE,NAME="VALUE"')
        return {name: value.strip('"') for name, value in found}

    def needed(self, attributes: Mapping[str, str], name: str) -> str:
        if name in attributes:
            return attributes[name]
        raise self.wrong(name, "is missing")

    def file(self, uri: str) -> Path:
        """The file that a URI names, beside the playlist."""
        parts = urlsplit(uri)
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            raise self.wrong(uri, "is no file beside the playlist", "a relative path")
        return self.path.parent / unquote(parts.path)

    def wrong(self, value: str, problem: str, expected: str = "") -> BadParameter:
        return BadParameter(f"{self.path}, line {self.number}", value, problem, expected)


@dataclass
class _Media(_Reader):
    items: list[Item] = field(default_factory=list)
    target_s: int = 0
    fixed: bool = False
    init: Path | None = None
    discontinuity: bool = False
    at_ns: int | None = None
    is_gap: bool = False
    sequence: int = 0
    ended: bool = False

    def read(self, lines: list[str]) -> MediaPlaylist:
        for tag, value in self.lines(lines):
            if tag is None:
                self._add(value)
            elif tag in REFUSED:
                raise self.wrong(tag, f"is not read: {REFUSED[tag]}")
            elif tag in _MEDIA_TAGS:
                _MEDIA_TAGS[tag](self, value)
        if not self.items:
            raise BadParameter("playlist", str(self.path), "has no segment")
        is_window = self.sequence > 0 and not (self.fixed or self.ended)
        return MediaPlaylist(self.path, tuple(self.items), self.target_s, self.fixed, is_window)

    def _add(self, uri: str) -> None:
        if not self.is_gap:
            self.items.append(Item(self.file(uri), self.init, self.discontinuity, self.at_ns))
            self.discontinuity = False
        self.at_ns, self.is_gap = None, False

    def _map(self, value: str) -> None:
        attributes = self.attributes(value)
        if "BYTERANGE" in attributes:
            raise self.wrong("BYTERANGE", f"is not read: {REFUSED['EXT-X-BYTERANGE']}")
        self.init = self.file(self.needed(attributes, "URI"))

    def _key(self, value: str) -> None:
        method = self.needed(self.attributes(value), "METHOD")
        if method != SAYS_NOTHING:
            raise self.wrong(method, "encrypts the segments; nothing could be learnt of them")

    def _target(self, value: str) -> None:
        self.target_s = self._whole(value, "of seconds")

    def _first(self, value: str) -> None:
        self.sequence = self._whole(value, "of segments")

    def _whole(self, value: str, what: str) -> int:
        if not value.isascii() or not value.isdigit():
            raise self.wrong(value, f"is no whole number {what}")
        return int(value)

    def _date(self, value: str) -> None:
        try:
            self.at_ns = tr.utc(value, None).start_ns
        except ValueError as error:
            raise self.wrong(value, "is no date and time", "2026-09-01T20:00:00.000Z") from error

    def _discontinuity(self, value: str) -> None:
        self.discontinuity = True

    def _gap(self, value: str) -> None:
        self.is_gap = True

    def _end(self, value: str) -> None:
        self.ended = True

    def _type(self, value: str) -> None:
        self.fixed = value == "VOD"


_MEDIA_TAGS: dict[str, Callable[[_Media, str], None]] = {
    "EXT-X-MAP": _Media._map,
    "EXT-X-KEY": _Media._key,
    "EXT-X-TARGETDURATION": _Media._target,
    "EXT-X-PROGRAM-DATE-TIME": _Media._date,
    "EXT-X-DISCONTINUITY": _Media._discontinuity,
    "EXT-X-ENDLIST": _Media._end,
    "EXT-X-GAP": _Media._gap,
    "EXT-X-MEDIA-SEQUENCE": _Media._first,
    "EXT-X-PLAYLIST-TYPE": _Media._type,
}


@dataclass
class _Multivariant(_Reader):
    def read(self, lines: list[str]) -> MultivariantPlaylist:
        variants: list[Variant] = []
        renditions: list[Rendition] = []
        group: str | None = None
        for tag, value in self.lines(lines):
            if tag in REFUSED:
                raise self.wrong(tag, f"is not read: {REFUSED[tag]}")
            if tag is None:
                variants.append(Variant(self.file(value), group))
            elif tag == "EXT-X-STREAM-INF":
                group = self.attributes(value).get("AUDIO")
            elif tag == "EXT-X-MEDIA":
                renditions.append(self._rendition(self.attributes(value)))
        return MultivariantPlaylist(self.path, tuple(variants), tuple(renditions))

    def _rendition(self, attributes: Mapping[str, str]) -> Rendition:
        kind, group, name = (self.needed(attributes, key) for key in ("TYPE", "GROUP-ID", "NAME"))
        uri = attributes.get("URI")
        return Rendition(kind, group, name, self.file(uri) if uri else None)
