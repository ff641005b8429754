"""Segments as documents: what is shown of each, and which URLs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.queries import segments
from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.segments import segment_documents
from tams_analytics.representations.urls import UrlOptions, UrlWriter
from tests.conftest import ENGINES, OPEN
from tests.representations import worlds
from tests.representations.worlds import AWKWARD, COLD, F1, F2, HOT


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest) -> Iterator[ta.Store]:
    with OPEN[request.param](request) as store:
        worlds.fill(store)
        yield store


@pytest.fixture
def shown(filled: ta.Store, tmp_path: Path) -> Any:
    """The documents of a flow's segments, as asked and with options."""

    def show(
        flow_id: str,
        options: UrlOptions | None = None,
        settings: dict[str, Any] | None = None,
        *,
        include_object_timerange: bool = False,
        **asked: Any,
    ) -> list[dict[str, Any]]:
        columns = SegmentColumns.of(filled.ask(segments.shown, flow_id=flow_id, **asked))
        kept = worlds.storages(tmp_path, **(settings or {}))
        urls = UrlWriter(kept, worlds.BASE, options or UrlOptions(), columns.backends)
        return segment_documents(columns, urls, include_object_timerange=include_object_timerange)

    return show


def labels(documents: list[dict[str, Any]]) -> list[list[str]]:
    return [[url["label"] for url in document["get_urls"]] for document in documents]


def without_urls(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: each[name] for name in each if name != "get_urls"} for each in documents]


def test_a_segment_comes_back_as_it_was_written(shown: Any) -> None:
    """§140, §141, F33: what was not given is left out."""
    assert without_urls(shown(F1)) == [
        worlds.segment("a", 0, key_frame_count=3, last_duration="0:5"),
        worlds.segment("b", 1),
        worlds.segment("c", 2, ts_offset="2:0", sample_offset=1, sample_count=0),
        worlds.segment(AWKWARD, 3, note={"x": 1}),
    ]


def test_the_object_s_timerange_is_there_where_asked_for(shown: Any) -> None:
    """§142."""
    found = shown(F1, include_object_timerange=True)

    assert [each["object_timerange"] for each in found] == [
        "[0:0_1:0)",
        "[1:0_2:0)",
        "[0:0_1:0)",
        "[3:0_4:0)",
    ]


def test_urls_have_three_keys(shown: Any) -> None:
    """§143, §156, F35, R8: a controlled URL lies at the object's storage path and is presigned."""
    [a, b, c, awkward] = [each["get_urls"] for each in shown(F1)]

    assert [(url["label"], url["presigned"]) for url in a] == [("hot", True), ("cold", True)]
    assert all(set(url) == {"url", "presigned", "label"} for url in a + b + awkward)
    assert a[0]["url"].startswith(f"{worlds.BASE}/media/{HOT}/{F1}/")
    assert a[1]["url"].startswith(f"{worlds.BASE}/media/{COLD}/{F1}/")
    assert b == [{"url": "http://else/b?x=1&y=2", "presigned": False, "label": "theirs"}]
    assert c == []


def test_verbose_storage_adds_what_the_backend_is(shown: Any) -> None:
    """§144."""
    [a, b, *_] = [each["get_urls"] for each in shown(F1, UrlOptions(verbose_storage=True))]
    del a[0]["url"], b[0]["url"]

    assert a[0] == {
        "presigned": True,
        "label": "hot",
        "controlled": True,
        "storage_id": HOT,
        "store_type": "http_object_store",
        "provider": "own",
        "store_product": "x",
        "region": "eu",
        "tags": {"tier": "fast", "site": ["n", "s"]},
    }
    assert b[0] == {"presigned": False, "label": "theirs", "controlled": False}


def test_init_objects_have_urls_of_their_own(shown: Any) -> None:
    """§153, §152."""
    found = shown(F2)

    assert [each["init_object"]["object_id"] for each in found] == ["i", "i"]
    assert [[url["label"] for url in each["init_object"]["get_urls"]] for each in found] == [
        ["hot", "theirs"]
    ] * 2
    assert labels(found) == [["hot"], ["hot"]]
    less = shown(F2, UrlOptions(accept_get_urls=("theirs",)))
    assert [url["label"] for url in less[1]["init_object"]["get_urls"]] == ["theirs"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (UrlOptions(), [["hot", "cold"], ["theirs"], [], ["hot"]]),
        (UrlOptions(accept_get_urls=("cold", "theirs")), [["cold"], ["theirs"], [], []]),
        (UrlOptions(accept_get_urls=()), [[], [], [], []]),
        (UrlOptions(accept_storage_ids=(COLD,)), [["cold"], [], [], []]),
        (UrlOptions(accept_storage_ids=()), [["hot", "cold"], ["theirs"], [], ["hot"]]),
        (UrlOptions(presigned=True), [["hot", "cold"], [], [], ["hot"]]),
        (UrlOptions(presigned=False), [[], ["theirs"], [], []]),
        (UrlOptions(backend_tags={"tier": ["slow", "x"]}), [["cold"], [], [], []]),
        (UrlOptions(backend_tags={"site": ["s"]}), [["hot"], [], [], ["hot"]]),
        (UrlOptions(backend_tags_exist={"site": True}), [["hot"], [], [], ["hot"]]),
        (UrlOptions(backend_tags_exist={"site": False}), [["cold"], ["theirs"], [], []]),
        (
            UrlOptions(accept_get_urls=("hot", "cold"), accept_storage_ids=(HOT,), presigned=True),
            [["hot"], [], [], ["hot"]],
        ),
    ],
)
def test_filters_of_urls_drop_no_segment(
    shown: Any, options: UrlOptions, expected: list[list[str]]
) -> None:
    """§145 to §151."""
    assert labels(shown(F1, options)) == expected


def test_no_more_urls_than_is_set(shown: Any) -> None:
    """F35, F44: those that pass the filters are counted."""
    assert labels(shown(F1, settings={"get_urls_max_count": 1}))[0] == ["hot"]
    cold = UrlOptions(accept_get_urls=("cold",))
    assert labels(shown(F1, cold, {"get_urls_max_count": 1}))[0] == ["cold"]


@pytest.mark.parametrize("reverse", [False, True])
def test_order_and_limit_are_those_of_the_listing(shown: Any, reverse: bool) -> None:
    """§136, §137: a segment with several instances is one of ``limit``."""
    found = [each["object_id"] for each in shown(F1, limit=3, reverse=reverse)]

    assert found == ([AWKWARD, "c", "b"] if reverse else ["a", "b", "c"])


def test_nothing_is_an_empty_array(shown: Any) -> None:
    """§129, §133."""
    assert shown(F1, timerange="()") == []
    assert shown("77777777-7777-4777-8777-777777777777") == []
