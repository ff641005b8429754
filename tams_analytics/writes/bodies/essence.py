"""``essence_parameters`` of each format: closed objects (statements 96 to 98)."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, model_validator

from tams_analytics.writes.bodies.checking import Closed, Open
from tams_analytics.writes.bodies.fields import UNSET, Positive, Short, Whole, one_of, refusal


class Ratio(Open):
    """A rational number greater than 0."""

    numerator: Positive
    denominator: Positive


class Rate(Open):
    """A ratio whose denominator is 1 unless it is given (statement 101)."""

    numerator: Positive
    denominator: Positive = UNSET


class AvcParameters(Open):
    """The three bytes of an AVC codec string."""

    profile: Whole
    level: Whole
    flags: Whole


class AudioCodecParameters(Open):
    """Of a coded sound."""

    coded_frame_size: Whole = UNSET
    mp4_oti: Whole = UNSET


class UncompressedVideo(Open):
    """How raw pictures are packed."""

    unc_type: Annotated[
        str,
        PlainValidator(
            one_of(
                *("planar", "YUYV", "UYVY", "AYUV", "v210", "v216", "RGB", "RGBx", "xRGB", "BGRx"),
                *("xBGR", "RGBA", "ARGB", "BGRA", "ABGR", "alpha"),
            )
        ),
    ]


class UncompressedAudio(Open):
    """How raw channels are packed."""

    unc_type: Annotated[str, PlainValidator(one_of("interleaved", "planar", "pairs"))]


class VideoEssence(Closed):
    """Pictures in time: a frame rate, or ``vfr`` (statement 97)."""

    frame_width: Positive
    frame_height: Positive
    bit_depth: Positive = UNSET
    interlace_mode: Annotated[
        str,
        PlainValidator(one_of("progressive", "interlaced_tff", "interlaced_bff", "interlaced_psf")),
    ] = UNSET
    colorspace: Annotated[str, PlainValidator(one_of("BT601", "BT709", "BT2020", "BT2100"))] = UNSET
    transfer_characteristic: Annotated[str, PlainValidator(one_of("SDR", "HLG", "PQ"))] = UNSET
    aspect_ratio: Ratio = UNSET
    pixel_aspect_ratio: Ratio = UNSET
    component_type: Annotated[str, PlainValidator(one_of("YCbCr", "RGB"))] = UNSET
    horiz_chroma_subs: Positive = UNSET
    vert_chroma_subs: Positive = UNSET
    unc_parameters: UncompressedVideo = UNSET
    avc_parameters: AvcParameters = UNSET
    frame_rate: Rate = UNSET
    vfr: bool = UNSET
    init_segments: bool = UNSET

    @model_validator(mode="after")
    def _has_one_kind_of_rate(self) -> VideoEssence:
        given = "frame_rate" in self.model_fields_set
        if self.vfr and given:
            rate = self.frame_rate.model_dump()
            raise refusal("is given although vfr is true", "no frame_rate", "frame_rate", rate)
        if not self.vfr and not given:
            expected = 'for example {"numerator": 25, "denominator": 1}, or vfr true'
            raise refusal("is missing", expected, "frame_rate")
        return self


class AudioEssence(Closed):
    """Sound."""

    sample_rate: Positive
    channels: Positive
    bit_depth: Positive = UNSET
    codec_parameters: AudioCodecParameters = UNSET
    unc_parameters: UncompressedAudio = UNSET
    init_segments: bool = UNSET


class ImageEssence(Closed):
    """Still pictures."""

    frame_width: Positive
    frame_height: Positive
    aspect_ratio: Ratio = UNSET


class DataEssence(Closed):
    """Anything else."""

    data_type: Short = UNSET
    init_segments: bool = UNSET


class MultiEssence(Closed):
    """Several essences in one container."""

    init_segments: bool = UNSET
