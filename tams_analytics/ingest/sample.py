"""Real media made on the spot: a moving picture and a tone, as HLS and as MP4.

For demonstrations and tests. The picture has 25 frames a second: colour bars, a box that crosses
them, and a clock that counts seconds and frames; the tone is 1 kHz with a pip on each second. The
same call makes the same bytes on the same build of the codecs.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tams_analytics.errors import BadParameter
from tams_analytics.media.drivers import pyav

FRAME_RATE = 25
SAMPLE_RATE = 48_000
SAMPLES_PER_FRAME = 1024
TONE_HZ = 1000
LOUDNESS, PIP_LOUDNESS, PIP_S = 0.1, 0.3, 0.1
BARS_YCBCR = (
    (180, 128, 128), (168, 44, 136), (145, 147, 44), (133, 63, 52), (63, 193, 204),
    (51, 109, 212), (28, 212, 120),
)  # fmt: skip
"""White, yellow, cyan, green, magenta, red, blue."""
GLYPHS = {
    "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717",
    "6": "74757", "7": "71122", "8": "75757", "9": "75717", ":": "02020",
}  # fmt: skip
"""Five rows of three blocks, each row an octal digit."""
WHITE, BLACK = 235, 16

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """What to make: a key frame each two seconds, and at the start of each HLS segment.

    ``segments`` is ``fmp4`` (with initialisation segments) or ``mpegts``.
    """

    seconds: int = 60
    width: int = 640
    height: int = 360
    segment_s: int = 4
    segments: str = "fmp4"


MINUTE = Sample()


def make_mp4(path: Path, sample: Sample = MINUTE) -> Path:
    """Picture and tone in one MP4 file at ``path``, its index in front."""
    with pyav().open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        _record(container, _picture(container, sample), _tone(container, sample))
    return path


def make_hls(folder: Path, sample: Sample = MINUTE) -> Path:
    """An HLS presentation in ``folder``, picture and tone apart; the path of ``index.m3u8``."""
    folder.mkdir(parents=True, exist_ok=True)
    with _playlist(folder, "video", sample) as container:
        _record(container, _picture(container, sample))
    with _playlist(folder, "audio", sample) as container:
        _record(container, _tone(container, sample))
    return _multivariant(folder, sample)


def make_muxed_hls(folder: Path, sample: Sample = MINUTE) -> Path:
    """An HLS presentation with picture and tone in the same segments; its media playlist."""
    folder.mkdir(parents=True, exist_ok=True)
    with _playlist(folder, "muxed", sample) as container:
        _record(container, _picture(container, sample), _tone(container, sample))
    return folder / "muxed.m3u8"


def _playlist(folder: Path, name: str, sample: Sample) -> Any:
    if "%" in str(folder):
        raise BadParameter("folder", str(folder), "has a %, where FFmpeg would put a number")
    options = {
        "hls_time": str(sample.segment_s),
        "hls_playlist_type": "vod",
        "hls_flags": "independent_segments",
        "hls_segment_type": sample.segments,
        "hls_fmp4_init_filename": f"{name}-init.mp4",
    }
    return pyav().open(str(folder / f"{name}.m3u8"), "w", format="hls", options=options)


def _multivariant(folder: Path, sample: Sample) -> Path:
    index = folder / "index.m3u8"
    index.write_text(
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="tone",NAME="Tone",LANGUAGE="zxx",DEFAULT=YES,'
        'AUTOSELECT=YES,CHANNELS="1",URI="audio.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS="avc1.42c01e,mp4a.40.2",'
        f'RESOLUTION={sample.width}x{sample.height},FRAME-RATE={FRAME_RATE}.000,AUDIO="tone"\n'
        "video.m3u8\n"
    )
    return index


Track = tuple[Any, Iterable[Any]]
"""A stream of the container, and the frames to encode into it."""


def _record(container: Any, *tracks: Track) -> None:
    """Encode the tracks side by side in the order of time, as a muxer wants them."""
    timed = (_timed(number, frames) for number, (_, frames) in enumerate(tracks))
    for _, number, frame in heapq.merge(*timed, key=itemgetter(0, 1)):
        stream = tracks[number][0]
        container.mux(stream.encode(frame))
    for stream, _ in tracks:
        container.mux(stream.encode(None))


def _timed(number: int, frames: Iterable[Any]) -> Iterator[tuple[Fraction, int, Any]]:
    for frame in frames:
        yield frame.pts * frame.time_base, number, frame


def _picture(container: Any, sample: Sample) -> Track:
    distance = str(2 * FRAME_RATE)
    options = {"preset": "ultrafast", "g": distance, "keyint_min": distance, "sc_threshold": "0"}
    # one thread: the bytes that x264 makes depend on the number of threads
    stream = container.add_stream("libx264", rate=FRAME_RATE, options={**options, "threads": "1"})
    stream.width, stream.height, stream.pix_fmt = sample.width, sample.height, "yuv420p"
    stream.codec_context.time_base = Fraction(1, FRAME_RATE)
    return stream, _frames(sample)


def _frames(sample: Sample) -> Iterator[Any]:
    av = pyav()
    bars = _bars(sample)
    for number in range(sample.seconds * FRAME_RATE):
        luma, colour = bars[0].copy(), bars[1]
        _draw_box(luma, number)
        _draw_clock(luma, number)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, colour]), format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
        yield frame


def _bars(sample: Sample) -> tuple[Plane, Plane]:
    """The luma plane, and both chroma planes (each a quarter of its size) below one another."""
    across = np.arange(sample.width) * len(BARS_YCBCR) // sample.width
    levels = np.array(BARS_YCBCR, np.uint8)[across]
    luma = np.tile(levels[:, 0], (sample.height, 1))
    chroma = [np.tile(levels[::2, plane], (sample.height // 2, 1)) for plane in (1, 2)]
    return luma, np.concatenate(chroma).reshape(-1, sample.width)


def _draw_box(luma: Plane, number: int) -> None:
    """A box a sixth of the height, which crosses the picture in eight seconds and returns."""
    height, width = luma.shape
    side = height // 6
    way, crossing = width - side, 8 * FRAME_RATE
    left = abs(number % (2 * crossing) - crossing) * way // crossing
    top = height * 2 // 3
    luma[top : top + side, left : left + side] = WHITE


def _draw_clock(luma: Plane, number: int) -> None:
    """Minutes, seconds and frames, as white blocks on black."""
    block = max(luma.shape[0] // 45, 1)
    seconds, frames = divmod(number, FRAME_RATE)
    text = f"{seconds // 60:02}:{seconds % 60:02}:{frames:02}"
    picture = np.concatenate([_glyph(character, block) for character in text], axis=1)
    height, width = picture.shape
    luma[block : block + height, block : block + width] = picture


@functools.lru_cache(maxsize=64)
def _glyph(character: str, block: int) -> Plane:
    """A character with a margin of one block."""
    rows = [[int(row) >> bit & 1 for bit in (2, 1, 0)] for row in GLYPHS[character]]
    blocks = np.pad(np.array(rows, np.uint8), ((1, 1), (1, 1)))
    picture: Plane = np.kron(blocks, np.full((block, block), WHITE - BLACK, np.uint8)) + BLACK
    return picture


def _tone(container: Any, sample: Sample) -> Track:
    stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = 96_000
    return stream, _tones(sample)


def _tones(sample: Sample) -> Iterator[Any]:
    av = pyav()
    total = sample.seconds * SAMPLE_RATE
    for first in range(0, total, SAMPLES_PER_FRAME):
        samples = np.arange(first, min(first + SAMPLES_PER_FRAME, total))
        loudness = np.where(samples % SAMPLE_RATE < PIP_S * SAMPLE_RATE, PIP_LOUDNESS, LOUDNESS)
        wave = loudness * np.sin(2 * np.pi * TONE_HZ * samples / SAMPLE_RATE)
        frame = av.AudioFrame.from_ndarray(wave.astype(np.float32)[None], "fltp", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, first
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame
