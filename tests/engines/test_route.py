"""Which engine a question is for: told from the expression alone, nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.errors import BadParameter
from tests.support import trino_peer
from tests.support.vast_stores import VastStores


@pytest.fixture
def duck() -> Iterator[ta.Store]:
    with ta.connect(":memory:") as store:
        yield store


@pytest.fixture
def vast(vast_stores: VastStores) -> Iterator[ta.Store]:
    with ta.connect(vast_stores.new_url()) as store:
        yield store


@pytest.fixture
def trino() -> Iterator[ta.Store]:
    with (
        trino_peer.serving() as peer,
        ta.connect(f"trino://me@{peer.place}/vast/tams/meta") as store,
    ):
        yield store
        assert [] == peer.sent


def table(store: ta.Store, catalog: str, schema: str, name: str) -> Any:
    """One of another catalog, without looking it up."""
    place = ibis.expr.operations.Namespace(catalog=catalog, database=schema)
    columns = ibis.schema({"bucket": "string", "key": "string", "size": "int64"})
    source = store.segments.get_backend()
    return ibis.expr.operations.DatabaseTable(name, columns, source, place).to_expr()


def test_tables_of_several_catalogs_are_for_trino(trino: ta.Store) -> None:
    listed = table(trino, "objects", "s3", "objects")
    found = ta.route(trino.object_instances.join(listed, ["bucket", "key"]))

    assert ("trino", True) == (found.engine, "objects and vast" in found.reason)
    assert {"trino.vast.object_instances", "trino.objects.objects"} == set(found.tables)
    assert "trino: it reads the catalogs objects and vast, which Trino alone joins" == str(found)


def test_stores_on_several_engines_are_for_trino(vast: ta.Store, trino: ta.Store) -> None:
    found = ta.route(vast.flows.join(trino.flows, "id"))

    assert ("trino", True) == (found.engine, "trino and vast" in found.reason)


def test_what_is_to_be_joined_with_a_duckdb_is_brought_here(vast: ta.Store, duck: ta.Store) -> None:
    with ta.connect(":memory:") as second:
        for other in (vast, second):
            found = ta.route(other.flows.join(duck.flows, "id"))

            assert ("duckdb", True) == (found.engine, "ta.localize" in found.reason)


def test_a_table_that_nobody_knows_may_be_large(trino: ta.Store) -> None:
    assert "trino" == ta.route(table(trino, "objects", "s3", "access_log")).engine


def test_one_flow_of_another_catalog_is_for_trino() -> None:
    with trino_peer.serving() as peer, ta.connect(f"trino://me@{peer.place}/lake/tams") as store:
        assert "trino" == ta.route(store.segments.filter(_.flow_id == "f")).engine


@pytest.mark.parametrize(
    "narrow",
    [
        lambda s: s.segments.filter(_.flow_id == "f"),
        lambda s: s.segments.filter(_.flow_id.isin(["f", "g"])).order_by("start_ns").limit(9),
        lambda s: s.segments.filter(_.start_ns > 5).filter("f" == _.flow_id).count(),
        lambda s: ta.gaps(s.segments.filter(_.flow_id == "f"), by="flow_id"),
        lambda s: s.object_instances.join(s.segments.filter(_.object_id == "o"), "object_id"),
    ],
)
def test_one_flow_or_object_is_for_vast(narrow: Any, vast: ta.Store, trino: ta.Store) -> None:
    for store in (vast, trino):
        assert "vast" == ta.route(narrow(store)).engine


@pytest.mark.parametrize(
    "wide",
    [
        lambda s: ta.coverage(s.segments, by="flow_id"),
        lambda s: s.segments.filter(_.start_ns > 5),
        lambda s: s.segments.filter(_.flow_id != "f"),
        lambda s: s.segments.filter(_.flow_id == _.object_id),
        lambda s: s.segments.get_backend().sql("SELECT 1 AS a", schema={"a": "int64"}),
    ],
)
def test_all_of_a_large_table_is_for_the_engine_of_the_store(wide: Any, trino: ta.Store) -> None:
    assert "trino" == ta.route(wide(trino)).engine


def test_all_of_a_large_table_on_vast_says_who_could_share_the_work(vast: ta.Store) -> None:
    found = ta.route(ta.coverage(vast.segments, by="flow_id"))

    assert ("vast", True) == (found.engine, "trino:// URL" in found.reason)


def test_small_tables_are_read_here(vast: ta.Store, trino: ta.Store) -> None:
    for store in (vast, trino):
        found = ta.route(store.flows.join(store.sources, store.flows.source_id == store.sources.id))

        assert ("duckdb", True) == (found.engine, "ta.localize" in found.reason)


def test_a_store_on_duckdb_answers_itself(duck: ta.Store) -> None:
    assert "duckdb" == ta.route(ta.coverage(duck.segments, by="flow_id")).engine
    assert "duckdb" == ta.route(ibis.memtable({"a": [1]})).engine


def test_only_expressions_have_a_route() -> None:
    with pytest.raises(BadParameter, match="no ibis expression"):
        ta.route("SELECT 1")  # type: ignore[arg-type]
