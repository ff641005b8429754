"""Trino's plan of a query, read as scans with what they were given.

The plan names what is left of a condition above a scan (``filterPredicate``). What is not left was
enforced below: by a constraint that the table's text names. Which condition that was, the SQL says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot.expressions as sge

from tams_analytics.engines.conditions import conjuncts, unwrapped
from tams_analytics.engines.explanation import Refused, Scan

Node = dict[str, Any]
Offered = Mapping[str, set[str]]
"""The columns of each table about which the connector was told something."""

PLUMBING = re.compile(r"Output|.*Exchange|RemoteSource|Project|Values|.*Partial|FilterProject")
"""Operators that pass on, rename, or have the same name again at their end."""
FACTS = ("criteria", "filter", "filterPredicate", "keys", "orderBy", "count", "partitionBy")
"""What tells one operator from another."""
ON = re.compile(r"constraint on \[([^\]]*)\]")
"""What a JDBC connector says it enforces."""
DOMAIN = re.compile(r"(\w+)=\[(?=\{|NULL)")
"""How what VAST's connector enforces begins: a column, then the ranges of its values."""
HANDLE = re.compile(r'VastColumnHandle\{field=\{"name":"(\w+)".*?, path=\[[^\]]*\], expr=\w+\}=')
"""How it writes that column, with all that it knows of it."""
RANGES = re.compile(r"=\[ (NULL, )?\w+\[type=[^{]*?, \w+=\d+, (\{.*?\})\] \]")
"""And those ranges."""
EXPRESSION = re.compile(r"ParameterizedExpression\[expression=(.*?), parameters=\[")
QUERY = re.compile(r":Query\[(.*?)\](?= sortOrder=| limit=| columns=|$)")
"""A join or a sum that the other database works out by itself."""
ORDER = re.compile(r"sortOrder=\[([^\]]*)\]")
LIMIT = re.compile(r"\blimit=(\d+)")
TYPED_NUMBER = re.compile(r"\b(?:bigint|integer|double) '([^']*)'")
TYPED_TEXT = re.compile(r"\bvarchar(?:\(\d+\))? (?=')")
SUFFIX = re.compile(r"_\d+$")
WORD = re.compile(r"\w+")
CONSTANT = re.compile(r"true|false|null|[\w(), ]+ '.*'")
"""A value that a scan gives as a column."""
OFFERED = "the connector was told, and leaves it to Trino"
NOT_OFFERED = "Trino evaluates it above the scan"


@dataclass(frozen=True)
class Named:
    """A table that the question names, or a view of it.

    ``handle`` is how its catalog writes it in a plan, where that was looked up.
    """

    catalog: str
    schema: str
    name: str
    columns: frozenset[str]
    handle: str = ""

    @property
    def text(self) -> str:
        return f"{self.catalog}.{self.schema}.{self.name}"


def nodes(plan: Mapping[str, Node]) -> Iterator[Node]:
    """All operators of all fragments, those above first."""
    for fragment in plan.values():
        yield from _walk(fragment)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node["children"]:
        yield from _walk(child)


def is_scan(node: Node) -> bool:
    return "table" in node["descriptor"]


def is_local(node: Node) -> bool:
    is_partial = node["descriptor"].get("type") == "PARTIAL"
    return not is_scan(node) and not is_partial and not PLUMBING.fullmatch(node["name"])


def local(node: Node) -> str:
    """An operator in one line."""
    facts = [node["descriptor"][fact] for fact in FACTS if node["descriptor"].get(fact)]
    return " ".join([node["name"], *facts])


def scan(
    node: Node, tables: Iterable[Named], offered: Offered, said: Mapping[str, list[sge.Expression]]
) -> Scan:
    """What one scan reads; ``said`` are the conditions of the SQL, by table."""
    text = RANGES.sub(r"=[\1\2]", HANDLE.sub(r"\1=", node["descriptor"]["table"]))
    columns = _read_columns(node)
    table = _table_of(text, columns, tables)
    known = table.columns if table else frozenset()
    left = [_readable(each, known) for each in _left(node)]
    limit = LIMIT.search(text)
    query = QUERY.search(text)
    name = table.text if table else text.partition(":")[0] if query else text.partition(" ")[0]
    told = offered.get(name, set())
    return Scan(
        table=name,
        columns=tuple(dict.fromkeys(_column(each, known) for each in columns)),
        pushed=tuple(dict.fromkeys(_pushed(text, said.get(name, [])))),
        refused=tuple(Refused(each, _reason(each, told)) for each in left),
        dynamic=tuple(_dynamic(node, known)),
        limit=int(limit[1]) if limit else None,
        estimated_rows=_estimated(node),
    )


def is_nameless(node: Node, tables: Iterable[Named]) -> bool:
    """Whether nothing says which of ``tables`` a scan is of; a query of its own is of several."""
    text = node["descriptor"]["table"]
    return not QUERY.search(text) and _table_of(text, _read_columns(node), tables) is None


def plain_scan(place: tuple[str, str, str], plan: Mapping[str, Node]) -> Named | None:
    """A table, by the plan of a query that reads all of it and nothing else."""
    found = [each for each in nodes(plan) if is_scan(each)]
    if len(found) != 1:
        return None
    text = found[0]["descriptor"]["table"]
    return Named(*place, frozenset(_read_columns(found[0])), text.partition(" ")[0])


def _read_columns(node: Node) -> list[str]:
    """The symbols of a scan that are columns of its table, not computed from them."""
    said = dict(each.split(" := ", 1) for each in node["details"] if " := " in each)
    if not node["name"].endswith("Project"):
        return list(said)
    return [
        symbol
        for symbol, text in said.items()
        if not CONSTANT.fullmatch(text) and not {*WORD.findall(text)} & (said.keys() - {symbol})
    ]


def _table_of(text: str, columns: list[str], tables: Iterable[Named]) -> Named | None:
    """The table that a scan's text means. Connectors write it as they like; some only a number."""
    catalog = text.partition(":")[0]
    fitting = [
        each
        for each in tables
        if each.catalog == catalog
        and {_column(one, each.columns) for one in columns} <= each.columns
    ]
    written = [each for each in fitting if _writes(text, each)]
    best = written or fitting
    return best[0] if len({each.text for each in best}) == 1 else None


def _writes(text: str, table: Named) -> bool:
    if table.handle:
        return text.partition(" ")[0] == table.handle
    place = f"{re.escape(table.schema)}[.:]{re.escape(table.name)}"
    return re.search(rf"(?<![\w/]){place}(?!\w)", text.replace('"', "")) is not None


def _column(symbol: str, known: Iterable[str]) -> str:
    """The column that a plan's symbol is of; a name that is there twice gets a number."""
    return symbol if symbol in known else SUFFIX.sub("", symbol)


def _readable(condition: str, known: frozenset[str]) -> str:
    """A condition of the plan, by the columns' names, literals without their types."""
    named = re.sub(r"\b\w+_\d+\b", lambda found: _column(found[0], known), condition)
    return TYPED_TEXT.sub("", TYPED_NUMBER.sub(r"\1", named))


def _left(node: Node) -> list[str]:
    predicate = node["descriptor"].get("filterPredicate", "")
    return [unwrapped(each) for each in conjuncts(predicate)] if predicate else []


def _pushed(text: str, said: list[sge.Expression]) -> Iterator[str]:
    """What the connector says it enforces, as the SQL has it where that can be told."""
    on = ON.search(text)
    domains = {} if on else {each[1]: _within(text[each.end() :]) for each in DOMAIN.finditer(text)}
    enforced = [each for each in on[1].split(", ") if each] if on else [*domains]
    for column in enforced:
        about = [
            each for each in said if {one.name for one in each.find_all(sge.Column)} == {column}
        ]
        if about:
            yield from (_plain(each) for each in about)
        else:
            yield f"{column} in {domains[column]}" if column in domains else f"{column} (derived)"
    yield from (found[1] for found in EXPRESSION.finditer(text))
    yield from (found[1] for found in QUERY.finditer(text))
    for order in ORDER.finditer(text):
        yield "ORDER BY " + re.sub(r":\S+", "", order[1])


def _within(text: str) -> str:
    """What stands before the bracket that closes the one before ``text``."""
    depth = 1
    for place, mark in enumerate(text):
        depth += (mark == "[") - (mark == "]")
        if depth == 0:
            return text[:place]
    return text


def _plain(condition: sge.Expression) -> str:
    """Without the names of tables."""
    bare = condition.copy()
    for column in bare.find_all(sge.Column):
        column.replace(sge.column(column.name))
    return bare.sql("trino")


def _reason(condition: str, told: set[str]) -> str:
    words = set(re.findall(r"\w+", condition))
    return OFFERED if words & told else NOT_OFFERED


def _dynamic(node: Node, known: frozenset[str]) -> Iterator[str]:
    """``flow_id``, ``start_ns <``: columns whose values a join tells while it runs."""
    text = node["descriptor"].get("dynamicFilters", "")
    for each in text.strip("{}").split(", "):
        if each:
            column, _, rest = each.partition(" ")
            yield f"{_column(column, known)} {rest.partition(' ')[0]} …"


def _estimated(node: Node) -> int | None:
    guesses = [each["outputRowCount"] for each in node["estimates"][:1]]
    return int(guesses[0]) if guesses and guesses[0] != "NaN" else None


def conditions(tree: sge.Expression) -> Iterator[tuple[sge.Table, sge.Expression]]:
    """Each table that a SELECT of the SQL reads, with each condition on its columns alone."""
    for select in tree.find_all(sge.Select):
        where = select.args.get("where")
        read = {each.alias_or_name: each for each in _read(select)}
        for condition in _terms(where.this) if where else ():
            owners = {column.table for column in condition.find_all(sge.Column)}
            if len(owners) == 1 and (table := read.get(owners.pop())):
                yield table, condition


def _read(select: sge.Select) -> Iterator[sge.Table]:
    places = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", [])]
    yield from (each.this for each in places if each and isinstance(each.this, sge.Table))


def _terms(condition: sge.Expression) -> Iterator[sge.Expression]:
    condition = condition.unnest()
    if isinstance(condition, sge.And):
        yield from _terms(condition.left)
        yield from _terms(condition.right)
    else:
        yield condition
