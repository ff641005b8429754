"""The collector deletes bytes that nobody needs, and no others (R5, R7, §201, W15)."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from tams_analytics import _
from tams_analytics.engines.rows import now
from tams_analytics.errors import AlreadyExists, NotFound, Refused, StillReferenced
from tams_analytics.queries.collecting import KINDS, Until
from tams_analytics.work import collector
from tams_analytics.work.collector import Collected, collect, give_back
from tams_analytics.writes import collecting
from tests.work.conftest import FLOW, LATER, Kept

NONE = dt.timedelta(0)


def test_what_nobody_needs_goes_after_its_time(kept: Kept) -> None:
    """R5, §201, §214, W15: allocated, released, discarded; a referenced object stays."""
    kept.allocate("allocated", "used", "released")
    kept.register("used", 0)
    kept.register("released", 1)
    kept.copy_near("used")
    kept.copy_near("released")
    kept.release("released")
    kept.store.writes.delete_instance("used", storage_id=kept.NEAR)

    assert kept.collect(dt.timedelta(minutes=59)) == Collected()
    assert kept.collect() == Collected(objects=2, instances=1)
    assert kept.objects() == kept.files() == {"used"}
    assert kept.files("near") == set()
    assert kept.store.tables.discarded_instances.count().execute() == 0
    assert set(kept.store.object_instances.object_id.to_list()) == {"used"}
    assert kept.collect() == Collected()
    kept.allocate("allocated")
    kept.release("used")
    assert kept.collect() == Collected(objects=2)
    assert kept.files() == set()


def test_a_collector_that_was_killed_is_gone_on_with(kept: Kept) -> None:
    """R7: after its mark, and after the bytes; meanwhile nobody can use the object."""
    kept.allocate("a", "b")
    kept.register("b", 0)
    kept.release("b")
    later = now() + LATER
    until = Until(later, later, now() - LATER)
    for kind in KINDS:
        collecting.mark_unused(kept.engine, kind, until)
    (path,) = kept.store.objects.filter(_.id == "b").storage_path.to_list()
    kept.store.storages.of(kept.store.settings.default_storage_backend_id).delete([path])

    for id in ("a", "b"):
        with pytest.raises(Refused, match=f"object {id} is refused: it is being collected.*again"):
            kept.register(id, 5)
    with pytest.raises(AlreadyExists):
        kept.allocate("a")
    assert collect(kept.engine, kept.store.storages) == Collected()
    assert kept.collect() == Collected(objects=2)
    assert kept.objects() == kept.files() == set()


def test_a_bulk_load_meets_the_marks_too(kept: Kept) -> None:
    """R7: of media objects, and of what initialises them."""
    kept.allocate("a", "i")
    for id in ("a", "i"):
        collecting.mark_object(kept.engine, id)
    with pytest.raises(Refused, match="being collected"):
        kept.store.writes.load("segments", rows("a"))

    needing = {"id": ["m"], "storage_path": ["p"], "init_object_id": ["i"], "registered_at": [None]}
    kept.engine.transact(lambda tx: tx.update("flows", {"id": FLOW}, {"init_segments": True}))
    kept.engine.transact(lambda tx: tx.insert("objects", pa.table(needing)))
    with pytest.raises(Refused, match="initialises object m and it is being collected"):
        kept.store.writes.load("segments", rows("m"))
    assert kept.collect(taken_over_after=-LATER * 2) == Collected(objects=3)


def rows(id: str) -> pa.Table:
    return pa.table({"flow_id": [FLOW], "object_id": [id], "timerange": ["[0:0_1:0)"]})


def test_a_storage_that_fails_keeps_what_it_has_for_the_next_run(kept: Kept) -> None:
    """As a folder whose disk is not mounted: there is its mount point, and no object."""
    kept.allocate("a", "b")
    kept.register("a", 0)
    kept.copy_near("a")
    kept.release("a")
    near = kept.folder / "near"
    near.rename(kept.folder / "away")
    near.mkdir()

    assert kept.collect(batch=1, taken_over_after=NONE) == Collected(objects=1, failed=1)
    assert kept.objects() == {"a"}
    near.rmdir()
    (kept.folder / "away").rename(near)
    assert kept.collect(taken_over_after=NONE) == Collected(objects=1)
    assert kept.files("near") == set()


def test_a_collector_that_is_late_deletes_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its marks are another's by then, and so may the id be."""
    kept.allocate("a")
    monkeypatch.setattr(collector, "ACTS_FOR", dt.timedelta(seconds=-1))
    assert kept.collect() == Collected(failed=1)
    assert kept.files() == {"a"}


def test_marks_of_another_are_not_ours_to_forget(kept: Kept) -> None:
    kept.allocate("a")
    late = collecting.mark_object(kept.engine, "a")
    assert kept.collect(taken_over_after=-LATER * 2) == Collected(objects=1)
    kept.allocate("a")
    assert collecting.forget_objects(kept.engine, late, ["a"]) == 0
    assert kept.objects() == kept.files() == {"a"}


def test_an_object_is_given_back_early(kept: Kept) -> None:
    """R5, F21: its id is free at once, its bytes are gone."""
    kept.allocate("a", "b")
    kept.register("b", 0)
    with pytest.raises(StillReferenced):
        give_back(kept.engine, kept.store.storages, "b")
    give_back(kept.engine, kept.store.storages, "a")
    assert kept.files() == {"b"}
    with pytest.raises(NotFound):
        give_back(kept.engine, kept.store.storages, "a")
    kept.allocate("a")
    assert kept.files() == {"a", "b"}


def test_a_discarded_instance_that_comes_back_keeps_its_bytes(kept: Kept) -> None:
    """§212 after §214, while the collector has not come, and while it is at work."""
    kept.allocate("a")
    kept.register("a", 0)
    kept.copy_near("a")
    kept.store.writes.delete_instance("a", storage_id=kept.NEAR)
    kept.copy_near("a")
    assert kept.collect() == Collected()
    assert kept.files("near") == {"a"}

    kept.store.writes.delete_instance("a", storage_id=kept.NEAR)
    later = now() + LATER
    collecting.mark_discarded(kept.engine, Until(later, later, later))
    with pytest.raises(Refused, match="being collected"):
        kept.copy_near("a")
    assert kept.collect() == Collected(instances=1)
    kept.copy_near("a")


def test_a_registration_that_races_the_collector_never_loses_its_bytes(kept: Kept) -> None:
    """R7: it is refused, or the bytes stay."""
    ids = [f"o{number}" for number in range(6)]
    kept.allocate(*ids)
    at_once = threading.Barrier(2)

    def register() -> set[str]:
        at_once.wait()
        made = set()
        for at, id in enumerate(ids):
            try:
                kept.register(id, at)
            except Refused:
                continue
            made.add(id)
        return made

    def collecting_them() -> None:
        at_once.wait()
        kept.collect(batch=1)

    with ThreadPoolExecutor(2) as pool:
        registered = pool.submit(register)
        pool.submit(collecting_them).result()
    made = registered.result()
    assert made <= kept.objects()
    assert {id for id in made if id in kept.files() or is_new(kept, id)} == made


def is_new(kept: Kept, id: str) -> bool:
    """Collected before, then registered as an object that nobody allocated (R14)."""
    instances = kept.store.object_instances
    return instances.filter(instances.object_id == id).count().execute() == 0
