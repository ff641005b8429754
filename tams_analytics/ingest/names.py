"""FFmpeg's names for codings and containers, as the MIME types that the specification asks for.

IANA's registry first, the specification's examples where they differ (``audio/x-raw-int``); what
neither knows is named ``video/x-…`` or ``audio/x-…``.
"""

from __future__ import annotations

from collections.abc import Mapping

VIDEO_CODECS = {
    "av1": "video/AV1",
    "dnxhd": "video/x-dnxhd",
    "dvvideo": "video/DV",
    "h264": "video/h264",
    "hevc": "video/H265",
    "jpeg2000": "video/jp2",
    "mjpeg": "image/jpeg",
    "mpeg1video": "video/mpeg",
    "mpeg2video": "video/mpeg",
    "mpeg4": "video/MP4V-ES",
    "prores": "video/x-prores",
    "rawvideo": "video/raw",
    "theora": "video/theora",
    "v210": "video/raw",
    "vp8": "video/VP8",
    "vp9": "video/VP9",
}
AUDIO_CODECS = {
    "aac": "audio/aac",
    "ac3": "audio/ac3",
    "eac3": "audio/eac3",
    "flac": "audio/flac",
    "mp2": "audio/mpeg",
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "pcm_alaw": "audio/PCMA",
    "pcm_mulaw": "audio/PCMU",
    "vorbis": "audio/vorbis",
}
RAW_AUDIO = {"pcm_f": "audio/x-raw-float", "pcm_s": "audio/x-raw-int", "pcm_u": "audio/x-raw-int"}
DECODERS = {"libdav1d": "av1", "libopus": "opus", "libvorbis": "vorbis", "mp3float": "mp3"}
"""Where FFmpeg's preferred decoder is named otherwise than the coding."""

INITIALISED = "video/iso.segment"
"""A fragment of MP4 that needs its initialisation segment, picture or sound."""
EITHER_CONTAINERS = {"mp4": "{}/mp4", "matroska": "{}/matroska", "ogg": "{}/ogg"}
"""Containers registered for picture and for sound."""
CONTAINERS = {
    "aac": "audio/aac",
    "aiff": "audio/x-aiff",
    "avi": "video/x-msvideo",
    "flac": "audio/flac",
    "flv": "video/x-flv",
    "mp3": "audio/mpeg",
    "mpeg": "video/mp2p",
    "mpegts": "video/mp2t",
    "mxf": "application/mxf",
    "wav": "audio/wav",
}


def codec_type(kind: str, name: str) -> str:
    """The MIME type of the coding that FFmpeg calls ``name``; ``kind`` is video or audio."""
    name = DECODERS.get(name, name)
    known = VIDEO_CODECS if kind == "video" else AUDIO_CODECS
    return known.get(name) or RAW_AUDIO.get(name[:5]) or f"{kind}/x-{name.replace('_', '-')}"


def container_type(kind: str, names: str, metadata: Mapping[str, str], head: bytes = b"") -> str:
    """The MIME type of a container by FFmpeg's ``names`` for it and the kind of what it holds.

    ``head`` is how the file begins: WebM is a Matroska file that calls itself so.
    """
    if metadata.get("major_brand", "").startswith("qt"):
        return "video/quicktime"
    if b"webm" in head:
        return f"{kind}/webm"
    for name in names.split(","):
        if name in EITHER_CONTAINERS:
            return EITHER_CONTAINERS[name].format(kind)
        if name in CONTAINERS:
            return CONTAINERS[name]
    return f"{kind}/x-{names.partition(',')[0].replace('_', '-')}"
