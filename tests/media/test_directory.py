"""A folder as storage of media objects."""

from __future__ import annotations

import io
import os
import shutil
import time
from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter, BytesStay, EngineFailed, NotFound
from tams_analytics.media.directory import INCOMING, LEFT_S, DirectoryStorage
from tams_analytics.media.storage import Content, MediaStorage

KEY = "f1/2026/11/22/an object"


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    made = DirectoryStorage(tmp_path / "media")
    made.begin()
    return made


def files(storage: DirectoryStorage) -> list[str]:
    found = (str(path.relative_to(storage.root)) for path in storage.root.rglob("*"))
    return sorted(path for path in found if path != INCOMING)


def test_a_start_tells_that_a_folder_was_there_before(
    storage: DirectoryStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """Its disk may not be mounted: nobody can tell that from one that is lost."""
    assert (storage.is_begun, storage.was_begun) == (True, False)
    shutil.rmtree(storage.root)
    assert storage.was_begun
    storage.begin()
    assert caplog.messages == [
        f"{storage.root} is gone and made anew, empty; its disk may not be mounted"
    ]


def test_a_directory_is_a_media_storage(storage: DirectoryStorage) -> None:
    assert isinstance(storage, MediaStorage)


@pytest.mark.parametrize("kind", ["bytes", "path", "file"])
def test_what_was_put_is_read_back(storage: DirectoryStorage, tmp_path: Path, kind: str) -> None:
    original = tmp_path / "original"
    original.write_bytes(b"moving picture")
    content: dict[str, Content] = {
        "bytes": b"moving picture",
        "path": original,
        "file": io.BytesIO(b"moving picture"),
    }

    assert storage.put(KEY, content[kind], "video/mp4") == 14
    with storage.open(KEY) as file:
        assert file.read() == b"moving picture"
    assert storage.size(KEY) == 14
    assert storage.exists(KEY)


def test_a_put_replaces_what_was_there(storage: DirectoryStorage) -> None:
    storage.put(KEY, b"old and long")
    storage.put(KEY, b"new")

    assert storage.size(KEY) == 3


def test_an_interrupted_put_leaves_the_old_bytes_and_nothing_else(
    storage: DirectoryStorage,
) -> None:
    storage.put(KEY, b"old")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "the tape tore")

    with pytest.raises(EngineFailed, match=r"storing f1/.*the tape tore"):
        storage.put(KEY, Broken())
    assert files(storage) == ["f1", "f1/2026", "f1/2026/11", "f1/2026/11/22", KEY]
    with storage.open(KEY) as file:
        assert file.read() == b"old"


def test_the_last_look_is_when_all_bytes_are_on_the_disk(
    storage: DirectoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync takes its time, in which others register what is there."""
    storage.put(KEY, b"old")
    done: list[str] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (done.append("sync"), real(file)))

    def look() -> None:
        done.append("look")
        raise BytesStay(KEY)

    with pytest.raises(BytesStay), storage.replacing(KEY, look) as target:
        target.write(b"new")
    assert done == ["sync", "look"]
    assert files(storage) == ["f1", "f1/2026", "f1/2026/11", "f1/2026/11/22", KEY]
    with storage.open(KEY) as file:
        assert file.read() == b"old"


@pytest.mark.parametrize("use", ["put", "delete"])
def test_what_a_killed_put_has_left_goes_with_the_next_one(
    storage: DirectoryStorage, use: str
) -> None:
    storage.put(KEY, b"x")
    old, young = (storage.root / INCOMING / name for name in ("old", "young"))
    for each in (old, young):
        each.write_bytes(b"half an ob")
    long_ago = time.time() - LEFT_S - 1
    os.utime(old, (long_ago, long_ago))

    if use == "put":
        storage.put("other", b"y")
    else:
        storage.delete([KEY])
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("key", ["folder/" + 256 * "x", "file/below", "folder"])
def test_a_key_that_no_file_can_have_is_refused_and_has_no_bytes(
    storage: DirectoryStorage, key: str
) -> None:
    """The client chose it; the folder does not fail. A folder that is not there does."""
    storage.put("file", b"x")
    storage.put("folder/file", b"x")

    with pytest.raises(BadParameter, match="can be no file"):
        storage.put(key, b"y")
    assert not storage.exists(key)
    with pytest.raises(NotFound):
        storage.open(key)
    storage.delete([key])
    assert files(storage) == ["file", "folder", "folder/file"]
    broken = DirectoryStorage(storage.root / "file" / "below")
    with pytest.raises(EngineFailed):
        broken.put("x", b"y")
    with pytest.raises(EngineFailed):
        broken.delete(["x"])


def test_deleting_twice_is_no_error_and_leaves_no_empty_folder(storage: DirectoryStorage) -> None:
    storage.put(KEY, b"x")
    storage.put("other", b"y")

    storage.delete([KEY, "never/there"])
    storage.delete([KEY])
    assert files(storage) == ["other"]


@pytest.mark.parametrize("question", ["size", "open"])
def test_bytes_that_are_not_there_are_not_found(storage: DirectoryStorage, question: str) -> None:
    with pytest.raises(NotFound, match="f1/2026"):
        getattr(storage, question)(KEY)
    assert not storage.exists(KEY)


@pytest.mark.parametrize("left", ["nothing", "a mount point"])
def test_a_folder_that_is_gone_is_not_made_anew_and_lacks_nothing(
    storage: DirectoryStorage, left: str
) -> None:
    """As of a disk that is not mounted any more: what it has comes back with it."""
    storage.put(KEY, b"x")
    away = storage.root.rename(storage.root.with_name("away"))
    if left == "a mount point":
        storage.root.mkdir()
    for use in (storage.open, storage.size, storage.stat, storage.exists):
        with pytest.raises(EngineFailed, match=r"No such file.*mount its disk"):
            use(KEY)
    for key in (KEY, "other"):
        with pytest.raises(EngineFailed, match=r"mount its disk; .*prepare_storage_backends\(\)"):
            storage.put(key, b"y")
    with pytest.raises(EngineFailed):
        storage.delete([KEY])
    assert list(storage.root.parent.glob("media/*")) == []

    if left == "a mount point":
        storage.root.rmdir()
    away.rename(storage.root)
    assert storage.size(KEY) == 1


@pytest.mark.parametrize("question", ["size", "open", "stat"])
def test_bytes_that_go_while_they_are_looked_for_are_not_found(
    storage: DirectoryStorage, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setattr(Path, "is_file", lambda _: True)  # as it was a moment ago
    with pytest.raises(NotFound, match="f1/2026"):
        getattr(storage, question)(KEY)


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../up", "a/../../up", "a//b", "./a", "a/.", "a/", "a\0b", ".."]
)
def test_a_key_that_is_no_path_below_the_folder_is_refused(
    storage: DirectoryStorage, key: str
) -> None:
    for use in (storage.open, storage.size, storage.exists, storage.url):
        with pytest.raises(BadParameter):
            use(key)
    with pytest.raises(BadParameter):
        storage.put(key, b"x")


def test_a_link_does_not_lead_out_of_the_folder(storage: DirectoryStorage, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (storage.root / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(BadParameter, match="leads out"):
        storage.put("link/x", b"x")


def test_a_url_says_where_the_file_is(storage: DirectoryStorage) -> None:
    assert storage.url("a b") == f"{storage.root.as_uri()}/a%20b"
