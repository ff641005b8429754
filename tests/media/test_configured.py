"""Storage backends that the settings file names (F41 to F43, F61 to F66)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.media.configured import configured_backends
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Tuning
from tams_analytics.media.timeouts import min_presigned_url_timeout, refuse_unsafe_timeouts
from tams_analytics.settings import Settings

ARCHIVE = """
[storage_backends.archive]
endpoint = "http://127.0.0.1:1"
bucket = "deep"
access_key_variable = "ARCHIVE_KEY"
secret_key_variable = "ARCHIVE_SECRET"
provider = "example"
product = "Deep Store"
region = "eu-1"
zone = "eu-1b"
default = true
tags = { site = "north", uses = ["a", "b"] }
"""
SECRETS = {"ARCHIVE_KEY": "the-key", "ARCHIVE_SECRET": "the-secret"}
NEAR = '[storage_backends.near]\nfolder = "/srv/near"\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"TAMS_SETTINGS": str(tmp_path / "settings.toml"), **SECRETS}


def backends(environ: dict[str, str], written: str, **settings: Any) -> list[Any]:
    Path(environ["TAMS_SETTINGS"]).write_text(written)
    return configured_backends(Settings(**settings), None, environ)


def test_a_backend_of_the_file_is_what_it_says(environ: dict[str, str]) -> None:
    first, archive = backends(environ, ARCHIVE, media="file:///srv/media")

    assert (first.label, first.is_default) == ("default", False)
    assert isinstance(archive.storage, S3Storage)
    assert archive.storage.config.secret_access_key == "the-secret"  # noqa: S105
    assert archive.document == {
        "id": archive.id,
        "label": "archive",
        "provider": "example",
        "store_product": "Deep Store",
        "region": "eu-1",
        "availability_zone": "eu-1b",
        "default_storage": True,
        "bucket": "deep",
        "tags": {"site": "north", "uses": ["a", "b"]},
    }
    assert "the-secret" not in repr(archive)


def test_what_the_environment_names_stays_the_default(environ: dict[str, str]) -> None:
    """F43: with its own id and the label default, whatever else there is."""
    first, near = backends(environ, NEAR, media="file:///srv/media")

    assert (first.id, first.label) == (Settings().default_storage_backend_id, "default")
    assert (first.is_default, near.is_default) == (True, False)
    assert near.storage == DirectoryStorage(Path("/srv/near"))
    assert (near.provider, near.product) == ("local", "directory")


def test_ids_follow_from_names_unless_they_are_given(environ: dict[str, str]) -> None:
    """§68: the same after each start."""
    (near,) = backends(environ, NEAR)
    (again,) = backends(environ, NEAR)
    given = "b1b3a1f0-0d0f-4d55-8c6e-0a4c6d1f2e3a"
    (named,) = backends(environ, f'{NEAR}id = "{given}"\n')

    assert near.id == again.id != named.id
    assert named.id == given


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("storage_backends = 1", "is no table"),
        ("[storage_backends]\nx = 1", "storage_backends.x: 'int' is no table"),
        ("[storage_backends.x]\nlabel = 'x'", "either folder or bucket"),
        ("[storage_backends.x]\nbucket = 1", "is no str"),
        ("[storage_backends.x]\nbucket = 'b'\ndefualt = true", "; expected default$"),
        ("[storage_backends.x]\nbucket = 'b'\nsecret_access_key = 'hunter2'", "in a variable"),
        ("[storage_backends.x]\nbucket = 'b'\naccess_key_variable = 'NOPE'", "NOPE is not set"),
        ("[storage_backends.x]\nbucket = 'b'\naccess_key_variable = 'ARCHIVE_KEY'", "both or"),
        ("[storage_backends.x]\nbucket = 'b'\nid = 'x'", "is no UUID"),
        ("[storage_backends.x]\nfolder = 'here'", "no absolute path"),
        ("[storage_backends.x]\nfolder = '/x'\nendpoint = 'y'", "nothing of a folder"),
        (f"{NEAR}default = true\n{ARCHIVE}", "of two storage backends"),
        (f"{NEAR}label = 'archive'\n{ARCHIVE}", "names two storage backends"),
    ],
)
def test_an_entry_that_cannot_work_is_refused(
    environ: dict[str, str], written: str, complaint: str
) -> None:
    with pytest.raises(BadParameter, match=complaint) as refused:
        backends(environ, written)
    assert "hunter2" not in repr(refused.value)


def test_no_two_backends_are_one_place(environ: dict[str, str], tmp_path: Path) -> None:
    """A delete from one would take the bytes of the other."""
    folder = tmp_path / "media"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    s3 = {"s3_access_key_id": "k", "s3_secret_access_key": "s", "s3_bucket_name": "deep"}
    in_folder, in_bucket = {"media": folder.as_uri()}, {"media": "s3", **s3}
    here = {**in_bucket, "s3_endpoint_url": "127.0.0.1:1"}
    for settings, given in (
        (in_folder, f'folder = "{folder}/../media"'),
        (in_folder, f'folder = "{tmp_path}/link"'),
        (in_folder, f'folder = "{folder}/below"'),
        (in_folder, f'folder = "{tmp_path}"'),
        (here, 'bucket = "deep"\nendpoint = "http://127.0.0.1:1/"'),
        (in_bucket, 'bucket = "deep"\nendpoint = "https://s3.eu-west-1.amazonaws.com"'),
        (in_bucket, 'bucket = "deep"'),
    ):
        with pytest.raises(BadParameter, match="'archive' keeps its bytes where 'default' does"):
            backends(environ, f"[storage_backends.archive]\n{given}", **settings)
    for settings, given in (
        (in_folder, f'folder = "{folder}-2"'),
        (in_bucket, 'bucket = "deep"\nendpoint = "http://127.0.0.1:1/"'),
        (here, 'bucket = "deep"\nendpoint = "http://127.0.0.1:2/"'),
        (here, 'bucket = "other"\nendpoint = "http://127.0.0.1:1/"'),
    ):
        assert len(backends(environ, f"[storage_backends.archive]\n{given}", **settings)) == 2


def test_how_s3_is_talked_to_is_set(environ: dict[str, str]) -> None:
    """F61 to F66."""
    tuned = {
        "TAMS_S3_POOL": "9",
        "TAMS_S3_READ_TIMEOUT": "7",
        "TAMS_S3_CONNECT_TIMEOUT": "3",
        "TAMS_S3_ATTEMPTS": "2",
        "TAMS_S3_PART_SIZE": "6000000",
        "TAMS_S3_THREADS": "1",
    }
    (archive,) = backends(environ | tuned, ARCHIVE)

    config = archive.storage.client.meta.config
    assert (config.max_pool_connections, config.read_timeout, config.connect_timeout) == (9, 7, 3)
    assert config.retries["total_max_attempts"] == 2
    assert archive.storage.config.tuning.part_bytes == 6_000_000
    for name in ("TAMS_S3_PART_SIZE", "TAMS_S3_POOL"):
        with pytest.raises(BadParameter, match=name):
            S3Tuning.read({name: "0"})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"s3_presigned_url_upload_timeout": 29}, "UPLOAD_TIMEOUT: 29 is too short"),
        ({"s3_presigned_url_download_timeout": 0}, "DOWNLOAD_TIMEOUT: 0 is too short"),
        ({"min_object_timeout": "299:0", "s3_presigned_url_upload_timeout": 60}, "300:0"),
        ({"min_object_timeout": "3599:999999999"}, "at least 3600:0"),
        ({"min_object_timeout": "soon"}, "TAMS_MIN_OBJECT_TIMEOUT: 'soon' is no TAMS timestamp"),
    ],
)
def test_timeouts_that_would_lose_bytes_are_refused(
    settings: dict[str, Any], complaint: str
) -> None:
    """F42a, §62, §63."""
    refuse_unsafe_timeouts(Settings())
    with pytest.raises(ValueError, match=complaint):
        refuse_unsafe_timeouts(Settings(**settings))


def test_no_presigned_url_is_promised_longer_than_it_lives() -> None:
    """§63, F42."""
    assert min_presigned_url_timeout(Settings(s3_presigned_url_download_timeout=60)) == "60:0"
    long = {"s3_presigned_url_download_timeout": 9000, "s3_presigned_url_upload_timeout": 9000}
    assert min_presigned_url_timeout(Settings(**long)) == "3600:0"
