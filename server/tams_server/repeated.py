"""Answers that are given again within the second in which their URLs were signed.

Whoever follows a live flow asks for the same window as all others do. A presigned URL changes once
a second, so that until then, and until the flow changes, the answer is the same to the byte.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field

from fastapi import Response

MOST_BYTES = 16 << 20
"""Of one second's answers; those beyond are made anew."""


@dataclass
class _Second:
    """A second of the clock, and its answers: each with the stamp that it is true under."""

    number: int
    answers: dict[Hashable, tuple[Hashable, Response]] = field(default_factory=dict)
    size_bytes: int = 0


class Repeated:
    """The answers of this second; for one thread, that of the event loop."""

    def __init__(self) -> None:
        self._second = _Second(0)

    def recall(self, asked: Hashable, stamp: Hashable) -> Response | None:
        """The answer to what was asked, if it was given in this second and nothing has changed."""
        if int(time.time()) != self._second.number:
            self._second = _Second(int(time.time()))
        found = self._second.answers.get(asked)
        return found[1] if found and found[0] == stamp else None

    def remember(self, asked: Hashable, stamp: Hashable, answer: Response) -> None:
        """An answer that was made since `recall` did not find it, under the stamp from then."""
        second, size_bytes = self._second, len(answer.body)
        if int(time.time()) == second.number and second.size_bytes + size_bytes <= MOST_BYTES:
            second.size_bytes += size_bytes
            second.answers[asked] = stamp, answer
