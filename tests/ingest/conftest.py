"""Small real media, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("av", reason="PyAV is in the extra [media]")

from tams_analytics.ingest.sample import Sample, make_hls, make_mp4, make_muxed_hls

SMALL = Sample(seconds=6, width=160, height=90, segment_s=2)


@pytest.fixture(scope="session")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of picture and sound in one file."""
    return make_mp4(tmp_path_factory.mktemp("mp4") / "sample.mp4", SMALL)


@pytest.fixture(scope="session")
def hls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The multivariant playlist of six seconds in segments of two, picture and sound apart."""
    return make_hls(tmp_path_factory.mktemp("hls"), SMALL)


@pytest.fixture(scope="session")
def muxed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The media playlist of a transport stream: picture and sound in the same segments."""
    sample = Sample(seconds=6, width=160, height=90, segment_s=2, segments="mpegts")
    return make_muxed_hls(tmp_path_factory.mktemp("muxed"), sample)
