"""The technical description of a flow, from all the files that become its segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.media import Essence
from tams_analytics.ingest.timeline import Placed
from tams_analytics.tables.formats import AUDIO, MULTI, VIDEO
from tams_analytics.timerange import SECOND

FORMATS = {"video": VIDEO, "audio": AUDIO, "multi": MULTI}
FIXED = ("frame_width", "frame_height", "sample_rate", "channels")
"""What one flow cannot have two of. The other parameters are left out where files differ."""


def essence_body(files: Sequence[Placed], number: int) -> dict[str, Any]:
    """Format, codec and parameters of the files' stream ``number``.

    Raises `BadParameter` for a file whose stream is of another kind.
    """
    essences = [file.media.essences[number] for file in files]
    first = essences[0]
    for file, essence in zip(files, essences, strict=True):
        _refuse_other(file, "codec", first.codec, essence.codec)
        for name in FIXED:
            _refuse_other(file, name, first.parameters.get(name), essence.parameters.get(name))
    return {
        "format": FORMATS[first.kind],
        "codec": first.codec,
        "essence_parameters": _shared_parameters(essences),
    }


def container_body(files: Sequence[Placed]) -> dict[str, Any]:
    """Container and average bit rate of the files themselves."""
    container = files[0].media.container
    for file in files:
        _refuse_other(file, "container", container, file.media.container)
        _refuse_other(file, "EXT-X-MAP", bool(files[0].item.init), bool(file.item.init))
        _refuse_other(file, "streams", _kinds(files[0]), _kinds(file))
    return {"container": container, **bit_rate(files, (file.media.size for file in files))}


def bit_rate(files: Sequence[Placed], sizes: Iterable[int]) -> dict[str, int]:
    """Average bit rate of what has ``sizes`` in these files, in 1000 bits a second."""
    shown_ns = sum(file.end_ns - file.start_ns for file in files)
    return {"avg_bit_rate": round(Fraction(sum(sizes) * 8 * SECOND, shown_ns * 1000))}


def payload_rate(files: Sequence[Placed], number: int) -> dict[str, int]:
    """Average bit rate of one stream, without its container."""
    return bit_rate(files, (file.media.essences[number].payload_bytes for file in files))


def mapping(file: Placed, number: int) -> dict[str, Any]:
    """The specification's ``container_mapping`` of one stream of a container."""
    essence = file.media.essences[number]
    before = file.media.essences[:number]
    found: dict[str, Any] = {
        "track_index": essence.track,
        "format_track_index": sum(other.kind == essence.kind for other in before),
    }
    container = file.media.container
    if container == "video/mp2t":
        found["mp2ts_container"] = {"pid": essence.track_id}
    if container.endswith("/mp4") or container in ("video/iso.segment", "video/quicktime"):
        found["isobmff_container"] = {"track_id": essence.track_id}
    return found


def _kinds(file: Placed) -> list[str]:
    return [essence.kind for essence in file.media.essences]


def _shared_parameters(essences: Sequence[Essence]) -> dict[str, Any]:
    first = dict(essences[0].parameters)
    shared = {
        name: value
        for name, value in first.items()
        if all(essence.parameters.get(name) == value for essence in essences)
    }
    is_picture = essences[0].kind == "video"
    if is_picture and not {"frame_rate", "vfr"} & shared.keys():
        shared["vfr"] = True  # files of different rates are a flow of a variable one
    return shared


def _refuse_other(file: Placed, name: str, wanted: Any, found: Any) -> None:
    if wanted != found:
        raise BadParameter(
            "file",
            str(file.media.path),
            f"has {name} {found}, the files before it {wanted}: they cannot be one flow",
        )
