"""The tables of a store on VAST: made, brought forward, looked at, dropped (mission F98).

Every step may be repeated, and one that was interrupted is finished by the next call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from tams_analytics.display import text
from tams_analytics.engines.health import Finding
from tams_analytics.engines.migrations import VERSION, AddColumn, CreateTable, drift, plan
from tams_analytics.engines.rows import as_table, completed, now
from tams_analytics.engines.vast import layout
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Connection, Place
from tams_analytics.engines.vast.errors import translated
from tams_analytics.engines.vast.holds import (
    PASSED,
    PROBE,
    first_rows,
    held_rows,
    refuse_later_version,
)
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.probe import probe, read_fact, set_fact
from tams_analytics.engines.vast.scanning import ROW_ID, Asked, scan
from tams_analytics.errors import NotFound
from tams_analytics.settings import Settings
from tams_analytics.tables import (
    BY_NAME,
    NOW,
    SCHEMA_VERSION,
    STORE_METADATA,
    TABLES,
    TableDef,
    arrow_schema,
)
from tams_analytics.tables.generated import ARROW

OUR_WORDS = {theirs: ours for ours, theirs in ARROW.items()}
APPLY = "run tams schema apply"
UNSAFE = "no segments can be written on this cluster; ask VAST's support"


class Schema:
    """The tables of one address, as an administrator sees them."""

    def __init__(self, connection: Connection, address: Address, settings: Settings) -> None:
        self._connection = connection
        self._address = address
        self._settings = settings

    def place(self, table: TableDef) -> Place:
        """Where one of our tables is."""
        return Place(self._address.bucket, self._address.schema, table.name)

    def apply(self) -> Iterator[str]:
        """Make what is missing, then try whether rows conflict; what was done, step by step.

        Raises `Refused` for a store of a later version and for a change of type, `EngineFailed`.
        """
        yield from self._create_schema()
        self._refuse_later_version()
        there = self.actual()
        for step in plan(there):
            yield self._done(step)
        yield from self._sort(table for table in TABLES if table.name in there)
        if self._settings.enable_table_projections:
            for table in TABLES:
                yield from layout.create_projections(self._connection, self.place(table), table)
        yield from self._create_holds()
        if self.fact(VERSION) != str(SCHEMA_VERSION):
            set_fact(self._connection, self.place(STORE_METADATA), VERSION, str(SCHEMA_VERSION))
            yield f"set the version of the tables to {SCHEMA_VERSION}"
        yield f"tried whether two writers of one row conflict: {self.probe()}"

    def probe(self) -> str:
        """What `tams_analytics.engines.vast.probe` found; kept in the store."""
        return probe(self._connection, self.place(STORE_METADATA))

    def _create_schema(self) -> Iterator[str]:
        with self._connection.begin() as transaction, translated("making the schema"):
            bucket = transaction.sdk.bucket(self._address.bucket)
            if bucket.schema(self._address.schema, fail_if_missing=False) is None:
                bucket.create_schema(self._address.schema)
                yield f"created schema {self._address.path}"

    def _refuse_later_version(self) -> None:
        version = self.fact(VERSION)
        refuse_later_version({} if version is None else {VERSION: version})

    def _done(self, step: CreateTable | AddColumn) -> str:
        place = self.place(step.table)
        self._connection.forget(place)
        if isinstance(step, CreateTable):
            return layout.create_table(self._connection, place, step.table)
        field = arrow_schema(step.table).field(step.column.name).with_nullable(True)
        with self._connection.begin() as transaction, translated(str(step)):
            transaction.definition(place).add_column(pa.schema([field]))
            self._connection.forget(place)
            if step.column.default is not None:
                _fill(transaction, place, step.column.name)
        self._connection.forget(place)
        return f"added column {step.column.name} to {step.table.name}"

    def _sort(self, tables: Iterable[TableDef]) -> Iterator[str]:
        """Give empty tables their key: whoever made them was interrupted, or was refused it."""
        for table in tables:
            place = self.place(table)
            self._connection.forget(place)
            with self._connection.begin() as transaction:
                found = transaction.table(place)
            if table.sort_key and not layout.sorted_by(found) and not found.stats.num_rows:
                sorted_ = layout.add_sorting_key(self._connection, place, table)
                yield f"found table {table.name} empty, {sorted_}"

    def _create_holds(self) -> Iterator[str]:
        place = self.place(STORE_METADATA)
        with self._connection.begin() as transaction:
            there = held_rows(transaction, place)
            missing = [row for row in first_rows() if row["name"] not in there]
            if missing:
                rows = as_table(STORE_METADATA, missing)
                transaction.insert(place, completed(STORE_METADATA, rows))
                yield f"created {len(missing)} rows that make writers wait for each other"

    def fact(self, name: str) -> str | None:
        """What ``store_metadata`` says of the store; ``None`` where it says nothing."""
        if STORE_METADATA.name not in self.actual():
            return None
        with self._connection.begin() as transaction:
            return read_fact(transaction, self.place(STORE_METADATA), name)

    def actual(self) -> dict[str, dict[str, str]]:
        """Our tables that are there, with the types of their columns in our words."""
        bucket, schema = self._address.bucket, self._address.schema
        with self._connection.begin() as transaction:
            there = set(transaction.tables(bucket, schema))
            return {
                table.name: {
                    field.name: OUR_WORDS.get(field.type, str(field.type))
                    for field in transaction.table(self.place(table)).arrow_schema
                }
                for table in TABLES
                if table.name in there
            }

    def status(self) -> Iterator[Finding]:
        """Each table with what it lacks, the version, and what the probe found."""
        actual = self.actual()
        for table in TABLES:
            yield self._of_table(table, actual.get(table.name))
        version = self.fact(VERSION)
        is_known = version == str(SCHEMA_VERSION)
        yield Finding("version", is_known, version or "none", "" if is_known else APPLY)
        found = self.fact(PROBE)
        passed = found is not None and found.startswith(PASSED)
        way_out = APPLY if found is None else UNSAFE
        yield Finding("row conflicts", passed, found or "not tried", "" if passed else way_out)

    def _of_table(self, table: TableDef, columns: dict[str, str] | None) -> Finding:
        if columns is None:
            return Finding(table.name, False, "is missing", APPLY)
        differs = drift(table, columns)
        if differs:
            return Finding(table.name, False, differs, APPLY)
        place = self.place(table)
        with self._connection.begin() as transaction:
            key = layout.sorted_by(transaction.table(place))
            there = layout.projections(transaction, place)
        wanted = [layout.projection_name(table, columns) for columns in table.projections]
        if self._settings.enable_table_projections and not set(wanted) <= set(there):
            return Finding(table.name, False, f"{_sorted(key)}, projections are missing", APPLY)
        projected = f", projections {', '.join(there)}" if there else ""
        return Finding(table.name, True, f"{_sorted(key)}{projected}")

    def _to_drop(self) -> dict[str, dict[str, str]]:
        try:
            return self.actual()
        except NotFound as error:
            hint = "there is nothing to drop; is the name right?"
            raise NotFound(error.entity, error.key, hint) from error

    def droppable(self) -> Iterator[str]:
        """What `drop` would remove. Raises `NotFound` where there is no such schema."""
        actual = self._to_drop()
        for table in TABLES:
            if table.name in actual:
                with self._connection.begin() as transaction:
                    rows = transaction.table(self.place(table)).stats.num_rows
                yield f"table {self.place(table)} with {text.plural(rows, 'row')}"

    def drop(self) -> Iterator[str]:
        """Remove our tables with all that they hold; what was done. Raises as `droppable`."""
        actual = self._to_drop()
        for table in TABLES:
            if table.name in actual:
                place = self.place(table)
                yield from layout.drop_projections(self._connection, place, table)
                with self._connection.begin() as transaction, translated(f"dropping {place}"):
                    transaction.definition(place).drop()
                self._connection.forget(place)
                yield f"dropped table {table.name}"


def _fill(transaction: OpenTransaction, place: Place, name: str) -> None:
    """Give the rows that are there the default of a new column, as those to come have it."""
    rows = scan(transaction, Asked(place, (ROW_ID,))).rows
    column = BY_NAME[place.table][name]
    kind = arrow_schema(BY_NAME[place.table]).field(name).type
    value = pa.scalar(now() if column.default == NOW else column.default, kind)
    filled = pa.repeat(value, rows.num_rows)
    transaction.update(place, pa.table({ROW_ID: rows.column(ROW_ID), name: filled}))


def _sorted(key: tuple[str, ...]) -> str:
    return f"sorted by {', '.join(key)}" if key else "unsorted"
