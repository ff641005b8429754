"""Stores with media, for tests of what runs in the background."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics.engines.rows import now
from tams_analytics.work.collector import Collected, collect

VIDEO = "urn:x-nmos:format:video"
FLOW = "11111111-1111-4111-8111-111111111111"
SOURCE = "99999999-9999-4999-8999-999999999999"
NEAR = "f6e1c3a0-5a1b-4f0e-8e8e-3f4d7a1b2c3d"
SETTINGS = f'[storage_backends.near]\nid = "{NEAR}"\nfolder = "FOLDER"\n'
LATER = dt.timedelta(hours=2)
"""Beyond `min_object_timeout` and the grace."""


class Kept:
    """A store with one flow, whose bytes lie in two folders, and what tests do with it."""

    FLOW, NEAR = FLOW, NEAR

    def __init__(self, store: ta.Store, folder: Path) -> None:
        self.store = store
        self.engine = store._engine
        self.folder = folder

    def allocate(self, *ids: str, content: bytes = b"media") -> None:
        """Objects with their bytes."""
        for one in self.store.writes.allocate_storage(FLOW, {"object_ids": list(ids)}):
            self.store.storages.of(one.storage_id).put(one.storage_path, content)

    def register(self, id: str, at: int) -> None:
        self.store.writes.create_segments(
            FLOW, {"object_id": id, "timerange": f"[{at}:0_{at + 1}:0)"}
        )

    def release(self, id: str) -> None:
        self.store.writes.delete_segments(FLOW, object_id=id)

    def copy_near(self, id: str) -> None:
        """Another instance, with its bytes."""
        self.store.writes.add_instance(id, {"storage_id": NEAR})
        (key,) = self.store.objects.filter(ta._.id == id).storage_path.to_list()
        self.store.storages.of(NEAR).put(key, b"media")

    def files(self, where: str = "media") -> set[str]:
        """The objects whose bytes are in a folder."""
        return names_in(self.folder / where)

    def objects(self) -> set[str]:
        return set(self.store.objects.id.to_list())

    def collect(self, later: dt.timedelta = LATER, **arguments: object) -> Collected:
        moment = now() + later
        return collect(self.engine, self.store.storages, moment=moment, **arguments)  # type: ignore[arg-type]


def names_in(folder: Path) -> set[str]:
    """The files below a folder; one that is deleted meanwhile is none."""
    return {name for _folder, _folders, names in os.walk(folder) for name in names}


def made_flow(store: ta.Store) -> None:
    store.writes.prepare_storage_backends()
    store.writes.create_flow(
        {
            "id": FLOW,
            "source_id": SOURCE,
            "format": VIDEO,
            "codec": "video/h264",
            "frame_width": 16,
            "frame_height": 9,
            "frame_rate": "25/1",
        }
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bytes are: ``media``, the default, and ``near``."""
    (tmp_path / "settings.toml").write_text(SETTINGS.replace("FOLDER", str(tmp_path / "near")))
    monkeypatch.setenv("TAMS_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("TAMS_MEDIA", (tmp_path / "media").as_uri())
    return tmp_path


@pytest.fixture
def kept(folder: Path, store: ta.Store) -> Kept:
    """On each engine; the folder first, as opening a store reads the settings."""
    made_flow(store)
    return Kept(store, folder)
