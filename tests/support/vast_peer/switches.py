"""What the peer refuses, shuffles or breaks: everything is off at first, so that it is lenient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from tests.support.vast_peer.messages import Request

Kind = Literal[
    "answer",  # an error instead of doing what is asked
    "drop",  # the connection is cut after so many bytes of the answer
    "refuse_connection",  # the connection is cut before anything is done
    "lose_answer",  # all is done, then the connection is cut before the first byte
    "fail_frame",  # a select's answer ends with the frame that says "failed"
    "delay",  # the answer comes later
]


@dataclass
class Fault:
    """One thing to go wrong, for the next ``times`` requests that match."""

    kind: Kind
    matches: Callable[[Request], bool]
    times: int
    skip: int = 0
    status: int = 500
    code: str = "InternalError"
    after_bytes: int = 0
    seconds: float = 0.0


@dataclass
class Switches:
    """Strict modes and injected faults; may be changed at any time, from any thread.

    Each ``..._next`` method takes ``times`` and ``skip`` and, to choose the requests, ``method``,
    ``command`` (``transaction``, ``table``, ``rows``, ``data``, ...), ``table`` (the last name of
    the path) and ``when``, a predicate on the request.
    """

    version: str = "5.5.0.1"
    """What the header ``Server`` says; below 5.5 sort keys are told by ``?sorted-columns``."""
    access_key: str | None = None
    """If set: requests that another key signed are answered 403 (no signature is verified)."""
    refuse_unknown_columns: bool = False
    """400 for a column that the table does not have; else it is NULL, or passed over in writes."""
    refuse_large_bodies: bool = False
    """400 for a body of more than 5 MiB."""
    refuse_wide_cells: bool = False
    """400 for a cell of more than 126 KB, on versions below 5.5."""
    refuse_types: bool = False
    """``NotSupportedSchema`` for null, dictionary and union, as VAST does."""
    refuse_types_beyond_trino: bool = False
    """The same for large_*, string_view, binary_view and unsigned: our own rule."""
    fail_sorting_key: bool = False
    """500 for a table created with a sort key, as seen in the field on 5.4.3.1."""
    rows_conflict: bool = True
    """Off: two transactions may write the same row, and the last to commit wins."""
    transaction_seconds: float | None = None
    """A transaction that was not used for so long has ended."""
    shuffle: int | None = None
    """A seed: rows of a page, and the order of sub-splits, are shuffled; streams interleave."""
    batches_per_column: int = 1
    keep_alive_frames: bool = False
    rows_per_page: int | None = None
    """A select's answer is made of pages of at most so many rows, each of all columns."""
    serve_projections: bool = False
    """Rows come in the order of the projection that a cluster would choose, if any; else only
    where the request names one."""

    tell_addresses: bool = False
    """Statistics name the peer's address as the only virtual IP, which the SDK then looks up."""

    _faults: list[Fault] = field(default_factory=list, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def version_number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))

    def error_next(self, status: int, code: str = "InternalError", **which: object) -> None:
        """An error with this status and code, and nothing is done."""
        self._add("answer", which, status=status, code=code)

    def conflict_next(self, times: int = 1, **which: object) -> None:
        """409; ``command="rows"`` for writes, ``command="transaction", method="PUT"`` commits."""
        self.error_next(409, "TabularConflict", times=times, **which)

    def slow_down_next(self, times: int = 1, **which: object) -> None:
        """503 SlowDown, which asks the client to come again."""
        self.error_next(503, "SlowDown", times=times, **which)

    def bad_gateway_next(self, times: int = 1, **which: object) -> None:
        """502, which the SDK reports as a bare ValueError."""
        self.error_next(502, "BadGateway", times=times, **which)

    def drop_next(self, times: int = 1, *, after_bytes: int = 0, **which: object) -> None:
        """Done, but the connection is cut after so many bytes of the answer's body."""
        self._add("drop", which, times=times, after_bytes=after_bytes)

    def refuse_connection_next(self, times: int = 1, **which: object) -> None:
        """Nothing is done, and the connection is cut without an answer."""
        self._add("refuse_connection", which, times=times)

    def lose_answer_next(self, times: int = 1, **which: object) -> None:
        """Done, and the connection is cut without an answer."""
        self._add("lose_answer", which, times=times)

    def lose_commit_next(self, times: int = 1) -> None:
        """The commit happens, its answer is lost."""
        self.lose_answer_next(times, command="transaction", method="PUT")

    def fail_frame_next(self, times: int = 1, *, after_bytes: int = 0, **which: object) -> None:
        """A select's answer says "failed" after its first frames of so many bytes."""
        self._add("fail_frame", {"command": "data", **which}, times=times, after_bytes=after_bytes)

    def delay_next(self, seconds: float, times: int = 1, **which: object) -> None:
        """The answer comes so much later; what is asked is done before the wait."""
        self._add("delay", which, times=times, seconds=seconds)

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def fault_for(self, request: Request) -> Fault | None:
        """The fault that hits this request, counted as used."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(request):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def _add(self, kind: Kind, which: dict[str, object], **how: object) -> None:
        chosen = dict(which)
        how = {"times": chosen.pop("times", 1), "skip": chosen.pop("skip", 0), **how}
        with self._lock:
            self._faults.append(Fault(kind, chooser(**chosen), **how))


def chooser(
    *,
    method: str | None = None,
    command: str | None = None,
    table: str | None = None,
    when: Callable[[Request], bool] | None = None,
) -> Callable[[Request], bool]:
    """A predicate on requests: what is not given matches all."""

    def matches(request: Request) -> bool:
        return (
            (method is None or request.method == method)
            and (command is None or request.command == command)
            and (table is None or request.parts[-1:] == [table])
            and (when is None or when(request))
        )

    return matches
