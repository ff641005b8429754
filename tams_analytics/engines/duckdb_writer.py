"""One writer at a time for each file, and one set of stamps, however many stores have it open.

They share DuckDB's database. Two transactions that each look for an id and then insert it do not
conflict there: only one after the other do they see each other.
"""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from tams_analytics.engines.stamps import Stamps
from tams_analytics.engines.urls import MEMORY

_writers: WeakValueDictionary[Path, threading.RLock] = WeakValueDictionary()
_stamps: WeakValueDictionary[Path, Stamps] = WeakValueDictionary()
_registering = threading.Lock()


def writer_of(path: str) -> threading.RLock:
    """The lock of a file, the same for all stores on it; a store in memory has its own."""
    if path == MEMORY:
        return threading.RLock()
    file = Path(path).resolve()
    with _registering:
        return _writers.setdefault(file, threading.RLock())


def stamps_of(path: str) -> Stamps:
    """The stamps of a file, the same for all stores on it; a store in memory has its own."""
    if path == MEMORY:
        return Stamps()
    file = Path(path).resolve()
    with _registering:
        return _stamps.setdefault(file, Stamps())
