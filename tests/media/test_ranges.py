"""Objects read by ranges: the right bytes, and few of them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tams_analytics.errors import EngineFailed, NotFound
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.ranges import LEAST_BYTES, MOST_BYTES, ObjectReader, Part
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.media.storage import MediaStorage
from tests.support.s3_server import ACCESS, SECRET, serving

CONTENT = random.Random(1).randbytes(5_000_000)  # noqa: S311 - for tests


@pytest.fixture(scope="module")
def moto() -> Iterator[S3Storage]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield S3Storage(S3Config("ranges", f"http://{host}:{port}", ACCESS, SECRET))
    server.stop()


@pytest.fixture(scope="module")
def versitygw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Storage]:
    with serving(tmp_path_factory.mktemp("s3")) as url:
        yield S3Storage(S3Config("ranges", url, ACCESS, SECRET))


KINDS = ["folder", "moto", pytest.param("versitygw", marks=pytest.mark.s3)]


@pytest.fixture(scope="module", params=KINDS)
def storage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> MediaStorage:
    """Has `CONTENT` under ``an object``."""
    if request.param == "folder":
        made: MediaStorage = DirectoryStorage(tmp_path_factory.mktemp("folder") / "media")
        made.begin()
    else:
        s3: S3Storage = request.getfixturevalue(request.param)
        s3.client.create_bucket(Bucket=s3.bucket)
        made = s3
    made.put("an object", CONTENT)
    return made


@pytest.fixture
def reader(storage: MediaStorage) -> ObjectReader:
    return ObjectReader([part_of(storage)])


def part_of(storage: MediaStorage) -> Part:
    return Part(storage.size("an object"), lambda a, b: storage.read("an object", a, b))


def in_memory(*contents: bytes) -> ObjectReader:
    return ObjectReader([Part(len(one), lambda a, b, one=one: one[a:b]) for one in contents])


def test_a_range_is_read_from_its_first_byte_to_before_its_last(storage: MediaStorage) -> None:
    assert CONTENT[1000:1010] == storage.read("an object", 1000, 1010)


def test_a_range_that_ends_behind_the_end_ends_there(storage: MediaStorage) -> None:
    assert CONTENT[-7:] == storage.read("an object", len(CONTENT) - 7, len(CONTENT) + 7)


def test_a_range_of_nothing_is_not_found(storage: MediaStorage) -> None:
    with pytest.raises(NotFound):
        storage.read("another object", 0, 1)


def test_a_few_bytes_far_away_cost_two_short_requests(reader: ObjectReader) -> None:
    first = reader.read(10)
    reader.seek(-10, io.SEEK_END)
    last = reader.read(10)

    assert (CONTENT[:10], CONTENT[-10:]) == (first, last)
    assert (2, LEAST_BYTES + 10) == (reader.requests, reader.bytes_read)


def test_what_was_fetched_is_not_fetched_again(reader: ObjectReader) -> None:
    for _time in range(3):
        reader.seek(100)
        assert CONTENT[100:200] == reader.read(100)

    assert 1 == reader.requests


def test_reading_on_takes_ever_larger_ranges(reader: ObjectReader) -> None:
    found = bytearray()
    while piece := reader.read(32_768):
        found += piece

    assert CONTENT == bytes(found)
    assert len(CONTENT) == reader.bytes_read
    assert reader.requests < len(CONTENT) // MOST_BYTES + 6


def test_any_order_of_reads_gives_what_the_bytes_are() -> None:
    chance = random.Random(2)  # noqa: S311 - for tests
    reader = in_memory(CONTENT[:1000], CONTENT[1000:400_000])
    for _time in range(300):
        place, size = chance.randrange(400_000), chance.randrange(1, 100_000)
        reader.seek(place)
        found = reader.read(size)
        assert found
        assert CONTENT[place : place + len(found)] == found


def test_parts_are_read_as_one_file() -> None:
    reader = in_memory(b"abc", b"", b"defg")

    assert (7, b"abcdefg", b"") == (reader.size, reader.readall(), reader.read(1))


def test_a_place_before_the_first_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 lies before the first byte"):
        in_memory(b"abc").seek(-1)


def test_bytes_that_have_gone_meanwhile_are_an_error() -> None:
    reader = ObjectReader([Part(3, lambda _start, _stop: b"")])

    with pytest.raises(EngineFailed, match="byte 0 of 3 is not there"):
        reader.read(1)


def test_a_file_and_a_reader_say_the_same(storage: MediaStorage, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    reader = io.BufferedReader(ObjectReader([part_of(storage)]))
    with path.open("rb") as file:
        for place in (0, 4_999_000, 17):
            assert file.seek(place) == reader.seek(place)
            assert file.read(5000) == reader.read(5000)
