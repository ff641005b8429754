"""``sql/federation/README.md``: tables that are made by it are those that the files read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from tests.support import federated, postgres_server, shipped_sql

README = shipped_sql.text("federation/README.md")
RIGHTS, LOG = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
UNUSED = {"bytes_sent"}
"""What access logs have, and no question needs."""


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS objects; CREATE SCHEMA objects.s3")
        connection.execute(RIGHTS + LOG)
        yield connection


def columns(place: tuple[str, str, str]) -> list[tuple[str, pa.DataType]]:
    planted, _ = federated.OTHERS[place]
    return [(name, kind) for name, kind in planted.items() if name not in UNUSED]


OF_RIGHTS = [place for place in federated.OTHERS if place[0] == "rights"]


@pytest.mark.parametrize("place", [*OF_RIGHTS, ("objects", "s3", "access_log")])
def test_the_columns_are_those_that_questions_are_tried_on(
    place: tuple[str, str, str], duck: duckdb.DuckDBPyConnection
) -> None:
    made = duck.table(place[-1] if place[0] == "rights" else ".".join(place)).arrow().schema

    assert columns(place) == list(zip(made.names, made.types, strict=True))


def test_no_question_reads_what_is_unused() -> None:
    files = map(shipped_sql.text, shipped_sql.files("federation"))

    assert not any(name in sql for sql in files for name in UNUSED)


def test_postgres_makes_them() -> None:
    postgres_server.required_or_skip()
    asked = (
        "SELECT column_name || ' ' || data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = '{}' ORDER BY ordinal_position"
    )
    kinds = {"character varying": pa.string(), "bigint": pa.int64(), "boolean": pa.bool_()}
    kinds |= {"timestamp without time zone": pa.timestamp("us"), "double precision": pa.float64()}
    with postgres_server.serving() as postgres:
        postgres.run(RIGHTS)
        for place in OF_RIGHTS:
            lines = postgres.run(asked.format(place[-1])).splitlines()
            made = [tuple(line.split(" ", 1)) for line in lines]
            assert columns(place) == [(name, kinds[kind]) for name, kind in made]
