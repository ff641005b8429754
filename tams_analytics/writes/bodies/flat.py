"""Bodies of ``POST /flows``, an extension: flat or nested, with much left out (mission R12)."""

from __future__ import annotations

import re
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.tables.formats import AUDIO, DATA, FORMATS, IMAGE, VIDEO
from tams_analytics.writes.bodies.essence import (
    AudioEssence,
    DataEssence,
    ImageEssence,
    MultiEssence,
    VideoEssence,
)
from tams_analytics.writes.bodies.flow import flow, is_linked
from tams_analytics.writes.bodies.plain import Path, dotted

RENAMED = {
    "color_space": "colorspace",
    "transfer_characteristics": "transfer_characteristic",
}
ESSENCES = (VideoEssence, AudioEssence, ImageEssence, DataEssence, MultiEssence)
FLAT = {name for essence in ESSENCES for name in essence.model_fields} | RENAMED.keys()
"""Keys that a flat body has at its top."""
RATIO = re.compile(r"(\d{1,18})/(\d{1,18})")
RATIOS = ("frame_rate", "aspect_ratio", "pixel_aspect_ratio")
OF_MAJOR_TYPE = {"video": VIDEO, "audio": AUDIO, "image": IMAGE}
CONTAINERS = {VIDEO: "video/mp4", AUDIO: "audio/mp4"}
"""Image and data: the codec is the container."""


def flat_flow(body: Any, at: Path = ()) -> dict[str, Any]:
    """A flow's body, nested, completed and checked. Raises `BadParameter`."""
    if not isinstance(body, dict) or is_linked(body):
        return flow(body, at)
    return flow(completed(nested(body), at), at)


def nested(body: dict[str, Any]) -> dict[str, Any]:
    """The 8.2 form of a body; one that has ``essence_parameters`` is nested already."""
    top = {name: value for name, value in body.items() if name not in FLAT}
    essence = {name: value for name, value in body.items() if name in FLAT}
    if "essence_parameters" in body:
        top, essence = dict(body), body["essence_parameters"]
    if isinstance(essence, dict) and (essence or "essence_parameters" in body):
        top["essence_parameters"] = _in_specified_words(essence)
    if "segment_duration" in body:
        top["segment_duration"] = _as_ratio(body["segment_duration"])
    return top


def _in_specified_words(essence: dict[str, Any]) -> dict[str, Any]:
    named = {RENAMED.get(name, name): value for name, value in essence.items()}
    return {name: _as_ratio(value) if name in RATIOS else value for name, value in named.items()}


def _as_ratio(value: Any) -> Any:
    """``"25/1"`` as an object; anything else as it is."""
    found = RATIO.fullmatch(value) if isinstance(value, str) else None
    return {"numerator": int(found[1]), "denominator": int(found[2])} if found else value


def completed(body: dict[str, Any], at: Path = ()) -> dict[str, Any]:
    """``body`` with its format, its container and, for data, its essence."""
    format = body["format"] if "format" in body else _format(body, at)
    container = CONTAINERS.get(format) if isinstance(format, str) else None
    if format in (IMAGE, DATA):
        container = body.get("codec")
    filled: dict[str, Any] = {"format": format}
    if container is not None:
        filled["container"] = container
    if format == DATA:
        filled["essence_parameters"] = {}
    return {**filled, **body}


def _format(body: dict[str, Any], at: Path) -> str:
    """The format that the keys imply, else the codec. Raises `BadParameter`."""
    essence = body.get("essence_parameters")
    keys = essence.keys() if isinstance(essence, dict) else set()
    codec = body.get("codec")
    of_codec = OF_MAJOR_TYPE.get(codec.partition("/")[0]) if isinstance(codec, str) else None
    if "frame_width" in keys:
        moves = "frame_rate" in keys or "vfr" in keys
        return IMAGE if of_codec == IMAGE and not moves else VIDEO
    if "sample_rate" in keys:
        return AUDIO
    if of_codec is not None:
        return of_codec
    expected = "one of " + ", ".join(FORMATS)
    raise BadParameter(dotted((*at, "format")), None, "is missing", expected)
