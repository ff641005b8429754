"""``/ui``: what pages show is what questions answer, in each language that they are copied in."""

from __future__ import annotations

import contextlib
import shlex
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.errors import BadParameter
from tams_analytics.timerange import SECOND
from tams_server.ui.timelines import Timelines
from tests.server.served import served
from tests.server.worlds import F1, make_flow

PAGES = (
    "/ui",
    "/ui/sources",
    "/ui/sources?format=urn:x-nmos:format:audio&limit=3",
    "/ui/sources?source={source}",
    "/ui/flows/{flow}",
    "/ui/flows/{flow}?at={at}",
    "/ui/timeline",
    "/ui/timeline?by=source&timerange=_",
    "/ui/timeline?flow={flow}&timerange=[{at}_{later})",
    "/ui/integrity",
)


@dataclass(frozen=True)
class Looked:
    """A store's file, how its pages are asked for, and what each gave while it was served."""

    file: Path
    twins: dict[str, Any]
    curled: dict[str, Any]
    """What each command got, by the command."""


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """A newsroom with defects, a run of checks remembered; its pages asked for as data."""
    file = tmp_path_factory.mktemp("looked") / "newsroom.duckdb"
    twins: dict[str, Any] = {}
    curled: dict[str, Any] = {}
    with ta.connect(str(file)) as store:
        ta.examples.newsroom(store, segments=3_000)
        store.remember(store.check(only=["segments_overlap", "flow_without_source"]))
        names = names_in(store)
        with served(store) as client:
            for page in PAGES:
                twins[page] = got(client, as_twin(page.format(**names)))
                for copy in twins[page]["copy_as"]:
                    curled[copy["curl"]] = got(client, address_in(copy["curl"]))
    return Looked(file, twins, curled)


def names_in(store: ta.Store) -> dict[str, str]:
    flow = store.flow("S1 video")
    rows = store.ask(ta.queries.segments.listing, flow_id=flow.id, limit=40).to_pylist()
    first, last = (ta.TimeRange.from_ns(row["start_ns"], row["end_ns"]) for row in rows[9::30])
    at, later = (str(each)[1:].partition("_")[0] for each in (first, last))
    return {"flow": flow.id, "source": flow.source_id, "at": at, "later": later}


def as_twin(page: str) -> str:
    path, mark, query = page.partition("?")
    return f"{path}.json{mark}{query}"


def address_in(command: str) -> str:
    *_words, url = shlex.split(command)
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def got(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert 200 == answer.status_code, (path, answer.text)
    return answer.json()


@contextlib.contextmanager
def run(python: str) -> Iterator[Any]:
    """The rows that a copied snippet ends with."""
    names: dict[str, Any] = {}
    exec(python, names)  # noqa: S102 - what is copied is meant to be run
    with names["store"]:
        yield names["rows"]


def rows_of(table: Any) -> list[str]:
    """Of plain SQL a sum is a decimal, as DuckDB's are; its value is the same."""
    rows = table.to_pylist()
    return sorted(repr({name: plain(value) for name, value in row.items()}) for row in rows)


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("page", PAGES)
def test_python_and_sql_that_are_copied_give_the_same_rows(looked: Looked, page: str) -> None:
    copies = looked.twins[page]["copy_as"]
    assert copies
    for copy in copies:
        with run(copy["python"]) as rows:
            expected = rows_of(rows)
        with ta.connect(str(looked.file), read_only=True) as store:
            assert "DuckDB" == copy["dialect"]
            assert expected == rows_of(store.con.sql(copy["sql"]).to_pyarrow()), copy["of"]


def asked(looked: Looked, page: str, of: str) -> list[dict[str, Any]]:
    (copy,) = (each for each in looked.twins[page]["copy_as"] if each["of"] == of)
    with run(copy["python"]) as rows:
        found: list[dict[str, Any]] = rows.to_pylist()
    return found


def curled(looked: Looked, page: str, of: str) -> Any:
    (copy,) = (each for each in looked.twins[page]["copy_as"] if each["of"] == of)
    return looked.curled[copy["curl"]]


def test_the_overview_counts_what_the_card_counts(looked: Looked) -> None:
    shown = looked.twins["/ui"]
    counted = {row["entity"]: row["rows"] for row in asked(looked, "/ui", "How much there is")}
    assert counted == shown["counts"]
    with ta.connect(str(looked.file), read_only=True) as store:
        card = store.card()
    assert counted == card.counts
    assert str(card.extent) == shown["extent"]["timerange"]
    assert "failed" == shown["last_run"]["status"]


def test_the_overview_tells_how_old_the_newest_media_is(looked: Looked) -> None:
    shown = looked.twins["/ui"]["extent"]
    (bounds,) = asked(looked, "/ui", "From when to when")
    assert bounds == {name: shown[name] for name in ("start_ns", "end_ns")}
    now = ta.tr.last("1s").end_ns
    assert now is not None
    assert 0 <= now - bounds["end_ns"] - shown["age_ns"] < 600 * 10**9


def test_the_overview_names_the_flows_that_were_written_last(looked: Looked) -> None:
    shown = [row["flow_id"] for row in looked.twins["/ui"]["written_last"]]
    assert 10 == len(shown)
    assert shown == [row["flow_id"] for row in asked(looked, "/ui", "Written last")]


@pytest.mark.parametrize("page", PAGES[1:3])
def test_a_page_of_sources_is_that_of_the_api(looked: Looked, page: str) -> None:
    shown = [each["id"] for each in looked.twins[page]["sources"]]
    assert shown == [row["id"] for row in asked(looked, page, "These sources")]
    assert shown == [each["id"] for each in curled(looked, page, "These sources")]


def test_a_source_has_its_flows_with_it(looked: Looked) -> None:
    (source,) = looked.twins["/ui/sources?source={source}"]["sources"]
    assert {"S1 video", "S1 video proxy"} == {flow["label"] for flow in source["flows"]}
    assert {2} == {flow["flows"] for flow in source["flows"]}


def test_a_flow_is_the_document_of_the_api_with_its_coverage(looked: Looked) -> None:
    page = "/ui/flows/{flow}"
    shown = looked.twins[page]
    assert shown["flow"] == curled(looked, page, "This flow")
    assert [shown["covered"]] == curled(looked, page, "Its coverage")
    assert [shown["covered"]] == asked(looked, page, "Its coverage")
    assert "S1 video" == shown["source"]["label"]
    assert ["S1"] == [each["label"] for each in shown["collectors"]]


def test_segments_around_a_time_are_shown_with_how_far_they_are_apart(looked: Looked) -> None:
    page = "/ui/flows/{flow}?at={at}"
    shown = looked.twins[page]["segments"]
    rows = asked(looked, page, "These segments")
    assert [row["timerange"] for row in rows] == [each["timerange"] for each in shown]
    assert 19 == len(shown)  # the tenth of the flow begins there
    ends = [None, *(row["end_ns"] for row in rows[:-1])]
    apart = [
        None if end is None else row["start_ns"] - end for row, end in zip(rows, ends, strict=True)
    ]
    assert apart == [each["apart_ns"] for each in shown]


def test_an_overlap_is_as_long_as_the_verb_says(looked: Looked) -> None:
    with ta.connect(str(looked.file), read_only=True) as store, served(store) as client:
        flow = store.flow("S1 audio").id
        rows = ta.overlaps(store.segments.filter(_.flow_id == flow), by="flow_id").to_pyarrow()
        pairs = rows.to_pylist()
        assert 3 == len(pairs)
        for pair in pairs:
            at = str(ta.TimeRange.from_ns(pair["start_ns_right"], None))[1:].partition("_")[0]
            shown = got(client, f"/ui/flows/{flow}.json?at={at}")["segments"]
            (apart,) = (
                each["apart_ns"] for each in shown if each["start_ns"] == pair["start_ns_right"]
            )
            assert pair["overlap_start_ns"] - pair["overlap_end_ns"] == apart


def test_without_a_time_the_last_segments_of_a_flow_are_shown(looked: Looked) -> None:
    page = "/ui/flows/{flow}"
    rows = asked(looked, page, "These segments")
    assert 10 == len(rows)
    assert looked.twins[page]["covered"]["last_ns"] == rows[-1]["end_ns"]


@pytest.mark.parametrize("page", [each for each in PAGES if each.startswith("/ui/timeline")])
def test_lanes_of_a_timeline_are_covered_as_the_verb_says(looked: Looked, page: str) -> None:
    rows = asked(looked, page, "Coverage of each lane")
    covered = {row["lane"]: row["covered_ns"] for row in rows}
    lanes = looked.twins[page]["lanes"]
    assert lanes
    assert covered == {each["key"]: each["covered_ns"] for each in lanes if each["covered_ns"]}


def test_a_timeline_that_nobody_asked_a_window_for_shows_all_of_less_than_a_day(
    looked: Looked,
) -> None:
    shown = looked.twins["/ui/timeline"]["asked"]
    assert looked.twins["/ui"]["extent"]["timerange"] == shown["timerange"]
    assert shown["last"] is None


@pytest.mark.parametrize(
    ("segments", "length_ns", "last", "seconds"),
    [(2, 86_400 * SECOND, "day", 86_400), (501_000, SECOND // 10, "six hours", 21_600)],
)
def test_of_more_than_a_day_or_much_media_the_end_is_shown(
    segments: int, length_ns: int, last: str, seconds: int
) -> None:
    starts = [n * length_ns for n in range(segments)]
    rows = pa.table(
        {
            "flow_id": [F1] * segments,
            "object_id": [f"{n}" for n in range(segments)],
            "start_ns": starts,
            "end_ns": [each + length_ns for each in starts],
        }
    )
    with ta.connect(":memory:") as store, served(store) as client:
        make_flow(store, F1)
        store.writes.load("segments", rows)
        shown = client.get("/ui/timeline.json").json()
    end = segments * length_ns
    assert last == shown["asked"]["last"]
    expected = ta.TimeRange.from_ns(end - seconds * SECOND, end)
    assert str(expected) == shown["asked"]["timerange"]


def test_the_longest_gaps_lead_to_their_flow_at_that_time(looked: Looked) -> None:
    with ta.connect(str(looked.file), read_only=True) as store, served(store) as client:
        flow = store.flow("S1 video").id
        asked = f"/ui/timeline{{}}?flow={flow}&timerange=_"
        longest, *_others = got(client, asked.format(".json"))["gaps"]
        address = f"flows/{flow}?{urlencode({'at': longest['at']})}#segments"
        assert f'/{address}">S1 video</a>' in client.get(asked.format("")).text
        rows = got(client, f"/ui/{address.partition('#')[0].replace('?', '.json?')}")["segments"]
    assert longest["length_ns"] in [each["apart_ns"] for each in rows]


def test_times_of_a_page_are_clocks_in_utc_too(looked: Looked) -> None:
    hour = ta.tr.utc("2026-08-31T20:00", "21:00")
    at = str(hour)[1:].partition("_")[0]
    told = []
    with ta.connect(str(looked.file), read_only=True) as store, served(store) as client:
        flow = store.flow("S1 video").id
        for span, instant in (("2026-08-31T20:00/21:00", "2026-08-31T20:00"), (str(hour), at)):
            shown = got(client, f"/ui/timeline.json?flow={flow}&timerange={span}&view={span}")
            near = got(client, f"/ui/flows/{flow}.json?at={instant}")
            told.append((shown["lanes"], shown["state"], near["segments"]))
            assert str(hour) == shown["asked"]["timerange"]
    clocks, texts = told
    assert clocks[2]
    assert clocks == texts


def test_integrity_is_what_the_last_run_told(looked: Looked) -> None:
    shown = looked.twins["/ui/integrity"]
    told = asked(looked, "/ui/integrity", "What became of each check")
    assert {row["check_id"]: row["failures"] for row in told} == {
        each["check_id"]: each["failures"] for each in shown["checks"]
    }
    assert sum(row["failures"] or 0 for row in told) == shown["total"]
    found = asked(looked, "/ui/integrity", "What was found")
    assert [(row["check_id"], row["id"]) for row in found] == [
        (group["check_id"], each["id"]) for group in shown["findings"] for each in group["rows"]
    ]
    (overlaps,) = (each for each in shown["findings"] if each["check_id"] == "segments_overlap")
    assert {"S1 audio"} == {each["label"] for each in overlaps["rows"]}
    for each in overlaps["rows"]:
        flow_id, _at, timerange = each["id"].rpartition("@")
        assert flow_id == each["flow_id"]
        assert ta.tr(each["around"]).contains(timerange)


def test_curl_gets_the_page_as_data_where_the_api_has_none(looked: Looked) -> None:
    for page in ("/ui/integrity", "/ui/timeline?by=source&timerange=_"):
        for copy in looked.twins[page]["copy_as"]:
            assert looked.twins[page] == looked.curled[copy["curl"]]


def test_pages_of_sources_follow_each_other_by_the_keys_of_the_api() -> None:
    with ta.connect(":memory:") as store, served(store) as client:
        for n in range(5):
            store.writes.create_source(
                {
                    "id": f"{n}1111111-1111-4111-8111-111111111111",
                    "format": "urn:x-nmos:format:video",
                    "label": f"Camera {n}",
                }
            )
        labels: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            shown = client.get("/ui/sources.json", params=query).json()
            labels += [each["label"] for each in shown["sources"]]
            assert shown["is_first"] == ("page" not in query)
            if shown["next"] is None:
                break
            query["page"] = shown["next"]
    assert [f"Camera {n}" for n in range(5)] == labels


def test_an_empty_store_has_pages_that_say_what_to_do() -> None:
    with served() as client:
        assert "No segment yet" in client.get("/ui").text
        assert "There is no source yet" in client.get("/ui/sources").text
        assert 200 == client.get("/ui/timeline").status_code
        integrity = client.get("/ui/integrity")
    assert "tams check" in integrity.text
    assert "No run of checks is remembered" in integrity.text


def test_a_timeline_that_several_ask_for_at_once_is_made_once(tmp_path: Path) -> None:
    with ta.connect(str(tmp_path / "once.duckdb")) as store:
        ta.examples.newsroom(store, segments=3_000)
        kept, together = Timelines(store), threading.Barrier(3)

        def asked(by: str) -> Any:
            together.wait(10)
            return kept.of(by=by)

        with ThreadPoolExecutor(3) as threads:
            first, second, third = threads.map(asked, ["flow"] * 3)
            assert first is second
            assert first is third
            refused = [threads.submit(asked, "day") for _ in range(3)]
            for each in refused:
                with pytest.raises(BadParameter, match="kind of lane"):
                    each.result()
        with pytest.raises(BadParameter, match="kind of lane"):
            kept.of(by="day")


def test_a_timeline_is_kept_while_nothing_is_written(tmp_path: Path) -> None:
    """Of a store in memory nobody can tell."""
    with ta.connect(str(tmp_path / "kept.duckdb")) as store:
        ta.examples.newsroom(store, segments=3_000)
        kept = Timelines(store)
        first = kept.of(by="source")
        assert first is kept.of(by="source")
        assert first is not kept.of(by="flow")
        assert first is not kept.of(by="source", within=ta.tr("[0:0_1:0)"))
        make_flow(store, F1)
        again = kept.of(by="source")
        assert again is not first
        assert len(first.lanes) + 1 == len(again.lanes)


def test_closer_is_what_the_timeline_leaves_out() -> None:
    with ta.connect(":memory:") as store, served(store) as client:
        ta.examples.newsroom(store, segments=20_000)
        whole = client.get("/ui/timeline.json").json()
        lane = whole["state"]["lanes"].index("S1 video")
        asked = {"lanes": str(lane), "drawn": whole["state"]["drawn"]}
        end = ta.tr(whole["asked"]["timerange"]).end_ns
        assert end is not None
        view = ta.TimeRange.from_ns(end - 1200 * SECOND, end - 600 * SECOND)
        found = closer(client, view=str(view), **asked)
        segments = store.ask(
            ta.queries.segments.listing,
            flow_id=whole["state"]["keys"][lane],
            timerange=str(ta.TimeRange.from_ns(end - 1500 * SECOND, end - 300 * SECOND)),
        )
        assert [lane] == found["detail"]["lanes"]
        assert set(segments["object_id"].to_pylist()) <= {*found["detail"]["notes"]}
        assert {"is_current": True, "detail": None} == closer(
            client, view=whole["asked"]["timerange"], **asked
        )
        make_flow(store, F1)
        assert {"is_current": False, "detail": None} == closer(client, view=str(view), **asked)


def closer(client: TestClient, **asked: str) -> Any:
    answer = client.get("/ui/timeline/detail.json", params=asked)
    assert 200 == answer.status_code
    return answer.json()


def test_a_closer_look_at_nothing_is_refused() -> None:
    refused = []
    with ta.connect(":memory:") as store, served(store) as client:
        ta.examples.newsroom(store, segments=1_000)
        drawn = client.get("/ui/timeline.json").json()["state"]["drawn"]
        for asked in ({"view": "_"}, {"view": "x"}, {"lanes": "1,-2"}):
            given = {"view": "[0:0_1:0)", "lanes": "0", "drawn": drawn, **asked}
            refused.append(client.get("/ui/timeline/detail.json", params=given))
    assert [400] * 3 == [each.status_code for each in refused]
    view, timerange, lanes = (each.json()["summary"] for each in refused)
    assert "view: '_' has no two bounds" in view
    assert "is not a TAMS timerange" in timerange
    assert "lanes: '1,-2' is no list of lanes" in lanes


def test_every_page_answers_on_each_engine(store: ta.Store, client: TestClient) -> None:
    ta.examples.newsroom(store, segments=1_000)
    store.remember(store.check(only=["segments_overlap"]))
    names = names_in(store)
    for page in PAGES:
        twin = got(client, as_twin(page.format(**names)))
        assert {"DuckDB" if store.engine == "duckdb" else "Trino"} == {
            copy["dialect"] for copy in twin["copy_as"]
        }
        if store.engine == "duckdb":  # what is made of the data is the same for all
            assert 200 == client.get(page.format(**names)).status_code, page


@pytest.mark.parametrize(
    "page",
    [
        "/ui/sources?label=&format=",
        "/ui/sources?label=+S1+video+&format=",
        "/ui/flows/{flow}?at=",
        "/ui/timeline?by=flow&timerange=&flow=&source=&view=",
        "/ui/timeline?timerange=+[{at}_{later})+&flow=+{flow}",
    ],
)
def test_fields_of_a_form_may_be_empty_or_pasted_with_blanks(looked: Looked, page: str) -> None:
    with ta.connect(str(looked.file), read_only=True) as store, served(store) as client:
        found = got(client, as_twin(page.format(**names_in(store))))
        assert 200 == client.get(page.format(**names_in(store))).status_code
    assert found.get("sources", found.get("segments", found.get("lanes")))


def test_who_cannot_open_a_served_file_is_told_before(looked: Looked) -> None:
    shown = looked.twins["/ui/integrity"]
    assert f"tams check {looked.file} --remember" == shown["to_run"]
    assert "stop it first" in shown["to_run_note"]
    assert shown["to_run_note"] in shown["copy_as"][0]["python"]


def test_what_is_found_of_a_flow_that_is_not_registered_leads_nowhere(tmp_path: Path) -> None:
    with ta.connect(str(tmp_path / "lost.duckdb")) as store, served(store) as client:
        ta.examples.newsroom(store, segments=1_000)
        store.remember(store.check(only=["segment_without_flow", "source_without_flow"]))
        shown = got(client, "/ui/integrity.json")["findings"]
        found = {group["check_id"]: group["rows"] for group in shown}
        page = client.get("/ui/integrity").text
    assert {False} == {each["is_registered"] for each in found["segment_without_flow"]}
    assert {True} == {each["is_registered"] for each in found["source_without_flow"]}
    for each in found["segment_without_flow"]:
        assert f"ui/flows/{each['flow_id']}" not in page
        assert f"timeline?flow={each['flow_id']}" in page
    for each in found["source_without_flow"]:
        assert f"ui/sources?source={each['id']}" in page


def test_a_flow_of_the_timeline_can_be_named_by_label_and_a_mistyped_one_is_told(
    looked: Looked,
) -> None:
    with ta.connect(str(looked.file), read_only=True) as store, served(store) as client:
        flow = store.flow("S1 video").id
        asked = [flow, "S1 video", flow[:8]]
        found = [got(client, f"/ui/timeline.json?timerange=_&flow={each}") for each in asked]
        wrong = client.get("/ui/timeline?flow=S1 vide", headers={"accept": "text/html"})
        lost = got(client, "/ui/timeline.json?flow=00000000-0000-4000-8000-000000000009")
    assert [["S1 video"]] * 3 == [[lane["label"] for lane in each["lanes"]] for each in found]
    assert {flow} == {each["asked"]["flow"] for each in found}
    assert (404, True) == (wrong.status_code, "S1 video" in wrong.text)
    assert [] == lost["lanes"]
