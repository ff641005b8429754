"""The storages of a store, and the URLs of bytes in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import tams_analytics as ta
from tams_analytics.errors import EngineFailed
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.signing import READING, WRITING
from tams_analytics.media.storages import Storages
from tams_analytics.settings import Settings

KEY = "f/2026/11/23/an object/of%two"
BASE = "http://tams.example/"
ID = Settings().default_storage_backend_id
S3: dict[str, Any] = {
    "media": "s3",
    "s3_bucket_name": "media",
    "s3_endpoint_url": "http://127.0.0.1:1",
    "s3_access_key_id": "key",
    "s3_secret_access_key": "secret",
}


def test_an_embedded_store_has_the_folder_beside_it_as_its_default(tmp_path: Path) -> None:
    with ta.connect(tmp_path / "x.duckdb") as store:
        assert store.storages.of(ID) == DirectoryStorage(tmp_path / "x-media")


@pytest.mark.parametrize("storage_id", [ID, "another", None])
def test_a_storage_that_no_setting_names_is_an_engine_that_failed(storage_id: str | None) -> None:
    with pytest.raises(EngineFailed, match=f"{storage_id}.*do not name it.*TAMS_MEDIA"):
        Storages.configured(Settings()).of(storage_id)


def test_the_urls_of_a_folder_lead_to_the_server_and_are_signed(tmp_path: Path) -> None:
    storages = Storages.configured(Settings(media=(tmp_path / "media").as_uri()))

    get = storages.reading(ID, BASE)(KEY)
    put = storages.put_url(ID, KEY, BASE, "video/mp4")
    assert (put.presigned, put.content_type) == (True, "video/mp4")
    for url, permits in ((get, READING), (put.url, WRITING)):
        parts = urlsplit(url)
        assert f"{BASE}media/{ID}/f/2026/11/23/an%20object/of%25two?" in url
        given = dict(parse_qsl(parts.query))
        assert storages.signer(ID).is_permitted(permits, ID, KEY, **given)


def test_s3_presigns_itself_and_signs_no_content_type() -> None:
    """R11: SigV2 would sign it, so that none is named."""
    storages = Storages.configured(Settings(**S3))
    old = Storages.configured(Settings(**S3, s3_signature_version="s3"))

    assert storages.reading(ID, BASE)(KEY).startswith("http://127.0.0.1:1/media/f/2026")
    assert storages.put_url(ID, KEY, BASE, "video/mp4").content_type == "video/mp4"
    assert old.put_url(ID, KEY, BASE, "video/mp4").content_type is None
    with pytest.raises(EngineFailed, match="no folder"):
        storages.signer(ID)


def test_a_url_that_is_not_presigned_leads_to_the_server() -> None:
    """§198: the client then shows its credentials."""
    put = Storages.configured(Settings(**S3)).put_url(ID, "a/b", BASE, presigned=False)
    assert put == (f"{BASE}media/{ID}/a/b", False, None)
