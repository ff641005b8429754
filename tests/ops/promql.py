"""Which metrics and labels a query of Prometheus names, read from its tokens.

For the queries of ``ops/``: no metric in them is a string, an ``{__name__=…}`` or a recorded rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""\s+ | \#[^\n]*
    | (?P<string> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`)
    | (?P<range> \[[^\]]*\])
    | (?P<number> 0x[0-9a-fA-F]+ | (?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[a-zµ]* )
    | (?P<name> [a-zA-Z_:][a-zA-Z0-9_:]* )
    | (?P<sign> =~|!~|!=|==|<=|>=|[-+*/%^<>=(){},@] )""",
    re.VERBOSE,
)
GROUPINGS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan", "start", "end"}
AGGREGATIONS = {
    *("sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values"),
    *("bottomk", "topk", "quantile"),
}


@dataclass
class Named:
    """What a query names: its metrics, and the labels that it filters or groups by."""

    metrics: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)


def named_in(query: str) -> Named:
    """Raises `ValueError` for what is no token."""
    found, tokens, at = Named(), _tokens(query), 0
    while at < len(tokens):
        kind, text = tokens[at]
        after = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if text == "{":
            at = _labels(found, tokens, at, "}")
        elif kind == "name" and text in GROUPINGS:
            at = _labels(found, tokens, at + 1, ")") if after == "(" else at + 1
        else:
            if kind == "name" and after != "(" and text not in WORDS | AGGREGATIONS:
                found.metrics.add(text)
            at += 1
    return found


def _labels(found: Named, tokens: list[tuple[str, str]], at: int, end: str) -> int:
    """Take the names up to ``end``; where the query goes on."""
    while tokens[at][1] != end:
        kind, text = tokens[at]
        if kind == "name":
            found.labels.add(text)
        at += 1
    return at + 1


def _tokens(query: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(query):
        match = TOKEN.match(query, at)
        if match is None:
            raise ValueError(f"no token at {query[at:]!r}")
        if match.lastgroup:
            found.append((match.lastgroup, match[0]))
        at = match.end()
    return found
