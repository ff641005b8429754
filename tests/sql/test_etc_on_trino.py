"""``sql/etc`` on a real Trino: its catalogs load, and its rules bite."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from trino.exceptions import TrinoQueryError, TrinoUserError

from tams_analytics.cli import shipped
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.listing import list_into
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Config
from tests.support import federated, s3_server, trino_etc, trino_load
from tests.support.trino_server import Trino

pytestmark = [pytest.mark.trino, pytest.mark.long]

SEGMENTS = 'vast."tams/meta".segments'
ENDLESS = "SELECT count(*) FROM {0} AS a (x) CROSS JOIN {0} AS b (y) CROSS JOIN {0} AS c (z)"
ENDLESS = ENDLESS.format("UNNEST(sequence(1, 10000))") + " WHERE (x * y) % 7 = z % 5"


@pytest.fixture(scope="module")
def admin() -> Iterator[Trino]:
    """With a store, and one table in each of the other catalogs."""
    trino_etc.required_or_skip()
    with trino_etc.running() as server:
        trino_load.load(server, "vast", "tams/meta", federated.store_tables(federated.META))
        for (catalog, schema, name), table in federated.other_tables():
            trino_load.put(server, catalog, schema, name, table)
        yield server


@pytest.fixture(scope="module")
def analyst(admin: Trino) -> Trino:
    return replace(admin, user="ana")


def test_an_analyst_sees_each_catalog(analyst: Trino) -> None:
    shipped_files = (trino_etc.ETC / "catalog").glob("*.properties")
    catalogs = sorted([*(file.stem for file in shipped_files), "system"])

    assert [[name] for name in catalogs] == analyst.execute("SHOW CATALOGS")


def test_an_analyst_joins_all_of_them(analyst: Trino) -> None:
    rows = analyst.execute(
        "SELECT count(*) FROM rights.public.rights AS r "
        f"JOIN {SEGMENTS} AS s ON s.flow_id = r.flow_id "
        'JOIN vast."tams/meta".object_instances AS i ON i.object_id = s.object_id '
        "JOIN objects.s3.objects AS o ON o.bucket = i.bucket AND o.key = i.key"
    )

    assert rows[0][0] > 0


@pytest.mark.parametrize(
    "change",
    [
        f"INSERT INTO {SEGMENTS} SELECT * FROM {SEGMENTS}",
        f"DELETE FROM {SEGMENTS}",
        f"DROP TABLE {SEGMENTS}",
        f"ALTER TABLE {SEGMENTS} ADD COLUMN mine bigint",
        'CREATE TABLE vast."tams/meta".mine AS SELECT 1 AS x',
        'CREATE SCHEMA vast."tams/mine"',
        'CREATE VIEW vast."tams/meta".mine AS SELECT 1 AS x',
        "INSERT INTO rights.public.storage_prices VALUES ('FREE', 0e0)",
        "UPDATE rights.public.storage_prices SET per_gb_month = 0e0",
        "DELETE FROM objects.s3.objects WHERE bucket = 'media'",
        "CREATE SCHEMA iceberg.mine",
        "CALL system.runtime.kill_query(query_id => 'any', message => 'mine')",
        'CREATE FUNCTION vast."tams/meta".mine() RETURNS bigint RETURN 1',
        'SELECT api_key_value FROM vast."tams/meta".webhooks',
        'SELECT * FROM vast."tams/meta".webhooks',
    ],
)
def test_what_an_analyst_may_not_is_refused(change: str, analyst: Trino) -> None:
    with pytest.raises(TrinoUserError) as refused:
        analyst.execute(change)

    assert "PERMISSION_DENIED" == refused.value.error_name


def test_what_an_analyst_may_is_done(analyst: Trino) -> None:
    analyst.execute("CREATE SCHEMA scratch.ana")
    analyst.execute("CREATE TABLE scratch.ana.mine AS SELECT 1 AS x")

    assert [[1]] == analyst.execute("SELECT x FROM scratch.ana.mine")
    assert [] == analyst.execute('SELECT id, url FROM vast."tams/meta".webhooks')


def test_views_are_made_by_an_administrator_and_asked_by_an_analyst(
    admin: Trino, analyst: Trino
) -> None:
    admin.execute("CREATE SCHEMA iceberg.tams")
    for view in shipped.views("vast", "tams/meta"):
        admin.execute(shipped.made_in(view, "iceberg", "tams"))

    asked = "SELECT count(*) FROM iceberg.tams.segment_details WHERE source_label = 'News'"
    assert [[4]] == analyst.execute(asked)
    with pytest.raises(TrinoUserError, match="Cannot drop view"):
        analyst.execute("DROP VIEW iceberg.tams.segment_details")


def test_a_listing_becomes_a_table_as_the_readme_says(
    admin: Trino, analyst: Trino, tmp_path: Path
) -> None:
    folder = DirectoryStorage(tmp_path / "media")
    folder.begin()
    for key in ("a/1", "a/2"):
        folder.put(key, b"bytes")
    listing = tmp_path / "listing.parquet"
    list_into(listing, [ConfiguredBackend("main", "main", "file", folder.product, folder)])
    key = "listings/2026-08-30.parquet"
    s3 = S3Config(trino_etc.WAREHOUSE, admin.s3 or "", s3_server.ACCESS, s3_server.SECRET)
    S3Storage(s3).put(key, listing.read_bytes())

    (block,) = re.findall(r"```sql\n(.*?)```", (trino_etc.ETC / "README.md").read_text(), re.DOTALL)
    for statement in shipped.statements(block.replace("BUCKET", trino_etc.WAREHOUSE)):
        admin.execute(statement.replace("objects.s3", "objects.listed"))

    kept = [[*row.values()] for row in pq.read_table(listing).to_pylist()]
    assert len(kept) == 2
    assert kept == analyst.execute("SELECT * FROM objects.listed.objects ORDER BY key")
    with pytest.raises(TrinoQueryError, match="table-procedures-are-for-administrators"):
        analyst.execute(shipped.statements(block)[-1])


def test_routines_are_found_by_their_bare_names(admin: Trino, analyst: Trino) -> None:
    path = {"http_headers": {"X-Trino-Path": "scratch.default"}}
    for routine in shipped.functions():
        admin.execute(routine, **path)

    assert [[0, "[0:5]"]] == analyst.execute("SELECT tams_start_ns('[0:0_1:0)'), tams_text(5, 6)")


@pytest.mark.parametrize(
    ("source", "group"),
    [("notebook", ["tams", "analysts", "ana"]), ("tams-report-growth", ["tams", "reports"])],
)
def test_a_query_is_put_into_its_group(source: str, group: list[str], analyst: Trino) -> None:
    asked = (
        "SELECT resource_group_id FROM system.runtime.queries "
        "WHERE source = '{0}' AND query LIKE '%{0}%' AND state <> 'FINISHED'"
    )

    assert [[group]] == analyst.execute(asked.format(source), source=source)


@pytest.mark.parametrize("how", ["{0}", "EXECUTE IMMEDIATE '{0}'"])
def test_an_analyst_changes_no_table_by_its_procedures(
    how: str, admin: Trino, analyst: Trino
) -> None:
    """Which rules.json says nothing of, and Trino would let anybody run."""
    statement = how.format("ALTER TABLE objects.s3.objects EXECUTE optimize")
    with pytest.raises(TrinoQueryError, match="table-procedures-are-for-administrators"):
        analyst.execute(statement)

    admin.execute(statement)


def test_an_analysts_queries_end_after_ten_minutes(admin: Trino, analyst: Trino) -> None:
    asked = "SHOW SESSION LIKE 'query\\_max\\_run\\_time' ESCAPE '\\'"

    assert "10m" == analyst.execute(asked)[0][1]
    assert "30.00m" == analyst.execute(asked, source="tams-report-growth")[0][1]


def test_a_third_report_waits(admin: Trino, analyst: Trino) -> None:
    threads = [
        threading.Thread(target=until_killed, args=(analyst,), daemon=True) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    asked = (
        "SELECT query_id, state FROM system.runtime.queries "
        "WHERE source = 'tams-report-endless' AND state IN ('QUEUED', 'RUNNING')"
    )
    states: list[str] = []
    running: list[list[Any]] = []
    patience = time.monotonic() + 120
    while states != ["QUEUED", "RUNNING", "RUNNING"] and time.monotonic() < patience:
        time.sleep(0.2)
        running = admin.execute(asked)
        states = sorted(state for _, state in running)
    for query, _ in running:
        admin.execute(f"CALL system.runtime.kill_query(query_id => '{query}', message => 'test')")
    for thread in threads:
        thread.join(60)

    assert ["QUEUED", "RUNNING", "RUNNING"] == states


def until_killed(analyst: Trino) -> None:
    with pytest.raises(TrinoQueryError):
        analyst.execute(ENDLESS, source="tams-report-endless")


def test_an_analyst_sees_own_queries_alone(admin: Trino, analyst: Trino) -> None:
    admin.execute("SELECT 'of the administrator'")

    users = 'SELECT DISTINCT "user" FROM system.runtime.queries ORDER BY 1'
    assert [["ana"]] == analyst.execute(users)
    assert ["admin"] in admin.execute(users)


def test_the_log_keeps_secrets(admin: Trino) -> None:
    """Of the catalogs that are loaded here; VAST's connector is silenced by log.properties."""
    assert admin.log is not None
    said = admin.log.read_text(errors="replace")

    for secret in trino_etc.secrets("", "").values():
        assert not is_secret(secret) or secret not in said


def is_secret(value: str) -> bool:
    return len(value) > 8 and "://" not in value
