"""The snapshots of a bucket: which there are, and whether a store was in one of them."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.engines.vast.address import SNAPSHOT, Address
from tams_analytics.engines.vast.connection import Connection
from tams_analytics.engines.vast.errors import translated
from tams_analytics.errors import NotFound

MOST_NAMED = 20
"""So many names an error tells; the others are counted."""


def names_of(connection: Connection, address: Address) -> list[str]:
    """The names of all snapshots of the bucket, in order. Raises `NotFound`, `EngineFailed`."""
    with translated(f"listing the snapshots of {address.live_bucket}"):
        return sorted(_names(connection, address.live_bucket))


def _names(connection: Connection, bucket: str) -> Iterator[str]:
    """Page by page. The SDK's own search for one takes a longer name for it, so all are listed."""
    after = None
    while True:
        found, is_truncated, after = connection.api.list_snapshots(bucket, next_token=after)
        for prefix in found:
            yield prefix.removeprefix(SNAPSHOT.lstrip("/")).strip("/")
        if not found or not is_truncated:
            return


def require(connection: Connection, address: Address, snapshot: str) -> None:
    """Raise `NotFound` where the bucket has no such snapshot, or the store was not in it yet."""
    there = names_of(connection, address)
    if snapshot not in there:
        raise NotFound("snapshot", snapshot, f"bucket {address.live_bucket} has {_told(there)}")
    place = address.at(snapshot)
    with connection.begin() as transaction:
        try:
            transaction.tables(place.bucket, place.schema)
        except NotFound as error:
            hint = f"schema {address.schema} was made after that"
            raise NotFound("store in snapshot", snapshot, hint) from error


def _told(names: list[str]) -> str:
    if not names:
        return "no snapshots"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
