"""What all requests share: buckets, transactions, snapshots of buckets, S3 objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.vast_peer.catalog import Catalog, SchemaKey, TableKey
from tests.support.vast_peer.messages import Refused, Request, not_found
from tests.support.vast_peer.switches import Switches
from tests.support.vast_peer.transactions import Transaction, Transactions

SNAPSHOTS = ".snapshot"
ALWAYS_EMPTY = ("vast-audit-log-bucket", "vast-big-catalog-bucket")
"""Every cluster has these buckets; the Trino connector lists them."""


@dataclass
class Database:
    """The peer without its protocol."""

    switches: Switches
    buckets: list[str]
    transactions: Transactions = field(init=False)
    snapshots: dict[tuple[str, str], Catalog] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.transactions = Transactions(self.switches)

    def require_bucket(self, name: str) -> None:
        if name not in self.buckets and name not in ALWAYS_EMPTY:
            raise not_found("Bucket", name)

    def take_snapshot(self, bucket: str, name: str) -> None:
        """Keeps the bucket as it is committed now."""
        if (bucket, name) in self.snapshots:
            raise Refused(409, "SnapshotAlreadyExists", name)
        self.snapshots[bucket, name] = self.transactions.head

    def drop_snapshot(self, bucket: str, name: str) -> None:
        if self.snapshots.pop((bucket, name), None) is None:
            raise not_found("Snapshot", name)

    def snapshot_names(self, bucket: str, prefix: str = "") -> list[str]:
        """In the order of S3, which sorts them as folders: ``a-b/`` before ``a/``."""
        names = (name for of, name in self.snapshots if of == bucket and name.startswith(prefix))
        return sorted(names, key=as_folder)


def as_folder(name: str) -> str:
    return f"{name}/"


@dataclass(frozen=True)
class Place:
    """Where a path leads: a bucket, perhaps a snapshot of it, and names within."""

    bucket: str
    snapshot: str | None
    names: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> Place:
        bucket, *rest = request.parts or [""]
        if rest[:1] == [SNAPSHOTS]:
            return cls(bucket, "/".join(rest[1:2]), tuple(rest[2:]))
        return cls(bucket, None, tuple(rest))

    @property
    def schema(self) -> SchemaKey:
        """The schema, where the path names one."""
        return self.bucket, "/".join(self.names)

    @property
    def table(self) -> TableKey:
        """The table, where the path names one."""
        return self.bucket, "/".join(self.names[:-1]), "".join(self.names[-1:])


def seen(database: Database, request: Request, transaction: Transaction) -> tuple[Place, Catalog]:
    """Where the request reads, and the catalog there. Raises Refused if there is none."""
    place = Place.of(request)
    database.require_bucket(place.bucket)
    if place.snapshot is None:
        return place, transaction.view
    try:
        return place, database.snapshots[place.bucket, place.snapshot]
    except KeyError:
        raise not_found("Snapshot", place.snapshot) from None


def writable(database: Database, request: Request) -> Place:
    """Where the request writes. Raises Refused for a snapshot."""
    place = Place.of(request)
    database.require_bucket(place.bucket)
    if place.snapshot is not None:
        raise Refused(403, "AccessDenied", "a snapshot cannot be written")
    return place
