"""Each switch, seen to act through the unmodified SDK, and not to act while it is off."""

# ruff: noqa: PT012, as a transaction is a block
from __future__ import annotations

import gc
import time

import pyarrow as pa
import pytest
from vastdb import _internal, errors
from vastdb.config import QueryConfig
from vastdb.session import Session

from tests.support.vast_peer import VastPeer
from tests.vast_peer.conftest import read

ONE = pa.table({"name": ["d"], "number": [4]})
MANY = pa.table({"name": [f"n{i}" for i in range(1000)], "number": list(range(1000))})


def create(session: Session, schema: pa.Schema, **options: object) -> None:
    with session.transaction() as tx:
        tx.bucket("tams").schema("newsroom").create_table("made", schema, **options)


def insert(session: Session, batch: pa.RecordBatch, table: str = "numbers") -> None:
    """Past the SDK's own checks."""
    body = vastdb_bytes(batch)
    session.api.insert_rows("tams", "newsroom", table, body)


def vastdb_bytes(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def test_access_key(peer):
    peer.connect(access="nobody")
    peer.switches.access_key = "somebody"
    with pytest.raises(errors.Forbidden):
        peer.connect(access="nobody")
    peer.connect(access="somebody")


def test_unknown_columns_in_writes(peer, session, numbers):
    batch = pa.record_batch({"number": [4], "nonsense": [1]})
    insert(session, batch)
    peer.switches.refuse_unknown_columns = True
    with pytest.raises(errors.BadRequest, match="nonsense"):
        insert(session, batch)
    assert numbers() == [1, 2, 3, 4]


def test_unknown_columns_in_selects_are_always_refused(peer, session, opened):
    with opened() as table:
        table._metadata.arrow_schema = table.arrow_schema.append(pa.field("gone", pa.int64()))
        with pytest.raises(errors.BadRequest, match="gone"):
            table.select(columns=["gone"]).read_all()


def test_large_bodies(peer, session):
    batch = pa.record_batch({"number": list(range(700_000))})
    insert(session, batch)
    peer.switches.refuse_large_bodies = True
    with pytest.raises(errors.BadRequest, match="5 MiB"):
        insert(session, batch)


def test_wide_cells_are_refused_below_version_5_5_only(peer, session):
    wide = pa.record_batch({"name": ["x" * (126 * 1024 + 1)]})
    peer.switches.refuse_wide_cells = True
    insert(session, wide)
    peer.switches.version = "5.4.3.1"
    with pytest.raises(errors.BadRequest, match="126 KB"):
        insert(session, wide)


@pytest.mark.parametrize(
    "of_type", [pa.null(), pa.list_(pa.null()), pa.dense_union([pa.field("a", pa.int8())])]
)
def test_types_that_vast_refuses(peer, session, of_type):
    schema = pa.schema({"x": of_type})
    peer.switches.refuse_types = True
    with pytest.raises(errors.NotSupportedSchema):
        session.api.create_table("tams", "newsroom", "made", schema)
    peer.switches.refuse_types = False
    session.api.create_table("tams", "newsroom", "made", schema)


@pytest.mark.parametrize(
    "of_type", [pa.uint32(), pa.large_string(), pa.string_view(), pa.struct({"u": pa.uint8()})]
)
def test_types_that_trino_lacks(peer, session, of_type):
    schema = pa.schema({"x": of_type})
    peer.switches.refuse_types_beyond_trino = True
    with pytest.raises(errors.NotSupportedSchema):
        session.api.create_table("tams", "newsroom", "made", schema)
    peer.switches.refuse_types_beyond_trino = False
    session.api.create_table("tams", "newsroom", "made", schema)


def test_a_sort_key_that_fails_and_its_workaround(peer, session):
    peer.switches.fail_sorting_key = True
    with pytest.raises(errors.InternalServerError):
        create(session, ONE.schema, sorting_key=["number"])
    create(session, ONE.schema)
    with session.transaction() as tx:
        tx.bucket("tams").schema("newsroom").table("made").add_sorting_key(["number"])


@pytest.mark.parametrize("version", ["5.4.3.1", "5.5.0.1"])
def test_both_ways_to_tell_a_sort_key(version):
    with VastPeer(version=version) as peer:
        peer.create_schema("tams", "newsroom")
        session = peer.connect()
        create(session, ONE.schema, sorting_key=["number", "name"])
        with session.transaction() as tx:
            table = tx.bucket("tams").schema("newsroom").table("made")
            assert [field.name for field in table._metadata.sorted_columns] == ["number", "name"]
            assert table.insert(ONE).type == pa.decimal128(38, 0)
        asked = "GET sorted-columns" in peer.log.pairs()
        assert asked == (version == "5.4.3.1")


def test_a_transaction_expires_when_it_is_not_used(peer, opened):
    peer.switches.transaction_seconds = 60
    seconds = [0]
    peer.database.transactions.clock = lambda: seconds[0]
    with opened() as kept:
        for _ in range(4):
            seconds[0] += 40
            assert read(kept) == [1, 2, 3]
    with pytest.raises(errors.NotFound, match="NoSuchTransaction"), opened() as idle:
        seconds[0] += 61
        read(idle)


@pytest.mark.parametrize(
    "settings",
    [
        {"shuffle": 7},
        {"batches_per_column": 3},
        {"keep_alive_frames": True},
        {"rows_per_page": 7},
        {"shuffle": 1, "batches_per_column": 2, "keep_alive_frames": True, "rows_per_page": 50},
    ],
    ids="-".join,
)
def test_answers_in_odd_shapes_hold_the_same_rows(peer, opened, settings):
    peer.load("tams", "newsroom", "many", MANY)
    config = QueryConfig(num_sub_splits=3, limit_rows_per_sub_split=400)
    with opened("many") as table:
        predicate = table["number"] >= 100
        plain = table.select(predicate=predicate, config=config).read_all()
        vars(peer.switches).update(settings)
        odd_reader = table.select(predicate=predicate, config=config)
        odd = odd_reader.read_all()
    assert odd.sort_by("number") == plain
    assert (odd == plain) == ("shuffle" not in settings)
    if "rows_per_page" in settings:
        assert odd["number"].num_chunks > plain["number"].num_chunks


def test_pages_come_in_many_batches(peer, opened):
    peer.switches.rows_per_page = 1
    with opened() as table:
        assert [len(batch) for batch in table.select()] == [1, 1, 1]


@pytest.mark.parametrize("shuffle", [None, 3])
def test_nested_columns_in_pages(peer, opened, shuffle):
    nested = pa.table(
        {
            "lists": pa.array([[1, 2], None, [], [3]]),
            "boxes": pa.array([{"x": 1, "y": ["a"]}, None, {"x": None, "y": None}, {"x": 4}]),
            "maps": pa.array([[("a", 1)], [], None, [("b", 2)]], pa.map_(pa.string(), pa.int8())),
            "pairs": pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.int64(), 2)),
            "number": [0, 1, 2, 3],
        }
    )
    peer.load("tams", "newsroom", "nested", nested)
    peer.switches.shuffle = shuffle
    for rows in (1, 2, 3):
        peer.switches.rows_per_page = rows
        with opened("nested") as table:
            found = table.select().read_all().sort_by("number")
            assert found.to_pylist() == nested.to_pylist()
            some = table.select(predicate=table["number"] > 0, limit_rows=2).read_all()
        assert len(some) == 2


def test_a_cut_answer_goes_on_after_its_last_whole_page(peer, opened):
    peer.load("tams", "newsroom", "many", MANY)
    peer.switches.rows_per_page = 50
    config = QueryConfig(num_sub_splits=1)
    for after_bytes in (1000, 5000, 9999):
        peer.switches.drop_next(command="data", after_bytes=after_bytes)
        with opened("many") as table:
            assert read(table, config=config) == list(range(1000))


def test_projections_are_served_in_their_order(peer, opened):
    rows = pa.table({"a": list(range(70_000)), "b": list(reversed(range(70_000)))})
    peer.load("tams", "newsroom", "large", rows)
    with opened("large") as table:
        table.create_projection("by_b", ["b"], ["a"])
    with opened("large") as table:
        assert table.select(predicate=table["b"] < 3).read_all()["b"].to_pylist() == [2, 1, 0]
        peer.switches.serve_projections = True
        found = table.select(predicate=table["b"] < 3, internal_row_id=True).read_all()
    assert found["b"].to_pylist() == [0, 1, 2]
    assert found["$row_id"].to_pylist() == [69_999, 69_998, 69_997]
    assert {entry.projection for entry in peer.log.selects("large")} == {"by_b"}


def test_injected_conflicts(peer, opened, numbers):
    peer.switches.conflict_next(2, command="rows", method="POST")
    for _ in range(2):
        with pytest.raises(errors.Conflict), opened() as table:
            table.insert(ONE)
    with opened() as table:
        table.insert(ONE)
    assert numbers() == [1, 2, 3, 4]


def test_a_conflict_at_commit(peer, opened, numbers):
    peer.switches.conflict_next(command="transaction", method="PUT")
    with pytest.raises(errors.Conflict), opened() as table:
        table.insert(ONE)
    assert numbers() == [1, 2, 3]


def test_faults_can_be_chosen_by_table_predicate_and_place(peer, opened):
    peer.switches.error_next(500, table="other")
    peer.switches.error_next(500, when=lambda request: b"never" in request.body)
    with opened() as table:
        assert read(table) == [1, 2, 3]
    peer.switches.clear_faults()
    peer.switches.error_next(500, table="numbers", command="stats", skip=2)
    with opened() as table:  # which asks for statistics once
        table.reload_stats()
        with pytest.raises(errors.InternalServerError):
            table.reload_stats()
        table.reload_stats()


@pytest.mark.parametrize("after_bytes", [0, 10, 300])
def test_a_cut_answer_is_read_again(peer, opened, after_bytes):
    peer.switches.drop_next(command="data", after_bytes=after_bytes)
    with opened() as table:
        mark = peer.log.mark()
        assert read(table) == [1, 2, 3]
    assert [entry.fault for entry in peer.log.since(mark) if entry.command == "data"] == [
        "drop",
        None,
    ]


def test_a_commit_whose_answer_is_lost_has_happened(peer, opened, numbers):
    peer.switches.lose_commit_next()
    with pytest.raises(errors.ConnectionError), opened() as table:
        table.insert(ONE)
    assert numbers() == [1, 2, 3, 4]


def test_a_refused_connection_did_nothing(peer, opened, numbers):
    peer.switches.refuse_connection_next(command="transaction", method="PUT")
    with pytest.raises(errors.ConnectionError), opened() as table:
        table.insert(ONE)
    assert numbers() == [1, 2, 3]


def test_slow_down_is_tried_again(peer, opened):
    peer.switches.slow_down_next(2, command="data")
    with opened() as table:
        assert read(table) == [1, 2, 3]
    assert [entry.status for entry in peer.log.selects()] == [503, 503, 200]


def test_bad_gateway_is_a_bare_value_error(peer, opened):
    peer.switches.bad_gateway_next(command="data")
    with pytest.raises(ValueError, match="502"), opened() as table:
        read(table)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("after_bytes", [0, 100_000])
def test_a_failed_frame(peer, opened, after_bytes):
    """The SDK never closes the socket of such an answer: its warning must come in this test."""
    peer.switches.fail_frame_next(after_bytes=after_bytes)
    with pytest.raises(_internal.QueryDataInternalError), opened() as table:
        read(table)
    gc.collect()


@pytest.mark.parametrize("told", [False, True])
def test_addresses_that_the_sdk_looks_up_once(peer, opened, told):
    peer.switches.tell_addresses = told
    with opened() as table:
        mark = peer.log.mark()
        for _ in range(2):
            assert read(table) == [1, 2, 3]
    pairs = [entry.pair for entry in peer.log.since(mark)][:-1]
    look_up = ["POST transaction", "DELETE transaction"]
    assert [pair for pair in pairs if pair in look_up] == (look_up if told else [])


def test_a_slow_answer(peer, opened):
    peer.switches.delay_next(0.3, command="data")
    with opened() as table:
        begun = time.monotonic()
        assert read(table) == [1, 2, 3]
    assert time.monotonic() - begun >= 0.3
