"""``sql/views``: the store's tables under plain names, and what an analyst asks of them first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tams_analytics.cli import shipped
from tams_analytics.tables import BY_NAME, TABLES
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, to_utc
from tams_analytics.timerange.clocks import leap_seconds
from tests.support import federated, federated_odd, shipped_sql, sql_lint, view_snapshots

FILES = shipped_sql.files("views")
ENTITIES = [table.name for table in TABLES if table.name not in view_snapshots.OF_THE_SERVER]
SECOND = 10**9
PLANTED = {"object_places": "", "segment_details": "WHERE flow_id <> 'edge'"}
"""Without the rows that a test of this file adds."""


@pytest.fixture(scope="module")
def duck() -> Iterator[federated.OnDuckDB]:
    with federated.on_duckdb() as planted:
        for file in FILES:
            planted.rows(shipped_sql.text(file))
        yield planted


def test_every_entity_has_a_view() -> None:
    others = ["object_places", "segment_details"]
    assert sorted(f"views/{name}.sql" for name in ENTITIES + others) == FILES


@pytest.mark.parametrize("file", FILES)
def test_trino_can_run_it_and_run_it_well(file: str) -> None:
    assert [] == sql_lint.complaints(shipped_sql.text(file))


@pytest.mark.parametrize("file", FILES)
def test_who_asks_needs_rights_of_his_own(file: str) -> None:
    assert "\nSECURITY INVOKER AS\n" in shipped_sql.text(file)


@pytest.mark.parametrize("name", ENTITIES)
def test_a_view_has_the_columns_of_its_table_but_secrets(
    name: str, duck: federated.OnDuckDB
) -> None:
    shown = [row[0] for row in duck.rows(f"DESCRIBE {name}")]
    kept = [column.name for column in BY_NAME[name].columns]

    secrets = {column for table, column in view_snapshots.SECRET if table == name}
    assert [column for column in kept if column not in secrets] == shown


def test_a_webhooks_secret_is_shown_nobody(duck: federated.OnDuckDB) -> None:
    assert "api_key_value" not in [row[0] for row in duck.rows("DESCRIBE webhooks")]


def test_a_segment_says_its_flow_its_source_and_when(duck: federated.OnDuckDB) -> None:
    ((*shown, start, end),) = duck.rows(
        "SELECT flow_label, source_label, object_id, timerange, duration_ns, start_utc, end_utc "
        "FROM segment_details WHERE flow_id = 'f4'"
    )

    said = ["Sport promo", "Sport", "o2", "[1787529837:0_1787529838:0)", SECOND]
    assert said == shown
    assert ("2026-08-24T00:03:20", "2026-08-24T00:03:21") == (start.isoformat(), end.isoformat())


def test_utc_is_that_of_the_library_at_every_edge(duck: federated.OnDuckDB) -> None:
    begun = [(posix + 10 + n) * SECOND for n, posix in enumerate(leap_seconds())]
    times = [ns + near for ns in begun for near in (-1, 0, 1, SECOND - 1, SECOND)]
    times += [LOWEST_NS, -SECOND, -1001, -1, 0, 999, HIGHEST_NS]
    row = "SELECT 'edge', 'o1', {0}, {0}, '', NULL, 0, NULL, NULL, NULL, current_timestamp, ''"
    for ns in times:
        duck.connection.execute(f'INSERT INTO vast."tams/meta".segments {row.format(ns)}')

    asked = "SELECT start_ns, start_utc, end_utc FROM segment_details WHERE flow_id = 'edge'"
    said = {ns: (start, end) for ns, start, end in duck.rows(asked)}

    utc = {ns: to_utc(ns).replace(tzinfo=None) for ns in times}
    assert {ns: (moment, moment) for ns, moment in utc.items()} == said


def test_an_object_says_where_its_bytes_are(duck: federated.OnDuckDB) -> None:
    asked = "storage_label, bucket, key, url FROM object_places WHERE object_id = 'o2'"

    assert [
        ("Main", "media", "k2", None),
        (None, None, None, "http://cdn.example.com/o2"),
        (None, None, None, "http://old.example.org?o2"),
    ] == duck.rows(f"SELECT {asked} ORDER BY bucket, url")


@pytest.mark.parametrize("name", ["object_places", "segment_details"])
@pytest.mark.parametrize("again", ["equal", "differing"])
def test_a_row_is_shown_once_whatever_is_there_twice(
    name: str, again: federated_odd.Again, duck: federated.OnDuckDB
) -> None:
    with federated.on_duckdb(again) as twice:
        twice.rows(shipped_sql.text(f"views/{name}.sql"))
        shown = twice.rows(f"SELECT * FROM {name}")

    once = duck.rows(f"SELECT * FROM {name} {PLANTED[name]}")
    assert sorted(once, key=str) == sorted(shown, key=str)


def test_views_can_be_made_of_any_store_in_any_schema() -> None:
    views = [shipped.made_in(view, "iceberg", "tams") for view in shipped.views("vast", "b/s")]

    assert len(FILES) == len(views)
    assert all("tams/meta" not in view and 'FROM vast."b/s".' in view for view in views)
    first = [view.splitlines()[0] for view in views]
    named = [file.removeprefix("views/").removesuffix(".sql") for file in FILES]
    assert [f"CREATE OR REPLACE VIEW iceberg.tams.{name}" for name in named] == first


def test_statements_are_cut_where_they_end_and_nowhere_else() -> None:
    sql = "-- a; b\nselect ';', \"x;\" -- c;\n;;\n\nselect 2 /* ; */"

    assert ["select ';', \"x;\" -- c;", "select 2 /* ; */"] == shipped.statements(sql)


def test_a_name_that_is_not_plain_is_quoted() -> None:
    assert 'vast."a/b"."' not in shipped.place("vast", "a/b")
    assert ('vast."a/b"', '"we""ird".tams') == (
        shipped.place("vast", "a/b"),
        shipped.place('we"ird', "tams"),
    )
