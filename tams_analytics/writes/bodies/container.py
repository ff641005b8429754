"""Where an essence is in its container, and what a flow collects."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from tams_analytics.writes.bodies.checking import Open
from tams_analytics.writes.bodies.fields import UNSET, Count, Short, Uuid, Whole, matching

RANGE = re.compile(r"[0-9]+_[0-9]+")
PACKAGE = re.compile(
    r"urn:smpte:umid:[0-9a-fA-F]{8}(.[0-9a-fA-F]{8}){7}"
    r"|urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)


class AudioTrack(Open):
    """Which channels of an audio track."""

    channel_numbers: Annotated[list[Count], Field(min_length=1)] = UNSET
    channel_range: Annotated[Short, matching(RANGE, "is no range of channels", "0_1")] = UNSET


class Mp2tsContainer(Open):
    """In an MPEG-2 transport stream."""

    pid: Whole = UNSET


class MxfContainer(Open):
    """In MXF."""

    package_uid: Annotated[
        Short, matching(PACKAGE, "is no package UID", "urn:smpte:umid:… or urn:uuid:…")
    ] = UNSET
    track_id: Whole = UNSET


class IsobmffContainer(Open):
    """In MP4 and its relatives."""

    track_id: Whole = UNSET


class ContainerMapping(Open):
    """Where an essence is in its container."""

    track_index: Count = UNSET
    format_track_index: Count = UNSET
    audio_track: AudioTrack = UNSET
    mp2ts_container: Mp2tsContainer = UNSET
    mxf_container: MxfContainer = UNSET
    isobmff_container: IsobmffContainer = UNSET


class Member(Open):
    """One item of a ``flow_collection`` (statement 124)."""

    id: Uuid
    role: Short = UNSET
    container_mapping: ContainerMapping = UNSET
