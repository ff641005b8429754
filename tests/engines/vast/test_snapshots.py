"""A store as of a snapshot of its bucket: which there are, what they hold, who closes whom."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.engines.administration import administration
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, Refused, Unsupported
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

FLOW = "10000000-0000-4000-8000-000000000001"
BODY = {
    "id": FLOW,
    "source_id": "20000000-0000-4000-8000-000000000001",
    "format": "urn:x-nmos:format:data",
    "codec": "text/plain",
    "container": "text/plain",
    "essence_parameters": {"data_type": "urn:x-tam:data:other"},
    "label": "then",
}


@pytest.fixture
def peer(vast_stores: VastStores) -> Iterator[VastPeer]:
    """The peer, whose snapshots go when the test ends."""
    yield vast_stores.peer
    for name in vast_stores.peer.database.snapshot_names(BUCKET, ""):
        vast_stores.peer.drop_snapshot(BUCKET, name)


@pytest.fixture
def store(vast_stores: VastStores, peer: VastPeer) -> Iterator[ta.Store]:
    """A flow called "then" in the snapshot "monday", "now" today."""
    with ta.connect(vast_stores.new_url()) as opened:
        opened.writes.put_flow(BODY)
        peer.snapshot(BUCKET, "monday")
        opened.writes.set_flow_label(FLOW, "now")
        yield opened


def label(store: ta.Store) -> str:
    return str(store.flow(FLOW).label)


def test_snapshots_are_listed_by_name(store: ta.Store, peer: VastPeer) -> None:
    peer.snapshot(BUCKET, "april")

    assert ["april", "monday"] == store.snapshots()


def test_more_snapshots_than_a_page_holds_are_listed(store: ta.Store, peer: VastPeer) -> None:
    for number in range(1_200):
        peer.snapshot(BUCKET, f"hourly-{number:04}")

    assert 1_201 == len(store.snapshots())
    assert "then" == label(store.at("hourly-1199").at("monday"))


def test_a_question_is_answered_as_of_then(store: ta.Store) -> None:
    assert ("then", "now") == (label(store.at("monday")), label(store))


def test_a_snapshot_is_found_beside_one_whose_name_begins_so(
    store: ta.Store, peer: VastPeer
) -> None:
    peer.snapshot(BUCKET, "monday-evening")

    assert "then" == label(store.at("monday"))
    assert "now" == label(store.at("monday-evening"))


@pytest.mark.parametrize("name", ["mon", "monday-evening", "", "monday/", "Monday"])
def test_a_snapshot_that_is_not_there_names_those_that_are(store: ta.Store, name: str) -> None:
    with pytest.raises(NotFound, match=f"bucket {BUCKET} has monday"):
        store.at(name)


def test_a_store_that_was_made_later_is_not_in_a_snapshot(
    store: ta.Store, vast_stores: VastStores
) -> None:
    later = ta.connect(vast_stores.new_url())
    with later, pytest.raises(NotFound, match="was made after that"):
        later.at("monday")


def test_a_bucket_without_snapshots_says_so(store: ta.Store, peer: VastPeer) -> None:
    peer.drop_snapshot(BUCKET, "monday")

    assert [] == store.snapshots()
    with pytest.raises(NotFound, match="has no snapshots"):
        store.at("monday")


def test_live_and_snapshot_are_joined_in_one_expression(store: ta.Store) -> None:
    then, now = store.at("monday").flows, store.flows
    joined = then.join(now, "id").select("id", label_then=then.label, label_now=now.label)

    assert [
        {"id": FLOW, "label_then": "then", "label_now": "now"}
    ] == joined.to_pyarrow().to_pylist()


def test_changes_are_counted_in_one_transaction_and_each_table_is_read_once(
    store: ta.Store, peer: VastPeer
) -> None:
    then, mark = store.at("monday"), peer.log.mark()
    assert ta.changes(then, store)

    pairs = [entry.pair for entry in peer.log.since(mark)]
    assert 1 == pairs.count("POST transaction")
    assert 2 * 11 == pairs.count("GET data")


def test_a_snapshot_is_read_in_its_own_fences(store: ta.Store, peer: VastPeer) -> None:
    segment = {"object_id": "o", "timerange": "[0:0_10:0)"}
    store.writes.create_segments(FLOW, [segment])
    peer.snapshot(BUCKET, "tuesday")
    store.writes.create_segments(FLOW, [{"object_id": "p", "timerange": "[10:0_10000:0)"}])

    window = ta.tr("[5:0_6:0)")
    asked = {"flow_id": FLOW, "timerange": window}
    found = store.at("tuesday").ask(ta.queries.segments.listing, **asked)
    assert ["o"] == found["object_id"].to_pylist()
    assert 0 == store.at("monday").ask(ta.queries.segments.listing, **asked).num_rows


def test_nobody_writes_to_a_snapshot(store: ta.Store) -> None:
    with pytest.raises(Unsupported, match="read-only"):
        store.at("monday").writes.set_flow_label(FLOW, "never")


def test_a_snapshot_says_which_it_is_and_is_opened_by_that(store: ta.Store) -> None:
    then = store.at("monday")

    assert f"/{BUCKET}/.snapshot/monday/" in then.url
    assert then.url in repr(then)
    with ta.connect(then.url) as opened:
        assert ("then", then.url) == (label(opened), opened.url)
        with pytest.raises(Unsupported):
            opened.writes.set_flow_label(FLOW, "never")


def test_a_url_without_the_name_of_its_snapshot_is_refused(store: ta.Store) -> None:
    with pytest.raises(BadParameter, match="names no schema"):
        ta.connect(store.at("monday").url.replace("/monday", "/"))


@pytest.fixture
def older(store: ta.Store, peer: VastPeer) -> ta.Store:
    """The store as of a snapshot from before its flows had some of their columns."""
    schema = store.url.rpartition("/")[2]
    flows = peer.rows(BUCKET, schema, "flows")
    peer.load(BUCKET, schema, "flows", flows.drop_columns(["label", "read_only", "created"]))
    peer.snapshot(BUCKET, "older")
    peer.load(BUCKET, schema, "flows", flows)
    return store.at("older")


def test_what_was_added_later_is_null_or_its_default_in_a_snapshot(
    older: ta.Store, store: ta.Store
) -> None:
    flows = older.flows.drop("created").to_pyarrow().to_pylist()

    assert [(FLOW, None, False)] == [(row["id"], row["label"], row["read_only"]) for row in flows]
    assert [{"label": None}] == older.flows.select("label").to_pyarrow().to_pylist()
    assert 1 == older.flows.filter(_.label.upper().isnull()).count().execute()
    with pytest.raises(BadParameter, match=r"'created' is no column of it yet.*snapshot stays"):
        older.flows.to_pyarrow()
    with pytest.raises(BadParameter, match="'label' is no column of it yet"):
        older.flows.filter(_.label == "then").select("id").to_pyarrow()


def test_a_store_that_lacks_a_column_is_not_written_before_it_has_it(
    store: ta.Store, peer: VastPeer
) -> None:
    schema = store.url.rpartition("/")[2]
    flows = peer.rows(BUCKET, schema, "flows")
    peer.load(BUCKET, schema, "flows", flows.drop_columns(["label"]))

    with ta.connect(store.url) as opened:
        for id in (FLOW, FLOW[:-1] + "2"):
            with pytest.raises(Refused, match=r"no column label yet; run tams schema apply"):
                opened.writes.put_flow({**BODY, "id": id})
        list(administration(store.url).apply())
        opened.writes.put_flow({**BODY, "label": "x"})
        assert "x" == label(opened)


def test_a_column_that_others_have_added_is_written_at_once(
    store: ta.Store, peer: VastPeer
) -> None:
    tag = [{"entity_type": "flows", "entity_id": FLOW, "name": "n", "position": 0, "value": "v"}]
    schema = store.url.rpartition("/")[2]
    store._engine.transact(lambda tx: tx.insert("tags", tag))
    tags = peer.rows(BUCKET, schema, "tags")
    peer.load(BUCKET, schema, "tags", tags.drop_columns(["value"]))

    with ta.connect(store.url) as opened:
        with pytest.raises(Refused, match="no column value yet"):
            opened._engine.transact(lambda tx: tx.insert("tags", tag))
        peer.load(BUCKET, schema, "tags", tags)
        opened._engine.transact(lambda tx: tx.insert("tags", tag))

    assert 2 == peer.rows(BUCKET, schema, "tags").num_rows


def test_a_snapshot_that_is_closed_leaves_its_store_open(store: ta.Store) -> None:
    with store.at("monday"):
        pass

    assert "now" == label(store)


def test_a_store_that_is_closed_ends_its_snapshots(store: ta.Store) -> None:
    then = store.at("monday")
    store.close()

    with pytest.raises(EngineFailed, match="the store is closed"):
        then.flows.filter(_.id == FLOW).select(x=ibis.literal(1)).to_pyarrow()


def test_a_duckdb_store_has_none_and_names_an_engine_that_does() -> None:
    with ta.connect(":memory:") as memory:
        with pytest.raises(Unsupported, match="VAST DB"):
            memory.snapshots()
        with pytest.raises(Unsupported, match="VAST DB"):
            memory.at("monday")
