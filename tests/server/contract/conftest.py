"""The specification as it is written, and the application that is held against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.contract.applications import applications
from tests.server.contract.asking import Asking
from tests.server.contract.specification import Specification
from tests.support.vast_stores import VastStores


@pytest.fixture(scope="session")
def specification(shared: Path) -> Specification:
    return Specification(shared)


@pytest.fixture(scope="session")
def asking(
    specification: Specification, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asking]:
    """All cases, asked of one store on DuckDB; what changes something makes its own entities."""
    with applications(specification, tmp_path_factory.mktemp("media")) as asked:
        yield asked


@pytest.fixture(scope="session")
def asking_on_vast(
    specification: Specification,
    tmp_path_factory: pytest.TempPathFactory,
    vast_stores: VastStores,
) -> Iterator[Asking]:
    """The same, asked of one store on VAST."""
    media = tmp_path_factory.mktemp("media")
    with applications(specification, media, vast_stores.new_url()) as asked:
        yield asked


@pytest.fixture(scope="session")
def asking_strictly(
    specification: Specification, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asking]:
    """The same, asked of one store on DuckDB that is strict."""
    media = tmp_path_factory.mktemp("media")
    with applications(specification, media, TAMS_STRICT="1") as asked:
        yield asked
