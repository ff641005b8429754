"""What this library can be set to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from tams_analytics.errors import BadParameter
from tams_analytics.settings.reading import read, setting
from tams_analytics.settings.redaction import redacted
from tams_analytics.settings.values import (
    Network,
    as_bool,
    as_count,
    as_networks,
    as_paths,
    count_of,
    one_of,
)

ENDPOINTS = {"http": "vast", "https": "vast+https", "vast": "vast", "vast+https": "vast+https"}
"""The scheme of ``VAST_ENDPOINT``, and that of a store there."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """One consistent set of settings; make one by `load`."""

    url: str | None = setting(None, "+URL", secret=True)
    media: str | None = setting(None, "+MEDIA", secret=True)
    strict: bool = setting(False, "+STRICT", as_bool)
    delete_default: str = setting("cascade", "+DELETE_DEFAULT", one_of("cascade", "restrict"))
    min_object_timeout: str = setting("3600:0", "+MIN_OBJECT_TIMEOUT")
    async_deletion_threshold: int = setting(1000, "ASYNC_DELETION_THRESHOLD", as_count)
    get_urls_max_count: int = setting(5, "GET_URLS_MAX_COUNT", as_count)
    flow_storage_default_limit: int = setting(10, "FLOW_STORAGE_DEFAULT_LIMIT", as_count)
    default_storage_backend_id: str = setting(
        "8f5e6b0c-3a3d-4a52-9d6c-2f1b7c9e4d10", "DEFAULT_STORAGE_BACKEND_ID"
    )
    public_url: str = setting("http://127.0.0.1:8000", "+PUBLIC_URL")
    """Where clients find the server: of bytes that it gives itself, in URLs of deliveries."""
    webhook_timeout: int = setting(30, "WEBHOOK_TIMEOUT", as_count)
    webhook_retry_attempts: int = setting(3, "WEBHOOK_RETRY_ATTEMPTS", as_count)
    webhook_allow_private: tuple[Network, ...] = setting((), "+WEBHOOK_ALLOW_PRIVATE", as_networks)
    work_lease: int = setting(60, "+WORK_LEASE", as_count)
    """Seconds after which another process takes over the work of one that was killed."""
    vast_endpoint: str | None = setting(None, "VAST_ENDPOINT", secret=True)
    vast_bucket: str | None = setting(None, "VAST_BUCKET")
    vast_schema: str | None = setting(None, "VAST_SCHEMA")
    vast_access_key: str | None = setting(None, "VAST_ACCESS_KEY", secret=True)
    vast_secret_key: str | None = setting(None, "VAST_SECRET_KEY", secret=True)
    vast_timeout: int = setting(60, "VAST_TIMEOUT", as_count)
    enable_table_projections: bool = setting(True, "ENABLE_TABLE_PROJECTIONS", as_bool)
    cache_enabled: bool = setting(True, "CACHE_ENABLED", as_bool)
    cache_ttl: int = setting(300, "CACHE_TTL", count_of(0, 86_400))
    """Seconds that an answer may be kept, where it is known that nothing was written since."""
    trino_password: str | None = setting(None, "+TRINO_PASSWORD", secret=True, in_file=True)
    trino_token: str | None = setting(None, "+TRINO_TOKEN", secret=True, in_file=True)
    """A JWT for Trino."""
    s3_endpoint_url: str | None = setting(None, "S3_ENDPOINT_URL", secret=True)
    s3_access_key_id: str | None = setting(None, "S3_ACCESS_KEY_ID", secret=True)
    s3_secret_access_key: str | None = setting(None, "S3_SECRET_ACCESS_KEY", secret=True)
    s3_bucket_name: str | None = setting(None, "S3_BUCKET_NAME")
    s3_use_ssl: bool = setting(True, "S3_USE_SSL", as_bool)
    s3_signature_version: str = setting("s3v4", "S3_SIGNATURE_VERSION", one_of("s3v4", "s3"))
    s3_presigned_url_upload_timeout: int = setting(
        3600, "S3_PRESIGNED_URL_UPLOAD_TIMEOUT", as_count
    )
    s3_presigned_url_download_timeout: int = setting(
        3600, "S3_PRESIGNED_URL_DOWNLOAD_TIMEOUT", as_count
    )

    s3_inventory: str | None = setting(None, "+S3_INVENTORY")
    """Where S3 writes its own listings: ``s3://bucket/prefix`` or a folder; commas between."""
    vast_catalog_paths: tuple[tuple[str, str], ...] = setting((), "+VAST_CATALOG_PATHS", as_paths)
    """Of each bucket the path of its view, by which VAST Catalog names its keys."""

    @property
    def store_url(self) -> str | None:
        """The store that is meant where nobody names one: ``TAMS_URL``, else what VAST's names say.

        Raises `BadParameter` where one of ``VAST_ENDPOINT``, ``VAST_BUCKET`` and ``VAST_SCHEMA``
        is set and another is not.
        """
        names = {
            "VAST_ENDPOINT": self.vast_endpoint,
            "VAST_BUCKET": self.vast_bucket,
            "VAST_SCHEMA": self.vast_schema,
        }
        if self.url or not any(names.values()):
            return self.url
        for name, value in names.items():
            if not value:
                others = " and ".join(each for each in names if names[each])
                problem = f"is not set, and a store on VAST needs it beside {others}"
                raise BadParameter(name, None, problem, "all three, or TAMS_URL instead")
        return f"{_on_vast(str(self.vast_endpoint))}/{self.vast_bucket}/{self.vast_schema}"


def _on_vast(endpoint: str) -> str:
    """``vast://host:port`` of an endpoint as VAST's own tools take it."""
    scheme, separator, place = endpoint.rstrip("/").rpartition("://")
    found = ENDPOINTS.get(scheme.lower()) if separator else "vast"
    if found is None or not place:
        expected = "http://host[:port] or https://host[:port]"
        raise BadParameter("VAST_ENDPOINT", redacted(endpoint), "is no endpoint of VAST", expected)
    return f"{found}://{place}"


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The settings of this process. Raises `BadParameter` that names the variable or key."""
    return read(Settings, environ, file)
