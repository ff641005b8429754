"""What the newsroom's flows carry: formats, codings and rates, as TAMS 8.2 asks of each format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tams_analytics.tables.formats import AUDIO, DATA, IMAGE, MULTI, VIDEO
from tams_analytics.timerange import SECOND


@dataclass(frozen=True)
class Essence:
    """One kind of flow.

    ``columns`` and ``parameters`` are the technical metadata: what `flows` has a column for, and
    the ``essence_parameters`` that stay in ``body``. ``kilobits`` is the bit rate; ``sample_ns``
    the length of a sample, where samples lie on the grid of frames; ``key_frame_ns`` the distance
    of key frames. ``own_clock``: the timelines of its objects begin at 0.
    """

    name: str
    format: str
    role: str | None = None
    codec: str | None = None
    container: str | None = None
    kilobits: int = 0
    sample_ns: int | None = None
    key_frame_ns: int | None = None
    own_clock: bool = False
    generation: int | None = None
    columns: dict[str, Any] = field(default_factory=dict, hash=False)
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)
    source: str = ""

    @property
    def source_name(self) -> str:
        """The source that it represents; a proxy shares the one of the full picture."""
        return self.source or self.name

    @property
    def has_init_objects(self) -> bool:
        return bool(self.columns.get("init_segments"))


PICTURE = {
    "bit_depth": 8,
    "interlace_mode": "progressive",
    "colorspace": "BT709",
    "transfer_characteristic": "SDR",
    "aspect_ratio": {"numerator": 16, "denominator": 9},
}


def _picture(width: int, height: int, **more: Any) -> dict[str, Any]:
    size = {"frame_width": width, "frame_height": height}
    return {**size, "frame_rate_num": 25, "frame_rate_den": 1, **more}


COLLECTION = Essence("", MULTI)
LIVE_VIDEO = Essence(
    "video",
    VIDEO,
    role="video",
    codec="video/h264",
    container="video/mp2t",
    kilobits=8_000,
    sample_ns=SECOND // 25,
    key_frame_ns=SECOND,
    generation=1,
    columns=_picture(1920, 1080),
    parameters=PICTURE,
)
PROXY = Essence(
    "video proxy",
    VIDEO,
    role="proxy",
    codec="video/h264",
    container="video/iso.segment",
    kilobits=800,
    sample_ns=SECOND // 25,
    key_frame_ns=2 * SECOND,
    own_clock=True,
    generation=2,
    columns=_picture(640, 360, init_segments=True),
    parameters=PICTURE,
    source="video",
)
LIVE_AUDIO = Essence(
    "audio",
    AUDIO,
    role="audio",
    codec="audio/aac",
    container="audio/mp4",
    kilobits=192,
    generation=1,
    columns={"sample_rate": 48_000, "channels": 2},
)
SUBTITLES = Essence(
    "subtitles",
    DATA,
    role="subtitles",
    codec="application/ttml+xml",
    container="application/ttml+xml",
    kilobits=2,
    generation=0,
    parameters={"data_type": "urn:x-tams:data:subtitle"},
)
THUMBNAILS = Essence(
    "thumbnails",
    IMAGE,
    role="thumbnails",
    codec="image/jpeg",
    container="image/jpeg",
    kilobits=20,
    generation=2,
    columns={"frame_width": 320, "frame_height": 180},
)
FILE_VIDEO = Essence(
    "video",
    VIDEO,
    role="video",
    codec="video/h265",
    container="video/mp4",
    kilobits=12_000,
    sample_ns=SECOND // 25,
    key_frame_ns=2 * SECOND,
    own_clock=True,
    generation=1,
    columns=_picture(3840, 2160),
    parameters=PICTURE
    | {"bit_depth": 10, "colorspace": "BT2020", "transfer_characteristic": "HLG"},
)
FILE_AUDIO = Essence(
    "audio",
    AUDIO,
    role="audio",
    codec="audio/aac",
    container="audio/mp4",
    kilobits=320,
    own_clock=True,
    generation=1,
    columns={"sample_rate": 48_000, "channels": 2},
)
