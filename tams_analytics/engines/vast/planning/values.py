"""Values of ibis expressions: which columns they read, and the same over other relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import ibis.expr.operations as ops

Homes: TypeAlias = Mapping[ops.Relation, ops.Relation]
"""Relations, and what stands for each of them now."""
ROWWISE_NOT = (ops.WindowFunction, ops.Analytic, ops.Reduction, ops.Unnest)
"""What looks at more than one row, or makes more than one."""


def conjuncts(predicates: Iterable[ops.Value]) -> Iterator[ops.Value]:
    """The terms of the ANDs; a term with a window in it stays whole."""
    for predicate in predicates:
        if isinstance(predicate, ops.And) and not is_windowed(predicate):
            yield from conjuncts((predicate.left, predicate.right))
        else:
            yield predicate


def is_windowed(value: ops.Value) -> bool:
    """It needs more rows than its own."""
    return has(value, ROWWISE_NOT)


def has(value: ops.Value, kinds: type | tuple[type, ...]) -> bool:
    """An operation of these kinds is in ``value``, sub-queries left out."""
    return any(isinstance(node, kinds) for node in walked(value))


def walked(value: Any) -> Iterator[ops.Node]:
    """``value`` and the values in it, each once; not what stands in relations."""
    waiting, seen = [value], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(node, ops.Value):
            continue
        seen.add(id(node))
        yield node
        if not isinstance(node, ops.Field):
            waiting.extend(node.__children__)


def columns_read(values: Iterable[Any], relation: ops.Relation) -> frozenset[str]:
    """The columns of ``relation`` that ``values`` read, also from inside their sub-queries."""
    found = set()
    for value in values:
        for node in walked(value):
            if isinstance(node, ops.Field) and node.rel == relation:
                found.add(node.name)
            elif isinstance(node, ops.Subquery):
                found |= {field.name for field in outer_fields(node.rel) if field.rel == relation}
            elif isinstance(node, ops.CountDistinctStar) and node.arg == relation:
                found |= set(relation.schema.names)
    return frozenset(found)


def reads_only(value: ops.Value, relation: ops.Relation) -> bool:
    """Every column in ``value`` is one of ``relation``, but for sub-queries."""
    return all(node.rel == relation for node in walked(value) if isinstance(node, ops.Field))


def outer_fields(relation: ops.Relation) -> set[ops.Field]:
    """The columns that a sub-query reads of relations around it.

    One of them may be part of the sub-query as well: a column is read from outside where the
    relation that reads it does not stand right above the one that has it.
    """
    fields: set[ops.Field] = set()
    waiting, seen = [relation], set()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        parents, values = _parts(found)
        waiting.extend(parents)
        fields |= {field for field in _fields_of(values) if field.rel not in parents}
    return fields


def _parts(relation: ops.Relation) -> tuple[set[ops.Relation], list[ops.Value]]:
    """The relations right below one, and its values; those of a join are in its links."""
    parents, values = set(), []
    waiting: list[Any] = list(relation.__children__)
    while waiting:
        part = waiting.pop()
        if isinstance(part, ops.Relation):
            parents.add(part)
        elif isinstance(part, ops.Value):
            values.append(part)
        else:
            waiting.extend(part.__children__)
    return parents, values


def _fields_of(values: Iterable[ops.Value]) -> Iterator[ops.Field]:
    for value in values:
        for node in walked(value):
            if isinstance(node, ops.Field):
                yield node
            elif isinstance(node, ops.Subquery):
                yield from outer_fields(node.rel)


def replaced(value: Any, choose: Callable[[ops.Node], Any]) -> Any:
    """``value`` with what ``choose`` gives for its operations; ``None`` keeps one."""
    known: dict[int, Any] = {}

    def of(part: Any) -> Any:
        if isinstance(part, ops.Node):
            found = known.get(id(part))
            if found is None:
                chosen = choose(part)
                found = known[id(part)] = of_parts(part) if chosen is None else chosen
            return found
        if isinstance(part, tuple):
            return tuple([of(each) for each in part])
        return {name: of(each) for name, each in part.items()} if isinstance(part, dict) else part

    def of_parts(node: ops.Node) -> Any:
        old = node.__args__
        new = [of(part) for part in old]
        if all(map(_is_same, old, new)):
            return node
        return type(node).__recreate__(dict(zip(node.__argnames__, new, strict=True)))

    return of(value)


def _is_same(one: Any, other: Any) -> bool:
    """Nodes are the same ones, or were made anew; all else is small enough to compare."""
    return one is other or (not isinstance(one, ops.Node) and bool(one == other))


def moved(
    value: ops.Value, relation: ops.Relation, below: Callable[[str], ops.Value | None]
) -> ops.Value | None:
    """``value`` with ``below(name)`` for each column of ``relation``.

    ``None`` where one of them has nothing below.
    """
    is_blocked = False

    def choose(node: ops.Node) -> Any:
        nonlocal is_blocked
        if not isinstance(node, ops.Field):
            return node if isinstance(node, ops.Relation) else None
        found = below(node.name) if node.rel == relation else node
        is_blocked = is_blocked or found is None
        return node if found is None else found

    result = replaced(value, choose)
    return None if is_blocked else result


def same_names(parent: ops.Relation) -> Callable[[str], ops.Value | None]:
    """For `moved`: the column of ``parent`` with the same name."""
    names = parent.schema
    return lambda name: ops.Field(parent, name) if name in names else None


def names_of(relation: ops.Relation, wanted: Iterable[str]) -> tuple[str, ...]:
    """``wanted`` in the order of the relation."""
    chosen = frozenset(wanted)
    return tuple(name for name in relation.schema.names if name in chosen)
