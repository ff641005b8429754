"""Query parameters that a route has not: ignored and counted, or with strict 400 (§8, R14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tams_analytics.errors import BadParameter
from tams_analytics.watching import Accepted, tell
from tams_server.context import Context, Ctx, Known
from tams_server.parameters import TagFilters

EVERYWHERE = frozenset({"access_token"})
"""What authentication reads (§17)."""


async def refuse_unknown_parameters(request: Request, ctx: Ctx) -> None:
    """A dependency of every route. Raises `BadParameter` where the settings are strict."""
    if not request.scope["query_string"]:
        return
    known, prefixes = _known_parameters(request, ctx)
    for name in request.query_params:
        if name not in known and not (prefixes and name.startswith(prefixes)):
            if not ctx.store.settings.strict:
                tell(Accepted("§8"))
                return
            problem = "is no parameter of this request"
            raise BadParameter(name, request.query_params[name], problem, _expected(known))


def _known_parameters(request: Request, ctx: Context) -> Known:
    """`known_parameters`, made once for each route."""
    route = request.scope["route"]
    if route.unique_id not in ctx.known_parameters:
        ctx.known_parameters[route.unique_id] = known_parameters(route)
    return ctx.known_parameters[route.unique_id]


def known_parameters(route: APIRoute) -> Known:
    """The names of a route's query parameters, and what names of tag filters begin with."""
    names, prefixes = set(EVERYWHERE), set[str]()
    for part in _parts(route.dependant):
        names.update(field.alias for field in part.query_params)
        call: Any = part.call
        if isinstance(call, TagFilters):
            prefixes.update(call.prefixes)
    return frozenset(names), tuple(sorted(prefixes))


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _parts(each)


def _expected(known: frozenset[str]) -> str:
    return "one of " + ", ".join(sorted(known))
