"""Lengths, sizes, counts and times as people read them; exact wherever a nanosecond matters."""

from __future__ import annotations

from tams_analytics.timerange import TimeRange, utc_text
from tams_analytics.timerange.clocks import FIRST_WALL_CLOCK_NS

SECOND_NS = 1_000_000_000
NARROW = "\u202f"
"""The narrow no-break space: it groups digits and never breaks a line."""

DASH = "\u2013"

_SIZES = ("kB", "MB", "GB", "TB", "PB", "EB")
_ROUGH = (("y", 31_557_600), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def duration(ns: int) -> str:
    """An exact length: ``1 h 02 min 03.5 s``, ``40 ms``, ``1 ns``.

    >>> duration(3_723_500_000_000)
    '1 h 02 min 03.5 s'
    >>> duration(-40_000_000)
    '-40 ms'
    """
    if ns < 0:
        return f"-{duration(-ns)}"
    if 0 < ns < SECOND_NS:
        return _below_a_second(ns)
    seconds, rest = divmod(ns, SECOND_NS)
    (first, unit), *others = _clock_parts(seconds)
    words = [
        str(first),
        *(f" {unit_before} {value:02}" for unit_before, value in _joined(unit, others)),
    ]
    return f"{''.join(words)}{_fraction(rest)} s"


def roughly(ns: int) -> str:
    """A length in one unit and three figures: ``26.4 d``; for headings, never for a bound."""
    seconds = ns / SECOND_NS
    for unit, size in _ROUGH:
        if abs(seconds) >= 1.5 * size:
            return f"{_three_figures(seconds / size)} {unit}"
    return duration(ns) if abs(ns) < SECOND_NS else f"{_three_figures(seconds)} s"


def count(number: int) -> str:
    """A count in groups of three, with narrow no-break spaces between."""
    return f"{number:,}".replace(",", NARROW)


def size(number: int) -> str:
    """Bytes in decimal units and three figures: ``1.23 GB``.

    >>> size(999), size(1_230_000_000)
    ('999 B', '1.23 GB')
    """
    if abs(number) < 1000:
        return f"{number} B"
    power = min(len(_SIZES), (len(str(abs(number))) - 1) // 3)
    return f"{_three_figures(number / 1000**power)} {_SIZES[power - 1]}"


def percent(ratio: float | None) -> str:
    """A share, rounded down so that ``100 %`` means all of it; a dash where there is none.

    >>> percent(0.99999), percent(1.0), percent(0.5)
    ('99.99 %', '100 %', '50.0 %')
    """
    if ratio is None:
        return DASH
    if ratio == 1:
        return "100 %"
    hundredths = int(ratio * 10_000)
    return f"{hundredths / 100:.2f} %" if ratio >= 0.99 else f"{hundredths // 10 / 10:.1f} %"


def is_wall_clock(ns: int) -> bool:
    """Whether media that starts then is on the wall clock; before 1973 it has a time of its own."""
    return ns >= FIRST_WALL_CLOCK_NS


def utc(ns: int) -> str:
    """A stored time as ``2026-09-01 00:00:00.04 UTC``."""
    return utc_text(ns).replace("T", " ").replace("Z", " UTC")


def when(window: TimeRange) -> str:
    """Its ends on the wall's clock, ``from … UTC to … UTC``, or the one that it has.

    As TAMS has it where that is not the clock of the media.
    """
    if any(ns is not None and not is_wall_clock(ns) for ns in (window.start_ns, window.end_ns)):
        return f"in {window}"
    start, end = (None if ns is None else utc(ns) for ns in (window.start_ns, window.end_ns))
    if start is None:
        return "at any time" if end is None else f"before {end}"
    return f"from {start} on" if end is None else f"from {start} to {end}"


def plural(number: int, noun: str) -> str:
    """``1 flow``, ``2 flows``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def counted(number: int | None, nouns: str) -> str:
    """The same of a name in the plural; of what nobody knows, ``? flows``."""
    return f"? {nouns}" if number is None else plural(number, nouns.removesuffix("s"))


def _clock_parts(seconds: int) -> list[tuple[int, str]]:
    """Days, hours, minutes, seconds, from the first that is not zero."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = [(days, "d"), (hour, "h"), (minute, "min"), (second, "s")]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return parts


def _joined(unit: str, others: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """Each later value with the unit that stands before it."""
    units = [unit, *(name for _value, name in others)]
    return [(before, value) for before, (value, _name) in zip(units, others, strict=False)]


def _fraction(ns: int) -> str:
    return f".{ns:09}".rstrip("0").rstrip(".")


def _below_a_second(ns: int) -> str:
    for unit, unit_ns in (("ms", 1_000_000), ("µs", 1_000)):
        if ns >= unit_ns:
            whole, rest = divmod(ns, unit_ns)
            digits = len(str(unit_ns)) - 1
            return f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{ns} ns"


def _three_figures(value: float) -> str:
    """Three figures, without an exponent and without zeros that say nothing."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".")
