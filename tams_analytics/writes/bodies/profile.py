"""The body of a profile: technical metadata of any format but ``multi`` (statement 71)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from tams_analytics.tables.formats import AUDIO, DATA, IMAGE, VIDEO
from tams_analytics.writes.bodies.checking import Open, checked
from tams_analytics.writes.bodies.fields import (
    UNSET,
    Date,
    Label,
    Short,
    Tags,
    Text,
    Uuid,
)
from tams_analytics.writes.bodies.flow import (
    Audio,
    Data,
    FlowCommon,
    Image,
    Video,
    of_format,
)

METADATA: Mapping[str, type[BaseModel]] = {VIDEO: Video, AUDIO: Audio, IMAGE: Image, DATA: Data}


class Profile(Open):
    """A set of technical metadata that flows can share."""

    id: Uuid
    label: Label = UNSET
    description: Text = UNSET
    created_by: Short = UNSET
    created: Date = UNSET
    tags: Tags = UNSET
    flow_metadata: dict[str, Any]


def profile(body: Any) -> dict[str, Any]:
    """A profile's body, checked, without ``created``. Raises `BadParameter`."""
    document = checked(Profile, body)
    metadata = document["flow_metadata"]
    model = of_format(METADATA, metadata, ("flow_metadata",))
    document["flow_metadata"] = checked(model, metadata, ("flow_metadata",))
    document.pop("created", None)
    return document


def given_to_flows(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a flow with this profile takes from its ``flow_metadata`` (statement 74)."""
    own = {*FlowCommon.model_fields, "profile_id"}
    return {name: value for name, value in metadata.items() if name not in own}
