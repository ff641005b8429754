"""Who asks: set by authentication before a route runs, and recorded with each change (§20)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

SHOWED_NOTHING = "showed_nothing"
"""Of ``scope["state"]``: authentication asked this request for no credential."""


async def principal_of(request: Request) -> str | None:
    """The name that authentication found; ``None`` where nobody has to say who they are."""
    name: str | None = request.scope.get("state", {}).get("principal")
    return name


def showed_nothing(request: Request) -> bool:
    """Let through without a credential, though others have to show one."""
    return SHOWED_NOTHING in request.scope.get("state", {})


Principal = Annotated[str | None, Depends(principal_of)]
