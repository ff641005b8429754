"""The total order of a listing, and the place of a row in it (§26, §27, §36, §38 to §45).

Rows are sorted by one column, then by id; those without a value come last. ``reverse`` is the exact
mirror. A page begins after the place of a row, whether that row is still there or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries.paging import limited

KINDS = (int, str, str)
"""What a place is made of: how its value is said, the value, the id."""
UNSET, WHOLE, CUT = range(3)
"""How the value of a place is said: not at all, whole, or by its first characters."""
LONGEST = 64
"""So many characters of a text go with a place: page keys stand in headers."""
LAST_CHARACTER = "\U0010ffff"
MOMENT = "timestamp(6)"


@dataclass(frozen=True)
class Order:
    """The column that sorts a listing; ``newest_first`` for dates."""

    column: str
    newest_first: bool = False


@dataclass(frozen=True)
class After:
    """The place after which a page begins: values, or ibis parameters for them.

    ``key`` is the text of a date or a label, or with ``is_cut`` what the label begins with; without
    a ``key`` the row has no value. Without an ``id`` the page is the first.
    """

    key: Any = None
    id: Any = None
    is_cut: bool = False


def chosen(orders: Mapping[str, Order], sort_by: str) -> Order:
    """The order of this name. Raises `BadParameter` that tells all names."""
    if sort_by not in orders:
        raise BadParameter("sort_by", sort_by, "is no order of it", " or ".join(orders))
    return orders[sort_by]


def equal(rows: ir.Table, values: Mapping[str, Any]) -> ir.Table:
    """Those of ``rows`` whose columns have these values; ``None`` asks for nothing."""
    terms = [rows[name] == each for name, each in values.items() if each is not None]
    return rows.filter(terms) if terms else rows


def page(
    rows: ir.Table,
    entity: ir.Table,
    order: Order,
    after: After,
    *,
    reverse: bool,
    limit: int | None,
) -> ir.Table:
    """The first ``limit`` of ``rows`` after a place; ``entity`` is the table they are chosen of."""
    if after.id is not None:
        rows = rows.filter(_beyond(rows, entity, order, after, reverse=reverse))
    return limited(rows.order_by(sorting(rows, order, reverse=reverse)), limit)


def sorting(rows: ir.Table, order: Order, *, reverse: bool) -> list[ir.Value]:
    """What to order ``rows`` by."""
    tie = rows.id.desc() if reverse else rows.id.asc()
    if order.column == "id":
        return [tie]  # ibis takes a column once
    key = rows[order.column]
    if order.newest_first != reverse:
        return [key.desc(nulls_first=reverse), tie]
    return [key.asc(nulls_first=reverse), tie]


def _beyond(
    rows: ir.Table, entity: ir.Table, order: Order, after: After, *, reverse: bool
) -> ir.BooleanValue:
    key = rows[order.column]
    is_later = rows.id < after.id if reverse else rows.id > after.id
    if after.key is None:
        same = key.isnull() & is_later
        return (same | key.notnull()) if reverse else same
    descends = order.newest_first != reverse
    value = _value(entity, order, after, descends=descends)
    beyond = (key < value if descends else key > value) | ((key == value) & is_later)
    return beyond if reverse else beyond | key.isnull()


def _value(entity: ir.Table, order: Order, after: After, *, descends: bool) -> ir.Value:
    """What the rows are compared with.

    A long label is looked up; where its row is gone or renamed, all that begin alike come again.
    """
    if not after.is_cut:
        return after.key.cast(MOMENT) if order.newest_first else after.key
    known = entity.view().filter(_.id == after.id, _[order.column].startswith(after.key))
    whole = known.agg(value=_[order.column].max()).as_scalar()
    return whole.fill_null(after.key.concat(LAST_CHARACTER) if descends else after.key)


def place_of(row: Mapping[str, Any], order: Order) -> list[Any]:
    """The place of a row: values of `KINDS`."""
    value = row[order.column]
    if value is None:
        return [UNSET, "", row["id"]]
    if order.newest_first:
        return [WHOLE, value.isoformat(timespec="microseconds"), row["id"]]
    return [WHOLE if len(value) <= LONGEST else CUT, value[:LONGEST], row["id"]]


def arguments_after(place: Sequence[Any], order: Order) -> dict[str, Any]:
    """The arguments with which a listing goes on after ``place``; none for no place.

    Raises `BadParameter` for a place that no row can have.
    """
    if not place:
        return {}
    said, key, id = place
    if said == UNSET:
        return {"after_id": id}
    is_good = _is_moment(key) and said == WHOLE if order.newest_first else said in (WHOLE, CUT)
    if not is_good:
        raise BadParameter("page", key, "is no place in this listing")
    return {"after_key": key, "after_id": id, "after_is_cut": said == CUT}


def _is_moment(text: str) -> bool:
    """It is written as `place_of` writes a date."""
    try:
        return dt.datetime.fromisoformat(text).isoformat(timespec="microseconds") == text
    except ValueError:
        return False
