"""Cut an expression into scans of tables and a rest over their rows.

One pass from the top down: each relation is asked for columns, and told what its rows will be
filtered by (`Ask`). It passes on what it can and gives a relation that has at least those columns,
in their old order, and at least the rows that matter. Too much is fine, too little never.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tams_analytics.engines.explanation import Refused
from tams_analytics.engines.vast.planning.ask import Ask, routed_by
from tams_analytics.engines.vast.planning.leaves import Leaves
from tams_analytics.engines.vast.planning.plan import Plan
from tams_analytics.engines.vast.planning.provenance import origin
from tams_analytics.engines.vast.planning.relations import RULES
from tams_analytics.engines.vast.planning.sharing import Leaf, Shared
from tams_analytics.engines.vast.planning.values import (
    Homes,
    has,
    outer_fields,
    reads_only,
    replaced,
)
from tams_analytics.engines.vast.pushing import Guard, lossless, text

MOST_VISITS = 1_000
"""How many relations are looked at before all are taken whole: parts of an expression that are used
twice are planned twice."""
BY_CHANCE = (ops.RandomScalar, ops.RandomUUID)
SQL = (ops.SQLQueryResult, ops.SQLStringView)


class CannotPlan(Exception):
    """An expression with text in SQL: which tables it reads is not known."""


class _TooLarge(Exception):
    """Looking at each use of each relation takes too long."""


def plan(expression: ir.Expr, guard: Guard = lossless) -> Plan:
    """The scans that ``expression`` needs, and the rest. Raises `CannotPlan`.

    What is not a table is planned as its table of one column.
    """
    table = expression if isinstance(expression, ir.Table) else expression.as_table()
    root = table.op()
    try:
        planner = Planner(guard, {})
        rest = planner.whole(root)
        sharing = planner.leaves.sharing(planner.keys)
        if sharing:
            planner = Planner(guard, sharing)
            rest = planner.whole(root)
    except _TooLarge:
        planner = Planner(guard, {}, is_simple=True)
        rest = planner.whole(root)
    return Plan(planner.leaves.scans, rest.to_expr(), planner.leaves.reductions(planner.keys))


class Planner:
    """One pass over an expression; the rules of the relations call back for those below."""

    def __init__(
        self, guard: Guard, shared: Mapping[Leaf, Shared], *, is_simple: bool = False
    ) -> None:
        self.leaves = Leaves(guard, shared)
        self.keys: dict[int, Any] = {}
        """Where the keys of a token come from, once that is known."""
        self._is_simple = is_simple
        self._outer: dict[ops.Relation, ops.Relation] = {}
        self._kept: dict[tuple[ops.Relation, Ask], ops.Relation] = {}
        self._absorbed: dict[tuple[ops.Relation, ops.Value], bool] = {}
        self._fields: dict[tuple[ops.Relation, str], ops.Field] = {}
        self._hopeless: dict[ops.Value, tuple[Refused, ...]] = {}
        self._drawn: dict[ops.Relation, bool] = {}
        self._visits = 0
        self._tokens = 0

    def whole(self, root: ops.Relation) -> ops.Relation:
        """The rest of an expression, with exactly its columns."""
        rest = self.down(root, Ask(frozenset(root.schema.names)))
        return with_columns(rest, root.schema.names)

    def down(self, relation: ops.Relation, ask: Ask) -> ops.Relation:
        """What stands for ``relation`` in the rest."""
        if self._is_simple:
            ask = Ask(frozenset(relation.schema.names), nothing=ask.nothing)
        elif self._is_drawn(relation):
            ask = ask.all_of(relation)
        key = (relation, ask)
        found = None if self.is_correlated else self._kept.get(key)
        if found is not None:
            return found
        self._visits += 1
        if self._visits > MOST_VISITS and not self._is_simple:
            raise _TooLarge
        if isinstance(relation, SQL):
            raise CannotPlan("SQL text inside an expression names tables that cannot be seen")
        planned: ops.Relation = RULES.get(type(relation), RULES[ops.Relation])(self, relation, ask)
        if not self.is_correlated:
            self._kept[key] = planned
        return planned

    def absorbs(self, relation: ops.Relation, condition: ops.Value) -> bool:
        """``relation``, told of the condition, will give no row that does not fulfil it."""
        if self._is_simple or self._is_drawn(relation):
            return False
        key = (relation, condition)
        if key not in self._absorbed:
            self._absorbed[key] = self._absorbs(relation, condition)
        return self._absorbed[key]

    def _is_drawn(self, relation: ops.Relation) -> bool:
        """Its rows come by chance: all uses of it must be the same one."""
        if relation not in self._drawn:
            values = [part for part in relation.__children__ if isinstance(part, ops.Value)]
            by_chance = any(has(value, BY_CHANCE) for value in values)
            self._drawn[relation] = by_chance or isinstance(relation, ops.Sample)
        return self._drawn[relation]

    def _absorbs(self, relation: ops.Relation, condition: ops.Value) -> bool:
        if self.leaves.is_scanned(relation):
            return self.leaves.takes(relation, condition)
        routed = routed_by(relation, condition)
        return routed is not None and all(
            self.absorbs(part, value) for part, value in routed.parts[: routed.deciding]
        )

    def hopeless(self, relation: ops.Relation, condition: ops.Value) -> tuple[Refused, ...]:
        """Why no scan takes anything of a condition, as it stands; empty: one may."""
        if self.is_correlated and not reads_only(condition, relation):
            return (Refused(text(condition), "it reads a column of the query around it"),)
        if condition not in self._hopeless:
            found = self.leaves.pushing(relation, condition)
            is_hopeless = not (found.conjuncts or found.is_exact)
            self._hopeless[condition] = found.refused if is_hopeless else ()
        return self._hopeless[condition]

    def value(self, value: Any, homes: Homes) -> Any:
        """``value`` over what stands for its relations now; sub-queries in it are planned."""

        def choose(node: ops.Node) -> Any:
            if isinstance(node, ops.Field):
                home = homes.get(node.rel) or self._outer.get(node.rel)
                return node if home is None else self._field(home, node.name)
            if isinstance(node, ops.Relation):
                home = homes.get(node) or self._outer.get(node)
                return self.inside(node, homes) if home is None else home
            if isinstance(node, ops.Subquery):
                return self._subquery(node, homes, choose)
            return None

        return replaced(value, choose)

    def _field(self, home: ops.Relation, name: str) -> ops.Field:
        key = (home, name)
        if key not in self._fields:
            self._fields[key] = ops.Field.__recreate__({"rel": home, "name": name})
        return self._fields[key]

    def _subquery(self, node: ops.Subquery, homes: Homes, choose: Any) -> ops.Subquery:
        if isinstance(node, ops.ExistsSubquery):
            return ops.ExistsSubquery(rel=self.inside(node.rel, homes, Ask(frozenset())))
        inner = self.inside(node.rel, homes)
        if isinstance(node, ops.InSubquery):
            return ops.InSubquery(rel=inner, needle=replaced(node.needle, choose))
        return type(node)(rel=inner)

    def inside(self, relation: ops.Relation, homes: Homes, ask: Ask | None = None) -> ops.Relation:
        """A relation of a sub-query, which may read columns of those around it."""
        names = relation.schema.names
        before = self._outer
        self._outer = {**before, **homes} if outer_fields(relation) else {}
        try:
            if ask is not None and not ask.columns:
                return self.down(relation, ask)
            return with_columns(self.down(relation, ask or Ask(frozenset(names))), names)
        finally:
            self._outer = before

    @property
    def is_correlated(self) -> bool:
        """What is planned now stands in a sub-query that reads columns of those around it."""
        return bool(self._outer)

    def token(self) -> int:
        """A new name for keys that will be known when the plan runs; the one after it too."""
        self._tokens += 2
        return self._tokens

    def tell(self, token: int, value: ops.Value | None) -> None:
        """The keys of a token are the values of this column of the rest."""
        self.keys[token] = origin(value)


def with_columns(relation: ops.Relation, names: tuple[str, ...]) -> ops.Relation:
    """``relation`` with exactly these columns."""
    if relation.schema.names == tuple(names):
        return relation
    return ops.Project(relation, {name: ops.Field(relation, name) for name in names})
