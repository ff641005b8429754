"""What a newsroom of a given size consists of: groups of flows, decided before any row is made.

Studios are live and never stop; a programme was delivered as a file; a clip is cut out of a studio
and has no objects of its own; what is left over becomes radio stations, one flow each.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tams_analytics.examples import essences
from tams_analytics.examples.essences import Essence

SEGMENTS_IN_A_FLOW = 10_000
FEWEST_FLOWS = 12
STUDIO = (
    essences.LIVE_VIDEO,
    essences.LIVE_AUDIO,
    essences.PROXY,
    essences.SUBTITLES,
    essences.THUMBNAILS,
)
MAY_LOSE = STUDIO[2:]
"""The essences that lose a segment now and then; clips are cut out of the others."""
PROGRAMME = (essences.FILE_VIDEO, essences.FILE_AUDIO)
CLIP = STUDIO[:2]
RADIO = (essences.LIVE_AUDIO,)

Kind = Literal["studio", "programme", "clip", "radio"]


@dataclass(frozen=True)
class Group:
    """Flows that belong together: one production and its essences.

    ``slots`` is how many stretches its timeline has; each becomes a segment of each of its flows,
    but for what a flow loses. A clip is cut out of ``origin``. ``key`` seeds what is random in it.
    """

    kind: Kind
    number: int
    slots: int
    key: tuple[int, ...]
    origin: Group | None = None

    @property
    def name(self) -> str:
        letter = {"studio": "S", "programme": "Programme ", "clip": "Clip ", "radio": "Radio "}
        return f"{letter[self.kind]}{self.number}"

    @property
    def is_live(self) -> bool:
        return self.kind in {"studio", "radio"}

    @property
    def essences(self) -> tuple[Essence, ...]:
        found = {"studio": STUDIO, "programme": PROGRAMME, "clip": CLIP, "radio": RADIO}
        return found[self.kind]

    def random(self, *more: int) -> np.random.Generator:
        """Chance for one purpose of this group, the same in every run."""
        return np.random.default_rng([*self.key, *more])


@dataclass(frozen=True)
class Flow:
    """One flow of a group; ``lost`` is how many of the group's slots it has no segment for.

    ``maker_id`` is the flow that its objects were made for: itself, but for a clip.
    """

    group: Group
    essence: Essence
    id: str
    source_id: str
    maker_id: str
    lost: int = 0

    @property
    def is_collecting(self) -> bool:
        return self.essence is essences.COLLECTION

    @property
    def makes_objects(self) -> bool:
        return not self.is_collecting and self.maker_id == self.id

    @property
    def label(self) -> str:
        return f"{self.group.name} {self.essence.name}".strip()

    @property
    def segments(self) -> int:
        return 0 if self.is_collecting else self.group.slots - self.lost


@dataclass(frozen=True)
class Plan:
    """All groups and their flows; a group's collecting flow is the first of its flows."""

    seed: int
    flows: tuple[Flow, ...]

    def collections(self) -> Iterator[tuple[Flow, list[Flow]]]:
        """Each collecting flow with its members, in order."""
        members: dict[Group, list[Flow]] = {}
        for flow in self.flows:
            members.setdefault(flow.group, []).append(flow)
        for first, *others in members.values():
            if first.is_collecting:
                yield first, others

    def flow(self, label: str) -> Flow:
        return next(flow for flow in self.flows if flow.label == label)


def plan(segments: int, seed: int) -> Plan:
    """A newsroom with exactly ``segments`` segments, about 10,000 in a flow."""
    count = max(FEWEST_FLOWS, round(segments / SEGMENTS_IN_A_FLOW))
    programmes, clips = max(1, count // 30), max(1, count // 20)
    studios, radios = divmod(count - 3 * programmes - 3 * clips, 1 + len(STUDIO))
    chance = np.random.default_rng([seed, 0])
    usual = segments // count
    files = [_slots(chance, 200, 900, usual // 2) for _ in range(programmes)]
    cuts = [_slots(chance, 6, 1000, usual // 8) for _ in range(clips)]
    rest = segments - 2 * sum(files) - 2 * sum(cuts)
    slots, losses = _live(rest, studios, radios)
    live = [Group("studio", n + 1, slots, (seed, 1, n)) for n in range(studios)]
    groups = [
        *live,
        *(Group("radio", n + 1, slots, (seed, 2, n)) for n in range(radios)),
        *(Group("programme", n + 1, length, (seed, 3, n)) for n, length in enumerate(files)),
        *(
            Group("clip", n + 1, length, (seed, 4, n), live[int(chance.integers(studios))])
            for n, length in enumerate(cuts)
        ),
    ]
    flows = [flow for group in groups for flow in _flows(group)]
    return Plan(seed, tuple(_with_losses(flows, losses)))


def _slots(chance: np.random.Generator, fewest: int, most: int, bound: int) -> int:
    """A length between the two, short ones more often, at most ``bound``."""
    length = int(np.exp(chance.uniform(np.log(fewest), np.log(most))))
    return max(3, min(length, bound))


def _live(segments: int, studios: int, radios: int) -> tuple[int, list[int]]:
    """The slots of each live group, and what each flow that may lose something loses."""
    flows, losing = studios * len(STUDIO) + radios, studios * len(MAY_LOSE)
    slots = -(-segments // flows)
    slots += -(-losing * (slots // 500) // flows)
    surplus = slots * flows - segments
    return slots, [
        surplus * (place + 1) // losing - surplus * place // losing for place in range(losing)
    ]


def _with_losses(flows: list[Flow], losses: list[int]) -> Iterator[Flow]:
    left = iter(losses)
    for flow in flows:
        is_loser = flow.group.kind == "studio" and flow.essence in MAY_LOSE
        yield replace(flow, lost=next(left)) if is_loser else flow


def _flows(group: Group) -> Iterator[Flow]:
    """The collecting flow, where there is more than one essence, and a flow for each essence."""
    chance = group.random(0)
    sources = {"": identifier(chance)}
    makers = {flow.essence: flow.id for flow in _flows(group.origin)} if group.origin else {}
    collecting = [essences.COLLECTION] if len(group.essences) > 1 else []
    for essence in [*collecting, *group.essences]:
        source_id = sources.setdefault(essence.source_name, identifier(chance))
        flow_id = identifier(chance)
        yield Flow(group, essence, flow_id, source_id, makers.get(essence, flow_id))


def identifier(chance: np.random.Generator) -> str:
    """A random UUID in lower case."""
    return str(uuid.UUID(bytes=chance.bytes(16), version=4))
