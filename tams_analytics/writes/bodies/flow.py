"""The body of a flow: what all formats share, and what each of the five asks for (F31, F32)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from tams_analytics.errors import BadParameter
from tams_analytics.tables.formats import AUDIO, DATA, FORMATS, IMAGE, MULTI, VIDEO
from tams_analytics.writes.bodies.checking import Open, checked
from tams_analytics.writes.bodies.container import ContainerMapping, Member
from tams_analytics.writes.bodies.essence import (
    AudioEssence,
    DataEssence,
    ImageEssence,
    MultiEssence,
    Rate,
    VideoEssence,
)
from tams_analytics.writes.bodies.fields import (
    UNSET,
    Count,
    Date,
    Format,
    Label,
    MimeType,
    NoLink,
    Short,
    Status,
    Tags,
    Text,
    Uuid,
)
from tams_analytics.writes.bodies.limits import MOST_MEMBERS
from tams_analytics.writes.bodies.plain import Path, dotted

SERVER_MANAGED = ("created", "metadata_updated", "segments_updated", "timerange", "collected_by")
"""Accepted and ignored, so that what GET gave can be PUT (statements 93, 94)."""

TECHNICAL = frozenset(
    {
        "format",
        "codec",
        "container",
        "avg_bit_rate",
        "segment_duration",
        "container_mapping",
        "essence_parameters",
    }
)
"""What a flow takes from its profile, and may not give beside one (statement 75)."""

Members = Annotated[list[Member], Field(max_length=MOST_MEMBERS)]


class FlowCommon(Open):
    """What flows of all formats have."""

    id: Uuid
    source_id: Uuid
    label: Label = UNSET
    description: Text = UNSET
    created_by: Short = UNSET
    updated_by: Short = UNSET
    tags: Tags = UNSET
    metadata_version: Short = UNSET
    generation: Count = UNSET
    created: Date = UNSET
    metadata_updated: Date = UNSET
    segments_updated: Date = UNSET
    status: Status = UNSET
    read_only: bool = UNSET
    max_bit_rate: Count = UNSET
    timerange: Any = UNSET
    flow_collection: Members = UNSET
    collected_by: Any = UNSET


class Technical(Open):
    """What flows and profiles of all formats say of their coding."""

    format: Format
    container: MimeType = UNSET
    avg_bit_rate: Count = UNSET
    segment_duration: Rate = UNSET
    container_mapping: ContainerMapping = UNSET


class Video(Technical):
    """Technical metadata of pictures in time."""

    codec: MimeType
    essence_parameters: VideoEssence


class Audio(Technical):
    """Technical metadata of sound."""

    codec: MimeType
    essence_parameters: AudioEssence


class Image(Technical):
    """Technical metadata of still pictures."""

    codec: MimeType
    essence_parameters: ImageEssence


class Data(Technical):
    """Technical metadata of anything else."""

    codec: MimeType
    essence_parameters: DataEssence


class Multi(Technical):
    """Technical metadata of several essences; it needs no codec (statement 99)."""

    codec: MimeType = UNSET
    essence_parameters: MultiEssence = UNSET


class Linked(FlowCommon):
    """A flow that takes its technical metadata from a profile."""

    profile_id: Uuid


class Described(FlowCommon):
    """A flow with its own technical metadata; an empty ``profile_id`` breaks a link (§76)."""

    profile_id: NoLink = UNSET


class VideoFlow(Described, Video):
    """The body of a flow of this format."""


class AudioFlow(Described, Audio):
    """The body of a flow of this format."""


class ImageFlow(Described, Image):
    """The body of a flow of this format."""


class DataFlow(Described, Data):
    """The body of a flow of this format."""


class MultiFlow(Described, Multi):
    """The body of a flow of this format."""


FLOWS: Mapping[str, type[BaseModel]] = {
    VIDEO: VideoFlow,
    AUDIO: AudioFlow,
    IMAGE: ImageFlow,
    DATA: DataFlow,
    MULTI: MultiFlow,
}
"""The body of a flow of each format."""


def flow(body: Any, at: Path = ()) -> dict[str, Any]:
    """A flow's body, checked, without what only the server says. Raises `BadParameter`.

    ``at`` is where the body stands in what the client sent: ``(3,)`` in a batch.
    """
    model = Linked if is_linked(body) else of_format(FLOWS, body, at)
    document = checked(model, body, at)
    if model is Linked:
        _refuse_technical(document, at)
    for name in SERVER_MANAGED:
        document.pop(name, None)
    if document.get("profile_id") == "":
        del document["profile_id"]
    return document


def is_linked(body: Any) -> bool:
    return isinstance(body, dict) and body.get("profile_id", "") != ""


def of_format(models: Mapping[str, type[BaseModel]], body: Any, at: Path) -> type[BaseModel]:
    """The model of the format that ``body`` names. Raises `BadParameter`."""
    if not isinstance(body, dict):
        raise BadParameter(dotted(at), body, "is no object", "an object")
    format = body.get("format")
    if isinstance(format, str) and format in models:
        return models[format]
    problem = "is not known" if "format" in body else "is missing"
    expected = "one of " + ", ".join(name for name in FORMATS if name in models)
    raise BadParameter(dotted((*at, "format")), format, problem, expected)


def _refuse_technical(document: dict[str, Any], at: Path) -> None:
    for name in sorted(TECHNICAL & document.keys()):
        problem = "cannot be given together with profile_id"
        expected = 'the profile\'s value, or profile_id ""'
        raise BadParameter(dotted((*at, name)), document[name], problem, expected)
