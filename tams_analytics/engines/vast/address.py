"""Where a store on VAST DB is: cluster, bucket, schema, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, redacted

EXPECTED = "vast://host[:port]/bucket/schema"
WRONG = "names no schema of a VAST bucket"
SCHEMES = {"vast": "http", "vast+https": "https"}
SNAPSHOT = "/.snapshot/"
"""Between a bucket and the name of one of its snapshots, in the bucket's name on the wire."""


@dataclass(frozen=True)
class Address:
    """One schema of one bucket of a VAST cluster; the keys are never shown."""

    endpoint: str
    """``http://host:port``, as the SDK has it."""
    bucket: str
    schema: str
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str, settings: Settings, *, shown: str | None = None) -> Address:
        """The address that a ``vast://`` or ``vast+https://`` URL means.

        Keys come from the URL (``vast://ACCESS:SECRET@host/…``, for named stores), else from
        ``settings``. Raises `BadParameter`, which quotes ``shown``, by default ``url`` redacted.
        """
        shown = redacted(url) if shown is None else shown
        if "@" in url.partition("://")[2].partition("/")[2]:  # a key with a slash in it
            raise BadParameter("url", url.partition("://")[0] + "://***", WRONG, EXPECTED)
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise BadParameter("url", shown, WRONG, EXPECTED) from error
        scheme = SCHEMES.get(parts.scheme)
        names = _names(parts.path)
        if scheme is None or not parts.hostname or len(names) != 2 or not all(names):
            raise BadParameter("url", shown, WRONG, EXPECTED)
        if parts.query or parts.fragment:
            raise BadParameter("url", shown, "has options, and VAST takes none", EXPECTED)
        return cls(
            endpoint=f"{scheme}://{parts.netloc.rpartition('@')[2]}",
            bucket=names[0],
            schema=names[1],
            access_key=unquote(parts.username) if parts.username else None,
            secret_key=unquote(parts.password) if parts.password else None,
        ).or_keys_of(settings)

    @property
    def url(self) -> str:
        """As `tams_analytics.connect` takes it, without keys."""
        scheme, _, place = self.endpoint.partition("://")
        return f"{'vast' if scheme == 'http' else 'vast+https'}://{place}/{self.path}"

    @property
    def path(self) -> str:
        """``bucket/schema``."""
        return f"{self.bucket}/{self.schema}"

    def keys(self) -> tuple[str, str]:
        """Access key and secret key. Raises `BadParameter` where one is missing."""
        for name, key in (
            ("VAST_ACCESS_KEY", self.access_key),
            ("VAST_SECRET_KEY", self.secret_key),
        ):
            if not key:
                raise BadParameter(name, None, f"is not set, but {self.url} needs it", "a key")
        return str(self.access_key), str(self.secret_key)

    def or_keys_of(self, settings: Settings) -> Address:
        """With the keys of ``settings`` where it has none."""
        return replace(
            self,
            access_key=self.access_key or settings.vast_access_key,
            secret_key=self.secret_key or settings.vast_secret_key,
        )

    def without_keys(self) -> Address:
        """As it may be stored."""
        return replace(self, access_key=None, secret_key=None)

    def at(self, snapshot: str) -> Address:
        """The same schema as of a snapshot of the bucket."""
        return replace(self, bucket=f"{self.live_bucket}{SNAPSHOT}{snapshot}")

    @property
    def live_bucket(self) -> str:
        """The bucket itself, also where this is a snapshot of it."""
        return self.bucket.partition(SNAPSHOT)[0]

    @property
    def is_snapshot(self) -> bool:
        """Whether this is the schema of a snapshot, which nobody can write."""
        return SNAPSHOT in self.bucket


def _names(path: str) -> list[str]:
    """Bucket and schema; ``/bucket/.snapshot/name/schema`` is that schema as of a snapshot."""
    names = [unquote(name) for name in path.strip("/").split("/")]
    if len(names) == 4 and names[1] == SNAPSHOT.strip("/") and names[2]:
        return ["/".join(names[:3]), names[3]]
    return names
