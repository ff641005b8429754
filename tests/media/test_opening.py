"""Which storage the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.opening import media_storage
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.settings import Settings

S3: dict[str, Any] = {
    "s3_bucket_name": "media",
    "s3_endpoint_url": "http://127.0.0.1:1",
    "s3_access_key_id": "key",
    "s3_secret_access_key": "secret",
    "s3_presigned_url_upload_timeout": 60,
}


def test_an_embedded_store_keeps_its_media_in_a_folder_beside_it() -> None:
    assert media_storage(Settings(**S3), Path("a/newsroom.duckdb")) == DirectoryStorage(
        Path("a/newsroom-media")
    )


def test_a_file_url_names_a_folder() -> None:
    settings = Settings(media="file:///srv/my%20media", **S3)

    assert media_storage(settings, Path("x.duckdb")) == DirectoryStorage(Path("/srv/my media"))


@pytest.mark.parametrize(("media", "file"), [("s3", Path("x.duckdb")), ("s3", None), (None, None)])
def test_the_s3_settings_name_a_bucket(media: str | None, file: Path | None) -> None:
    expected = S3Config("media", "http://127.0.0.1:1", "key", "secret", put_expiry_s=60)

    assert media_storage(Settings(media=media, **S3), file) == S3Storage(expected)


@pytest.mark.parametrize("media", ["/srv/media", "file://host/dir", "file:dir", "ftp://x/y", ""])
def test_a_setting_that_names_no_storage_is_refused(media: str) -> None:
    with pytest.raises(BadParameter, match="TAMS_MEDIA"):
        media_storage(Settings(media=media))


def test_a_store_without_a_file_has_no_default_folder() -> None:
    with pytest.raises(BadParameter, match="file:///dir or s3"):
        media_storage(Settings())


def test_s3_without_a_bucket_is_refused() -> None:
    with pytest.raises(BadParameter, match="S3_BUCKET_NAME"):
        media_storage(Settings(media="s3"))


def test_no_error_tells_the_secret_of_a_url() -> None:
    with pytest.raises(BadParameter, match=r"s3://\*\*\*@media") as refused:
        media_storage(Settings(media="s3://key:hunter2@media"))

    assert "hunter2" not in repr(refused.value)
