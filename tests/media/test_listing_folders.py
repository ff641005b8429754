"""A folder for media is listed as a bucket would be."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import EngineFailed
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.listing import folders
from tams_analytics.media.listing.folders import FolderLister

KEYS = ["a b+c%20", "a-b", "a/x", "a/y/1", "a0", "b/é", "z\n"]


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    made = DirectoryStorage(tmp_path / "media")
    made.begin()
    for key in reversed(KEYS):
        made.put(key, key.encode())
    return made


def keys(storage: DirectoryStorage, after: str = "") -> list[str]:
    return [key for page in FolderLister(storage).pages(after) for key in page.keys]


def test_files_come_in_the_order_of_s3(storage: DirectoryStorage) -> None:
    assert sorted(KEYS) == keys(storage)


@pytest.mark.parametrize("after", [*KEYS, "a", "a/", "a/y", "b"])
def test_pages_follow_from_any_key_on(
    storage: DirectoryStorage, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "FILES_PER_PAGE", 2)

    assert [key for key in sorted(KEYS) if key > after] == keys(storage, after)


def test_a_file_has_its_size_and_time_and_no_etag(storage: DirectoryStorage) -> None:
    os.utime(storage.path("a/x"), ns=(0, 1_790_000_000_123_456_789))
    (page,) = FolderLister(storage).pages("a-b")

    moment = dt.datetime(2026, 9, 21, 14, 13, 20, 123456)
    row = {"key": "a/x", "size": 3, "etag": None, "storage_class": None, "last_modified": moment}
    assert row == page.rows.slice(0, 1).to_pylist()[0]


def test_what_is_being_stored_is_not_listed(storage: DirectoryStorage) -> None:
    with storage.replacing("new") as file:
        file.write(b"half")
        file.flush()
        assert sorted(KEYS) == keys(storage)


def test_a_folder_that_is_gone_fails(storage: DirectoryStorage) -> None:
    """Else all its objects would seem to have lost their bytes."""
    shutil.rmtree(storage.root)
    with pytest.raises(EngineFailed, match="mount its disk"):
        keys(storage)
    storage.root.mkdir()  # the mount point is left
    with pytest.raises(EngineFailed, match="it is gone; mount its disk"):
        keys(storage)


def test_a_folder_that_never_was_has_no_files(tmp_path: Path) -> None:
    assert [] == keys(DirectoryStorage(tmp_path / "never"))


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_listed_escaped(storage: DirectoryStorage) -> None:
    (storage.root / os.fsdecode(b"no-\xff-utf8")).write_bytes(b"")

    assert "no-\\xff-utf8" in keys(storage)


def test_a_link_out_of_the_folder_is_not_followed(storage: DirectoryStorage) -> None:
    outside = storage.root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"")
    (storage.root / "link").symlink_to(outside)

    assert sorted(KEYS) == keys(storage)


@given(st.sets(st.text(alphabet="ab-0", min_size=1, max_size=3), min_size=1))
def test_the_order_is_that_of_the_texts(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    storage = DirectoryStorage(tmp_path_factory.mktemp("order") / "media")
    storage.begin()
    found = sorted(f"{'/'.join(name)}.x" for name in names)
    for key in found:
        (storage.root / key).parent.mkdir(parents=True, exist_ok=True)
        (storage.root / key).write_bytes(b"")

    assert found == keys(storage)
