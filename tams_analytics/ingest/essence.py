"""The technical parameters of one stream, in the specification's ``essence_parameters``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tams_analytics.ingest.names import RAW_AUDIO

PROGRESSIVE = "progressive"
FIELD_ORDERS = {
    1: PROGRESSIVE, 2: "interlaced_tff", 3: "interlaced_bff", 4: "interlaced_bff",
    5: "interlaced_tff",
}  # fmt: skip
"""By FFmpeg's AVFieldOrder; the field that is shown first counts."""
PRIMARIES = {1: "BT709", 5: "BT601", 6: "BT601", 9: "BT2020"}
"""By the code points of ITU-T H.273, as all codings carry them."""
TRANSFERS = {1: "SDR", 6: "SDR", 13: "SDR", 14: "SDR", 15: "SDR", 16: "PQ", 18: "HLG"}
RAW_PACKINGS = {"yuyv422": "YUYV", "uyvy422": "UYVY", "rgb24": "RGB", "rgba": "RGBA",
                "argb": "ARGB", "bgra": "BGRA", "abgr": "ABGR"}  # fmt: skip
AAC_OBJECT_TYPES = {"Main": 1, "LC": 2, "SSR": 3, "LTP": 4, "HE-AAC": 5, "HE-AACv2": 29}


def video_parameters(
    stream: Any, rate: Fraction | None, *, interlaced: bool | None
) -> dict[str, Any]:
    """Size, rate (``vfr`` where ``rate`` is None), scan, shape, colour and profile, where known.

    ``interlaced`` is what the first picture says of itself, None without one.
    """
    context = stream.codec_context
    timing = {"vfr": True} if rate is None else {"frame_rate": rational(rate)}
    return {
        "frame_width": context.width,
        "frame_height": context.height,
        **timing,
        **_scan(context, interlaced),
        **_shape(stream),
        **_samples(context.format),
        **_colour(context),
        **_avc(context),
        **_raw_video(context),
    }


def audio_parameters(stream: Any) -> dict[str, Any]:
    """Rate, channels, and what the coding says of itself."""
    context = stream.codec_context
    return {
        "sample_rate": context.sample_rate,
        "channels": context.layout.nb_channels,
        **(_raw_audio(context) if context.name[:5] in RAW_AUDIO else _coded_audio(context)),
    }


def rational(value: Fraction) -> dict[str, int]:
    return {"numerator": value.numerator, "denominator": value.denominator}


def _scan(context: Any, interlaced: bool | None) -> dict[str, Any]:
    """PyAV 17, the last for Python 3.10, does not tell which field is shown first."""
    order = FIELD_ORDERS.get(int(getattr(context, "field_order", 0)))
    if order is None and interlaced is False:
        order = PROGRESSIVE
    return {"interlace_mode": order} if order else {}


def _shape(stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    pixel = stream.sample_aspect_ratio or context.sample_aspect_ratio
    if not pixel:
        return {}
    picture = Fraction(context.width, context.height) * pixel
    return {"aspect_ratio": rational(picture), "pixel_aspect_ratio": rational(Fraction(pixel))}


def _samples(format_: Any) -> dict[str, Any]:
    if format_ is None:
        return {}
    depth = {"bit_depth": format_.components[0].bits}
    if format_.is_rgb:
        return {**depth, "component_type": "RGB"}
    return {
        **depth,
        "component_type": "YCbCr",
        "horiz_chroma_subs": 16 // (format_.chroma_width(16) or 16),
        "vert_chroma_subs": 16 // (format_.chroma_height(16) or 16),
    }


def _colour(context: Any) -> dict[str, Any]:
    space = PRIMARIES.get(int(context.color_primaries))
    transfer = TRANSFERS.get(int(context.color_trc))
    if space == "BT2020" and transfer in ("PQ", "HLG"):
        space = "BT2100"  # BT.2100 is BT.2020's primaries with a high dynamic range
    found = {"colorspace": space, "transfer_characteristic": transfer}
    return {name: value for name, value in found.items() if value}


def _avc(context: Any) -> dict[str, Any]:
    """Profile, flags and level of H.264: in the avcC box, or behind the first SPS's start code."""
    if context.name != "h264" or not context.extradata:
        return {}
    extra = bytes(context.extradata)
    start = 1 if extra[0] == 1 else _after_sps(extra)
    if start is None or len(extra) < start + 3:
        return {}
    profile, flags, level = extra[start : start + 3]
    return {"avc_parameters": {"profile": profile, "level": level, "flags": flags}}


def _raw_video(context: Any) -> dict[str, Any]:
    if context.name == "v210":
        return {"unc_parameters": {"unc_type": "v210"}}
    if context.name != "rawvideo":
        return {}
    return {"unc_parameters": {"unc_type": RAW_PACKINGS.get(context.pix_fmt, "planar")}}


def _after_sps(extra: bytes) -> int | None:
    for start in range(len(extra) - 4):
        if extra[start : start + 3] == b"\0\0\1" and extra[start + 3] & 0x1F == 7:
            return start + 4
    return None


def _raw_audio(context: Any) -> dict[str, Any]:
    layout = "planar" if context.name.endswith("_planar") else "interleaved"
    depth = int("".join(filter(str.isdigit, context.name)))
    return {"bit_depth": depth, "unc_parameters": {"unc_type": layout}}


def _coded_audio(context: Any) -> dict[str, Any]:
    found = {
        "coded_frame_size": context.frame_size,
        "mp4_oti": AAC_OBJECT_TYPES.get(str(context.profile)) if context.name == "aac" else None,
    }
    known = {name: value for name, value in found.items() if value}
    return {"codec_parameters": known} if known else {}
