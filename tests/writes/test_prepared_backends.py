"""Storage backends as the settings name them, made known at each start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.queries.entities import tags_of
from tams_analytics.writes.prepared_backends import prepare_storage_backends
from tests.writes.conftest import World

NEAR = '[storage_backends.near]\nfolder = "{}"\nregion = "n-1"\ntags = {{ site = "north" }}\n'
COLUMNS = ("label", "default_storage", "region")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "settings.toml"
    file.touch()
    monkeypatch.setenv("TAMS_SETTINGS", str(file))
    return file


def test_each_start_makes_known_what_the_settings_name(world: World, file: Path) -> None:
    """F3, F43, §66 to §68: one default, steady ids, no write where nothing changed."""
    near, media = file.with_name("near"), file.with_name("media")
    world.set(media=media.as_uri())
    written = NEAR.format(near)
    file.write_text(written)

    assert len(prepare_storage_backends(world.engine)) == 2
    assert near.is_dir()
    assert media.is_dir()
    ids = world.rows("storage_backends", "id", "created")
    assert world.rows("storage_backends", *COLUMNS) == [
        ("default", True, None),
        ("near", False, "n-1"),
    ]
    assert prepare_storage_backends(world.engine) == []

    written = written.replace("n-1", "n-2") + "default = true\n"
    file.write_text(written.replace("[", "#\n["))
    assert len(prepare_storage_backends(world.engine)) == 2
    assert world.rows("storage_backends", *COLUMNS) == [
        ("default", False, None),
        ("near", True, "n-2"),
    ]
    assert world.rows("storage_backends", "id", "created") == ids

    file.write_text(written.replace("north", "south"))
    (row,) = prepare_storage_backends(world.engine)
    assert tags_of(world.engine.ask, "storage_backends", row["id"]) == {"site": "south"}


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]


def test_a_storage_backend_that_is_named_no_more_is_told(
    world: World, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A start without the settings file changes no row, and shows no URL of what lies there."""
    world.set(media=file.with_name("media").as_uri())
    file.write_text(NEAR.format(file.with_name("near")))
    prepare_storage_backends(world.engine)
    assert not warnings_of(caplog)

    file.write_text("")
    prepare_storage_backends(world.engine)
    (said,) = warnings_of(caplog)
    assert "(near) is named by no setting" in said


def test_timeouts_that_would_lose_bytes_are_refused_first(world: World, file: Path) -> None:
    """F42a."""
    world.set(media=file.with_name("media").as_uri(), s3_presigned_url_upload_timeout=7200)
    with pytest.raises(BadParameter, match="TAMS_MIN_OBJECT_TIMEOUT"):
        prepare_storage_backends(world.engine)
    assert world.rows("storage_backends", "id") == []
