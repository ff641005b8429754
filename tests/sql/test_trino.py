"""The files of ``sql/`` on a real Trino: the same rows as on DuckDB, and what its catalogs keep."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from trino.exceptions import TrinoUserError

from tams_analytics.cli import shipped
from tams_analytics.tables import TABLES
from tams_analytics.timerange import to_utc
from tests.support import federated, federated_growth, shipped_sql, trino_shared
from tests.support.federated_trino import OnTrino
from tests.support.trino_load import is_vasts_own
from tests.support.trino_server import Trino

pytestmark = pytest.mark.trino

FEDERATED = shipped_sql.files("federation")
VIEWS = shipped_sql.files("views")
LEAP_2016 = 1483228836_000000000
TIMES = [LEAP_2016 - 1, LEAP_2016, LEAP_2016 + 999_999_999, LEAP_2016 + 10**9]
TIMES += [-(2**63) + 1, -1_000_000_001, -1001, -1, 0, 2**63 - 1]
TIMES += [78796809_999999999, 78796810_000000000]


@pytest.fixture(scope="module")
def catalogs(trino_server: Trino) -> Trino:
    for catalog in ("objects", "rights", "iceberg"):
        trino_shared.catalog_or_skip(trino_server, catalog)
    return trino_server


@pytest.fixture(scope="module")
def planted(catalogs: Trino) -> OnTrino:
    return OnTrino(catalogs)


@pytest.fixture(scope="module")
def twice(catalogs: Trino) -> OnTrino:
    return OnTrino(catalogs, "differing")


@pytest.fixture(scope="module")
def duck() -> Iterator[federated.OnDuckDB]:
    with federated.on_duckdb() as made:
        yield made


@pytest.mark.parametrize("file", FEDERATED)
def test_a_federated_question_has_the_same_answer(
    file: str, planted: OnTrino, duck: federated.OnDuckDB
) -> None:
    assert duck.rows(shipped_sql.text(file)) == planted.rows(shipped_sql.text(file))


@pytest.mark.parametrize("file", FEDERATED)
def test_nothing_counts_twice_that_is_there_twice(
    file: str, twice: OnTrino, duck: federated.OnDuckDB
) -> None:
    assert duck.rows(shipped_sql.text(file)) == twice.rows(shipped_sql.text(file))


def test_a_bucket_that_became_empty_shrank(planted: OnTrino) -> None:
    assert federated_growth.GROWTH == planted.rows(federated_growth.asked())


@pytest.fixture(scope="module")
def viewed(planted: OnTrino) -> OnTrino:
    """With the views in an Iceberg catalog, which keeps them."""
    catalog, _, schema = planted.names['vast."tams/meta"'].partition(".")
    for statement in shipped.views(catalog, schema.strip('"')):
        planted.server.execute(shipped.made_in(statement, "iceberg", planted.own))
    return planted


@pytest.mark.parametrize("file", VIEWS)
def test_a_view_shows_the_same_rows(file: str, viewed: OnTrino, duck: federated.OnDuckDB) -> None:
    name = file.removeprefix("views/").removesuffix(".sql")
    duck.rows(shipped_sql.text(file))

    assert sorted(duck.rows(f"FROM {name}"), key=str) == sorted(
        viewed.rows(f"TABLE {name}"), key=str
    )


def test_a_view_asks_with_the_rights_of_who_asks(viewed: OnTrino) -> None:
    ((created,),) = viewed.rows("SHOW CREATE VIEW flows")

    assert "SECURITY INVOKER" in created
    assert "COMMENT 'One representation of a source" in created


def test_a_view_shows_the_utc_of_the_library(viewed: OnTrino) -> None:
    rows = ", ".join(
        f"('edge', 'o1', {ns}, {ns}, '', NULL, 0, NULL, NULL, NULL, localtimestamp(6), '')"
        for ns in TIMES
    )
    viewed.rows(f'INSERT INTO vast."tams/meta".segments VALUES {rows}')

    said = viewed.rows("SELECT start_ns, start_utc FROM segment_details WHERE flow_id = 'edge'")

    assert {ns: to_utc(ns).replace(tzinfo=None) for ns in TIMES} == dict(said)


def test_a_window_of_a_literal_text_is_offered_to_the_connector(planted: OnTrino) -> None:
    """As functions.sql says: its routine is worked out before, and becomes a bound of the scan."""
    routines = ",\n".join(each.removeprefix("CREATE OR REPLACE ") for each in shipped.functions())
    where = "start_ns < tams_end_ns('[0:0_0:9)') AND end_ns > tams_start_ns('[0:5_0:9)')"
    query = 'SELECT object_id FROM vast."tams/meta".segments WHERE ' + where
    if is_vasts_own(planted.server, "vast"):  # it enforces them: nothing is left to be told
        plan = planted.rows(f"EXPLAIN WITH {routines}\n{query}")[0][0]
        assert "(<min>,9)" in plan
        assert "(5,<max>)" in plan
        assert "filterPredicate" not in plan
        return
    ((said,),) = planted.rows(f"EXPLAIN (TYPE IO, FORMAT JSON) WITH {routines}\n{query}")

    (scan,) = json.loads(said)["inputTableColumnInfos"]
    bounds = {
        each["columnName"]: each["domain"]["ranges"]
        for each in scan["constraint"]["columnConstraints"]
    }
    assert {"start_ns": ["9"], "end_ns": ["5"]} == {
        name: [side["value"] for side in ranges[0].values() if "value" in side]
        for name, ranges in bounds.items()
    }


def test_routines_are_kept_by_a_hive_catalog_and_know_each_other(planted: OnTrino) -> None:
    server, own = planted.server, planted.own
    trino_shared.catalog_or_skip(server, "files")
    server.execute(f"CREATE SCHEMA files.{own}")
    path = {"http_headers": {"X-Trino-Path": f"files.{own}"}}

    for statement in shipped.functions():
        server.execute(shipped.made_in(statement, "files", own), **path)

    asked = "SELECT {0}tams_start_ns('[0:5_'), {0}tams_text(5, 9)"
    assert [[5, "[0:5_0:9)"]] == server.execute(asked.format(""), **path)
    assert [[5, "[0:5_0:9)"]] == server.execute(asked.format(f"files.{own}."))


@pytest.mark.parametrize("catalog", ["iceberg", "rights", "scratch", "files"])
def test_tables_can_be_made_as_their_file_says(trino_server: Trino, catalog: str) -> None:
    """Hive's connector stands for VAST's: neither takes NOT NULL."""
    trino_shared.catalog_or_skip(trino_server, catalog)
    text = shipped_sql.text("tables/trino.sql")
    own = {"catalog": catalog, "schema": f"tables_{uuid.uuid4().hex[:8]}"}
    trino_server.execute(f"CREATE SCHEMA {own['catalog']}.{own['schema']}")

    if catalog == "files":
        with pytest.raises(TrinoUserError, match="does not support non-null column"):
            trino_server.execute(shipped.statements(text)[0], **own)
        text = text.replace(" NOT NULL", "")
    for statement in shipped.statements(text):
        trino_server.execute(statement, **own)

    made = {name for (name,) in trino_server.execute("SHOW TABLES", **own)}
    assert {table.name for table in TABLES} == made
    for table in made:
        trino_server.execute(f"DROP TABLE {table}", **own)
    trino_server.execute(f"DROP SCHEMA {own['catalog']}.{own['schema']}")


def test_what_the_lint_complains_of_is_refused_or_wrong(planted: OnTrino) -> None:
    """sqlglot takes each of these; Trino does not, or understands something else."""
    refused = [
        "SELECT 1::bigint",
        "SELECT 1 LIMIT 1 OFFSET 1",
        "SELECT 'a' ILIKE 'A'",
        "SELECT DISTINCT ON (x) x FROM (VALUES 1) AS t (x)",
        "SELECT * EXCLUDE (x) FROM (VALUES (1, 2)) AS t (x, y)",
        "SELECT {'a': 1}",
        "SELECT current_date - INTERVAL 1 DAY",
        "SELECT x, FROM (VALUES 1) AS t (x)",
        "SELECT left('abc', 1)",
    ]
    from_text: list[Any] = planted.rows(
        "SELECT json_extract_scalar(CAST('{\"a\": 1}' AS json), '$.a'), "
        "CAST(CAST('2026-01-01 00:00:00.123456' AS timestamp) AS varchar)"
    )

    assert [sql for sql in refused if not is_refused(planted.server, sql)] == []
    assert [(None, "2026-01-01 00:00:00.123")] == from_text


def is_refused(server: Trino, sql: str) -> bool:
    try:
        server.execute(sql)
    except TrinoUserError as error:
        return error.error_name in {"SYNTAX_ERROR", "FUNCTION_NOT_FOUND"}
    return False
