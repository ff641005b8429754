"""The specification as it is written, and the application that is held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.contract.specification import Specification


@pytest.fixture(scope="session")
def specification(shared: Path) -> Specification:
    return Specification(shared)
