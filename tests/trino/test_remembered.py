"""What a store remembers counts on Trino as on DuckDB: acknowledged, new, changed since."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.checks import Checked
from tams_analytics.engines.rows import now
from tams_analytics.errors import Unsupported
from tams_analytics.queries import runs
from tams_analytics.timerange import periods
from tests.checks.small import CHECKS, LOST, add_flows, add_segments, fill, finding
from tests.support.trino_server import Trino
from tests.trino.conftest import Both, copied

pytestmark = pytest.mark.trino


@pytest.fixture(scope="module")
def both(trino_server: Trino) -> Iterator[Both]:
    """Remembered, then each flow lost one more; some of it somebody answers for."""
    with ta.connect(":memory:") as store:
        fill(store)
        add_flows(store, ["c"], source_id="nobody")
        store.remember(store.check(only=CHECKS))
        add_segments(store, "a", 2, 3, created=now())
        add_segments(store, "b", 2)
        store.acknowledge(LOST, [finding("a", 1), finding("a", 2)], owner="Ann", reason="r")
        store.acknowledge(LOST, ["x"], entity="segments", owner="Ann", reason="r", expires="9d")
        store.acknowledge(CHECKS[1], owner="Bob", reason="r", entity="flows")
        august = periods("[1786000000:0_1786000001:0)", "month")
        store.writes.remember_measures(
            store.tables.flows.group_by("label").agg(availability=0.5).to_pyarrow(),
            measures={"availability": "1"},
            dimension_columns={"label": "label"},
            periods=august,
        )
        with copied(store, trino_server, f"tams/told_{uuid.uuid4().hex[:8]}") as there:
            yield Both(store, there)


def outcomes(checked: Checked) -> list[Any]:
    names = ("id", "failures", "acknowledged", "new", "sample")
    return [checked.since, *([each[name] for name in names] for each in checked.checks)]


def rows(checked: Checked) -> list[list[str]]:
    tables = [checked.acknowledged, checked.failures[LOST], checked.new[LOST]]
    return [sorted(map(repr, table.to_pyarrow().to_pylist())) for table in tables]


def test_a_run_is_told_as_on_duckdb(both: Both) -> None:
    expected, found = (store.check(only=CHECKS) for store in (both.duckdb, both.trino))

    assert outcomes(expected) == outcomes(found)
    assert rows(expected) == rows(found)
    assert [3, 3, 2] == [len(each) for each in rows(expected)]


def test_a_run_since_the_last_one_looks_at_the_same_flows(both: Both) -> None:
    expected, found = (
        store.check(only=[LOST], since_last=True) for store in (both.duckdb, both.trino)
    )

    assert outcomes(expected) == outcomes(found)
    assert (1, 2, 1) == tuple(
        expected.checks[0][each] for each in ("failures", "acknowledged", "new")
    )


def test_what_was_measured_is_the_same_there(both: Both) -> None:
    given = {"dimension": "label", "measure": "availability"}

    found = both.trino.ask(runs.availability, **given)
    assert both.duckdb.ask(runs.availability, **given).to_pylist() == found.to_pylist()
    assert both.duckdb.measurements.to_pyarrow().equals(both.trino.measurements.to_pyarrow())


def test_a_run_on_trino_is_remembered_where_one_can_write(both: Both) -> None:
    checked = both.trino.check(only=CHECKS)
    with pytest.raises(Unsupported, match="DuckDB or VAST URL"):
        both.trino.remember(checked)

    both.duckdb.remember(checked)
    (run,) = both.duckdb.ask(runs.run, id=checked.run_id).to_pylist()
    assert ("trino", checked.engine_version) == (run["engine"], run["engine_version"])
    assert 0 == both.duckdb.check(only=[LOST]).checks[0]["new"]
