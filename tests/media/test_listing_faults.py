"""A listing that cannot be written, or of a bucket that changes, fails clearly or is right."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.listing import exporting, list_into
from tams_analytics.media.listing.exporting import Exporting
from tams_analytics.media.listing.pages import Page
from tams_analytics.media.listing.parts import Parts
from tests.media.test_listing import NOW, OF_TAMS, assert_goes_on, listed
from tests.support.listed_keys import KeysInMemory


@pytest.fixture
def backend(tmp_path: Path) -> ConfiguredBackend:
    """A folder with one file."""
    storage = DirectoryStorage(tmp_path / "media")
    storage.begin()
    storage.put("a", b"1")
    return ConfiguredBackend("default", "default", "s3", storage.product, storage)


def test_a_folder_that_is_not_there_is_refused(backend: ConfiguredBackend, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="is in a folder that does not exist; expected another"):
        list_into(tmp_path / "no" / "x.parquet", [backend])
    assert not (tmp_path / "no").exists()


def test_a_file_of_another_kind_is_not_replaced(backend: ConfiguredBackend, tmp_path: Path) -> None:
    """A store, perhaps."""
    target = tmp_path / "store.duckdb"
    target.write_bytes(b"months of work")
    with pytest.raises(BadParameter, match=r"store\.duckdb' is there, and is no Parquet file"):
        list_into(target, [backend])
    assert b"months of work" == target.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with names")
def test_a_pipe_is_no_file(backend: ConfiguredBackend, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.parquet")
    with pytest.raises(BadParameter, match="is there, and is no Parquet file"):
        list_into(tmp_path / "x.parquet", [backend])


def test_an_empty_file_and_a_listing_are_replaced(
    backend: ConfiguredBackend, tmp_path: Path
) -> None:
    target = tmp_path / "x.parquet"
    target.touch()
    assert 1 == list_into(target, [backend])
    backend.storage.put("b", b"2")
    assert 2 == list_into(target, [backend])
    assert 2 == pq.read_metadata(target).num_rows


def test_a_file_where_the_parts_would_lie_is_kept(
    backend: ConfiguredBackend, tmp_path: Path
) -> None:
    (tmp_path / "x.parquet.partial").write_bytes(b"somebody's")
    with pytest.raises(BadParameter, match=r"x\.parquet\.partial beside it is no folder"):
        list_into(tmp_path / "x.parquet", [backend])


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """As on a disk that is full."""
    import resource  # noqa: PLC0415 - not on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(os.name == "nt", reason="there is no limit to set")
def test_a_full_disk_fails_and_what_is_listed_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parts are written, and the file of all of them is not."""
    monkeypatch.setattr(exporting, "ROWS_IN_A_PART", 500)
    target = tmp_path / "x.parquet"
    with (
        files_end_at(6_000),
        pytest.raises(EngineFailed, match=r"the disk failed at writing .*whole.*; make room on"),
    ):
        listed(KeysInMemory(OF_TAMS, page_size=100), target)
    assert not target.exists()
    assert_goes_on(target)


@pytest.mark.skipif(os.name == "nt", reason="there is no limit to set")
def test_a_disk_that_takes_no_part_fails(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    with (
        files_end_at(300),
        pytest.raises(EngineFailed, match=r"the disk failed at writing .*\.tmp: .*; make room"),
    ):
        listed(KeysInMemory(OF_TAMS, page_size=100), target)
    assert sorted(OF_TAMS) == listed(KeysInMemory(OF_TAMS, page_size=100), target)


def test_a_listing_that_found_nothing_leaves_nothing_and_its_moment_is_forgotten(
    tmp_path: Path,
) -> None:
    """A wrong key, for example: what is listed when it is right is of then."""
    target = tmp_path / "x.parquet"
    with pytest.raises(ConnectionError):
        listed(KeysInMemory(OF_TAMS, fails_after=0), target)
    assert [] == [*tmp_path.iterdir()]

    later = NOW + dt.timedelta(hours=1)
    Parts(target, {"media": "memory"}, NOW)._lock.close()  # killed here
    with Parts(target, {"media": "memory"}, later) as parts:
        assert later == parts.listed_at


def test_a_part_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Its end is whole, and so its name; its rows are not."""
    target = tmp_path / "x.parquet"
    lister = KeysInMemory(OF_TAMS, page_size=1000)
    with Parts(target, {"media": lister.place}, NOW) as parts:
        Exporting({"media": lister}, parts, lambda count: None).run(1)
        (part,) = parts.found
        spoilt = bytearray(part.file.read_bytes())
        spoilt[4:-5000] = bytes(len(spoilt) - 5004)
        part.file.write_bytes(spoilt)
        with pytest.raises(EngineFailed, match=r"the listing failed at reading .*; remove .*anew"):
            parts.finish()


@dataclass
class Changing(KeysInMemory):
    """Half of its keys go, and as many others come, while it is listed."""

    def pages(self, after: str) -> Iterator[Page]:
        for page in super().pages(after):
            yield page
            if page.keys:
                at = self.keys.index(page.keys[-1]) if page.keys[-1] in self.keys else 0
                gone = {key for key in self.keys[max(0, at - 7) : at + 8] if is_passing(key)}
                come = {f"{key} come" for key in gone if not key.endswith("come")}
                self.keys = sorted({*self.keys} - gone | come)


def is_passing(key: str) -> bool:
    return key[-1] in "13579" or key.endswith("come")


@pytest.mark.parametrize("threads", [1, 8])
def test_what_stays_while_others_come_and_go_is_listed_once(threads: int, tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    lister = Changing(OF_TAMS)
    with Parts(target, {"media": lister.place}, NOW) as parts:
        Exporting({"media": lister}, parts, lambda count: None).run(threads)
        parts.finish()
    found: list[str] = pq.read_table(target).column("key").to_pylist()

    assert sorted({*found}) == found
    assert {key for key in OF_TAMS if not is_passing(key)} <= {*found}
    assert {*found} != {*OF_TAMS}
