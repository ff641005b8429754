"""What a load does is the same wherever the boundaries of its chunks fall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, Refused, SegmentsOverlap
from tams_analytics.writes.bulk import load as loading
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.segments import create_segments
from tests.writes.conftest import Prepare

VIDEO = "urn:x-nmos:format:video"
VIDEOS = {"format": [VIDEO, VIDEO], "container": ["video/mp4", "video/mp4"]}
SECOND = 1_000_000_000


@pytest.fixture(params=[1, 2, 1000], autouse=True)
def chunk_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(loading, "CHUNK_ROWS", request.param)
    return int(request.param)


@pytest.fixture
def engine(engine: Engine, prepare: Prepare) -> Engine:
    """A store with the flows f1 and f2 of the source s."""
    return prepare(engine, filled)


def filled(engine: Engine) -> None:
    load(engine, "flows", pa.table({"id": ["f1", "f2"], "source_id": ["s", "s"]} | VIDEOS))


def segments(*given: tuple[str, str, str]) -> pa.Table:
    flow_id, object_id, timerange = zip(*given, strict=True)
    return pa.table({"flow_id": flow_id, "object_id": object_id, "timerange": timerange})


def objects(engine: Engine, *columns: str) -> list[Any]:
    def read(tx: Any) -> list[Any]:
        found = tx.rows(tx.tables.objects.select("id", *columns).order_by("id"))
        return [tuple(row.values()) for row in found.to_pylist()]

    return engine.transact(read)


def test_175_a_new_object_spans_all_uses_of_the_whole_load(engine: Engine) -> None:
    given = segments(
        ("f1", "o", "[2:0_3:0]"), ("f2", "p", "[0:0_1:0]"), ("f1", "o", "0:0_1:0"),
        ("f1", "o", "4:0_5:0"), ("f1", "p", "1:0_1:1"),
    )  # fmt: skip

    load(engine, "segments", given)

    assert objects(engine, "start_ns", "end_ns", "timerange", "first_flow_id") == [
        ("o", 0, 5 * SECOND, "[0:0_5:0)", "f1"),
        ("p", 0, SECOND + 1, "[0:0_1:0]", "f2"),
    ]


def test_177_an_object_of_an_earlier_load_is_not_made_longer(engine: Engine) -> None:
    load(engine, "segments", segments(("f1", "o", "0:0_1:0")))

    with pytest.raises(Refused, match="177"):
        load(engine, "segments", segments(("f1", "x", "5:0_6:0"), ("f1", "o", "1:0_2:0")))


def test_allocated_released_and_unspanned_objects_span_all_uses_of_the_whole_load(
    engine: Engine,
) -> None:
    moment = datetime(2026, 1, 1)
    given = {
        "id": ["allocated", "released", "unspanned"],
        "registered_at": pa.array([None, moment, moment], pa.timestamp("us")),
        "released_at": pa.array([None, moment, None], pa.timestamp("us")),
        "start_ns": pa.array([None, 7, None], pa.int64()),
        "end_ns": pa.array([None, 8, None], pa.int64()),
    }
    load(engine, "objects", pa.table(given))
    names = given["id"]
    first = [("f1", name, f"[{2 * n + 1}:0_{2 * n + 2}:0)") for n, name in enumerate(names)]
    later = [("f2", name, f"[{2 * n + 2}:0_{2 * n + 3}:0)") for n, name in enumerate(names)]

    load(engine, "segments", segments(*first, *later))

    assert objects(engine, "timerange", "released_at") == [
        ("allocated", "[1:0_3:0)", None),
        ("released", "[3:0_5:0)", None),
        ("unspanned", "[5:0_7:0)", None),
    ]


def allocate(engine: Engine) -> None:
    nothing = pa.nulls(1, pa.timestamp("us"))
    given = {"id": ["a"], "first_flow_id": ["f1"], "registered_at": nothing}
    load(engine, "objects", pa.table(given))


def test_173_an_object_may_be_used_by_another_flow_where_its_own_is_in_the_load(
    engine: Engine,
) -> None:
    allocate(engine)

    load(engine, "segments", segments(("f2", "a", "0:0_1:0"), ("f1", "a", "0:0_1:0")))

    assert objects(engine, "first_flow_id") == [("a", "f1")]


def test_173_an_object_of_another_flow_alone_is_refused(engine: Engine) -> None:
    allocate(engine)

    with pytest.raises(Refused, match=r"object a .*row 1.*173"):
        load(engine, "segments", segments(("f2", "b", "0:0_1:0"), ("f2", "a", "1:0_2:0")))
    assert [row[0] for row in objects(engine)] == ["a"]


def test_164_an_overlap_across_chunks_is_refused(engine: Engine) -> None:
    with pytest.raises(SegmentsOverlap):
        load(engine, "segments", segments(("f1", "a", "0:0_2:0"), ("f1", "b", "1:0_2:0")))


def test_81_flows_of_two_formats_cannot_share_a_new_source(engine: Engine) -> None:
    given = {"id": ["x", "y"], "source_id": ["n", "n"], "format": [VIDEO, VIDEO[:-5] + "audio"]}

    with pytest.raises(BadParameter, match=r"flows\.format.*row 1"):
        load(engine, "flows", pa.table(given))


def test_80_a_new_source_is_told_what_its_first_flow_says_and_no_more(engine: Engine) -> None:
    given = {"id": ["x", "y"], "source_id": ["n", "n"], "label": [None, "late"]}

    load(engine, "flows", pa.table(given | VIDEOS))

    sources = engine.tables.sources
    assert [None] == sources.filter(sources.id == "n").to_pyarrow()["label"].to_pylist()


def test_164_nothing_lies_beside_a_segment_longer_than_64_bits(engine: Engine) -> None:
    given = {"flow_id": ["f1"], "object_id": ["a"], "start_ns": [-(2**63)], "end_ns": [2**63 - 1]}
    load(engine, "segments", pa.table(given))

    with pytest.raises(SegmentsOverlap):
        create_segments(engine, "f1", {"object_id": "b", "timerange": "5:0_6:0"})
    with pytest.raises(SegmentsOverlap):
        load(engine, "segments", segments(("f1", "b", "5:0_6:0")))


def released_init(engine: Engine, **user: Any) -> None:
    moment = pa.array([None, None], pa.timestamp("us"))
    given = {"id": ["i", "user"], "init_object_id": [None, "i"], "released_at": moment}
    load(engine, "objects", pa.table(given | user))


@pytest.mark.parametrize("column", ["released_at", "registered_at"])
def test_r5_what_initialised_an_object_without_references_may_become_media(
    engine: Engine, column: str
) -> None:
    moment = datetime(2026, 1, 1)
    value = [None, moment] if column == "released_at" else [moment, None]
    released_init(engine, **{column: pa.array(value, pa.timestamp("us"))})

    assert load(engine, "segments", segments(("f1", "i", "0:0_1:0"))) == 1


def test_179_an_initialisation_object_with_a_timerange_is_no_media_object(engine: Engine) -> None:
    released_init(engine)
    spanned = {"start_ns": 0, "end_ns": SECOND}  # which no load takes
    engine.transact(lambda tx: tx.update("objects", {"id": ["i", "user"]}, spanned))

    with pytest.raises(Refused, match=r"object i .*179"):
        load(engine, "segments", segments(("f1", "i", "0:0_1:0")))


@pytest.mark.parametrize("turn", [1, -1])
def test_179_what_a_load_makes_media_initialises_no_other_object_of_it(
    engine: Engine, turn: int
) -> None:
    engine.transact(lambda tx: tx.update("flows", {"id": "f2"}, {"init_segments": True}))
    nothing = pa.nulls(2, pa.timestamp("us"))
    allocated = {"id": ["i", "user"], "init_object_id": [None, "i"], "registered_at": nothing}
    load(engine, "objects", pa.table(allocated))
    given = [("f1", "i", "0:0_1:0"), ("f2", "user", "0:0_1:0")][::turn]

    with pytest.raises(Refused, match=r"object i.*179"):
        load(engine, "segments", segments(*given))
