"""Arrays and documents on Trino that have NULL in them, or nothing, as DuckDB has them."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL

from tams_analytics.engines.trino.numbers import Numbers

OURS = (ops.ArrayUnion, ops.ArrayIntersect)


class Arrays(Numbers):
    """With arrays as DuckDB has them."""

    __slots__ = ()

    SIMPLE_OPS = {  # noqa: RUF012 - ibis' own
        op: name for op, name in Numbers.SIMPLE_OPS.items() if op not in OURS
    }

    def visit_ArrayContains(self, op: Any, *, arg: Any, other: Any) -> Any:  # noqa: N802
        """NULL is nowhere known to be."""
        found = super().visit_ArrayContains(op, arg=arg, other=other)
        return self.if_(other.is_(NULL), NULL, found)

    def visit_ArrayUnion(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        """A NULL has no elements."""
        both = self.f.array_union(left, right)
        alone = (self.f.array_distinct(each) for each in (left, right))
        return self.f.coalesce(both, *alone, self.cast(self.f.array(), op.dtype))

    def visit_ArrayIntersect(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        """NULL is not the same as another, and of no array nothing is in the first."""
        nothing = self.cast(self.f.array(), op.dtype)
        return self._known(self.f.array_intersect(left, self.f.coalesce(right, nothing)))

    def visit_ArrayMap(self, op: Any, *, arg: Any, param: Any, body: Any, index: Any) -> Any:  # noqa: N802
        """The places of nothing are none: a sequence of Trino's would count down."""
        if index is None:
            return super().visit_ArrayMap(op, arg=arg, param=param, body=body, index=index)
        amount = self.f.cardinality(arg)
        places = self.f.anon.slice(self.f.anon.sequence(0, amount), 1, amount)
        each = sge.Lambda(this=body, expressions=[param, index])
        return self.f.zip_with(arg, places, each)

    def visit_ToJSONArray(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        x = sg.to_identifier("x", quoted=True)
        each = sge.Lambda(this=self._unless_null(x), expressions=[x])
        return self.f.transform(super().visit_ToJSONArray(op, arg=arg), each)

    def visit_ToJSONMap(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        key, x = (sg.to_identifier(name, quoted=True) for name in ("k", "x"))
        each = sge.Lambda(this=self._unless_null(x), expressions=[key, x])
        return self.f.anon.transform_values(super().visit_ToJSONMap(op, arg=arg), each)

    def _unless_null(self, document: Any) -> Any:
        """NULL of the document ``null``."""
        return self.if_(self.f.anon.json_format(document).eq("null"), NULL, document)
