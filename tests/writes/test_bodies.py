"""Bodies: what is refused, in which words, by format (statements 96 to 101, F30 to F39, F89)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies import flow, profile, source
from tams_analytics.writes.bodies.limits import (
    MOST_DEPTH,
    MOST_LABEL_BYTES,
    MOST_MEMBERS,
    MOST_TAGS,
)
from tams_analytics.writes.bodies.plain import refuse_unless_plain
from tams_analytics.writes.bodies.properties import property_value

ID = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c01"
SOURCE = "a0456629-b25d-4c4b-b631-0861621f67c7"
COMMON: dict[str, Any] = {"id": ID, "source_id": SOURCE}
VIDEO = {
    **COMMON,
    "format": "urn:x-nmos:format:video",
    "codec": "video/h264",
    "essence_parameters": {
        "frame_width": 1920,
        "frame_height": 1080,
        "frame_rate": {"numerator": 25},
    },
}
AUDIO = {
    **COMMON,
    "format": "urn:x-nmos:format:audio",
    "codec": "audio/aac",
    "essence_parameters": {"sample_rate": 48000, "channels": 2},
}
IMAGE = {
    **COMMON,
    "format": "urn:x-tam:format:image",
    "codec": "image/jpeg",
    "essence_parameters": {"frame_width": 1920, "frame_height": 1080},
}
DATA = {
    **COMMON,
    "format": "urn:x-nmos:format:data",
    "codec": "application/json",
    "essence_parameters": {},
}
MULTI = {**COMMON, "format": "urn:x-nmos:format:multi"}
FORMATS = {"video": VIDEO, "audio": AUDIO, "image": IMAGE, "data": DATA, "multi": MULTI}
MISSING: Any = object()


def changed(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """``body`` with one field set, or taken away by `MISSING`."""
    new = copy.deepcopy(body)
    inner = new
    *path, last = field.split(".")
    for key in path:
        inner = inner.setdefault(key, {})
    inner[last] = value
    if value is MISSING:
        del inner[last]
    return new


def refused(body: Any) -> BadParameter:
    with pytest.raises(BadParameter) as caught:
        flow(body)
    return caught.value


@pytest.mark.parametrize("format", FORMATS)
def test_a_flow_of_each_format_is_taken(format: str) -> None:
    assert flow(FORMATS[format])["format"] == FORMATS[format]["format"]


REFUSALS: list[tuple[str, str, Any]] = [
    *[("video", f"essence_parameters.{name}", 0) for name in ("frame_width", "frame_height")],
    *[("video", f"essence_parameters.{name}", MISSING) for name in ("frame_width", "frame_height")],
    ("video", "essence_parameters.frame_width", -1),
    ("video", "essence_parameters.frame_width", "1920"),
    ("video", "essence_parameters.frame_width", 1920.0),
    ("video", "essence_parameters.frame_width", True),
    ("video", "essence_parameters.frame_width", 2**63),
    ("video", "essence_parameters.frame_rate", MISSING),
    ("video", "essence_parameters.frame_rate", "25/1"),
    ("video", "essence_parameters.frame_rate.numerator", 0),
    ("video", "essence_parameters.frame_rate.denominator", 0),
    ("video", "essence_parameters.vfr", "true"),
    ("video", "essence_parameters.interlace_mode", "interlaced"),
    ("video", "essence_parameters.colorspace", "bt709"),
    ("video", "essence_parameters.aspect_ratio.numerator", 16),
    ("video", "essence_parameters.avc_parameters.profile", 66),
    ("video", "essence_parameters.unc_parameters.unc_type", "i420"),
    ("video", "essence_parameters.sample_rate", 48000),
    ("audio", "essence_parameters.sample_rate", 0),
    ("audio", "essence_parameters.sample_rate", MISSING),
    ("audio", "essence_parameters.channels", 0),
    ("audio", "essence_parameters.channels", MISSING),
    ("audio", "essence_parameters.frame_rate", {"numerator": 25}),
    ("audio", "essence_parameters.codec_parameters.mp4_oti", "2"),
    ("image", "essence_parameters.frame_width", 0),
    ("image", "essence_parameters.frame_height", MISSING),
    ("image", "essence_parameters.init_segments", True),
    ("data", "essence_parameters", MISSING),
    ("data", "essence_parameters.data_type", 1),
    ("data", "essence_parameters.bits", 1),
    ("multi", "essence_parameters.frame_width", 1920),
    ("multi", "essence_parameters.init_segments", 1),
    *[(format, "codec", MISSING) for format in ("video", "audio", "image", "data")],
    *[(format, "essence_parameters", None) for format in FORMATS],
    *[(format, "id", ID.upper()) for format in FORMATS],
    *[(format, "source_id", MISSING) for format in FORMATS],
]


@pytest.mark.parametrize(("format", "field", "value"), REFUSALS)
def test_96_97_98_99_what_a_format_does_not_allow_is_refused_by_its_field(
    format: str, field: str, value: Any
) -> None:
    named = refused(changed(FORMATS[format], field, value)).name

    assert named == field or named.startswith(field.rpartition(".")[0] + ".")


EVERYWHERE: list[tuple[str, Any, str]] = [
    ("format", "urn:x-nmos:format:image", "format"),
    ("format", MISSING, "format"),
    ("format", 5, "format"),
    ("codec", "h264", "codec"),
    ("codec", "video/h264; profile=high", "codec"),
    ("container", "video/", "container"),
    ("container", "video/mp4\n", "container"),
    ("id", "4f1cd6e2-0a3b-6c57-9d6a-1f6b7d3a9c01", "id"),
    ("id", "4f1cd6e2-0a3b-4c57-7d6a-1f6b7d3a9c01", "id"),
    ("id", ID + "\n", "id"),
    ("label", None, "label"),
    ("label", 5, "label"),
    ("label", "a\0b", "label"),
    ("label", "half \ud83d", "label"),
    ("label", "x" * (MOST_LABEL_BYTES + 1), "label"),
    ("label", "ü" * (MOST_LABEL_BYTES // 2 + 1), "label"),
    ("description", ["x"], "description"),
    ("status", "closed", "status"),
    ("read_only", "false", "read_only"),
    ("read_only", 0, "read_only"),
    ("generation", -1, "generation"),
    ("generation", False, "generation"),
    ("avg_bit_rate", 1.5, "avg_bit_rate"),
    ("avg_bit_rate", "128", "avg_bit_rate"),
    ("max_bit_rate", -1, "max_bit_rate"),
    ("max_bit_rate", 2**63, "max_bit_rate"),
    ("segment_duration", {"numerator": 0}, "segment_duration.numerator"),
    ("segment_duration", {"denominator": 1}, "segment_duration.numerator"),
    ("segment_duration", 2, "segment_duration"),
    ("container_mapping", {"track_index": -1}, "container_mapping.track_index"),
    (
        "container_mapping",
        {"audio_track": {"channel_numbers": []}},
        "container_mapping.audio_track.channel_numbers",
    ),
    (
        "container_mapping",
        {"mxf_container": {"package_uid": "urn:smpte:umid:060a2b34"}},
        "container_mapping.mxf_container.package_uid",
    ),
    ("created", "yesterday", "created"),
    ("created", "2026-02-30T00:00:00Z", "created"),
    ("metadata_updated", "2026-09-01", "metadata_updated"),
    ("segments_updated", 1756000000, "segments_updated"),
    ("tags", [], "tags"),
    ("tags", {"a": 1}, "tags.a"),
    ("tags", {"a": None}, "tags.a"),
    ("tags", {"a": ["x", 1]}, "tags.a"),
    ("tags", {"a": {"b": "c"}}, "tags.a"),
    ("tags", {"a\0": "x"}, "tags"),
    ("tags", {str(at): "" for at in range(MOST_TAGS + 1)}, "tags"),
    ("flow_collection", {}, "flow_collection"),
    ("flow_collection", [{}], "flow_collection.0.id"),
    ("flow_collection", [{"id": ID}, {"id": "x"}], "flow_collection.1.id"),
    ("flow_collection", [{"id": ID, "role": 1}], "flow_collection.0.role"),
    ("flow_collection", [{"id": ID}] * (MOST_MEMBERS + 1), "flow_collection"),
    ("profile_id", 5, "profile_id"),
    ("extension", {"deep": [float("nan")]}, "extension.deep.0"),
    ("extension", {1: "x"}, "extension"),
    ("extension", b"bytes", "extension"),
]


@pytest.mark.parametrize(("field", "value", "named"), EVERYWHERE)
def test_f37_what_no_flow_allows_is_a_value_error_that_names_the_field(
    field: str, value: Any, named: str
) -> None:
    error = refused(changed(AUDIO, field, value))

    assert isinstance(error, ValueError)
    assert error.name == named
    assert str(error).startswith((f"{named}: ", f"{named} is missing; "))


def test_a_number_that_no_store_holds_is_refused() -> None:
    assert refused({**AUDIO, "extension": 10**5000}).name == "extension"


def test_a_document_nested_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]

    assert "nested too deep" in str(refused({**AUDIO, "extension": deep}))


@pytest.mark.parametrize("leaf", ["text", "é", 1])
def test_the_deepest_level_is_the_same_for_all_values(leaf: Any) -> None:
    document: dict[str, Any] = {"value": leaf}
    for _ in range(MOST_DEPTH - 1):
        document = {"inner": document}

    refuse_unless_plain(document)
    with pytest.raises(BadParameter, match="nested too deep"):
        refuse_unless_plain({"outer": document})


@pytest.mark.parametrize("body", [None, [], "text", 5])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    assert refused(body).name == "body"


def test_97_a_variable_frame_rate_takes_the_place_of_a_fixed_one() -> None:
    essence = {"frame_width": 1920, "frame_height": 1080, "vfr": True}

    assert flow({**VIDEO, "essence_parameters": essence})["essence_parameters"] == essence


def test_97_a_frame_rate_beside_vfr_is_refused() -> None:
    error = refused(changed(VIDEO, "essence_parameters.vfr", True))

    assert error.name == "essence_parameters.frame_rate"
    assert "although vfr is true" in str(error)


def test_98_unknown_keys_at_flow_level_are_kept_as_they_are() -> None:
    extension = {"a": [1, 2.5, None, True, "ü"], "b": {}}

    assert flow({**MULTI, "x_extension": extension})["x_extension"] == extension


def test_93_94_what_only_the_server_says_is_ignored() -> None:
    ours = {
        "created": "2024-04-25T15:56:00.0Z",
        "metadata_updated": "2023-12-14T16:34:58.131620",
        "timerange": "no timerange at all",
        "collected_by": [ID],
    }

    assert flow({**AUDIO, **ours}) == flow(AUDIO)


def test_a_body_is_not_changed_by_reading_it() -> None:
    body = copy.deepcopy(VIDEO)
    flow(body)

    assert body == VIDEO


@pytest.mark.parametrize("field", ["codec", "essence_parameters", "format", "avg_bit_rate"])
def test_75_technical_metadata_beside_a_profile_is_refused(field: str) -> None:
    body = {**COMMON, "profile_id": ID, field: {**AUDIO, "avg_bit_rate": 1}[field]}

    assert refused(body).name == field


def test_71_a_profile_is_never_multi() -> None:
    with pytest.raises(BadParameter, match=r"flow_metadata\.format"):
        profile({"id": ID, "flow_metadata": {"format": "urn:x-nmos:format:multi"}})


def test_a_profile_checks_its_flow_metadata() -> None:
    metadata = {"format": AUDIO["format"], "codec": "audio/aac", "essence_parameters": {}}

    with pytest.raises(BadParameter, match=r"^flow_metadata\.essence_parameters\.sample_rate"):
        profile({"id": ID, "flow_metadata": metadata})


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "x"), ("format", "video"), ("format", MISSING), ("label", None), ("created", "now")],
)
def test_f30_a_source_is_refused_by_its_field(field: str, value: Any) -> None:
    body = {"id": ID, "format": "urn:x-nmos:format:video", field: value}

    with pytest.raises(BadParameter) as caught:
        source({name: part for name, part in body.items() if part is not MISSING})
    assert caught.value.name == field


@pytest.mark.parametrize("value", ["5", 5.0, -1, True, None, [5]])
def test_116_a_bit_rate_is_a_whole_number_of_at_least_0(value: Any) -> None:
    with pytest.raises(BadParameter, match="max_bit_rate"):
        property_value("max_bit_rate", value)
