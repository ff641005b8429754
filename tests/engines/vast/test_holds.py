"""Two transactions of which each reads what the other changes: one of them has to see the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.engines.migrations import VERSION
from tams_analytics.engines.vast.probe import set_fact
from tams_analytics.engines.vast.transaction import VastTransaction
from tams_analytics.errors import BadParameter, Refused
from tests.engines.vast.conftest import FLOW, OTHER, SOURCE, VIDEO, flow, segment

SECOND = "10000000-0000-4000-8000-000000000002"
NEW = "20000000-0000-4000-8000-000000000009"
BACKEND = {"id": SECOND, "provider": "p", "store_product": "q", "store_type": "http_object_store"}

Meanwhile = Callable[[Callable[[ta.Store], Any]], None]


@pytest.fixture
def other(url: str, two_flows: ta.Store) -> Iterator[ta.Store]:
    """The store of `two_flows`, opened by somebody else."""
    with ta.connect(url) as opened:
        yield opened


@pytest.fixture
def meanwhile(other: ta.Store, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What another writer does from beginning to end when the next one has done its work."""

    def run(write: Callable[[ta.Store], Any]) -> None:
        hold = VastTransaction.hold

        def held_late(transaction: VastTransaction) -> None:
            monkeypatch.setattr(VastTransaction, "hold", hold)
            write(other)
            hold(transaction)

        monkeypatch.setattr(VastTransaction, "hold", held_late)

    return run


def moved() -> dict[str, Any]:
    """The body of a flow that is put into another source."""
    return {**flow(), "source_id": SECOND}


def initialised(object_id: str) -> dict[str, Any]:
    return {**segment(object_id, 0, 1), "init_object_id": "init"}


@pytest.fixture
def with_inits(two_flows: ta.Store) -> ta.Store:
    """Both flows take objects that need an initialisation object, and have no segments yet."""
    for id in (FLOW, OTHER):
        body = flow(id)
        body["essence_parameters"]["init_segments"] = True
        two_flows.writes.delete_segments(id)
        two_flows.writes.put_flow(body)
    return two_flows


def released(store: ta.Store) -> dict[str, bool]:
    rows = store.objects.select("id", is_=_.released_at.notnull()).to_pyarrow().to_pylist()
    return {row["id"]: row["is_"] for row in rows}


def test_a_flow_does_not_move_to_a_source_that_goes(
    two_flows: ta.Store, meanwhile: Meanwhile
) -> None:
    two_flows.writes.create_source({"id": SECOND, "format": VIDEO, "label": "explicit"})
    meanwhile(lambda other: other.writes.delete_source(SECOND))
    two_flows.writes.put_flow(moved())

    (made,) = two_flows.sources.filter(_.id == SECOND).explicit.to_list()
    assert not made  # anew, by the flow that names it


def test_an_implicit_source_goes_when_one_flow_moves_and_the_other_is_deleted(
    two_flows: ta.Store, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda other: other.writes.delete_flow(OTHER))
    two_flows.writes.put_flow(moved())

    assert [SECOND] == two_flows.sources.id.to_list()


def test_no_flow_comes_to_a_source_that_is_being_deleted(
    two_flows: ta.Store, other: ta.Store, meanwhile: Meanwhile
) -> None:
    settings = dataclasses.replace(other._engine.settings, async_deletion_threshold=0)
    other._engine.settings = settings
    meanwhile(lambda other: other.writes.delete_source(SOURCE))

    with pytest.raises(Refused, match="is being deleted"):
        two_flows.writes.create_flow(flow(NEW))


def test_an_init_object_goes_with_its_last_two_users(
    with_inits: ta.Store, meanwhile: Meanwhile
) -> None:
    for number, id in enumerate((FLOW, OTHER)):
        with_inits.writes.create_segments(id, initialised(f"media {number}"))
    meanwhile(lambda other: other.writes.delete_segments(OTHER))
    with_inits.writes.delete_segments(FLOW)

    assert all(released(with_inits).values())


def test_an_init_object_is_not_released_when_an_allocated_object_begins_to_need_it(
    with_inits: ta.Store, meanwhile: Meanwhile
) -> None:
    with_inits.writes.create_segments(OTHER, initialised("before"))
    with_inits.writes.allocate_storage(FLOW, {"object_ids": ["allocated"]})
    meanwhile(lambda other: other.writes.delete_segments(OTHER))
    with_inits.writes.create_segments(FLOW, initialised("allocated"))

    after = released(with_inits)
    assert (False, False, True) == (after["allocated"], after["init"], after["before"])


def test_a_label_is_not_given_to_a_url_and_a_storage_backend(
    two_flows: ta.Store, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda other: other.writes.put_storage_backend({**BACKEND, "label": "mine"}))

    with pytest.raises(BadParameter, match="label of a storage backend"):
        two_flows.writes.add_instance("first of 0", {"url": "https://a/b", "label": "mine"})


def test_a_label_that_a_url_is_given_later_is_held_as_well(
    two_flows: ta.Store, meanwhile: Meanwhile
) -> None:
    two_flows.writes.add_instance("first of 0", {"url": "https://a/b", "label": "other"})
    tried = []

    def work(tx: Any) -> None:
        tried.append(tx)
        tx.update("object_instances", {"object_id": "first of 0"}, {"label": "mine"})

    meanwhile(lambda other: other.writes.put_storage_backend({**BACKEND, "label": "mine"}))
    two_flows._engine.transact(work)

    assert 2 == len(tried)


def test_no_flow_is_collected_that_is_deleted_meanwhile(
    two_flows: ta.Store, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda other: other.writes.delete_flow(FLOW))
    with pytest.raises(BadParameter, match="is no flow of this store"):
        two_flows.writes.set_flow_collection(OTHER, [{"id": FLOW, "role": "late"}])


def test_an_open_store_is_not_written_when_a_later_library_brought_it_forward(
    two_flows: ta.Store, other: ta.Store
) -> None:
    later: Any = other._engine
    set_fact(later.backend.con, later.standing.place, VERSION, "99")

    with pytest.raises(Refused, match="version '99' of the tables"):
        two_flows.writes.set_flow_label(FLOW, "never")
    assert two_flows.flow(FLOW).label is None
