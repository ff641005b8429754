"""Flows that take their technical metadata from a profile (statements 74, 75)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.queries import profiles
from tams_analytics.queries.documents import profile_document
from tams_analytics.writes.bodies.profile import given_to_flows
from tams_analytics.writes.given import Given
from tams_analytics.writes.rows import found


def with_profiles(tx: Transaction, documents: Sequence[Given]) -> list[Given]:
    """The flows, those with a ``profile_id`` completed; a profile never changes.

    Raises `BadParameter` for an unknown profile.
    """
    ids = [given.document["profile_id"] for given in documents if _is_linked(given)]
    known = {row["id"]: row for row in found(tx, profiles.by_ids, "ids", ids)}
    return [_completed(given, known) if _is_linked(given) else given for given in documents]


def _is_linked(given: Given) -> bool:
    return "profile_id" in given.document


def _completed(given: Given, known: dict[str, dict[str, Any]]) -> Given:
    profile_id = given.document["profile_id"]
    if profile_id not in known:
        raise BadParameter(given.named("profile_id"), profile_id, "is no profile of this store")
    metadata = profile_document(known[profile_id])["flow_metadata"]
    return Given({**given_to_flows(metadata), **given.document}, given.at)
