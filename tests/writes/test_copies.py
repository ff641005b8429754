"""Copies of objects that the store makes itself (statements 212, 213)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storage import Content
from tams_analytics.media.storages import Storages
from tams_analytics.work.collector import give_back
from tams_analytics.writes.collected import BEING_COLLECTED
from tams_analytics.writes.copies import register_instance
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.instances import delete_instance
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage_backends import put_storage_backend
from tams_analytics.writes.uploads import upload_segment
from tests.writes.conftest import World

NEAR = "b1111111-1111-4111-8111-111111111111"
FAR = "b2222222-2222-4222-8222-222222222222"
BYTES = b"y" * 3_000_000


class Watched(DirectoryStorage):
    """A folder that looks at the store while something is stored in it."""

    seen: Any = None

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        size = super().put(key, content, content_type)
        if self.seen:
            self.seen()
        return size


class Copies:
    """A store with two folders for bytes, and the object d in the near one."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.engine = world, world.engine
        self.near, self.far = DirectoryStorage(folder / "near"), Watched(folder / "far")
        backends = [
            ConfiguredBackend(NEAR, "near", "p", "s", self.near, is_default=True),
            ConfiguredBackend(FAR, "far", "p", "s", self.far),
        ]
        for each in backends:
            each.storage.begin()
            put_storage_backend(world.engine, each.document)
        self.storages = Storages(world.engine.settings, backends)
        posted = {"object_id": "d", "timerange": "[0:0_1:0)"}
        made = upload_segment(world.engine, self.storages, world.F1, posted, BYTES)
        self.key = made["storage_path"]

    def copy(self, object_id: str = "d", storage_id: str = FAR) -> Any:
        body = {"storage_id": storage_id}
        return register_instance(self.engine, self.storages, object_id, body)

    def instances(self) -> list[Any]:
        return self.world.rows("object_instances", "object_id", "storage_id", "key")

    def discarded(self) -> list[Any]:
        return self.world.rows("discarded_instances", "object_id", "storage_id", "key")


@pytest.fixture
def copies(world: World, tmp_path: Path) -> Copies:
    return Copies(world, tmp_path)


def test_212_bytes_are_copied_and_then_listed(copies: Copies) -> None:
    """While they are on their way the collector knows of them, and nobody else."""
    during: list[Any] = []
    object.__setattr__(
        copies.far, "seen", lambda: during.append((copies.instances(), copies.discarded()))
    )

    made = copies.copy()

    near, far = ("d", NEAR, copies.key), ("d", FAR, copies.key)
    assert during == [([near], [far])]
    assert (copies.instances(), copies.discarded()) == ([near, far], [])
    assert (made["storage_id"], made["key"]) == (FAR, copies.key)
    with copies.far.open(copies.key) as content:
        assert content.read() == BYTES
    with pytest.raises(BadParameter, match="already"):
        copies.copy()


def test_a_copy_that_was_deleted_may_be_made_again(copies: Copies) -> None:
    """Until the collector has begun to delete its bytes."""
    copies.copy()
    delete_instance(copies.engine, "d", storage_id=FAR)
    assert copies.discarded() == [("d", FAR, copies.key)]
    copies.copy()
    assert copies.discarded() == []
    delete_instance(copies.engine, "d", storage_id=FAR)
    mark = {"collecting_since": copies.world.object("d")["created"]}
    copies.engine.transact(lambda tx: tx.update("discarded_instances", {}, mark))
    with pytest.raises(Refused, match=BEING_COLLECTED):
        copies.copy()


def test_what_cannot_be_copied_is_listed_nowhere(copies: Copies) -> None:
    """The bytes are missing, another size, or not this store's; the collector gets the rest."""
    with pytest.raises(NotFound):
        copies.copy("nobody")
    with pytest.raises(BadParameter, match="no storage backend"):
        copies.copy(storage_id="b3333333-3333-4333-8333-333333333333")
    elsewhere = {"url": "https://example.org/e", "label": "there"}
    external = {"object_id": "e", "timerange": "[5:0_6:0)", "get_urls": [elsewhere]}
    create_segments(copies.engine, copies.world.F1, external)
    with pytest.raises(Refused, match="no bytes of it"):
        copies.copy("e")
    assert copies.discarded() == []

    copies.near.put(copies.key, b"short")
    with pytest.raises(EngineFailed, match="5 bytes were read where 3000000 are on record"):
        copies.copy()
    copies.near.delete([copies.key])
    with pytest.raises(Refused, match="its bytes are not at"):
        copies.copy()
    assert copies.discarded() == [("d", FAR, copies.key)]
    assert [id for id, storage_id, _ in copies.instances() if storage_id == FAR] == []


@pytest.mark.parametrize("only_engine", ["duckdb"], indirect=True)
def test_a_copy_that_comes_after_its_object_was_deleted_goes_again(copies: Copies) -> None:
    """R7: nobody else would know of those bytes."""

    def delete() -> None:
        delete_segments(copies.engine, copies.world.F1)
        give_back(copies.engine, copies.storages, "d")
        DirectoryStorage(copies.far.root).put(copies.key, b"late")

    object.__setattr__(copies.far, "seen", delete)

    with pytest.raises(NotFound):
        copies.copy()
    assert not copies.far.exists(copies.key)
    assert (copies.world.rows("objects", "id"), copies.discarded()) == ([], [])


def test_213_a_url_is_listed_and_a_released_object_takes_none(copies: Copies) -> None:
    body = {"url": "https://example.org/d", "label": "there"}
    made = register_instance(copies.engine, copies.storages, "d", body)
    assert (made["controlled"], made["url"]) == (False, body["url"])
    delete_segments(copies.engine, copies.world.F1)
    with pytest.raises(NotFound):
        copies.copy()
