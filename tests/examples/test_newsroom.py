"""The newsroom: clean without defects, broken where it says with them, the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from ibis import _

from tams_analytics import examples
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.examples.plan import plan
from tams_analytics.store import Store, connect
from tams_analytics.tables import BY_NAME
from tams_analytics.timerange import parse_registered_texts
from tests.conftest import ENGINES
from tests.examples.conftest import Empty
from tests.examples.rules import CHECKS, RULES, rows

OF_ENGINES = ("schema_version", "row_conflicts", "hold ")
END_NS = 1_788_220_837_000_000_000
"""2026-09-01T00:00:00Z as TAI."""


def differing(store: Store) -> list[str]:
    """The segments whose text does not say their bounds."""
    segments = store.segments.to_pyarrow()
    wrong = segments.filter(pc.invert(has_its_bounds(segments)))
    return sorted(f"{row['flow_id']}@{row['timerange']}" for row in wrong.to_pylist())


def differing_objects(store: Store) -> list[str]:
    """The objects whose text does not say their bounds."""
    objects = store.objects.filter(_.timerange.notnull()).to_pyarrow()
    return sorted(objects.filter(pc.invert(has_its_bounds(objects)))["id"].to_pylist())


def has_its_bounds(table: pa.Table) -> pa.ChunkedArray:
    read = parse_registered_texts(table["timerange"])
    return pc.and_(
        pc.equal(table["start_ns"], read.start_ns),
        pc.equal(table["end_ns"], read.end_ns),
    )


BY_READING = {
    "segment_bounds_differ_from_text": differing,
    "object_bounds_differ_from_text": differing_objects,
}
"""The checks whose oracle is the parser of texts."""


@pytest.mark.parametrize("check", CHECKS)
def test_without_defects_no_check_finds_anything(clean: Store, check: str) -> None:
    assert rows(clean, CHECKS[check]) == []


@pytest.mark.parametrize("check", CHECKS)
def test_with_defects_each_check_finds_exactly_what_was_planted(flawed: Store, check: str) -> None:
    planted = examples.defects(flawed).filter(_.check == check).to_pyarrow().to_pylist()

    assert rows(flawed, CHECKS[check]) == sorted((row["entity"], row["id"]) for row in planted)
    assert len(planted) == 3


@pytest.mark.parametrize("check", BY_READING)
def test_with_defects_exactly_the_planted_texts_differ_from_their_bounds(
    flawed: Store, check: str
) -> None:
    planted = examples.defects(flawed).filter(_.check == check)
    found = BY_READING[check](flawed)

    assert found == sorted(planted.id.to_pyarrow().to_pylist())
    assert len(found) == 3


def test_without_defects_every_text_says_the_bounds(clean: Store) -> None:
    assert differing(clean) == []
    assert differing_objects(clean) == []


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("which", ["clean", "flawed"])
def test_every_other_rule_is_kept(which: str, rule: str, clean: Store, flawed: Store) -> None:
    store = {"clean": clean, "flawed": flawed}[which]

    assert rows(store, RULES[rule]) == []


def test_all_kinds_of_defects_are_planted_and_none_in_a_clean_store(
    clean: Store, flawed: Store
) -> None:
    kinds = set(examples.defects(flawed).check.to_pyarrow().to_pylist())

    assert kinds == {*CHECKS, *BY_READING}
    assert examples.defects(clean).count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_planted_is_known_when_the_store_is_opened_again(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stores = request.getfixturevalue("vast_stores") if engine == "vast" else None
    path = stores.new_url() if stores else str(tmp_path / "newsroom.duckdb")
    with examples.newsroom(connect(path), segments=1_000) as store:
        planted = examples.defects(store).order_by("check", "id").to_pyarrow()

    with connect(path, read_only=True) as store:
        assert examples.defects(store).order_by("check", "id").to_pyarrow() == planted
    assert all(each.name.startswith("newsroom.duckdb") for each in tmp_path.iterdir())  # no bytes


@pytest.mark.parametrize("segments", [1_000, 1_001, 1_234, 54_321])
@pytest.mark.parametrize("defects", [True, False])
def test_it_has_exactly_as_many_segments_as_were_asked_for(
    empty: Empty, segments: int, defects: bool
) -> None:
    with examples.newsroom(empty(), segments=segments, defects=defects) as store:
        assert store.segments.count().to_pyarrow().as_py() == segments


@pytest.mark.parametrize("seed", range(2, 8))
def test_a_newsroom_of_the_smallest_size_is_clean_whatever_the_seed(seed: int) -> None:
    with examples.newsroom(segments=1_000, seed=seed, defects=False) as store:
        found = {name: rows(store, sql) for name, sql in (CHECKS | RULES).items()}

    assert {name: broken for name, broken in found.items() if broken} == {}


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(empty: Empty) -> None:
    with (
        examples.newsroom(empty(), segments=2_000, seed=5) as one,
        examples.newsroom(segments=2_000, seed=5) as same,
        examples.newsroom(segments=2_000, seed=6) as other,
    ):
        assert contents(one) == contents(same)
        assert contents(one)["segments"] != contents(other)["segments"]


def test_the_day_ends_at_midnight_and_live_flows_reach_its_end(clean: Store) -> None:
    live = clean.flows.filter(_.status == "ingesting", _.container.notnull()).select("id")
    ends = clean.segments.group_by("flow_id").agg(end_ns=_.end_ns.max())
    reached = ends.semi_join(live, ends.flow_id == live.id).end_ns.to_pyarrow().to_pylist()

    assert clean.segments.end_ns.max().to_pyarrow().as_py() == END_NS
    assert reached == [END_NS] * 5


def test_live_flows_have_segments_of_two_to_ten_seconds_and_gaps_of_three_percent(
    clean: Store,
) -> None:
    flow = clean.flow("S1 video")
    mine = clean.segments.filter(_.flow_id == flow.id)
    length = mine.end_ns - mine.start_ns
    found = mine.agg(
        shortest=length.min(),
        longest=length.max(),
        missing=1 - length.sum() / (mine.end_ns.max() - mine.start_ns.min()),
    )
    row = found.to_pyarrow().to_pylist()[0]

    assert 2_000_000_000 <= row["shortest"] < row["longest"] <= 10_000_000_000
    assert row["missing"] == pytest.approx(0.03, abs=0.001)


def test_what_an_analyst_looks_for_is_there_by_its_label(clean: Store) -> None:
    for label in ("S1", "S1 video", "S1 audio", "S1 video proxy", "Programme 1", "Clip 1 video"):
        assert clean.flow(label).label == label


def test_flows_of_all_five_formats_are_there(clean: Store) -> None:
    formats = set(clean.flows.format.to_pyarrow().to_pylist())

    assert {name.rpartition(":")[2] for name in formats} == {
        *("video", "audio", "data", "image", "multi")
    }


def test_clips_reuse_live_objects_and_programmes_are_read_only(clean: Store) -> None:
    clip, video = clean.flow("Clip 1 video"), clean.flow("S1 video")
    used = clean.segments.filter(_.flow_id == clip.id).select("object_id", "ts_offset_ns")
    shared = used.semi_join(clean.segments.filter(_.flow_id == video.id), "object_id")

    assert shared.count().to_pyarrow().as_py() == used.count().to_pyarrow().as_py() > 0
    assert used.ts_offset_ns.min().to_pyarrow().as_py() > 0
    assert clean.flow("Programme 1 video").read_only


def test_ten_million_segments_are_planned_as_a_thousand_flows() -> None:
    planned = plan(10_000_000, 1)

    assert len(planned.flows) == 1_000
    assert sum(flow.segments for flow in planned.flows) == 10_000_000
    assert len({flow.label for flow in planned.flows}) == 1_000


def test_a_large_newsroom_has_radio_stations_and_many_studios_and_is_clean() -> None:
    with examples.newsroom(segments=270_000, defects=False) as store:
        found = {name: rows(store, sql) for name, sql in (CHECKS | RULES).items()}
        labels = store.flows.label.to_pyarrow().to_pylist()

    assert {name: broken for name, broken in found.items() if broken} == {}
    assert {"S2 video", "Radio 1 audio"} <= set(labels)


def test_a_newsroom_can_be_filled_into_a_store_once_and_the_store_is_unchanged_by_a_second(
    empty: Empty,
) -> None:
    with examples.newsroom(empty(), segments=1_000) as store:
        before = contents(store)

        with pytest.raises(AlreadyExists, match=r"broken off.*(schema drop|another file)"):
            examples.newsroom(store, segments=2_000, seed=2)

        assert contents(store) == before


@pytest.mark.parametrize("segments", [0, 999, 100_000_001])
def test_a_size_out_of_range_is_refused(segments: int) -> None:
    with pytest.raises(BadParameter, match="1,000 to 100,000,000"):
        examples.newsroom(segments=segments)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("segments", value) for value in ("1000", 1000.5, True, None)),
        *(("seed", value) for value in (-1, "x", 1.0, True)),
        *(("defects", value) for value in ("no", 1, None)),
    ],
)
def test_a_parameter_of_the_wrong_kind_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(BadParameter, match=f"^{name}: "):
        examples.newsroom(**{"segments": 1_000, name: value})


def test_no_flow_is_older_than_its_source() -> None:
    with examples.newsroom(segments=30_000, seed=3) as store:
        sources = store.sources.select(source_id="id", made="created")
        younger = store.flows.join(sources, "source_id").filter(_.created < _.made)

        assert younger.label.to_pyarrow().to_pylist() == []


def contents(store: Store) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, but for what an engine notes of itself."""
    found = {name: getattr(store.tables, name).to_pyarrow().to_pylist() for name in BY_NAME}
    found["store_metadata"] = [
        row for row in found["store_metadata"] if not row["name"].startswith(OF_ENGINES)
    ]
    found["flow_fences"] = [row for row in found["flow_fences"] if row["flow_id"] != "*"]
    return {name: sorted(table, key=str) for name, table in found.items()}
