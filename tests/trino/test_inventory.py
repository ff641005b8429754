"""Questions about bytes give the same rows where the listing is a table of another catalog (T3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

import tams_analytics as ta
from tams_analytics.errors import Unsupported
from tams_analytics.queries import inventory
from tams_analytics.tables import Tables
from tests.queries.test_inventory import kept, plant, request, segment, thing
from tests.support.listings import JUST_NOW, LONG_AGO, listing
from tests.support.trino_load import put
from tests.support.trino_server import Trino
from tests.trino.conftest import Both, copied

pytestmark = pytest.mark.trino
OWN = uuid.uuid4().hex[:8]
NAMES = ["there", "lost", "other size", "shared", "allocated", "going"]
LISTED = [
    {"key": "there"},
    {"key": "other size", "size": 2**62},
    {"key": "shared", "storage_class": "GLACIER"},
    {"key": "copy"},
    {"key": "it's é", "size": None, "storage_class": None},
    {"key": "being stored", "last_modified": JUST_NOW, "size": 2**62},
    {"key": "there", "bucket": "archive", "size": 2**62},
]
Asked = Callable[[Tables, ir.Table], ir.Table]
QUESTIONS: dict[str, Asked] = {
    "unknown": inventory.unknown,
    "unknown now": lambda tables, listed: inventory.unknown(tables, listed, grace=0),
    "missing": inventory.missing,
    "missing in one": lambda tables, listed: inventory.missing(tables, listed, buckets=["media"]),
    "of other size": lambda tables, listed: inventory.of_other_size(
        tables, listed, or_unknown=True
    ),
    "usage": inventory.usage,
    "growth": lambda tables, listed: inventory.growth(listed, by=["bucket", "storage_class"]),
}


@pytest.fixture(scope="module")
def both(trino_server: Trino) -> Iterator[Both]:
    with ta.connect(":memory:") as store:
        plant(
            store,
            objects=[
                *map(thing, ["there", "lost", "other size", "shared", "going"]),
                thing("allocated", registered_at=None),
                thing("half", size=None),
            ],
            object_instances=[*map(kept, NAMES), kept("half", bucket="archive")],
            segments=[*map(segment, ["there", "shared"]), segment("going", "going")],
            deletion_requests=[request("going", updated=LONG_AGO)],
            storage_backends=[
                {"id": "s", "provider": "p", "store_product": "S3", "bucket": "media"}
            ],
            discarded_instances=[{"object_id": "copy", "storage_id": "s", "key": "copy"}],
        )
        with copied(store, trino_server, f"tams/inventory_{OWN}") as there:
            yield Both(store, there)


@pytest.fixture(scope="module")
def listed(
    both: Both, trino_server: Trino, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ir.Table, ir.Table]:
    """The same listing on either side."""
    file: Path = tmp_path_factory.mktemp("listing") / "listing.parquet"
    here = listing(both.duckdb, file, LISTED)
    put(trino_server, "objects", f"s3_{OWN}", "objects", here.to_pyarrow())
    table = both.trino.con.table("objects", database=f"objects.s3_{OWN}")
    return here, inventory.as_listing(table)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_same_rows(name: str, both: Both, listed: tuple[ir.Table, ir.Table]) -> None:
    asked = QUESTIONS[name]
    here, there = (
        asked(store.tables, table).to_pyarrow()
        for store, table in zip((both.duckdb, both.trino), listed, strict=True)
    )

    assert here.schema.names == there.schema.names
    assert here.num_rows > 0
    assert sorted(map(text, here.to_pylist())) == sorted(map(text, there.to_pylist()))


def text(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))


@pytest.mark.parametrize("source", ["list", "inventory"])
def test_nothing_is_listed_that_trino_could_not_read(both: Both, source: str) -> None:
    with pytest.raises(Unsupported, match="cannot read files of this machine; name a table"):
        both.trino.s3_objects(source)


def test_a_listing_is_a_table_of_another_catalog(
    both: Both, listed: tuple[ir.Table, ir.Table]
) -> None:
    here, _ = listed
    there = both.trino.s3_objects(f"objects.s3_{OWN}.objects")

    assert here.schema() == there.schema()
    assert len(LISTED) == there.count().execute()
