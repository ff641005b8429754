"""Segments that come with the bytes of their object (W6, R7): all of it, or nothing is left."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tams_analytics.engines import open_engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, EngineFailed, ReadOnlyFlow, Refused, SegmentsOverlap
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storage import Content
from tams_analytics.media.storages import Storages
from tams_analytics.queries.collecting import Until, left_behind
from tams_analytics.work.collector import collect
from tams_analytics.writes import collecting, holding
from tams_analytics.writes.collected import TAKEN_OVER_AFTER
from tams_analytics.writes.deletes import delete_segments
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage import allocate_storage
from tams_analytics.writes.uploads import upload_segment
from tests.writes.conftest import World

SEGMENT = {"object_id": "d", "timerange": "3600:0_7200:0", "ts_offset": "3600:0"}


class Meanwhile(io.BytesIO):
    """Bytes; when they are first read, something else happens first."""

    def __init__(self, content: bytes, happens: Callable[[], Any]) -> None:
        super().__init__(content)
        self._happens: Callable[[], Any] | None = happens

    def read(self, size: int | None = -1) -> bytes:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return super().read(size)


class Uploads:
    """A store with two flows and a folder for bytes."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.engine, self.folder = world, world.engine, folder
        world.set(media=folder.as_uri())
        self.storages = Storages.configured(world.engine.settings)

    def upload(self, content: Any = b"bytes", **changed: Any) -> dict[str, Any]:
        posted = SEGMENT | changed
        return upload_segment(self.engine, self.storages, self.world.F1, posted, content)

    def files(self) -> dict[str, bytes]:
        """What is in the folder, by key."""
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def left(self) -> tuple[dict[str, bytes], list[Any], list[Any]]:
        """Bytes, objects, instances."""
        rows = self.world.rows
        return self.files(), rows("objects", "id"), rows("object_instances", "object_id", "key")


@pytest.fixture
def uploads(world: World, tmp_path: Path) -> Uploads:
    return Uploads(world, tmp_path / "media")


def test_w6_bytes_lie_under_the_path_and_their_size_is_on_record(uploads: Uploads) -> None:
    made = uploads.upload(b"x" * 3072)

    path = made["storage_path"]
    assert made == SEGMENT | {"timerange": "[3600:0_7200:0)", "storage_path": path}
    assert uploads.files() == {path: b"x" * 3072}
    row = uploads.world.object("d")
    assert (row["size"], row["content_type"], row["storage_path"]) == (3072, "video/mp4", path)
    assert uploads.world.rows("object_instances", "object_id", "controlled", "key") == [
        ("d", True, path)
    ]
    assert uploads.world.segments(uploads.world.F1) == [("d", "[3600:0_7200:0)")]


def test_an_allocated_object_keeps_its_path_and_may_be_reused(uploads: Uploads) -> None:
    """R8, §174; strict mode asks for an allocated object or for its bytes (R14)."""
    uploads.world.set_strict()
    (place,) = allocate_storage(uploads.engine, uploads.world.F1, {"object_ids": ["d"]})
    made = uploads.upload()
    assert made["storage_path"] == place.storage_path
    assert uploads.files() == {place.storage_path: b"bytes"}
    again = {"object_id": "d", "timerange": "[0:0_1:0)"}
    assert create_segments(uploads.engine, uploads.world.F2, again).created
    assert uploads.upload(b"more", object_id="new", timerange="[9000:0_9001:0)")
    with pytest.raises(BadParameter, match="has its bytes"):
        uploads.upload(b"other", timerange="[7200:0_7201:0)", ts_offset="7200:0")
    assert uploads.files()[place.storage_path] == b"bytes"


def test_what_the_rules_refuse_is_refused_before_a_byte_is_stored(uploads: Uploads) -> None:
    create_segments(uploads.engine, uploads.world.F1, {"object_id": "c", "timerange": "0:0_3601:0"})
    before = uploads.left()

    def never() -> None:
        raise AssertionError("the bytes were read")

    with pytest.raises(SegmentsOverlap):
        uploads.upload(Meanwhile(b"x", never))
    with pytest.raises(BadParameter, match="no object"):
        upload_segment(uploads.engine, uploads.storages, uploads.world.F1, [SEGMENT], b"x")
    uploads.world.set_flow(uploads.world.F1, read_only=True)
    with pytest.raises(ReadOnlyFlow):
        uploads.upload(Meanwhile(b"x", never))
    assert uploads.left() == before
    assert not uploads.files()


def test_r7_what_is_refused_after_the_bytes_were_stored_leaves_nothing(uploads: Uploads) -> None:
    """Somebody else takes the time while the bytes are on their way."""
    f1 = uploads.world.F1
    other = {"object_id": "quick", "timerange": "[3600:0_3601:0)"}

    with pytest.raises(SegmentsOverlap):
        uploads.upload(Meanwhile(b"x", lambda: create_segments(uploads.engine, f1, other)))
    assert uploads.left() == ({}, [("quick",)], [])

    delete_segments(uploads.engine, f1)
    (place,) = allocate_storage(uploads.engine, f1, {"object_ids": ["d"]})
    with pytest.raises(SegmentsOverlap):
        uploads.upload(Meanwhile(b"x", lambda: create_segments(uploads.engine, f1, other)))
    kept = [("d", place.storage_path)]
    assert uploads.left() == ({}, [("d",), ("quick",)], kept)  # it is allocated as before


def test_what_cannot_be_read_or_stored_leaves_nothing(uploads: Uploads) -> None:
    def fail() -> None:
        raise OSError("the line is cut")

    with pytest.raises(EngineFailed, match="the line is cut"):
        uploads.upload(Meanwhile(b"x", fail))
    assert uploads.left() == ({}, [], [])
    nowhere = Storages.configured(dataclasses.replace(uploads.engine.settings, media=None))
    with pytest.raises(EngineFailed, match="do not name it"):
        upload_segment(uploads.engine, nowhere, uploads.world.F1, SEGMENT, b"x")
    assert uploads.left() == ({}, [], [])
    assert uploads.upload()


def test_two_uploads_of_one_object_do_not_meet(uploads: Uploads) -> None:
    """The second one is refused while the first is under way, and registers nothing."""

    def second() -> None:
        with pytest.raises(Refused, match="under way"):
            uploads.upload(b"second", timerange="[0:0_1:0)")

    made = uploads.upload(Meanwhile(b"first", second))
    assert uploads.files() == {made["storage_path"]: b"first"}


@pytest.mark.parametrize("only_engine", ["vast"], indirect=True)
def test_two_processes_do_not_meet_either(uploads: Uploads) -> None:
    """R7: of two that upload one new object the first wins, and the other one takes nothing away.

    What the first one is refused in the end is free for the other one.
    """
    f1 = uploads.world.F1
    with contextlib.closing(open_engine(uploads.engine.url)) as other:

        def second(id: str) -> None:
            posted = {"object_id": id, "timerange": "[0:0_1:0)"}
            with pytest.raises(Refused, match="under way"):
                upload_segment(other, uploads.storages, f1, posted, b"second")

        def take_its_time() -> None:
            second("e")
            create_segments(other, f1, {"object_id": "quick", "timerange": "[9000:0_9001:0)"})

        made = uploads.upload(Meanwhile(b"first", lambda: second("d")))
        assert uploads.files() == {made["storage_path"]: b"first"}
        late = {"object_id": "e", "timerange": "[9000:0_9001:0)", "ts_offset": "9000:0"}
        with pytest.raises(SegmentsOverlap):
            uploads.upload(Meanwhile(b"lost", take_its_time), **late)
        late["timerange"] = "[9001:0_9002:0)"
        again = upload_segment(other, uploads.storages, f1, late, b"won")
    assert uploads.files() == {made["storage_path"]: b"first", again["storage_path"]: b"won"}


def test_no_transaction_waits_for_bytes_that_go_again(uploads: Uploads) -> None:
    """Where the storage keeps them the object stays allocated, for another try or the collector."""
    f1 = uploads.world.F1
    (known,) = uploads.storages.backends
    writes: list[str] = []

    class Slow(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            raise EngineFailed("the storage", "storing", f"{super().put(key, content)} is too much")

        def delete(self, keys: Iterable[str]) -> None:
            writes.append("meanwhile")
            at = len(writes)
            other = {"object_id": f"quick {at}", "timerange": f"[{at}:0_{at + 1}:0)"}
            create_segments(uploads.engine, f1, other)  # refused inside a transaction
            with pytest.raises(Refused, match="under way"):
                create_segments(uploads.engine, f1, SEGMENT)
            if at == 1:
                raise EngineFailed("the storage", "deleting", "it is down")
            super().delete(keys)

    slow = dataclasses.replace(known, storage=Slow(uploads.folder))
    failing = Storages(uploads.engine.settings, [slow])
    for left in (["d", "quick 1"], ["d", "quick 1", "quick 2"]):
        with pytest.raises(EngineFailed, match="too much"):
            upload_segment(uploads.engine, failing, f1, SEGMENT, b"bytes")
        assert [id for (id,) in uploads.world.rows("objects", "id")] == left
    assert not uploads.files()
    assert uploads.world.object("d")["collecting_since"] is None


@pytest.mark.parametrize("only_engine", ["duckdb"], indirect=True)
@pytest.mark.parametrize("state", ["in use", "released", "forgotten"])
def test_r7_what_stays_behind_of_an_object_without_an_instance_is_collected(
    uploads: Uploads, state: str
) -> None:
    """As after a kill: the bytes came, and nobody took them away."""
    f1 = uploads.world.F1
    in_an_hour, tomorrow = (now() + dt.timedelta(hours=hours) for hours in (1, 24))
    (known,) = uploads.storages.backends

    class Stays(DirectoryStorage):
        def put(self, key: str, content: Content, content_type: str | None = None) -> int:
            super().put(key, content, content_type)
            if state == "forgotten":
                until = Until(in_an_hour, in_an_hour, in_an_hour)
                marked = collecting.mark_unused(uploads.engine, left_behind, until)
                collecting.forget_objects(uploads.engine, marked, ["d"])
            raise EngineFailed("the storage", "storing", "the line is cut")

        def delete(self, keys: Iterable[str]) -> None:
            raise EngineFailed("the storage", "deleting", "the line is cut")

    if state != "forgotten":
        create_segments(uploads.engine, f1, {"object_id": "d", "timerange": "[0:0_3600:0)"})
    if state == "released":
        delete_segments(uploads.engine, f1)
    cut = dataclasses.replace(known, storage=Stays(uploads.folder))
    with pytest.raises(EngineFailed, match="cut"):
        upload_segment(
            uploads.engine, Storages(uploads.engine.settings, [cut]), f1, SEGMENT, b"bytes"
        )
    assert len(uploads.files()) == 1
    collect(uploads.engine, uploads.storages, moment=tomorrow)
    assert not uploads.files()
    assert uploads.upload(b"again")
    collect(uploads.engine, uploads.storages, moment=tomorrow)
    assert list(uploads.files().values()) == [b"again"]


def test_an_object_that_is_deleted_while_its_bytes_come_leaves_nothing(uploads: Uploads) -> None:
    """R5: by a collector, an upload that takes too long; and the collector may be late with it."""

    def take_over() -> collecting.Marked:
        soon = now() + dt.timedelta(hours=1)
        return collecting.mark_unused(uploads.engine, left_behind, Until(soon, soon, soon))

    def collect() -> None:
        collecting.forget_objects(uploads.engine, take_over(), ["d"])

    with pytest.raises(Refused, match="deleted meanwhile"):
        uploads.upload(Meanwhile(b"x", collect))
    assert uploads.left() == ({}, [], [])
    with pytest.raises(Refused, match="deleted meanwhile"):
        uploads.upload(Meanwhile(b"x", take_over))
    assert len(uploads.files()) == 1  # it is the one's who took it over
    assert uploads.world.object("d")["collecting_since"] is not None


class Pieces(io.BytesIO):
    """Bytes that come one by one; before each of them something else happens."""

    def __init__(self, content: bytes, happens: Callable[[], Any]) -> None:
        super().__init__(content)
        self._happens = happens

    def read(self, size: int | None = -1) -> bytes:
        self._happens()
        return super().read(1)


@pytest.mark.parametrize("is_known", [False, True])
def test_no_collector_takes_an_object_over_however_long_its_bytes_take(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    """R5: its mark is renewed as they come, and so is the place of one that has no instance yet."""
    if is_known:
        posted = {"object_id": "d", "timerange": "[0:0_3600:0)"}
        create_segments(uploads.engine, uploads.world.F1, posted)
    monkeypatch.setattr(holding, "RENEWED_AFTER_S", 0)
    looks: list[dt.datetime] = []

    def collect() -> None:
        """What was there at the last look would be taken now."""
        if looks:
            until = Until(looks[-1], looks[-1], looks[-1])
            assert not collecting.mark_unused(uploads.engine, left_behind, until).seen
            assert not collecting.mark_discarded(uploads.engine, until).seen
        looks.append(now())

    made = uploads.upload(Pieces(b"abc", collect))
    assert uploads.files() == {made["storage_path"]: b"abc"}
    assert len(looks) == 4


def test_bytes_go_on_where_what_holds_them_cannot_be_renewed_for_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A mark lasts for three; whether it lasted, the registration finds out."""
    monkeypatch.setattr(holding, "RENEWED_AFTER_S", 0)
    failures = iter([EngineFailed("vast", "writing", "busy"), None, Refused("using", "it went")])

    def renew() -> None:
        failure = next(failures)
        if failure is not None:
            raise failure

    coming = holding.Renewing(io.BytesIO(b"abc"), renew)
    assert (coming.read(1), coming.read(1)) == (b"a", b"b")
    assert "vast failed at writing: busy" in caplog.text
    with pytest.raises(Refused, match="it went"):
        coming.read(1)


@pytest.mark.parametrize("only_engine", ["duckdb"], indirect=True)
def test_r7_no_client_deletes_an_object_while_its_bytes_come(uploads: Uploads) -> None:
    """Its id were free, and the late bytes would replace those of a new owner."""

    def delete() -> None:
        for refused in (collecting.mark_object, delete_object):
            with pytest.raises(Refused, match="under way; try again"):
                refused(uploads.engine, "d")

    made = uploads.upload(Meanwhile(b"x", delete))
    assert uploads.files() == {made["storage_path"]: b"x"}
    delete_segments(uploads.engine, uploads.world.F1)
    old = now() - TAKEN_OVER_AFTER
    uploads.engine.transact(lambda tx: tx.update("objects", {"id": "d"}, {"collecting_since": old}))
    assert collecting.mark_object(uploads.engine, "d").places


def test_bytes_that_wait_for_the_collector_stay_when_an_upload_fails(uploads: Uploads) -> None:
    """R5: the object can be registered again, as before; no size is on record that may be wrong."""
    uploads.upload()
    delete_segments(uploads.engine, uploads.world.F1)
    other = {"object_id": "quick", "timerange": "[3600:0_3601:0)"}

    with pytest.raises(SegmentsOverlap):
        uploads.upload(
            Meanwhile(b"x", lambda: create_segments(uploads.engine, uploads.world.F1, other))
        )
    assert list(uploads.files().values()) == [b"x"]
    row = uploads.world.object("d")
    assert (row["collecting_since"], row["size"]) == (None, None)


def test_an_object_without_bytes_may_get_them_later(uploads: Uploads) -> None:
    """R14: what was unverified has an instance then; R5: so has what waits for the collector."""
    f1 = uploads.world.F1
    (first,) = create_segments(
        uploads.engine, f1, {"object_id": "d", "timerange": "[0:0_3600:0)"}
    ).created
    made = uploads.upload(b"late")
    assert made["storage_path"] == first["storage_path"]
    assert uploads.files() == {first["storage_path"]: b"late"}
    delete_segments(uploads.engine, f1)
    again = uploads.upload(b"anew")
    assert uploads.files() == {again["storage_path"]: b"anew"}
    assert len(uploads.world.rows("object_instances", "key")) == 1
