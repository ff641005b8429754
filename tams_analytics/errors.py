"""What can go wrong, as facts.

    TamsError
    ├── BadTimeRange    (ValueError)           a text or value that is no TAMS timerange
    ├── BadParameter    (ValueError)           a value that the named field or parameter cannot take
    ├── NotFound        (LookupError)          the named entity does not exist
    ├── Refused                                the specification's rules forbid the change
    │   ├── ReadOnlyFlow                       the flow is read-only
    │   │   └── FlowBeingDeleted               the flow is about to go: nothing makes it writable
    │   ├── BytesStay                          a registered object keeps the bytes that it has
    │   ├── SegmentsOverlap                    a segment overlaps another one of its flow
    │   ├── StillReferenced                    others depend on what should be deleted
    │   └── AlreadyExists                      the id is taken
    ├── ChecksFailed                           checks found rows that should not be there
    ├── Unsupported     (NotImplementedError)  this engine cannot; the message names one that can
    └── EngineFailed                           the database or storage failed; the cause is chained

A constructor takes facts, ``str()`` writes one sentence of them: the value, what is wrong, what
would be right. `tams_server.errors` maps the tree to status codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

ABSENT = ("is missing", "is not given", "is not set", "may not be NULL")
"""How a problem begins where there is no value: None, which is not quoted then."""
LONGEST_VALUE = 120
"""A message quotes at most this many characters of a value."""


class TamsError(Exception):
    """Anything that this library refuses or fails at."""


class BadTimeRange(TamsError, ValueError):
    """A text or value that is no TAMS timerange (or timestamp: ``kind``)."""

    def __init__(
        self,
        value: Any,
        problem: str,
        expected: str = "",
        position: int | None = None,
        kind: str = "timerange",
    ) -> None:
        super().__init__(value, problem, expected, position, kind)
        self.kind = kind
        self.value = value
        self.problem = problem
        self.expected = expected or "for example [0:0_10:0)"
        self.position = position

    def __str__(self) -> str:
        where = "" if self.position is None else f" at position {self.position}"
        problem = f"{self.problem}{where}; expected {self.expected}"
        return f"{quoted(self.value)} is not a TAMS {self.kind}: {problem}"


def one_of(value: Any, known: Iterable[str]) -> str:
    """What ``value`` may be: one of these, first the one that was probably meant."""
    names = list(known)
    near = get_close_matches(str(value), names, n=1)
    return f"one of {', '.join(dict.fromkeys([*near, *names]))}"


class BadParameter(TamsError, ValueError):
    """A value that the named field or parameter cannot take, or that is not there (`ABSENT`)."""

    def __init__(self, name: str, value: Any, problem: str, expected: str = "") -> None:
        super().__init__(name, value, problem, expected)
        self.name = name
        self.value = value
        self.problem = problem
        self.expected = expected

    def __str__(self) -> str:
        right = f"; expected {self.expected}" if self.expected else ""
        is_absent = self.value is None and self.problem.startswith(ABSENT)
        value = "" if is_absent else f": {quoted(self.value)}"
        return f"{self.name}{value} {self.problem}{right}"


class NotFound(TamsError, LookupError):
    """The named entity does not exist."""

    def __init__(self, entity: str, key: Any, hint: str = "") -> None:
        super().__init__(entity, key, hint)
        self.entity = entity
        self.key = key
        self.hint = hint

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"there is no {self.entity} {named(str(self.key))}{hint}"


class Refused(TamsError):
    """The specification's rules forbid the change."""

    def __init__(self, change: str, reason: str, instead: str = "") -> None:
        super().__init__(change, reason, instead)
        self.change = change
        self.reason = reason
        self.instead = instead

    def __str__(self) -> str:
        instead = f"; {self.instead}" if self.instead else ""
        return f"{self.change} is refused: {self.reason}{instead}"


class ReadOnlyFlow(Refused):
    """The flow is read-only."""

    def __init__(self, flow_id: str, change: str = "changing it") -> None:
        super().__init__(change, f"flow {flow_id} is read-only", "set its read_only to false first")
        self.args = (flow_id, change)
        self.flow_id = flow_id


class FlowBeingDeleted(ReadOnlyFlow):
    """The flow refuses changes until its deletion is done (mission R2)."""

    def __init__(self, flow_id: str, change: str = "changing it") -> None:
        super().__init__(flow_id, change)
        self.reason = f"flow {flow_id} is being deleted"
        self.instead = "its deletion request says what is left of it"


class BytesStay(Refused):
    """A registered object keeps the bytes that it has."""

    def __init__(self, object_id: str) -> None:
        super().__init__(f"storing bytes of object {object_id}", "it is registered: its bytes stay")
        self.args = (object_id,)
        self.object_id = object_id


class SegmentsOverlap(Refused):
    """A segment overlaps another one of its flow."""

    def __init__(self, flow_id: str, timerange: str, other: str, failures: int = 1) -> None:
        more = "" if failures < 2 else f" ({failures} segments of the batch overlap)"
        super().__init__(f"segment {timerange}", f"it overlaps {other} of flow {flow_id}{more}")
        self.args = (flow_id, timerange, other, failures)
        self.flow_id = flow_id
        self.timerange = timerange
        self.other = other
        self.failures = failures


LAST = "it goes with the last segment that uses it"
"""How to be rid of an object: nothing takes it from those who use it."""


class StillReferenced(Refused):
    """Others depend on what should be deleted.

    ``dependents`` maps ``flows``, ``segments`` or ``objects`` to ``{"count": n, "sample": [ids]}``,
    the sample at most 20 ids (mission R6).
    """

    def __init__(self, entity: str, key: str, dependents: Mapping[str, Mapping[str, Any]]) -> None:
        numbers = {kind: found["count"] for kind, found in dependents.items()}
        named = ", ".join(_counted(number, kind) for kind, number in numbers.items())
        depend = "depends" if [*numbers.values()] == [1] else "depend"
        instead = LAST if entity == "object" else "cascade=true takes what depends on it too"
        super().__init__(f"deleting {entity} {key}", f"{named} {depend} on it", instead)
        self.args = (entity, key, dependents)
        self.entity = entity
        self.key = key
        self.dependents = dependents


class AlreadyExists(Refused):
    """The id is taken. ``specified`` says that TAMS 8.2 itself has a code for it (400, not 409)."""

    def __init__(
        self,
        entity: str,
        keys: str | Sequence[str],
        specified: bool = False,
        instead: str = "",
    ) -> None:
        taken = [keys] if isinstance(keys, str) else list(keys)
        super().__init__(f"creating {entity} {', '.join(taken[:20])}", "the id is taken", instead)
        self.args = (entity, keys, specified, instead)
        self.entity = entity
        self.keys = taken
        self.specified = specified


class ChecksFailed(TamsError):
    """Checks of severity ``error`` found rows that should not be there: ``failures`` by check."""

    def __init__(self, failures: Mapping[str, int]) -> None:
        super().__init__(dict(failures))
        self.failures = dict(failures)

    def __str__(self) -> str:
        found = ", ".join(f"{id} ({count})" for id, count in self.failures.items())
        return f"checks failed: {found}; store.check() shows the rows"


class Unsupported(TamsError, NotImplementedError):
    """The engine cannot do this; the message names one that can."""

    def __init__(self, engine: str, what: str, instead: str = "") -> None:
        super().__init__(engine, what, instead)
        self.engine = engine
        self.what = what
        self.instead = instead

    def __str__(self) -> str:
        instead = f"; {self.instead}" if self.instead else ""
        return f"the {self.engine} engine cannot {self.what}{instead}"


class EngineFailed(TamsError):
    """The database or storage under us failed; the cause is chained."""

    def __init__(self, engine: str, doing: str, reason: str = "", instead: str = "") -> None:
        super().__init__(engine, doing, reason, instead)
        self.engine = engine
        self.doing = doing
        self.reason = reason
        self.instead = instead

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        instead = f"; {self.instead}" if self.instead else ""
        return f"{self.engine} failed at {self.doing}{reason}{instead}"


def _counted(number: int, nouns: str) -> str:
    """``1 flow``, ``2 flows``."""
    return f"{number} {nouns.removesuffix('s') if number == 1 else nouns}"


def quoted(value: Any) -> str:
    """``value`` as a message shows it: text in quotes, long values cut."""
    return shortened(repr(value))


def named(name: str) -> str:
    """A name in a sentence: as it is, in quotes where it would break the line or move a cursor."""
    return shortened(name) if name.isprintable() else quoted(name)


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
