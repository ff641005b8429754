"""What a query may hold: numbers, flags and texts as they are written, each once (§5, §32, §46)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, make_flow

pytestmark = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)

NO_NUMBERS = [
    "1_0",
    "5.0",
    "+5",
    " 5",
    "5 ",
    "5\n",
    "05",
    "5\0",
    "\uff15",
    "\u0665",
    "0x5",
    "1e2",
    "",
]
LIMITED = [
    *("/sources", "/flows", f"/flows/{F1}/segments", "/objects/x", "/flow-delete-requests"),
    *("/service/webhooks", "/service/storage-backends", "/service/profiles", "/analytics/gaps"),
]


@pytest.fixture
def filled(client: TestClient, store: ta.Store) -> TestClient:
    make_flow(store, F1, tags={"a": "ü"})
    store.writes.create_segments(F1, {"object_id": "x", "timerange": "[0:0_1:0)"})
    return client


def test_32_a_limit_is_written_as_json_writes_a_whole_number(filled: TestClient) -> None:
    """§5: what Python would read as one is refused too; §33: a large one is lowered."""
    for path in LIMITED:
        refused = [f"{path}?limit={quote(text)}" for text in NO_NUMBERS]
        assert [400] * len(refused) == statuses(filled, refused), path
        assert [200, 200] == statuses(filled, [f"{path}?limit=5", f"{path}?limit={10**30}"])


def test_5_106_sizes_are_written_so_too(filled: TestClient) -> None:
    for path in ("/flows?frame_width=", "/flows?frame_height="):
        refused = [f"{path}{quote(text)}" for text in [*NO_NUMBERS, "9" * 40]]
        assert [400] * len(refused) == statuses(filled, refused)
        assert [200] == statuses(filled, [f"{path}-1"])


def test_5_a_least_duration_is_a_number_or_a_timestamp(filled: TestClient) -> None:
    path = "/analytics/gaps?min_duration="
    refused = [f"{path}{quote(text)}" for text in NO_NUMBERS]
    assert [400] * len(refused) == statuses(filled, refused)
    assert [200] * 3 == statuses(filled, [f"{path}{text}" for text in ("0", "5", "0:200000000")])


def test_5_51_nothing_says_which_of_two_values_counts(filled: TestClient) -> None:
    segments = f"/flows/{F1}/segments"
    twice = [
        *("/flows?limit=x&limit=5", "/flows?tag.a=x&tag.a=y"),
        *(f"{segments}?reverse_order=true&reverse_order=false", f"{segments}?page=x&page="),
    ]
    assert [400] * 4 == statuses(filled, twice)


def test_8_what_is_not_known_may_stand_twice(filled: TestClient) -> None:
    assert 200 == filled.get("/flows?cb=1&cb=2").status_code


def test_5_a_query_that_is_no_text_is_not_guessed_at(filled: TestClient) -> None:
    bad = ["label=%00", "label=%FF", "tag.%ff=x", "tag.a=%C3", "x=%ED%A0%80", "object_id=%FF"]
    for path in ("/flows", f"/flows/{F1}/segments"):
        assert [400] * 6 == statuses(filled, [f"{path}?{each}" for each in bad])
        filled.app.state.context.kept.read_whole(F1)  # type: ignore[attr-defined]
        assert 400 == filled.get(f"{path}?object_id=%00").status_code
    assert "secret" not in filled.get("/flows?access_token=secret&label=%00").text
    assert "is no UTF-8" in filled.get("/flows?label=%ff").json()["summary"]


def test_4_a_path_that_is_no_text_names_nothing(filled: TestClient) -> None:
    paths = [
        "/objects/%00",
        "/objects/%FF",
        f"/flows/{F1}/tags/%FF",
        "/sources/%ff",
        "/objects/a%ED%A0%80",
    ]
    assert [404] * 5 == statuses(filled, paths)


def test_11_ids_of_a_path_are_decoded_once(filled: TestClient) -> None:
    encoded = F1.replace("1", "%31", 1)
    assert filled.get(f"/flows/{encoded}").json() == filled.get(f"/flows/{F1}").json()
    assert 1 == len(filled.get(f"/flows/{encoded}/segments").json())
    assert 404 == filled.get(f"/flows/{encoded.replace('%', '%25')}").status_code


def statuses(client: TestClient, urls: Sequence[str]) -> list[int]:
    return [client.get(url).status_code for url in urls]
