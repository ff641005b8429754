"""Where to cut what is left of a bucket, so that two can list it at once.

S3 tells keys in order from any key on, so any text between two keys is a place to cut; it tells
neither how many there are nor which is the last. Folders are the best guess: one question gives a
thousand, and TAMS' own paths begin with the id of a flow, so one question is the rule. Where the
rest lies in one folder its letters tell: one question each, whether a key lies behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tams_analytics.media.listing.pages import Cut

FOLDER = "/"
BEHIND_FOLDER = chr(ord(FOLDER) + 1)
"""What begins so comes directly behind all that lies in the folder."""
HEX, BEHIND_HEX, HIGHEST = "0123456789abcdef", ord("g"), 0x7F
"""Ids are made of these, as a rule; the first letters to try are in the middle of them."""
SURROGATES = range(0xD800, 0xE000)


class Names(NamedTuple):
    """The first keys and folders behind a text."""

    found: list[str]
    are_all: bool


Look = Callable[[str, str, bool], Names]
"""``look(prefix, after, by_folder)``; without folders one key is enough."""


def cut(look: Look, after: str, end: str | None, known: Cut) -> Cut:
    """A text between ``after`` and ``end`` with keys behind it, if there is one."""
    inside, asked = known.inside, 0
    while (slash := after.find(FOLDER, len(inside))) >= 0:
        own = after[: slash + 1]
        names = look(inside, own[:-1] + BEHIND_FOLDER, True)
        asked += 1
        others = [each for each in names.found if end is None or each < end]
        if others:
            are_all = names.are_all or len(others) < len(names.found)
            return Cut(others[len(others) // 2] if are_all else others[-1], inside, asked)
        inside = own
    found = _Letters(look, after, end, inside).cut()
    return found._replace(asked=asked + found.asked)


@dataclass
class _Letters:
    """The rest lies in one folder: cut by the first letter in which its keys differ."""

    look: Look
    after: str
    end: str | None
    inside: str
    asked: int = 0

    def cut(self) -> Cut:
        behind = self._first_that_differs()
        if behind is None:
            return Cut(None, self.inside, self.asked)
        at, key = behind
        head = self.after[:at]
        if not key.startswith(head):  # keys have come meanwhile
            return Cut(None, self.inside, self.asked)
        low, next_, high = ord(self.after[at]), ord(key[at]), self._highest(at)
        while (middle := (low + high) // 2) > next_:
            text = head + _letter(middle)
            if self._behind(text) is not None:
                return Cut(text, head, self.asked)
            high = middle
        return Cut(head + key[at], head, self.asked)

    def _first_that_differs(self) -> tuple[int, str] | None:
        """The place of that letter, and the first key that has another one there.

        The longer the beginning of a key, the more keys lie behind all that begin so: what was
        true last time is tried first, then the places are halved.
        """
        low, high = len(self.inside), len(self.after) - 1
        found = None
        at = low
        while low <= high:
            key = self._behind(self.after[:at] + _letter(ord(self.after[at]) + 1))
            if key is None:
                low = at + 1
            else:
                found = at, key
                high = at - 1
            at = (low + high) // 2
        return found

    def _behind(self, text: str) -> str | None:
        """The first key of the stretch behind ``text``."""
        self.asked += 1
        names = self.look(self.inside, text, False)
        is_there = names.found and (self.end is None or names.found[0] < self.end)
        return names.found[0] if is_there else None

    def _highest(self, at: int) -> int:
        """Behind the letter that keys may have at a place, or as far as one would guess."""
        head, letter = self.after[:at], self.after[at]
        if self.end is not None and self.end.startswith(head) and len(self.end) > at:
            return ord(self.end[at]) + 1
        return BEHIND_HEX if letter in HEX else max(HIGHEST, ord(letter) + 1)


def _letter(number: int) -> str:
    return chr(SURROGATES.stop if number in SURROGATES else min(number, 0x10FFFF))
