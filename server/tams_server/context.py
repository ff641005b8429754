"""What every request may use: the open store, and what the process holds beside it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from tams_analytics.media.storages import Storages
from tams_analytics.representations.kept import KeptSegments
from tams_analytics.store import Store
from tams_analytics.writes.segments import Outcome, Registration
from tams_server.health import Health
from tams_server.joining import Joined
from tams_server.metrics import Metrics
from tams_server.settings import ServerSettings
from tams_server.ui.timelines import Timelines

Known = tuple[frozenset[str], tuple[str, ...]]
"""Names of query parameters, and what further ones begin with."""


@dataclass(frozen=True)
class Context:
    """One for each application; routes take it as `Ctx`."""

    store: Store
    settings: ServerSettings = field(default_factory=ServerSettings)
    metrics: Metrics | None = None
    """Where they are enabled."""
    known_parameters: dict[str, Known] = field(default_factory=dict)
    """By route; see `strict`."""
    asked_instead: Store | None = None
    """What ``TAMS_ANALYTICS_URL`` names."""

    @property
    def analytics(self) -> Store:
        """The store that answers ``/analytics``."""
        return self.asked_instead or self.store

    @functools.cached_property
    def health(self) -> Health:
        """Asks how the store is."""
        return Health(self.store, self.settings.health_timeout)

    @functools.cached_property
    def registrations(self) -> Joined[Registration, Outcome]:
        """Segments on their way into the store: those that wait share a transaction."""
        return Joined(self.store.writes.create_segments_together)

    @functools.cached_property
    def kept(self) -> KeptSegments:
        """Answers about segments that are still true."""
        return KeptSegments(self.store, self.settings.kept_megabytes << 20)

    @functools.cached_property
    def timelines(self) -> Timelines:
        """Timelines that are still true, of the store that answers large questions."""
        return Timelines(self.analytics)

    @property
    def storages(self) -> Storages:
        """Where the bytes are, and their URLs."""
        return self.store.storages


async def context_of(request: Request) -> Context:
    """``async``, so that FastAPI needs no thread for it."""
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(context_of)]
