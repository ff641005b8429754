"""Where the segments of a flow end, as far as this process can know: nothing behind it overlaps."""

from __future__ import annotations

from tams_analytics.engines import Transaction
from tams_analytics.engines.topics import TIMELINE, Topic
from tams_analytics.queries import segments as questions
from tams_analytics.timerange import LOWEST_NS


def known_end(tx: Transaction, flow_id: str) -> int | None:
    """No segment of the flow ends later; ``None`` where others may write, too."""
    if not tx.is_alone:
        return None
    topic = Topic(TIMELINE, flow_id)
    known: int | None = tx.recall(topic)
    if known is None:
        end = tx.few(questions.end_of, flow_id=flow_id)[0]["end_ns"]
        known = LOWEST_NS if end is None else int(end)
        tx.remember(topic, known)
    return known


def remember_end(tx: Transaction, flow_id: str, end_ns: int) -> None:
    """Said of the flow after segments were added, of all that it has."""
    tx.remember(Topic(TIMELINE, flow_id), end_ns)
