"""How to reach an S3 bucket, and how to talk to S3: the settings of `media.s3`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from tams_analytics.errors import BadParameter
from tams_analytics.settings import as_bytes, as_count, read, setting

SMALLEST_PART_BYTES = 5 << 20
"""S3 takes no smaller part but the last."""
SIGNATURES = ("s3v4", "s3")


@dataclass(frozen=True)
class S3Tuning:
    """How S3 is talked to (mission F61 to F66); the same for each bucket of a process."""

    pool: int = setting(32, "+S3_POOL", as_count)
    """So many connections stay open."""
    threads: int = setting(4, "+S3_THREADS", as_count)
    """So many parts of one object go up at once."""
    part_bytes: int = setting(8 << 20, "+S3_PART_SIZE", as_bytes)
    """A larger object goes up in parts of this size."""
    connect_timeout_s: int = setting(5, "+S3_CONNECT_TIMEOUT", as_count)
    read_timeout_s: int = setting(60, "+S3_READ_TIMEOUT", as_count)
    attempts: int = setting(5, "+S3_ATTEMPTS", as_count)
    """The library's standard retries, the first one counted."""
    breaker_failures: int = setting(3, "+S3_BREAKER_FAILURES", as_count)
    """After so many operations in a row that failed, S3 is not asked for a while."""
    breaker_pause_s: int = setting(15, "+S3_BREAKER_PAUSE", as_count)

    def __post_init__(self) -> None:
        if self.part_bytes < SMALLEST_PART_BYTES:
            expected = f"at least {SMALLEST_PART_BYTES}"
            raise BadParameter("TAMS_S3_PART_SIZE", self.part_bytes, "is too small", expected)
        for each in dataclasses.fields(self):
            if getattr(self, each.name) < 1:
                name = each.metadata["names"][0].replace("+", "TAMS_")
                raise BadParameter(name, getattr(self, each.name), "is too small", "1 or more")

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> S3Tuning:
        """What the environment and the settings file say. Raises `BadParameter`."""
        return read(cls, environ)


@dataclass(frozen=True)
class S3Config:
    """How to reach one bucket. The keys stay out of every repr, and so of logs and errors."""

    bucket: str
    endpoint_url: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    signature_version: str = "s3v4"
    use_ssl: bool = True
    put_expiry_s: int = 3600
    get_expiry_s: int = 3600
    tuning: S3Tuning = field(default_factory=S3Tuning)

    def __post_init__(self) -> None:
        if not self.bucket:
            raise BadParameter("S3_BUCKET_NAME", self.bucket, "names no bucket")
        if self.signature_version not in SIGNATURES:
            raise BadParameter(
                "S3_SIGNATURE_VERSION", self.signature_version, "is unknown", "s3v4 or s3"
            )
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise BadParameter(
                "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY", "one", "is set", "both or neither"
            )

    @property
    def endpoint(self) -> str | None:
        """The endpoint with its scheme; None leaves the choice to boto3 (AWS)."""
        if self.endpoint_url is None or "://" in self.endpoint_url:
            return self.endpoint_url
        return f"{'https' if self.use_ssl else 'http'}://{self.endpoint_url}"
