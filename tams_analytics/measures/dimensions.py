"""What measures can be asked by: source, flow, format, …, tag:NAME, day, storage backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tams_analytics.errors import BadParameter

Of = Literal["flow", "time", "place"]
"""What a dimension divides: flows, time, or objects by where they are kept."""


@dataclass(frozen=True)
class Dimension:
    """What a group is of: its name, and the column of a result that has it."""

    name: str
    column: str
    meaning: str
    of: Of
    is_partition: bool = True
    """A thing is in exactly one group; else in several, so that groups never add up to the whole.
    """
    tag: str | None = None
    """The tag that is meant, of ``tag:…`` and ``source_tag:…``."""

    @property
    def divides(self) -> str:
        """What it tells apart."""
        return DIVIDES[self.of]

    @property
    def kind(self) -> str:
        """The name under which it is listed: ``tag`` of ``tag:channel``."""
        return self.name.split(":")[0]


DIVIDES: dict[Of, str] = {
    "flow": "what is of flows",
    "time": "what is of a time",
    "place": "objects, instances and their bytes",
}
TAG, SOURCE_TAG, COLLECTION = "tag", "source_tag", "collection"
DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("source", "source_id", "the flow's source", "flow"),
    Dimension("flow", "flow_id", "the flow that a segment is of", "flow"),
    Dimension("format", "format", "the flow's format", "flow"),
    Dimension("codec", "codec", "the flow's codec", "flow"),
    Dimension("container", "container", "the flow's container", "flow"),
    Dimension("label", "label", "the flow's label", "flow"),
    Dimension(TAG, "NAME", "tag:NAME: each value of a tag of the flow", "flow", False),
    Dimension(SOURCE_TAG, "NAME", "source_tag:NAME: the same of its source", "flow", False),
    Dimension(COLLECTION, "collection_id", "each flow that collects the flow", "flow", False),
    Dimension("hour", "hour", "an hour of tz", "time"),
    Dimension("day", "day", "a day of tz, from day_starts on", "time"),
    Dimension("week", "week", "a week of tz, from Monday at day_starts on", "time"),
    Dimension("month", "month", "a month of tz, from its first day at day_starts on", "time"),
    Dimension(
        "storage_backend", "storage_id", "each storage backend with an instance", "place", False
    ),
)
"""All of them, in the order in which they are told."""
BY_NAME = {dimension.name: dimension for dimension in DIMENSIONS}
COLUMNS = {dimension.column: dimension for dimension in DIMENSIONS if dimension.column != "NAME"}

FLOW = tuple(each.name for each in DIMENSIONS if each.of == "flow")
ONE_EACH = tuple(each.name for each in DIMENSIONS if each.of == "flow" and each.is_partition)
"""A flow is in one group of these."""
TIME = tuple(each.name for each in DIMENSIONS if each.of == "time")
PLACE = tuple(each.name for each in DIMENSIONS if each.of == "place")


def chosen(by: str | Sequence[str], taken: Sequence[str] = ()) -> tuple[Dimension, ...]:
    """The dimensions of these names, in order. Raises `BadParameter`.

    ``taken``: columns that a result has beside those.
    """
    asked = [by] if isinstance(by, str) else list(by)
    found = tuple(map(_named, asked))
    seen = {column.casefold() for column in taken}
    for dimension in found:
        if dimension.column.casefold() in seen:
            problem = f"would be a second column {dimension.column}"
            raise BadParameter("by", dimension.name, problem, "each of them once")
        seen.add(dimension.column.casefold())
    times = [dimension.name for dimension in found if dimension.of == "time"]
    if len(times) > 1:
        problem = "are several measures of time"
        raise BadParameter("by", " and ".join(times), problem, f"one of {', '.join(TIME)}")
    return found


def of_column(column: str) -> Dimension:
    """What a column of a result has groups of; any column without another name is a tag."""
    if column in COLUMNS:
        return COLUMNS[column]
    return _named(column if ":" in column else f"{TAG}:{column}")


def _named(name: str) -> Dimension:
    kind, colon, tag = str(name).partition(":")
    if kind in (TAG, SOURCE_TAG) and tag:
        return replace(BY_NAME[kind], name=name, column=_column(kind, tag), tag=tag)
    if colon or name not in BY_NAME or name in (TAG, SOURCE_TAG):
        listed = [f"{each}:NAME" if each in (TAG, SOURCE_TAG) else each for each in BY_NAME]
        raise BadParameter(
            "by", name, "is no dimension", f"one of {', '.join(listed)}{_tagged(name)}"
        )
    return BY_NAME[name]


def _tagged(name: object) -> str:
    """A tag is often named as if it were a dimension."""
    is_word = isinstance(name, str) and name.isidentifier() and name not in (TAG, SOURCE_TAG)
    return f"; for a tag {TAG}:{name}" if is_word else ""


def _column(kind: str, tag: str) -> str:
    """The tag's name, unless another dimension has that column."""
    return f"{kind}:{tag}" if tag.casefold() in COLUMNS else tag
