"""One writer at a time for each file, its stamps, memory and room, whatever stores have it open.

They share DuckDB's database. Two transactions that each look for an id and then insert it do not
conflict there: only one after the other do they see each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from tams_analytics.engines.duckdb_room import Room
from tams_analytics.engines.memory import Memory
from tams_analytics.engines.stamps import Stamps
from tams_analytics.engines.urls import MEMORY

Shared = TypeVar("Shared")

_writers: WeakValueDictionary[Path, threading.RLock] = WeakValueDictionary()
_stamps: WeakValueDictionary[Path, Stamps] = WeakValueDictionary()
_memories: WeakValueDictionary[Path, Memory] = WeakValueDictionary()
_rooms: WeakValueDictionary[Path, Room] = WeakValueDictionary()
_registering = threading.Lock()


def writer_of(path: str) -> threading.RLock:
    """The lock of a file."""
    return _shared(_writers, path, lambda _file: threading.RLock())


def stamps_of(path: str) -> Stamps:
    """The stamps of a file."""
    return _shared(_stamps, path, lambda _file: Stamps())


def memory_of(path: str) -> Memory:
    """What transactions remember of a file."""
    return _shared(_memories, path, Memory)


def room_of(path: str) -> Room:
    """Whether there is room for a file; a store that is closed lets go of it."""
    return _shared(_rooms, path, Room)


def _shared(
    known: WeakValueDictionary[Path, Shared], path: str, make: Callable[[Path | None], Shared]
) -> Shared:
    """The same for all stores on a file; a store in memory has its own."""
    if path == MEMORY:
        return make(None)
    file = Path(path).resolve()
    with _registering:
        return known.setdefault(file, make(file))
