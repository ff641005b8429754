"""Real media made on the spot."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.ingest.sample import Sample, make_hls, make_mp4
from tams_analytics.media import drivers

TINY = Sample(seconds=2, width=160, height=90)


def test_the_same_call_makes_the_same_bytes(tmp_path: Path) -> None:
    first, second = (make_mp4(tmp_path / name, TINY) for name in ("a.mp4", "b.mp4"))

    assert first.read_bytes() == second.read_bytes()


def test_the_picture_moves_and_shows_bars(mp4: Path) -> None:
    with av.open(str(mp4)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]

    assert len(pictures) == 150
    assert pictures[0].shape == (90, 160, 3)
    assert np.any(pictures[0] != pictures[30])
    red, green, blue = (int(channel) for channel in pictures[0][45, 150])
    assert blue > 150
    assert max(red, green) < 60


def test_the_tone_is_one_kilohertz(mp4: Path) -> None:
    with av.open(str(mp4)) as container:
        wave = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])

    spectrum = np.abs(np.fft.rfft(wave[48_000:96_000]))
    assert int(spectrum.argmax()) == 1000


def test_hls_is_cut_at_each_segment(hls: Path) -> None:
    assert {path.name for path in hls.parent.iterdir()} == {
        *("index.m3u8", "video.m3u8", "audio.m3u8", "video-init.mp4", "audio-init.mp4"),
        *(f"video{number}.m4s" for number in range(3)),
        *(f"audio{number}.m4s" for number in range(4)),
    }


def test_a_folder_that_ffmpeg_would_misread_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="FFmpeg would put a number"):
        make_hls(tmp_path / "100%d", TINY)


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)

    with pytest.raises(Unsupported, match=r'pip install "tams-analytics\[media\]"'):
        drivers.pyav()
