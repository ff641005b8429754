"""One write transaction on VAST: what the library's `writes` run in."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines.engine import Chosen, Question, Where
from tams_analytics.engines.rows import as_table, completed
from tams_analytics.engines.stamps import Changes
from tams_analytics.engines.topics import Topic
from tams_analytics.engines.vast.absent import refuse_write
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.fences import ALL_FLOWS
from tams_analytics.engines.vast.holds import NAMED, Holds, named_by_update
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.plans import Plans
from tams_analytics.engines.vast.pushing import Conjunct, Term, in_parts, predicate
from tams_analytics.engines.vast.scanning import ROW_ID, Asked, scan
from tams_analytics.engines.vast.seen import Seen
from tams_analytics.engines.vast.standing import Standing
from tams_analytics.errors import BadParameter
from tams_analytics.tables import BY_NAME, Tables, arrow_schema, ibis_schema


class VastTransaction:
    """What `tams_analytics.engines.engine.Transaction` asks for."""

    is_alone = False

    def __init__(
        self, address: Address, plans: Plans, standing: Standing, opened: OpenTransaction
    ) -> None:
        self.tables = plans.tables
        self.notes: dict[str, Any] = {}
        self._changes = Changes()
        self._address = address
        self._plans = plans
        self._standing = standing
        self._opened = opened
        self._holds = Holds()
        self._seen = Seen()

    def recall(self, topic: Topic) -> None:
        return None

    def remember(self, topic: Topic, value: Any) -> None:
        """Others write too, and say nothing of it."""

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        return self._plans.ask(question, arguments, self._opened)

    def few(self, question: Question, /, **arguments: Any) -> list[dict[str, Any]]:
        found = self._plans.ask(question, arguments, self._opened, self._seen)
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def rows(self, expression: ir.Table) -> pa.Table:
        runner = self._plans.runner
        return runner.arrow(runner.drained(expression, self._opened))

    def insert(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> None:
        table = BY_NAME[name]
        if not isinstance(rows, pa.Table):
            rows = as_table(table, rows)
        rows = completed(table, rows)
        if not rows.num_rows:
            return
        if name == "segments":
            self._standing.require_row_conflicts(self._opened)
        refuse_write(self._opened, self._place(name), rows.column_names)
        self._opened.insert(self._place(name), rows)
        self._seen.forget(name)
        self._holds.wrote(name, rows)
        self._changes.inserted(name, rows)

    def update(self, name: str, where: Where, values: Mapping[str, Any]) -> int:
        _refuse_null(name, [column for column, value in values.items() if value is None])
        rows = self._chosen(name, where, (ROW_ID, *named_by_update(name, values)))
        schema = arrow_schema(BY_NAME[name])
        changed = {
            column: pa.repeat(pa.scalar(value, schema.field(column).type), rows.num_rows)
            for column, value in values.items()
        }
        self._update(name, rows, pa.table({ROW_ID: rows.column(ROW_ID)} | changed))
        self._changes.updated(name, where, rows.num_rows)
        return int(rows.num_rows)

    def update_each(self, name: str, key: str, rows: pa.Table) -> int:
        _refuse_null(name, [each for each in rows.column_names if rows.column(each).null_count])
        columns = {key: None} | dict.fromkeys(named_by_update(name, rows.column_names))
        found = self._by_columns(
            name, {key: rows.column(key).unique().to_pylist()}, (ROW_ID, *columns)
        )
        place = pc.index_in(found.column(key), rows.column(key).combine_chunks())
        changed = rows.drop_columns([key]).take(place)
        changed = changed.add_column(0, ROW_ID, found.column(ROW_ID))
        self._update(name, found, _typed(name, changed))
        self._changes.updated(name, {key: rows.column(key).to_pylist()}, found.num_rows)
        return int(found.num_rows)

    def _update(self, name: str, before: pa.Table, after: pa.Table) -> None:
        refuse_write(self._opened, self._place(name), after.column_names)
        self._opened.update(self._place(name), after)
        self._seen.forget(name)
        self._holds.wrote(name, before)
        self._holds.wrote(name, _whole(after, before))

    def delete(self, name: str, where: Where) -> int:
        rows = self._chosen(name, where, (ROW_ID, *NAMED[name]))
        self._opened.delete(self._place(name), rows.select([ROW_ID]))
        self._seen.forget(name)
        self._holds.wrote(name, rows)
        if name != "segments":  # the fences tell of them
            self._changes.deleted(name, where, rows.num_rows)
        return int(rows.num_rows)

    def shows_anew(self) -> None:
        self._changes.all_flows = True

    def hold(self) -> None:
        """The last thing before the commit. Raises `Conflict`."""
        if self._changes.all_flows:
            self._raise_fence_of_all()
        self._holds.take(self._opened, self._standing.place)

    def _raise_fence_of_all(self) -> None:
        """What `fences.stamp` of any flow has read is no longer there."""
        rows = self._by_columns("flow_fences", {"flow_id": ALL_FLOWS}, (ROW_ID, "flow_id", "epoch"))
        if not rows.num_rows:
            self.insert("flow_fences", [{"flow_id": ALL_FLOWS, "epoch": 1}])
            return
        raised = pc.add(rows.column("epoch"), 1)
        self._update("flow_fences", rows, rows.set_column(2, "epoch", raised).drop(["flow_id"]))

    def is_committed(self, another: OpenTransaction) -> bool | None:
        """Whether this transaction took place; ``None`` where that cannot be told any more."""
        return self._holds.is_committed(another, self._standing.place)

    def _place(self, name: str) -> Place:
        return Place(self._address.bucket, self._address.schema, name)

    def _chosen(self, name: str, where: Where, columns: tuple[str, ...]) -> pa.Table:
        """These columns of the rows that fulfil ``where``."""
        if isinstance(where, Mapping):
            return self._by_columns(name, where, columns)
        tables = with_row_ids(self.tables)
        if isinstance(where, Chosen):
            rows = where.question(tables, **where.arguments)
            _refuse_joined(where, rows, name)
        else:
            rows = getattr(tables, name).filter(where)
        runner = self._plans.runner
        return runner.untyped(runner.drained(rows.select(*columns), self._opened))

    def _by_columns(
        self, name: str, where: Mapping[str, Any], columns: tuple[str, ...]
    ) -> pa.Table:
        """The rows with these values; a long list goes in parts."""
        schema = ibis_schema(BY_NAME[name])
        conjuncts = [_conjunct(column, schema[column], value) for column, value in where.items()]
        seen = self._seen.rows(name, conjuncts, columns)
        if seen is not None:
            return seen
        found = [self._scanned(name, part, columns) for part in in_parts(conjuncts)]
        return pa.concat_tables(found)

    def _scanned(
        self, name: str, conjuncts: Sequence[Conjunct], columns: tuple[str, ...]
    ) -> pa.Table:
        if any(not term.values for each in conjuncts for term in each.terms if term.op == "isin"):
            return _no_rows(name, columns)
        asked = Asked(
            self._place(name), columns, predicate(conjuncts, _unbound(name)), is_narrow=True
        )
        return scan(self._opened, asked).rows


def _whole(after: pa.Table, before: pa.Table) -> pa.Table:
    """Changed columns of rows, with those of ``before`` that have not changed."""
    for name in before.column_names:
        if name not in after.column_names:
            after = after.append_column(name, before.column(name))
    return after


def _refuse_null(name: str, columns: Iterable[str]) -> None:
    """NOT NULL is kept here, where VAST does not keep it."""
    table = BY_NAME[name]
    for column in columns:
        if column in table.names and not table[column].nullable:
            raise BadParameter(f"{name}.{column}", None, "may not be NULL")


def _conjunct(column: str, dtype: dt.DataType, value: Any) -> Conjunct:
    if value is None:
        return Conjunct(column, (Term("isnull"),), dtype)
    if isinstance(value, (list, tuple, set)):
        named = tuple(each for each in value if each is not None)
        return Conjunct(column, (Term("isin", named),), dtype)
    return Conjunct(column, (Term("==", (value,)),), dtype)


def _no_rows(name: str, columns: Sequence[str]) -> pa.Table:
    schema = arrow_schema(BY_NAME[name]).append(pa.field(ROW_ID, pa.uint64()))
    return pa.schema([schema.field(column) for column in columns]).empty_table()


def _typed(name: str, rows: pa.Table) -> pa.Table:
    """``rows`` in the types of the table's columns."""
    schema = arrow_schema(BY_NAME[name])
    fields = [
        field if field.name == ROW_ID else schema.field(field.name).with_nullable(True)
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def _refuse_joined(where: Chosen, rows: ir.Table, name: str) -> None:
    op = rows.op()
    while isinstance(op, ops.Filter):
        op = op.parent
    if not isinstance(op, ops.DatabaseTable) or op.name != name:
        problem = "chooses rows by more than filters of one table"
        raise BadParameter("where", where.question.__name__, problem)


@functools.lru_cache(maxsize=64)
def _unbound(name: str) -> ir.Table:
    return ibis.table(ibis_schema(BY_NAME[name]), name=name)


def with_row_ids(tables: Tables) -> Tables:
    """The tables with VAST's own column, which says which row it is."""
    return Tables.opened(lambda table: _with_row_id(getattr(tables, table.name)))


def _with_row_id(table: ir.Table) -> ir.Table:
    op = table.op()
    schema = ibis.schema({**op.schema, ROW_ID: dt.uint64})
    return op.copy(schema=schema).to_expr()
