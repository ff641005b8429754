"""What webhooks are to be told, written in the transaction that it happens in (mission F80, R7).

A webhook's filters are decided here, at the moment of the change (statements 230, 231). Where no
webhook listens, all that a transaction does is to look for one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tams_analytics.engines import Transaction
from tams_analytics.engines.rows import now
from tams_analytics.engines.topics import WEBHOOKS, Topic
from tams_analytics.queries import collections, entities, webhooks
from tams_analytics.queries.documents import Document, json_text
from tams_analytics.writes.rows import insert

LONGEST_PART = 30_000
"""Characters; one takes up to four bytes, and a cell of VAST holds 126 KB."""


class Subject(NamedTuple):
    """What an event is about, as filters see it; collectors only where a webhook asks for them."""

    source_id: str
    flow_id: str | None = None
    flow_collectors: Collection[str] = ()
    source_collectors: Collection[str] = ()


class Event(NamedTuple):
    """What happened to a subject; ``payload`` is made only where somebody wants it."""

    subject: Subject
    payload: Callable[[], Document]


@dataclass(frozen=True)
class Listener:
    """A webhook that hears of changes, and what of them it wants."""

    id: str
    wanted: Mapping[str, Any]

    def hears(self, event_type: str, about: Subject) -> bool:
        """All filters agree; those about flows say nothing of events of sources."""
        if event_type not in self.wanted.get("events", ()):
            return False
        return self._hears_source(about) and (about.flow_id is None or self._hears_flow(about))

    def _hears_source(self, about: Subject) -> bool:
        return self._names("source_ids", about.source_id) and self._collects(
            "source_collected_by_ids", about.source_collectors
        )

    def _hears_flow(self, about: Subject) -> bool:
        return self._names("flow_ids", about.flow_id) and self._collects(
            "flow_collected_by_ids", about.flow_collectors
        )

    def _names(self, name: str, id: str | None) -> bool:
        return name not in self.wanted or id in self.wanted[name]

    def _collects(self, name: str, collectors: Collection[str]) -> bool:
        """Any of those that are named; an empty list: nobody collects it (statement 230)."""
        if name not in self.wanted:
            return True
        named = self.wanted[name]
        return any(id in collectors for id in named) if named else not collectors


class Outbox:
    """The events of one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._position = 0
        self._listeners = listeners(tx)

    def wants(self, event_type: str) -> bool:
        """Whether any webhook hears of such events at all."""
        return any(event_type in listener.wanted.get("events", ()) for listener in self._listeners)

    def about(self, source_id: str, flow_id: str | None = None) -> Subject:
        """A source, or a flow of it, with the collections of now."""
        flow_collectors: Collection[str] = ()
        source_collectors: Collection[str] = ()
        if flow_id is not None and self._filter_by("flow_collected_by_ids"):
            flow_collectors = set(entities.collectors_of(self._tx.ask, flow_id))
        if self._filter_by("source_collected_by_ids"):
            found = self._tx.ask(collections.collectors_of_sources, member_ids=[source_id])
            source_collectors = set(found.column("source_id").to_pylist())
        return Subject(source_id, flow_id, flow_collectors, source_collectors)

    def _filter_by(self, name: str) -> bool:
        return any(name in listener.wanted for listener in self._listeners)

    def tell(self, event_type: str, events: Iterable[Event]) -> None:
        """Write these events, all of one type, for the webhooks that want them."""
        moment = now()
        rows = [
            {**row, "event_type": event_type, "created": moment, "due": moment}
            for event in events
            for row in self._rows(event_type, event)
        ]
        insert(self._tx, "events", rows)

    def _rows(self, event_type: str, event: Event) -> Iterator[dict[str, Any]]:
        hearing = [each for each in self._listeners if each.hears(event_type, event.subject)]
        if not hearing:
            return
        parts = in_parts(json_text(event.payload()))
        self._position += 1
        for listener in hearing:
            named = {"id": str(uuid.uuid4()), "webhook_id": listener.id}
            for part, text in enumerate(parts):
                yield {**named, "position": self._position, "part": part, "payload": text}


def outbox(tx: Transaction) -> Outbox:
    """The one outbox of a transaction, made when it is first asked for."""
    found = tx.notes.get(__name__)
    if found is None:
        found = tx.notes[__name__] = Outbox(tx)
    outbox: Outbox = found
    return outbox


def listeners(tx: Transaction) -> Sequence[Listener]:
    """The webhooks that hear of changes."""
    topic = Topic(WEBHOOKS)
    known: Sequence[Listener] | None = tx.recall(topic)
    if known is None:
        rows = tx.few(webhooks.listening)
        known = [Listener(row["id"], json.loads(row["body"])) for row in rows]
        tx.remember(topic, known)
    return known


def in_parts(text: str) -> Sequence[str]:
    """A text as pieces that cells can hold."""
    return [text[at : at + LONGEST_PART] for at in range(0, len(text), LONGEST_PART)]
