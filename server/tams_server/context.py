"""What every request may use: the open store, and what the process holds beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from tams_analytics.media.storages import Storages
from tams_analytics.store import Store


@dataclass(frozen=True)
class Context:
    """One for each application; routes take it as `Ctx`."""

    store: Store

    @property
    def storages(self) -> Storages:
        """Where the bytes are, and their URLs."""
        return self.store.storages


async def context_of(request: Request) -> Context:
    """``async``, so that FastAPI needs no thread for it."""
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(context_of)]
