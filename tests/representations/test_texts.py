"""Texts are those of the array, whatever part of a buffer it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tams_analytics.representations.texts import TEXT, Texts

WORDS = ["", "a", "ü", "☃☃", "", "\U0001d11e", '"\\', "end"]


def test_texts_are_taken_in_any_order_of_any_part() -> None:
    whole = pa.array(WORDS, TEXT)
    for first in range(len(WORDS) + 1):
        part = Texts(whole.slice(first))
        numbers = np.arange(len(part))
        for chosen in (numbers, numbers[::-1], numbers[::2]):
            assert part.at(chosen) == [WORDS[first + number] for number in chosen]


def test_parts_are_joined_and_cut() -> None:
    parts = [Texts(pa.array(words, TEXT)) for words in (WORDS, [], WORDS[2:])]
    found = Texts.joined(parts).slice(len(WORDS) + 1)

    assert found.at(np.arange(len(found))) == [*WORDS, WORDS[2]]
    assert Texts(pa.array([], TEXT)).at(np.arange(0)) == []
