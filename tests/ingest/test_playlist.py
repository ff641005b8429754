"""HLS playlists, read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.playlist import (
    Item,
    MediaPlaylist,
    MultivariantPlaylist,
    Rendition,
    Variant,
    read_playlist,
)
from tams_analytics.timerange import tr


@pytest.fixture
def written(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str) -> Path:
        path = tmp_path / "list.m3u8"
        path.write_text(text)
        return path

    return write


def test_a_media_playlist_is_its_segments_in_order(written, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    playlist = read_playlist(
        written(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n# a comment\n\n"
            '#EXT-X-MAP:URI="init.mp4"\n#EXT-X-KEY:METHOD=NONE\n'
            "#EXT-X-PROGRAM-DATE-TIME:2026-09-01T20:00:00.040Z\n#EXTINF:4,\na%20b.m4s\n"
            "#EXT-X-GAP\n#EXTINF:4,\nabsent.m4s\n"
            '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="other.mp4"\n#EXTINF:4,\nc.m4s\n'
            "#EXTINF:4,\nd.m4s\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-ENDLIST\n"
        )
    )

    at_ns = tr.utc("2026-09-01T20:00:00.040Z", None).start_ns
    assert playlist == MediaPlaylist(
        tmp_path / "list.m3u8",
        (
            Item(tmp_path / "a b.m4s", tmp_path / "init.mp4", False, at_ns),
            Item(tmp_path / "c.m4s", tmp_path / "other.mp4", True),
            Item(tmp_path / "d.m4s", tmp_path / "other.mp4"),
        ),
        4,
        True,
    )


def test_a_playlist_that_is_not_vod_may_grow(written) -> None:  # type: ignore[no-untyped-def]
    playlist = read_playlist(written("#EXTM3U\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n"))

    assert isinstance(playlist, MediaPlaylist)
    assert not playlist.fixed


def test_a_multivariant_playlist_is_its_variants_and_renditions(hls: Path) -> None:
    folder = hls.parent

    assert read_playlist(hls) == MultivariantPlaylist(
        hls,
        (Variant(folder / "video.m3u8", "tone"),),
        (Rendition("AUDIO", "tone", "Tone", folder / "audio.m3u8"),),
    )


def test_what_ffmpeg_wrote_is_read(hls: Path) -> None:
    playlist = read_playlist(hls.parent / "video.m3u8")

    assert isinstance(playlist, MediaPlaylist)
    assert [item.path.name for item in playlist.items] == [f"video{n}.m4s" for n in range(3)]
    assert {item.init for item in playlist.items} == {hls.parent / "video-init.mp4"}
    assert (playlist.target_s, playlist.fixed) == (2, True)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("#EXT-X-BYTERANGE:75232@0\nfile.ts", "line 2: 'EXT-X-BYTERANGE' is not read"),
        ('#EXT-X-MAP:URI="i.mp4",BYTERANGE="600@0"\nfile.m4s', "line 2: 'BYTERANGE' is not read"),
        ('#EXT-X-KEY:METHOD=AES-128,URI="k"\nfile.ts', "line 2: 'AES-128' encrypts"),
        ("#EXTINF:4,\nhttps://example.com/a.ts", "line 3: .* is no file beside the playlist"),
        ("#EXTINF:4,\n/etc/passwd", "line 3: .* expected a relative path"),
        ("#EXT-X-MAP:URI\nfile.m4s", "line 2: .* is no list of attributes"),
        ("#EXT-X-MAP:NAME=a\nfile.m4s", "line 2: 'URI' is missing"),
        ("#EXT-X-PROGRAM-DATE-TIME:yesterday\nfile.ts", "line 2: 'yesterday' is no date"),
        ("#EXT-X-TARGETDURATION:4.5\nfile.ts", "line 2: '4.5' is no whole number"),
        ('#EXT-X-DEFINE:NAME="a",VALUE="b"\nfile.ts', "line 2: .* variables are not replaced"),
        ("#EXT-X-ENDLIST", "has no segment"),
    ],
)
def test_what_would_be_read_wrongly_is_refused_with_its_line(written, lines, complaint) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match=complaint):
        read_playlist(written(f"#EXTM3U\n{lines}\n"))


@pytest.mark.parametrize("text", ["", "<html></html>", "#EXTM3U8\n", "a.ts\n"])
def test_a_text_that_is_no_playlist_is_refused(written, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match="is no playlist"):
        read_playlist(written(text))


def test_a_playlist_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="cannot be read"):
        read_playlist(tmp_path / "missing.m3u8")
