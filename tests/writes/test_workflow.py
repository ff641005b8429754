"""The 15-step workflow of mission §1, as far as the library does it (W1 to W15)."""

from __future__ import annotations

from typing import Any

import pytest

from tams_analytics import connect
from tams_analytics.errors import AlreadyExists, NotFound, Refused, StillReferenced
from tams_analytics.queries import objects, segments

S = "5aaaaaaa-0000-4000-8000-000000000001"
F1 = "f1aaaaaa-0000-4000-8000-000000000001"
F2 = "f2aaaaaa-0000-4000-8000-000000000001"
VIDEO = "urn:x-nmos:format:video"
LATE = "[3600:0_7200:0)"


@pytest.fixture
def place(engine_name: str, request: pytest.FixtureRequest) -> str:
    """Where a store is, or will be."""
    if engine_name == "vast":
        return str(request.getfixturevalue("vast_stores").new_url())
    return str(request.getfixturevalue("file"))


def flow(id: str) -> dict[str, Any]:
    picture = {"frame_width": 1920, "frame_height": 1080, "frame_rate": "25/1"}
    return {"id": id, "source_id": S, "codec": "video/h264", "label": "a"} | picture


def listed(store: Any, flow_id: str) -> list[str]:
    found: list[str] = store.ask(segments.listing, flow_id=flow_id)["timerange"].to_pylist()
    return found


def test_w1_to_w15_a_store_is_filled_used_and_emptied(place: str) -> None:
    with connect(place) as store:
        fill(store)
        refuse_and_reuse(store)
        clean_up(store)


def fill(store: Any) -> None:
    """W1 to W8."""
    store.writes.create_source({"id": S, "format": VIDEO, "label": "match"})
    with pytest.raises(AlreadyExists):
        store.writes.create_source({"id": S, "format": VIDEO})
    store.writes.create_flow(flow(F1))
    allocated = store.writes.allocate_storage(F1, {"object_ids": ["a", "b"], "limit": 10})
    assert [each.object_id for each in allocated] == ["a", "b"]
    first = {"object_id": "c", "timerange": "0:0_3600:0", "ts_offset": "0:0"}
    second = {"object_id": "a", "timerange": "3600:0_7200:0", "ts_offset": "3600:0"}
    for posted in (first, second):
        [echo] = store.writes.create_segments(F1, posted).created
        assert echo["storage_path"].endswith(posted["object_id"])
    assert listed(store, F1) == ["[0:0_3600:0)", LATE]
    assert listed(store, "f0000000-0000-4000-8000-000000000000") == []


def refuse_and_reuse(store: Any) -> None:
    """W9 to W13."""
    with pytest.raises(StillReferenced):
        store.writes.delete_source(S, cascade=False)
    store.writes.create_flow(flow(F2))
    assert listed(store, F2) == []
    before = store.ask(segments.listing, flow_id=F1)
    assert store.writes.delete_flow(F2) is None
    assert before == store.ask(segments.listing, flow_id=F1)
    with pytest.raises(StillReferenced) as refused:
        store.writes.delete_segments(F1, timerange=LATE, cascade=False)
    assert refused.value.dependents == {"objects": {"count": 1, "sample": ["a"]}}


def clean_up(store: Any) -> None:
    """W14 and W15."""
    store.writes.delete_segments(F1, timerange="[0:0_3600:0)")
    with pytest.raises(StillReferenced):
        store.writes.delete_segments(F1, timerange=LATE, cascade=False)
    store.writes.delete_segments(F1, timerange=LATE)
    store.writes.delete_flow(F1)
    with pytest.raises(NotFound):
        store.writes.delete_segments(F1)
    assert store.flows.count().execute() == 0
    assert store.sources.count().execute() == 1
    store.writes.delete_source(S)
    assert store.sources.count().execute() == 0
    rows = store.ask(objects.by_ids, ids=["a", "b", "c"]).to_pylist()
    released = {row["id"]: row["released_at"] is not None for row in rows}
    assert released == {"a": True, "b": False, "c": True}


def test_w4_w5_in_strict_mode_both_are_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_STRICT", "1")
    with connect(place) as store:
        store.writes.create_flow(flow(F1))

        with pytest.raises(ValueError, match="limit"):
            store.writes.allocate_storage(F1, {"object_ids": ["a"], "limit": 10})
        with pytest.raises((Refused, ValueError), match="never allocated"):
            store.writes.create_segments(F1, {"object_id": "c", "timerange": "0:0_1:0"})


def test_w12_to_w15_delete_default_restrict_turns_bare_deletes_into_refusals(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMS_DELETE_DEFAULT", "restrict")
    with connect(place) as store:
        store.writes.create_flow(flow(F1))
        store.writes.create_segments(F1, {"object_id": "c", "timerange": "0:0_1:0"})

        for delete, key in (
            (store.writes.delete_segments, F1),
            (store.writes.delete_flow, F1),
            (store.writes.delete_source, S),
        ):
            with pytest.raises(StillReferenced):
                delete(key)
        assert listed(store, F1) == ["[0:0_1:0)"]
