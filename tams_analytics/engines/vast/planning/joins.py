"""What each table of a join may leave out.

A chain joins from the left: ``((first ⋈ 1) ⋈ 2) ⋈ 3``. A condition on table *i* at level *n* (the
rows that link *n* gets from its left) may go down to the table if the table's own link keeps or
drops its rows whole, and no link between adds rows for those that are missing.

If rows of one side need not be there, neither need be the rows of the other side that only they
match: so a condition on a key goes over to the key that it is equal to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.hints import Hint, Routed
from tams_analytics.engines.vast.planning.keys import Key, equalities
from tams_analytics.engines.vast.planning.known import (
    is_simple,
    known,
    on_column,
    reaches,
    the_column,
)
from tams_analytics.engines.vast.planning.values import (
    conjuncts,
    is_windowed,
    moved,
    walked,
)

NARROWS_RIGHT = {"inner", "left", "semi", "anti"}
"""Links to whose table a condition on a key goes over from the left."""
NARROWS_LEFT = {"inner", "semi", "right"}
"""Links that drop rows of the left that match nothing."""


@dataclass
class Shares:
    """What each table of a chain may leave out, by its place."""

    chain: ops.JoinChain
    hints: list[dict[Hint, bool]] = field(default_factory=list)
    """For each table its hints; True: the table fulfils it already."""

    def __post_init__(self) -> None:
        self.places = {table: place for place, table in enumerate(self.chain.tables)}
        self.hows = ["", *(link.how for link in self.chain.rest)]
        self.hints = [{} for _ in self.places]

    def reaches(self, place: int, level: int) -> bool:
        """A condition on the table, at this level, may go down to it."""
        return reaches(self.chain, place, level)

    @property
    def top(self) -> int:
        return len(self.places)

    def add(self, place: int, hint: Hint, is_known: bool = False) -> bool:
        """Whether it is new."""
        if hint in self.hints[place]:
            return False
        self.hints[place][hint] = is_known
        return True

    def wanted(self, place: int) -> Iterator[Hint]:
        """What the table does not fulfil by itself."""
        for hint, is_known in self.hints[place].items():
            if not is_known:
                yield hint


def join_route(chain: ops.JoinChain, value: ops.Value) -> Routed | None:
    """Where a condition on the rows of a chain goes: to one table, if it is about that alone."""
    found = _to_one_table(Shares(chain), value)
    if found is None:
        return None
    place, below = found
    table = chain.tables[place]
    inside = moved(below, table, lambda name: ops.Field(table.parent, name))
    return None if inside is None else Routed(((table.parent, inside),), 1)


def place_of(shares: Shares, value: ops.Value) -> int | None:
    """The table that ``value`` is about; of none at all, the first."""
    found = {node.rel for node in walked(value) if isinstance(node, ops.Field)}
    if len(found) > 1:
        return None
    return shares.places.get(found.pop()) if found else 0


def share(chain: ops.JoinChain, hints: tuple[Hint, ...], keys: dict[int, Key]) -> Shares:
    """What each table may leave out: by ``hints`` on the chain's rows, and by its links.

    ``keys`` are equalities whose values are reduced at run time: the token stands for the keys of
    the left side, the one after it for those of the right side.
    """
    shares = Shares(chain)
    for place, table in enumerate(chain.tables):
        for condition in known(table):
            shares.add(place, Hint(condition), is_known=True)
    for hint in hints:
        _from_above(shares, hint)
    for place, link in enumerate(chain.rest, 1):
        for condition in conjuncts(link.predicates):
            _from_link(shares, place, condition)
    for token, key in keys.items():
        _from_keys(shares, token, key)
    _spread(shares, list(equalities(shares.chain)))
    return shares


def _from_above(shares: Shares, hint: Hint) -> None:
    found = _to_one_table(shares, hint.value)
    if found is not None:
        place, below = found
        shares.add(place, Hint(below, hint.token))


def _to_one_table(shares: Shares, value: ops.Value) -> tuple[int, ops.Value] | None:
    """The place of the table that a condition on the chain's rows may go down to, and it there.

    A window among the columns of the chain must see all rows.
    """
    values = shares.chain.values
    if any(is_windowed(each) for each in values.values()):
        return None
    below = moved(value, shares.chain, lambda name: values[name])
    place = None if below is None else place_of(shares, below)
    if below is None or place is None or not shares.reaches(place, shares.top):
        return None
    return place, below


def _from_link(shares: Shares, link: int, condition: ops.Value) -> None:
    place = narrowed(shares, link, condition)
    if place is not None:
        shares.add(place, Hint(condition))


def narrowed(shares: Shares, link: int, condition: ops.Value) -> int | None:
    """The one table whose rows need not be there if they do not fulfil a link's condition."""
    place, how = place_of(shares, condition), shares.hows[link]
    if place is None:
        return None
    if place == link:
        return place if how in NARROWS_RIGHT else None
    return place if how in NARROWS_LEFT and shares.reaches(place, link) else None


def _from_keys(shares: Shares, token: int, key: Key) -> None:
    how, place = shares.hows[key.link], shares.places[key.left.rel]
    if how in NARROWS_RIGHT:
        shares.add(key.link, Hint(key.right, token))
    if how in NARROWS_LEFT and shares.reaches(place, key.link):
        shares.add(place, Hint(key.left, token + 1))


def _spread(shares: Shares, keys: list[Key]) -> None:
    """Take conditions on keys over to the keys that they equal, until there is nothing new."""
    is_new = True
    while is_new:
        is_new = False
        for key in keys:
            is_new |= _take_over(shares, key)


def _take_over(shares: Shares, key: Key) -> bool:
    how, place = shares.hows[key.link], shares.places[key.left.rel]
    is_new = False
    if how in NARROWS_RIGHT:
        is_new |= _take(shares, (place, key.left), (key.link, key.right))
    if how in NARROWS_LEFT and shares.reaches(place, key.link):
        is_new |= _take(shares, (key.link, key.right), (place, key.left))
    return is_new


def _take(shares: Shares, one: tuple[int, ops.Field], other: tuple[int, ops.Field]) -> bool:
    is_new = False
    for hint in list(shares.hints[one[0]]):
        if the_column(hint.value) == one[1] and (hint.token is not None or is_simple(hint.value)):
            over = Hint(on_column(hint.value, one[1], other[1]), hint.token)
            is_new |= shares.add(other[0], over)
    return is_new
