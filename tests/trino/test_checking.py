"""`tams check` on a real Trino: told as on DuckDB, and ended there when its time is over."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import tams_analytics as ta
from tams_analytics.checks import CHECKS as OWN
from tams_analytics.checks import Deadline, results
from tams_analytics.cli import main
from tests.checks.endless import CHECKS, ENOUGH_S, scope_of
from tests.support.trino_load import put
from tests.support.trino_server import Trino
from tests.trino.conftest import Both
from tests.trino.test_engine import of_source, until
from tests.trino.test_same_rows import rows

pytestmark = pytest.mark.trino

ERROR = "segment_without_object"
OF_BYTES = [check.id for check in OWN if check.needs_objects]


def test_a_run_is_told_as_on_duckdb(newsroom: Both, tmp_path: Path) -> None:
    words = ["--only", ERROR, "--keep-rows", "2", "-o", str(tmp_path)]
    (expected,) = newsroom.duckdb.check(only=[ERROR]).checks
    rows = newsroom.duckdb.check(only=[ERROR]).failures[ERROR].to_pyarrow().sort_by("id")

    done = CliRunner().invoke(main, ["check", newsroom.trino._engine.url, *words])

    (told,) = json.loads((tmp_path / "check.json").read_bytes())["checks"]
    kept = pq.read_table(tmp_path / "failures" / f"{ERROR}.parquet")
    assert 1 == done.exit_code, done.stderr
    assert [expected[name] for name in ("failures", "sample")] == [told["failures"], told["sample"]]
    assert rows.slice(0, 2).to_pylist() == kept.select(rows.column_names).to_pylist()


def test_checks_of_bytes_find_the_same_by_a_listing_in_another_catalog(
    newsroom: Both, trino_server: Trino
) -> None:
    listing = ta.examples.s3_objects(newsroom.duckdb)
    schema = f"listed_{uuid.uuid4().hex[:8]}"
    put(trino_server, "objects", schema, "s3", listing.to_pyarrow())

    here = newsroom.duckdb.check(only=OF_BYTES, objects=listing)
    there = newsroom.trino.check(only=OF_BYTES, objects=f"objects.{schema}.s3")

    told = [[(each["failures"], each["sample"]) for each in run.checks] for run in (here, there)]
    assert told[0] == told[1]
    assert all(failures for failures, _sample in told[1])
    assert rows(here.findings.to_pyarrow(), ordered=False) == rows(
        there.findings.to_pyarrow(), ordered=False
    )


def test_a_check_that_has_no_time_left_is_ended_on_the_server(
    newsroom: Both, trino_server: Trino
) -> None:
    source = f"late-{uuid.uuid4().hex}"
    with ta.connect(f"{newsroom.trino._engine.url}?source={source}") as store:
        ran = results(store._engine, CHECKS, scope_of(store), Deadline(ENOUGH_S))

        assert [
            None,
            "the time was over after 2 s, while it ran",
            "the time was over after 2 s, before it began",
        ] == [each["reason"] for each in ran]
        until(lambda: ["FAILED", "USER_CANCELED"] in of_source(trino_server, source))
        assert 3 == store.check(only=[ERROR]).checks[0]["failures"]
