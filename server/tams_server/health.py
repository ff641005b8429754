"""How the parts under the server are: each truly asked, with an end to the waiting.

A part that does not answer in time is down. It is not asked again while the question still waits,
so that a part which hangs costs one thread, however often somebody looks.
"""

from __future__ import annotations

import contextvars
import functools
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from typing import Any

from tams_analytics.errors import TamsError
from tams_analytics.media.health import probe
from tams_analytics.store import Store

UP, DOWN = "up", "down"
Ask = Callable[[], object]


@dataclass
class Health:
    """Asks the parts of one store; each in a thread of its own."""

    store: Store
    timeout_s: float
    _waiting: dict[str, Future[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def parts(self) -> dict[str, dict[str, Any]]:
        """``status``, and ``seconds`` or the ``error``, by part: the engine, and each storage.

        A storage has its ``label`` too. Of an engine that answers and takes no writes the ``error``
        says why.
        """
        began = time.monotonic()
        asked = {name: self._asked(name, ask) for name, ask in self._questions().items()}
        labels = {
            _of_storage(each.id): {"label": each.label} for each in self.store.storages.backends
        }
        return {
            name: labels.get(name, {}) | self._told(answer, began) for name, answer in asked.items()
        }

    def _questions(self) -> Mapping[str, Ask]:
        storages = self.store.storages.known.items()
        return {
            "engine": self.store.look,
            **{_of_storage(id): functools.partial(probe, kept) for id, kept in storages},
        }

    def _asked(self, name: str, ask: Ask) -> Future[float]:
        with self._lock:
            if name in self._waiting:
                return self._waiting[name]
            answer: Future[float] = Future()
            self._waiting[name] = answer
        run = contextvars.copy_context().run
        threading.Thread(
            target=run, args=(self._run, name, ask, answer), name=f"tams-health-{name}", daemon=True
        ).start()
        return answer

    def _run(self, name: str, ask: Ask, answer: Future[float]) -> None:
        began = time.perf_counter()
        try:
            ask()
        except TamsError as error:
            answer.set_exception(error)
        else:
            answer.set_result(time.perf_counter() - began)
        finally:
            answer.cancel()  # of use only while something unforeseen leaves the thread
            with self._lock:
                del self._waiting[name]

    def _told(self, answer: Future[float], began: float) -> dict[str, Any]:
        left_s = max(0.0, self.timeout_s - (time.monotonic() - began))
        try:
            return {"status": UP, "seconds": round(answer.result(left_s), 6)}
        except Late:
            return {"status": DOWN, "error": f"no answer within {self.timeout_s} s"}
        except CancelledError:
            return {"status": DOWN, "error": "it failed; the log says more"}
        except TamsError as error:
            return {"status": DOWN, "error": str(error)}


def _of_storage(id: str) -> str:
    return f"storage {id}"


def is_well(parts: Mapping[str, Mapping[str, Any]]) -> bool:
    """Every part is up."""
    return all(part["status"] == UP for part in parts.values())
