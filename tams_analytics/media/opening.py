"""Which storage the settings name: ``TAMS_MEDIA`` and the S3 settings (mission F41, F42).

``TAMS_MEDIA`` is ``file:///dir``, ``s3``, or absent: then a folder beside the DuckDB file, and for
a store without a file the S3 bucket that the S3 settings name.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tams_analytics.engines.urls import duckdb_path, trino_url, vast_url
from tams_analytics.errors import BadParameter
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Config, S3Tuning
from tams_analytics.media.storage import MediaStorage
from tams_analytics.settings import Settings, named_stores, redacted

FOLDER_SUFFIX = "-media"


def media_storage(settings: Settings, store_file: Path | None = None) -> MediaStorage:
    """The storage of ``settings``, for the store in ``store_file``; reaches no network.

    Raises `BadParameter` where the settings name none and there is no file to put a folder beside.
    """
    if settings.media is not None and settings.media != "s3":
        return DirectoryStorage(_folder(settings.media))
    if settings.media is None and store_file is not None:
        return DirectoryStorage(beside(store_file))
    if settings.media == "s3" or settings.s3_bucket_name:
        return S3Storage(s3_config(settings))
    raise BadParameter(
        "TAMS_MEDIA", None, "is not set: this store has no folder for media", "file:///dir or s3"
    )


def beside(store_file: Path) -> Path:
    """The default folder of an embedded store: ``newsroom.duckdb`` has ``newsroom-media``."""
    return store_file.with_name(store_file.stem + FOLDER_SUFFIX)


def store_file(url: str) -> Path | None:
    """The file that an embedded store lies in; ``None`` for one in memory or on a cluster."""
    return None if url == ":memory:" or "://" in url else Path(url)


def is_on_vast(url: str) -> bool:
    """Whether a store at ``url``, or of that name, lies on VAST DB."""
    return vast_url(url, named_stores()) is not None


def file_to_be(url: str) -> Path | None:
    """`store_file` of a store that is not open: of what `tams_analytics.connect` takes.

    Raises as that does for a URL that names no store.
    """
    if is_on_vast(url) or trino_url(url, named_stores()) is not None:
        return None
    return store_file(duckdb_path(url, named_stores()))


def s3_config(settings: Settings) -> S3Config:
    """The S3 part of ``settings``; `BadParameter` names what is missing."""
    return S3Config(
        bucket=settings.s3_bucket_name or "",
        endpoint_url=settings.s3_endpoint_url,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
        signature_version=settings.s3_signature_version,
        use_ssl=settings.s3_use_ssl,
        put_expiry_s=settings.s3_presigned_url_upload_timeout,
        get_expiry_s=settings.s3_presigned_url_download_timeout,
        tuning=S3Tuning.read(),
    )


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not path.is_absolute():
        raise BadParameter("TAMS_MEDIA", redacted(url), "names no storage", "file:///dir or s3")
    return path
