"""What Trino refuses or reads otherwise and sqlglot's tree does not show, found in the words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import sqlglot
from sqlglot.tokens import Token, TokenType

Tokens = Sequence[Token]


def complaints(sql: str) -> list[str]:
    return [complaint for rule in RULES for complaint in rule(tokens(sql))]


def tokens(sql: str) -> Tokens:
    return sqlglot.tokenize(sql, read="trino")


def double_colons(words: Tokens) -> Iterator[str]:
    for token in words:
        if token.token_type is TokenType.DCOLON:
            yield f"a cast by :: in line {token.line}"


def timestamps_without_precision(words: Tokens) -> Iterator[str]:
    """Trino's TIMESTAMP is one of milliseconds."""
    for (first, second), (_, third) in pairwise(pairwise([*words, END])):
        is_cast = first.token_type is TokenType.ALIAS and second.token_type is TokenType.TIMESTAMP
        if is_cast and third.token_type is not TokenType.L_PAREN:
            yield f"a cast to a timestamp without precision in line {second.line}"


def limits_before_offsets(words: Tokens) -> Iterator[str]:
    limits: list[bool] = [False]
    for token in words:
        if token.token_type is TokenType.L_PAREN:
            limits.append(False)
        elif token.token_type is TokenType.R_PAREN:
            limits.pop()
        elif token.token_type is TokenType.LIMIT:
            limits[-1] = True
        elif token.token_type is TokenType.OFFSET and limits[-1]:
            yield f"LIMIT stands before OFFSET in line {token.line}"


def bare_intervals(words: Tokens) -> Iterator[str]:
    for first, second in pairwise(words):
        if (first.token_type, second.token_type) == (TokenType.INTERVAL, TokenType.NUMBER):
            yield f"an interval whose number is no text in line {first.line}"


def trailing_commas(words: Tokens) -> Iterator[str]:
    for first, second in pairwise(words):
        if first.token_type is TokenType.COMMA and second.token_type in CLOSING:
            yield f"a comma before {second.text} in line {first.line}"


CLOSING = {TokenType.FROM, TokenType.R_PAREN, TokenType.WHERE, TokenType.GROUP_BY}
END = Token(TokenType.SEMICOLON, ";")
RULES: tuple[Callable[[Tokens], Iterator[str]], ...] = (
    double_colons,
    timestamps_without_precision,
    limits_before_offsets,
    bare_intervals,
    trailing_commas,
)
