"""Bytes behind a URL that a client named: nothing of ours, read as anybody would."""

from __future__ import annotations

from tams_analytics.errors import EngineFailed
from tams_analytics.media import asking
from tams_analytics.media.ranges import Part

TIMEOUT_S = 30.0


def part_of_url(url: str, timeout_s: float = TIMEOUT_S) -> Part:
    """What reads it by ranges; asks for one byte, to learn how many there are.

    Raises `EngineFailed` where it does not answer, or does not say its size. Neither the message
    nor what is told later has the query of the URL, where signatures are.
    """
    answer = asking.ask(url, size=None, timeout_s=timeout_s)
    if not answer.is_good or answer.found_size is None:
        problem = answer.problem or "it does not say how many bytes it has"
        raise EngineFailed(asking.WEB, f"reading {asking.shown(url)}", problem)
    return Part(answer.found_size, lambda a, b: asking.read(url, a, b, timeout_s=timeout_s))
