"""Which instance of an object is taken, and what its URL is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storages import Storages
from tams_analytics.representations.urls import Instance
from tams_analytics.settings import Settings
from tams_analytics.viewing.reaching import Reach

OURS = "3b0b1a52-3c53-4a8f-9f9d-0a86c1f0a001"
KEPT = Instance.of(OURS, None, True, "a/b", None)
ELSEWHERE = Instance.of("3b0b1a52-3c53-4a8f-9f9d-0a86c1f0a002", None, True, "a/b", None)
GONE = Instance.of(OURS, None, True, "a/gone", None)


@pytest.fixture
def reach(tmp_path: Path) -> Reach:
    storage = DirectoryStorage(tmp_path / "media")
    storage.begin()
    storage.put("a/b", b"bytes")
    backend = ConfiguredBackend(OURS, "ours", "local", "directory", storage)
    return Reach(Storages(Settings(), [backend]))


def of_client(url: str) -> Instance:
    return Instance.of(None, "cdn", False, None, url)


def test_the_first_instance_that_is_reached_is_taken(reach: Reach, tmp_path: Path) -> None:
    found = reach.url("an object", [ELSEWHERE, GONE, KEPT, of_client("https://cdn.example/a")])

    assert f"file://{tmp_path}/media/a/b" == found


def test_a_url_of_a_client_is_taken_where_no_storage_has_it(reach: Reach) -> None:
    assert "HTTPS://cdn.example/a?b" == reach.url(
        "an object", [of_client("HTTPS://cdn.example/a?b")]
    )


@pytest.mark.parametrize(
    "instances",
    [[], [ELSEWHERE], [GONE], [of_client("file:///etc/passwd")], [of_client("s3://a/b")]],
)
def test_nothing_else_is_a_url(reach: Reach, instances: list[Instance]) -> None:
    with pytest.raises(NotFound, match="there is no URL of object an object; the settings"):
        reach.url("an object", instances)
    with pytest.raises(NotFound, match="there is no copy of object an object"):
        reach.part("an object", instances)


@pytest.mark.parametrize("sign", ['"', "\n", "\x7f"])
def test_a_url_that_would_break_a_line_is_refused(reach: Reach, sign: str) -> None:
    with pytest.raises(BadParameter, match="stands in no playlist"):
        reach.url("an object", [of_client(f"https://cdn.example/{sign}")])


def test_the_part_of_an_instance_reads_its_bytes(reach: Reach) -> None:
    part = reach.part("an object", [KEPT])

    assert (5, b"yte") == (part.size, part.read(1, 4))
