"""Tells one webhook what waits for it, in order.

An event is forgotten once its receiver has answered: it is told at least once, and keeps its id.
While the first one is put off the others wait behind it. The last failure puts the webhook in
error, and what waits is kept until a client enables it again (statement 224).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.media.storages import Storages
from tams_analytics.queries import segments, webhooks
from tams_analytics.queries.documents import date_text, json_text
from tams_analytics.representations.events import event_json, segments_told
from tams_analytics.work.sending import Receiver, Undelivered
from tams_analytics.work.told import Told
from tams_analytics.writes.events import SEGMENTS_ADDED
from tams_analytics.writes.targets import host_of

LOG = logging.getLogger(__name__)
LONGER = 4
"""Each retry waits so many times as long as the one before."""
LIMITS = (64, 1024, None)
"""How many rows are read at once: more where the first event has more parts."""
OBJECTS = (1, 8, 64)
"""About so many objects it is asked at once; few lengths, as each is a statement of its own."""

SET = ("url", "api_key_name", "api_key_value", "body")
"""What clients set of a webhook: with any of it another, the next event is told anew."""
IN_ERROR = "it is in error until a client sets its status to created"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """An event that waits for a webhook."""

    id: str
    event_type: str
    created: dt.datetime
    attempts: int
    payload: str

    @classmethod
    def of(cls, parts: Sequence[Row]) -> Waiting:
        """From its rows, in order."""
        first, text = parts[0], "".join(part["payload"] for part in parts)
        return cls(first["id"], first["event_type"], first["created"], first["attempts"], text)


class Telling:
    """What the threads of one run share."""

    def __init__(
        self, engine: Engine, storages: Storages, is_over: threading.Event, retry_s: float
    ) -> None:
        self._engine = engine
        self._storages = storages
        self._is_over = is_over
        self._retry_s = retry_s

    def tell(self, webhook_id: str) -> Told:
        """All that waits for a webhook, until one fails, it stops listening, or the run is over."""
        webhook = self._webhook(webhook_id)
        if webhook is None:
            self._engine.transact(lambda tx: tx.delete("events", {"webhook_id": webhook_id}))
            return Told()
        key = {webhook["api_key_name"]: webhook["api_key_value"]}
        key = {name: value for name, value in key.items() if name and value}
        with Receiver(webhook["url"], key, self._engine.settings) as receiver:
            return self._tell(webhook, receiver)

    def _tell(self, webhook: Row, receiver: Receiver) -> Told:
        told = 0
        while events := self._next(webhook["id"]):
            for event in events:
                if self._is_over.is_set():
                    return Told(told)
                try:
                    receiver.post(event.id, self._body(event, webhook))
                except Undelivered as problem:
                    self._put_off(webhook, event, problem)
                    return Told(told, 1)
                told += 1
                if not self._forget(webhook, event):
                    return Told(told)
        return Told(told)

    def _webhook(self, webhook_id: str) -> Row | None:
        rows = self._engine.ask(webhooks.by_ids, ids=[webhook_id]).to_pylist()
        return rows[0] if rows else None

    def _next(self, webhook_id: str) -> list[Waiting]:
        """The first events that wait, as many as a read brings whole."""
        for limit in LIMITS:
            rows = self._engine.ask(webhooks.pending, webhook_id=webhook_id, limit=limit)
            found = [
                [*parts] for _id, parts in groupby(rows.to_pylist(), key=lambda row: row["id"])
            ]
            whole = found if limit is None or rows.num_rows < limit else found[:-1]
            if whole or not found:
                return [Waiting.of(parts) for parts in whole]
        return []

    def _body(self, event: Waiting, webhook: Row) -> bytes:
        payload = json.loads(event.payload)
        if event.event_type == SEGMENTS_ADDED:
            kept = payload["segments"]
            answers = self._media(payload["flow_id"], [each["object_id"] for each in kept])
            options = json.loads(webhook["body"])
            payload["segments"] = segments_told(kept, answers, self._storages, options)
        return event_json(event.event_type, event.created, payload)

    def _media(self, flow_id: str, object_ids: Iterable[str]) -> Iterator[pa.Table]:
        wanted = sorted(set(object_ids))
        while wanted:
            size = next((size for size in OBJECTS if size >= len(wanted)), OBJECTS[-1])
            chunk, wanted = wanted[:size], wanted[size:]
            padded = chunk + chunk[-1:] * (size - len(chunk))
            yield self._engine.ask(segments.of_objects, flow_id=flow_id, object_ids=padded)

    def _forget(self, webhook: Row, event: Waiting) -> bool:
        """The event was delivered; whether the webhook still listens as it did."""

        def work(tx: Transaction) -> bool:
            tx.delete("events", {"id": event.id})
            now_is = _listening(tx, webhook["id"])
            if now_is is not None and now_is["status"] == "created":
                tx.update("webhooks", {"id": webhook["id"]}, {"status": "started"})
            return now_is is not None and all(now_is[name] == webhook[name] for name in SET)

        return self._engine.transact(work)

    def _put_off(self, webhook: Row, event: Waiting, problem: Undelivered) -> None:
        """Until a retry is due; after the last one the webhook is in error."""
        webhook_id = webhook["id"]
        attempts = event.attempts + 1
        is_last = attempts > self._engine.settings.webhook_retry_attempts
        pause = dt.timedelta(seconds=self._retry_s * LONGER**event.attempts)
        LOG.warning(
            "webhook %s to %s: attempt %d of event %s failed: %s; %s",
            *(webhook_id, host_of(webhook["url"]), attempts, event.id, problem.logged),
            IN_ERROR if is_last else f"again in {pause.total_seconds():g} s",
        )

        def work(tx: Transaction) -> None:
            if _listening(tx, webhook_id) is None:
                return
            tried = {"attempts": attempts, "due": now() + pause}
            tx.update("events", {"id": event.id}, tried)
            if is_last:
                failed = {"status": "error", "error": json_text(_said(problem))}
                tx.update("webhooks", {"id": webhook_id}, failed)

        self._engine.transact(work)


def _listening(tx: Transaction, webhook_id: str) -> Row | None:
    """The webhook as it is now, if it listens."""
    rows = tx.few(webhooks.by_ids, ids=[webhook_id])
    return rows[0] if rows and rows[0]["status"] in webhooks.LISTENING else None


def _said(problem: Undelivered) -> dict[str, str]:
    """``error`` of the webhook, as error.json has it."""
    return {"type": problem.kind, "summary": str(problem), "time": date_text(now())}
