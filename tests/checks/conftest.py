"""One small newsroom without defects and one with them on each engine, for all of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from tams_analytics.checks import SAMPLE
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND
from tests.examples.conftest import Empty, clean, empty, flawed

__all__ = ["clean", "empty", "flawed"]

NO_FLOW = "f0000000-0000-4000-8000-000000000001"


@pytest.fixture
def empty_of_flows(empty: Empty) -> Iterator[Store]:
    """Some segments more than a sample has, of a flow that is not there."""
    seconds = range(SAMPLE + 5)
    rows = {
        "flow_id": [NO_FLOW for _ in seconds],
        "object_id": [f"take-{n}" for n in seconds],
        "start_ns": [n * SECOND for n in seconds],
        "end_ns": [(n + 1) * SECOND for n in seconds],
        "timerange": [f"[{n}:0_{n + 1}:0)" for n in seconds],
    }
    with empty() as store:
        store._engine.transact(lambda tx: tx.insert("segments", pa.table(rows)))
        yield store
