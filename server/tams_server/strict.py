"""What is wrong with a query as a whole: no text, or a parameter twice (400, §5).

Parameters that a route has not are ignored and counted, or with strict 400 (§8, R14). Pages are no
part of the specification: whoever mistypes one of their addresses is told, always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tams_analytics.errors import BadParameter, one_of
from tams_analytics.watching import Accepted, tell
from tams_server.context import Context, Ctx, Known
from tams_server.parameters import TagFilters, decoded

EVERYWHERE = frozenset({"access_token"})
"""What authentication reads (§17)."""


async def refuse_bad_query(request: Request, ctx: Ctx) -> None:
    """A dependency of every route of the API. Raises `BadParameter`."""
    _refuse_bad(request, ctx, is_strict=ctx.store.settings.strict)


async def refuse_bad_address(request: Request, ctx: Ctx) -> None:
    """A dependency of every page. Raises `BadParameter`."""
    _refuse_bad(request, ctx, is_strict=True)


def _refuse_bad(request: Request, ctx: Context, *, is_strict: bool) -> None:
    query: bytes = request.scope["query_string"]
    if not query:
        return
    _refuse_no_text(query.decode("latin-1"))
    known, prefixes = _known_parameters(request, ctx)
    asked = request.query_params.multi_items()
    unknown = [name for name, _ in asked if name not in known and not name.startswith(prefixes)]
    _refuse_twice([each for each in asked if each[0] not in unknown])
    if unknown and not is_strict:
        tell(Accepted("§8"))
    elif unknown:
        raise _unknown(unknown, request.query_params, known)


def _refuse_no_text(query: str) -> None:
    """It may hold a token, so that it is not shown."""
    try:
        decoded(query)
    except BadParameter as error:
        raise BadParameter("query", "", error.problem, error.expected) from None


def _refuse_twice(asked: Sequence[tuple[str, str]]) -> None:
    """Nothing says which of two values counts."""
    names = set[str]()
    for name, value in asked:
        if name in names:
            raise BadParameter(name, value, "is a second value of this parameter", "one value")
        names.add(name)


def _known_parameters(request: Request, ctx: Context) -> Known:
    """`known_parameters`, made once for each route."""
    route = request.scope["route"]
    if route.unique_id not in ctx.known_parameters:
        ctx.known_parameters[route.unique_id] = known_parameters(route)
    return ctx.known_parameters[route.unique_id]


def known_parameters(route: APIRoute) -> Known:
    """The names of a route's query parameters, and what names of tag filters begin with."""
    names, prefixes = set(EVERYWHERE), set[str]()
    for part in parts_of(route.dependant):
        names.update(field.alias for field in part.query_params)
        call: Any = part.call
        if isinstance(call, TagFilters):
            prefixes.update(call.prefixes)
    return frozenset(names), tuple(sorted(prefixes))


def parts_of(dependant: Dependant) -> Iterator[Dependant]:
    """All that a route depends on, itself first."""
    yield dependant
    for each in dependant.dependencies:
        yield from parts_of(each)


def _unknown(names: Sequence[str], asked: Mapping[str, str], known: frozenset[str]) -> BadParameter:
    """About all of them, the first with its value, and first the one that was probably meant."""
    name, *others = dict.fromkeys(names)
    also = f", and neither {'is' if len(others) == 1 else 'are'} {', '.join(others)}"
    problem = f"is no parameter of this request{also if others else ''}"
    takes = sorted(known - EVERYWHERE)
    expected = one_of(name, takes) if takes else "none: it takes no parameter"
    return BadParameter(name, asked[name], problem, expected)
