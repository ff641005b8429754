"""One newsroom on DuckDB and, row by row the same, behind Trino."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import tams_analytics as ta
from tams_analytics.tables import TABLES
from tests.support.catalogue import Catalogue, random_catalogue
from tests.support.trino_load import load
from tests.support.trino_server import Trino


@dataclass(frozen=True)
class Both:
    """The same rows in two stores."""

    duckdb: ta.Store
    trino: ta.Store


def copied(store: ta.Store, server: Trino, schema: str) -> ta.Store:
    """All tables of a store in a new schema of the catalog ``vast``."""
    load(
        server, "vast", schema, {t.name: getattr(store.tables, t.name).to_pyarrow() for t in TABLES}
    )
    return ta.connect(server.url("vast", schema))


@pytest.fixture(scope="session")
def newsroom(trino_server: Trino) -> Iterator[Both]:
    """Segments that overlap, have gaps and share objects; defects are planted."""
    with (
        ta.examples.newsroom(segments=2000) as store,
        copied(store, trino_server, f"tams/newsroom_{uuid.uuid4().hex[:8]}") as there,
    ):
        yield Both(store, there)


@pytest.fixture(scope="module")
def odd(trino_server: Trino) -> Iterator[tuple[Catalogue, ta.Store]]:
    """Sources and flows whose labels and tags are odd texts, and a store behind Trino with them."""
    catalogue = random_catalogue(7)
    with ta.connect(":memory:") as store:
        catalogue.fill(store)
        with copied(store, trino_server, f"tams/odd_{uuid.uuid4().hex[:8]}") as there:
            yield catalogue, there
